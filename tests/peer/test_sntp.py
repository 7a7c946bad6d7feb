"""SNTP with real clients against the built binary: chronyd -Q and ntpdig take the time of a synchronised
clock and refuse that of an unsynchronised one; tshark reads the packets."""
import re
import shutil
import socket
import struct
import subprocess
import time

import pytest

from capture import CLIENT, SERVER, Capture

UNIX_TO_NTP = 2208988800


@pytest.fixture(scope="module")
def servers():
    from conftest import Server
    made = {state: Server(options=["--test-clock-state", state]).start()
            for state in ("synchronised", "unsynchronised")}
    yield made
    for s in made.values():
        s.close()


def exchange(server, question, host="127.0.0.1", timeout=1):
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.settimeout(timeout)
        s.sendto(question, (host, server.ports["ntp"]))
        try:
            return s.recv(512)
        except socket.timeout:
            return None


def ask(server, version=4, mode=3, **kw):
    return exchange(server, bytes([version << 3 | mode, 0, 6, 0]) + bytes(36) + b"\1\2\3\4\5\6\7\x08", **kw)


def chronyd(server, tmp_path):
    assert shutil.which("chronyd", path="/usr/sbin:/usr/bin"), "install chrony"
    return subprocess.run(
        ["chronyd", "-Q", "-t", "5", "-f", "/dev/null", "-u", "root",
         f"server 127.0.0.1 port {server.ports['ntp']} iburst maxsamples 4",
         f"pidfile {tmp_path / 'pid'}", "cmdport 0"],
        capture_output=True, text=True, timeout=30)


def test_chronyd_takes_the_time_of_a_synchronised_clock(servers, tmp_path):
    res = chronyd(servers["synchronised"], tmp_path)
    found = re.search(r"System clock wrong by (-?[0-9.]+) seconds", res.stdout + res.stderr)
    assert res.returncode == 0 and found, res
    assert abs(float(found.group(1))) < 0.001


def test_chronyd_refuses_an_unsynchronised_clock(servers, tmp_path):
    res = chronyd(servers["unsynchronised"], tmp_path)
    assert res.returncode != 0 and "System clock wrong by" not in res.stdout + res.stderr, res


class Relay:
    """Port 123 of a fresh network namespace answers with what the server outside answers."""

    CODE = r"""
import os, socket, subprocess, sys, threading
out = socket.socket(fileno=int(sys.argv[1]))
subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
inside = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
inside.bind(("127.0.0.1", 123))
def relay():
    while True:
        q, peer = inside.recvfrom(512)
        out.send(q)
        out.settimeout(2)
        try:
            inside.sendto(out.recv(512), peer)
        except socket.timeout:
            pass
threading.Thread(target=relay, daemon=True).start()
res = subprocess.run(["ntpdig", "-t", "2", "127.0.0.1"], capture_output=True, text=True)
print(res.stdout, res.stderr, flush=True)
os._exit(res.returncode)
"""

    @classmethod
    def ntpdig(cls, server):
        assert shutil.which("ntpdig"), "install ntpsec-ntpdig"
        out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        out.connect(("127.0.0.1", server.ports["ntp"]))
        res = subprocess.run(["unshare", "-n", "/usr/bin/python3", "-c", cls.CODE, str(out.fileno())],
                             pass_fds=[out.fileno()], capture_output=True, text=True, timeout=30)
        out.close()
        return res


def test_ntpdig_takes_the_time_of_a_synchronised_clock(servers):
    res = Relay.ntpdig(servers["synchronised"])
    found = re.search(r"([+-]\d+\.\d+) \+/- (\d+\.\d+) 127\.0\.0\.1 .*s(\d+)", res.stdout)
    assert res.returncode == 0 and found, res
    assert abs(float(found.group(1))) < 0.01
    assert found.group(3) == "4"


def test_ntpdig_refuses_an_unsynchronised_clock(servers):
    res = Relay.ntpdig(servers["unsynchronised"])
    assert not re.search(r"[+-]\d+\.\d+ \+/- \d", res.stdout), res


@pytest.mark.parametrize("version", [1, 2, 3, 4])
def test_each_version_is_answered_with_the_present_time(servers, version):
    before = time.time()
    a = ask(servers["synchronised"], version)
    after = time.time()
    assert len(a) == 48 and a[0] == version << 3 | 4
    assert a[24:32] == b"\1\2\3\4\5\6\7\x08"
    for at in (32, 40):
        s, f = struct.unpack(">II", a[at:at + 8])
        assert before - 0.001 <= s - UNIX_TO_NTP + f / 2**32 <= after + 0.001


def test_an_unsynchronised_clock_says_so(servers):
    a = ask(servers["unsynchronised"])
    assert a[0] >> 6 == 3 and a[1] == 0


def test_no_control_and_no_private_messages(servers):
    s = servers["synchronised"]
    for question in (bytes([0x16, 2]) + bytes(10), bytes([0x17, 0, 3, 42]) + bytes(44), bytes([0x24]) + bytes(47),
                     b"", b"\x23", bytes([0x23]) * 47, b"\xff" * 68):
        assert exchange(s, question, timeout=0.3) is None
    assert len(exchange(s, bytes([0x23]) + bytes(67))) == 48  # never more than was asked


def test_ipv6(fresh_server):
    s = fresh_server(setup=False, options=["--listen", "::1", "--test-clock-state", "synchronised"])
    assert len(ask(s, host="::1")) == 48


def test_tshark_reads_our_packets(servers):
    cap = Capture()
    for n, state in enumerate(("synchronised", "unsynchronised")):
        for version in (1, 2, 3, 4):
            question = bytes([version << 3 | 3, 0, 6, 0]) + bytes(36) + b"\1\2\3\4\5\6\7\x08"
            client = (CLIENT, 50000 + n * 10 + version)
            cap.udp(client, (SERVER, 123), question)
            cap.udp((SERVER, 123), client, exchange(servers[state], question))
    cap.assert_clean("ntp")
    seen = [row["ntp.refid"][0].replace(":", "") for row in cap.fields("ntp.flags.mode == 4", "ntp.refid")]
    assert seen == ["7f000001"] * 4 + [b"INIT".hex()] * 4


def test_the_clock_is_told_over_rest(server):
    clock = server.ok(server.get("/clock"))
    assert clock["state"] in ("synchronised", "unsynchronised")
    assert clock["counters"]["answers"] >= 0
