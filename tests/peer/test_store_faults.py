"""The whole server on a disk that fails: no 2xx leaves before the sync that covers it, a full disk is 507,
reading goes on, and it recovers without a restart. The preloaded library is tests/support/preload."""
import errno
import mmap
import os
import pathlib
import signal
import struct
import tempfile
import threading

import pytest

from conftest import BINARY, ROOT, wait_until

# struct faultfs (tests/support/preload/faultfs.h): offsets of its members
WRITE_ERRNO, SYNC_ERRNO, HOLD, HOLDING, SIZE = 0, 4, 24, 36, 128


class Disk:
    """The control struct of faultfs.so and what a server needs in its environment."""

    def __init__(self, folder):
        self.path = folder / "control"
        self.path.write_bytes(bytes(SIZE))
        self.file = open(self.path, "r+b")
        self.map = mmap.mmap(self.file.fileno(), SIZE)
        self.data = folder / "data"
        self.data.mkdir(mode=0o700)
        variant = "san" if BINARY.parent.name == "san" else "rel"
        shim = ROOT / "build" / variant / "faultfs.so"
        assert shim.exists(), f"{shim} is not built: make tests"
        asan = os.environ.get("ASAN_OPTIONS", "")
        self.env = {"LD_PRELOAD": str(shim), "FAULTFS_CONTROL": str(self.path),
                    "FAULTFS_DIR": str(self.data) + "/store",
                    "ASAN_OPTIONS": f"{asan}:verify_asan_link_order=0"}

    def set(self, offset, value):
        self.map[offset:offset + 4] = struct.pack("i", value)

    def get(self, offset):
        return struct.unpack("i", self.map[offset:offset + 4])[0]


@pytest.fixture
def disk():
    with tempfile.TemporaryDirectory(prefix="switchroom-disk-") as folder:
        yield Disk(pathlib.Path(folder))


def description(server, tag):
    answer = server.get(f"/config/ephone-dns/{tag}")
    return answer.json().get("description") if answer.status == 200 else None


def put(server, tag, text):
    headers = {"If-Match": "*"} if server.get(f"/config/ephone-dns/{tag}").status == 200 else {}
    return server.put(f"/config/ephone-dns/{tag}", {"number": f"10{tag:02}", "description": text},
                      headers=headers)


def test_no_success_leaves_before_its_sync(disk, fresh_server):
    server = fresh_server(data=disk.data, env=disk.env)
    assert put(server, 1, "before").status < 300
    answers = []
    disk.set(HOLD, 1)
    asker = threading.Thread(target=lambda: answers.append(put(server, 1, "after")))
    asker.start()
    try:
        wait_until(lambda: disk.get(HOLDING), "sync to wait")
        asker.join(0.5)
        assert not answers, "answered before its sync"
        assert description(server, 1) == "before"
    finally:
        disk.set(HOLD, 0)
    asker.join(20)
    assert answers and answers[0].status < 300
    assert description(server, 1) == "after"


@pytest.mark.parametrize("offset,error,status,code", [
    (WRITE_ERRNO, errno.ENOSPC, 507, "disk_full"),
    (SYNC_ERRNO, errno.EIO, 500, "io"),
])
def test_a_failing_disk_is_told_survived_and_lost_nothing(disk, fresh_server, offset, error, status, code):
    server = fresh_server(data=disk.data, env=disk.env)
    assert put(server, 1, "good").status < 300
    disk.set(offset, error)
    for _ in range(3):
        answer = put(server, 1, "lost")
        assert (answer.status, answer.json()["code"]) == (status, code)
        assert description(server, 1) == "good"
    disk.set(offset, 0)
    assert put(server, 2, "again").status < 300
    server.stop(signal.SIGKILL)
    server.start()
    assert description(server, 1) == "good"
    assert description(server, 2) == "again"
