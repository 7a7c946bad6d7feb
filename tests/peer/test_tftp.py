"""TFTP with real clients against the built binary: curl, tftp-hpa, atftp, and packets of the test's own."""
import hashlib
import random
import shutil
import socket
import struct
import subprocess
import time

import pytest

from capture import CLIENT, SERVER, Capture
from conftest import wait_until

MAC = "0011223344AA"
CONFIG = f"SEP{MAC}.cnf.xml"
BIG = 512 * 70000 + 123  # more than 65,535 blocks of 512


@pytest.fixture(scope="module")
def files(server):
    """Files of many lengths in the upload folder, and one generated one."""
    folder = server.data / "files"
    folder.mkdir(exist_ok=True)
    dice = random.Random(7)
    made = {}
    for size in (0, 1, 511, 512, 513, 1024, 1428, 8192, 65464, 100000, BIG):
        name = f"size{size}.bin"
        made[name] = dice.randbytes(size)
        (folder / name).write_bytes(made[name])
    text = b"line one\nline two\r\nbare\rend\n"
    made["text.txt"] = text
    (folder / "text.txt").write_bytes(text)
    server.add_sip_phone(1, MAC, "2001")
    return made


def run(*args, timeout=60, **kw):
    return subprocess.run(args, capture_output=True, timeout=timeout, **kw)


def curl(server, name, *options, host="127.0.0.1"):
    res = run("curl", "-sS", "--max-time", "50", *options, f"tftp://{host}:{server.ports['tftp']}/{name}")
    return res.returncode, res.stdout


@pytest.mark.parametrize("block", [8, 512, 1428, 8192, 65464])
def test_curl_gets_the_same_bytes_with_any_block_size(server, files, block):
    for name, want in files.items():
        if len(want) > 200 * block * 512:
            continue
        # curl takes the size 0 of an empty file for an error; without options it has it.
        how = ["--tftp-blksize", str(block)] if want else ["--tftp-no-options"]
        code, got = curl(server, name, *how)
        assert (name, code) == (name, 0)
        assert got == want, name


def test_curl_without_options(server, files):
    code, got = curl(server, "size100000.bin", "--tftp-no-options")
    assert code == 0 and got == files["size100000.bin"]


def test_a_file_of_more_than_65535_blocks_rolls_over(server, files):
    code, got = curl(server, f"size{BIG}.bin", "--tftp-no-options")
    assert code == 0
    assert hashlib.sha256(got).digest() == hashlib.sha256(files[f"size{BIG}.bin"]).digest()


def test_the_generated_file_is_that_of_http(server, files):
    code, got = curl(server, CONFIG)
    assert code == 0
    assert b"<device>" in got or b"<device " in got
    res = run("curl", "-sS", f"http://127.0.0.1:{server.port('hfs')}/{CONFIG}")
    assert res.stdout == got


def test_curl_hears_of_a_missing_file_at_once(server, files):
    begin = time.monotonic()
    code, got = curl(server, "nothing.here")
    assert code == 68 and got == b""  # TFTP: file not found
    assert time.monotonic() - begin < 2


def test_curl_may_not_write(server, files, tmp_path):
    (tmp_path / "x").write_text("x")
    res = run("curl", "-sS", "-T", str(tmp_path / "x"), f"tftp://127.0.0.1:{server.ports['tftp']}/x")
    assert res.returncode == 69  # TFTP: permission problem
    assert not (server.data / "files" / "x").exists()


@pytest.mark.parametrize("mode", ["binary", "ascii"])
def test_tftp_hpa(server, files, tmp_path, mode):
    assert shutil.which("tftp"), "install tftp-hpa"
    for name in ("size1024.bin", "size100000.bin", "text.txt"):
        out = tmp_path / name
        res = run("tftp", "-m", mode, "127.0.0.1", str(server.ports["tftp"]), "-c", "get", name, str(out),
                  stdin=subprocess.DEVNULL)
        assert res.returncode == 0, res
        got = out.read_bytes()
        if mode == "binary" or name == "text.txt":  # both ends turn line ends, text comes back as it was
            assert got == files[name]


def test_tftp_hpa_hears_of_a_missing_file(server, files, tmp_path):
    res = run("tftp", "-m", "binary", "127.0.0.1", str(server.ports["tftp"]), "-c", "get", "nothing",
              str(tmp_path / "out"), stdin=subprocess.DEVNULL)
    assert b"File not found" in res.stdout + res.stderr


@pytest.mark.parametrize("options", [
    [], ["blksize 512"], ["blksize 1428"], ["blksize 8192"], ["tsize enable"], ["timeout 3"], ["windowsize 16"],
    ["blksize 1428", "windowsize 8", "tsize enable", "timeout 2"]])
def test_atftp(server, files, tmp_path, options):
    assert shutil.which("atftp"), "install atftp"
    for name in ("size0.bin", "size512.bin", "size100000.bin", f"size{BIG}.bin"):
        if name == f"size{BIG}.bin" and options and options[0] in ("blksize 512", "timeout 3", "tsize enable"):
            continue
        if name == f"size{BIG}.bin" and not options:
            continue
        out = tmp_path / name
        args = [x for o in options for x in ("--option", o)]
        res = run("atftp", *args, "-g", "-r", name, "-l", str(out), "127.0.0.1", str(server.ports["tftp"]))
        assert res.returncode == 0, res
        assert out.read_bytes() == files[name], (name, options)


# ---- packets of our own ----
class Client:
    def __init__(self, server, host="127.0.0.1"):
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.s = socket.socket(family, socket.SOCK_DGRAM)
        self.s.settimeout(2)
        self.at = (host, server.ports["tftp"])
        self.tid = None
        self.capture, self.port = Capture(), 40000

    def ask(self, name, mode="octet", **options):
        pkt = struct.pack(">H", 1) + name.encode() + b"\0" + mode.encode() + b"\0"
        for k, v in options.items():
            pkt += k.encode() + b"\0" + str(v).encode() + b"\0"
        self.send(pkt, self.at)

    def send(self, pkt, to=None):
        to = to or self.tid
        self.capture.udp((CLIENT, self.port), (SERVER, 69 if to == self.at else to[1]), pkt)
        self.s.sendto(pkt, to)

    def ack(self, block):
        self.send(struct.pack(">HH", 4, block & 0xFFFF))

    def take(self):
        pkt, self.tid = self.s.recvfrom(70000)
        self.capture.udp((SERVER, self.tid[1]), (CLIENT, self.port), pkt)
        return struct.unpack(">HH", pkt[:4]) + (pkt[4:],) if pkt[1] != 6 else (6, 0, pkt[2:])

    def silent(self, seconds):
        self.s.settimeout(seconds)
        with pytest.raises(socket.timeout):
            self.s.recv(70000)
        self.s.settimeout(2)


def test_options_are_acknowledged_with_the_size(server, files):
    c = Client(server)
    c.ask("size8192.bin", tsize=0, blksize=4096, timeout=1, windowsize=2)
    op, _, body = c.take()
    assert op == 6
    words = body.split(b"\0")[:-1]
    assert dict(zip(words[::2], words[1::2])) == {
        b"tsize": b"8192", b"blksize": b"4096", b"timeout": b"1", b"windowsize": b"2"}
    c.ack(0)
    assert [c.take()[1] for _ in range(2)] == [1, 2]
    c.ack(2)
    assert c.take() == (3, 3, b"")
    c.ack(3)


def test_ipv6(fresh_server):
    s = fresh_server(options=["--listen", "::1"], setup=False)
    (s.data / "files").mkdir(exist_ok=True)
    (s.data / "files" / "six.bin").write_bytes(b"six" * 1000)
    code, got = curl(s, "six.bin", host="[::1]")
    assert code == 0 and got == b"six" * 1000


def test_without_an_ack_one_block_and_three_repetitions(server, files):
    c = Client(server)
    c.ask("size100000.bin")
    got = [c.take() for _ in range(4)]
    assert {(op, block, len(data)) for op, block, data in got} == {(3, 1, 512)}
    c.silent(2.5)


def test_lost_packets_are_sent_again(server, files):
    """A client that answers every packet the second time only."""
    c = Client(server)
    c.ask("size1428.bin")
    got = b""
    for block in (1, 2, 3):
        first, again = c.take(), c.take()
        assert first == again and first[:2] == (3, block)
        got += first[2]
        c.ack(block)
    assert got == files["size1428.bin"]


def test_a_wrong_tid_gets_an_error_and_the_transfer_goes_on(server, files):
    c, stranger = Client(server), Client(server)
    c.ask("size1024.bin")
    c.take()
    stranger.tid = c.tid
    stranger.ack(1)
    assert stranger.take()[:2] == (5, 5)
    c.ack(1)
    assert c.take()[:2] == (3, 2)


ESCAPES = ["../switchroom.conf", "/etc/passwd", "..\\..\\etc\\passwd", "files/../../etc/passwd", "./../key",
           "....//....//etc/passwd", "//etc/passwd", "%2e%2e/etc/passwd", "key", "data.mdb", "..", ".", "/"]


@pytest.mark.parametrize("name", ESCAPES)
def test_nothing_outside_is_served(server, files, name):
    c = Client(server)
    c.ask(name)
    op, code, _ = c.take()
    assert op == 5 and code in (1, 2)


def test_broken_packets_do_no_harm(server, files):
    c = Client(server)
    dice = random.Random(11)
    for _ in range(2000):
        c.s.sendto(dice.randbytes(dice.randrange(0, 60)), c.at)
        c.s.sendto(b"\0\1" + dice.randbytes(dice.randrange(0, 60)), c.at)
    assert curl(server, "size1024.bin")[1] == files["size1024.bin"]


def test_two_hundred_clients_at_once(server, files):
    """Each with a socket of its own, a window of one, all interleaved on the server's one thread."""
    clients = [Client(server) for _ in range(200)]
    for c in clients:
        c.ask("size8192.bin")
    have = {c: b"" for c in clients}
    for block in range(1, 18):
        for c in clients:
            while True:
                op, number, data = c.take()
                if number == block:
                    break
            have[c] += data
            c.ack(block)
    assert all(data == files["size8192.bin"] for data in have.values())
    for c in clients:
        c.s.close()


def test_each_request_is_a_step_on_the_phones_timeline(server, files):
    assert curl(server, CONFIG)[0] == 0
    assert curl(server, "term62.default.loads")[0] == 68

    def told():
        steps = server.timeline(f"SEP{MAC}")["steps"]
        return any(s["step"] == "file_sent" and CONFIG in s["text"] for s in steps) and any(
            s["step"] == "file_missing" and "term62.default.loads" in s["text"] for s in steps)
    wait_until(told, "both requests on the timeline")
    phone = server.ok(server.get(f"/phones/SEP{MAC}"))
    assert phone["counters"]["files_sent"] >= 1
    assert phone["verdict"]["code"] == "firmware_missing"


def test_tshark_reads_our_packets(server, files):
    cap = Capture()
    for name, options in (("size513.bin", {}), ("size8192.bin", {"tsize": 0, "blksize": 1428, "windowsize": 4}),
                          ("nothing.here", {})):
        c = Client(server)
        c.capture = cap
        c.port = 40000 + len(cap.packets)
        c.ask(name, **options)
        block = 0
        while True:
            op, number, data = c.take()
            if op == 5:
                break
            if op == 6:
                c.ack(0)
                continue
            block = number
            c.ack(block)
            if len(data) < int(options.get("blksize", 512)):
                break
    cap.assert_clean("tftp")
