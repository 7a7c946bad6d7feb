"""The process itself: start, stop, ports that are taken, a second process, few descriptors, crowds."""
import json
import os
import re
import resource
import signal
import socket
import subprocess
import threading
import time

import pytest

from conftest import BINARY, ROOT, Server, wait_until


def serve(*options):
    """Runs `switchroom serve` to its end; for starts that must be refused."""
    return subprocess.run([str(BINARY), "serve", *options], capture_output=True, text=True, timeout=30,
                          stdin=subprocess.DEVNULL)


def taken(kind):
    s = socket.socket(socket.AF_INET, kind)
    s.bind(("127.0.0.1", 0))
    if kind == socket.SOCK_STREAM:
        s.listen()
    return s


def connect(port, count, source="127.0.0.1"):
    """Connections that say nothing. Those that the server closed at once are in it too."""
    many = []
    for _ in range(count):
        s = socket.socket()
        s.settimeout(5)
        s.bind((source, 0))
        s.connect(("127.0.0.1", port))
        many.append(s)
    return many


@pytest.fixture
def many_descriptors():
    """Our own: this side holds the crowd."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 16384), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_second_process_on_the_same_data_directory_is_refused_and_changes_nothing(fresh_server):
    s = fresh_server(setup=False)
    second = serve("--data", str(s.data), "--admin-port", "0", "--feed-port", "0")
    assert second.returncode == 1
    assert "in use by another switchroom process" in second.stderr
    assert json.loads((s.data / "switchroom.run").read_text())["pid"] == s.process.pid
    assert s.get("//healthz").status == 200


def test_the_run_file_goes_with_the_process(fresh_server):
    s = fresh_server(setup=False)
    assert s.stop() == 0
    assert not (s.data / "switchroom.run").exists()


@pytest.mark.parametrize("options, says", [
    ((), "--data"),
    (("--data", "/nonexistent/a/b"), "/nonexistent/a/b"),
    (("--data", "/etc/passwd"), "not a directory"),
])
def test_a_start_without_a_usable_data_directory_ends_with_one_clear_line(options, says):
    done = serve(*options)
    assert done.returncode in (1, 2)
    assert says in done.stderr
    assert len(done.stderr.strip().splitlines()) <= 2, done.stderr


ENGINES = [("tftp", "--tftp-port", socket.SOCK_DGRAM), ("ntp", "--ntp-port", socket.SOCK_DGRAM),
           ("sip", "--sip-port", socket.SOCK_STREAM), ("sip", "--sip-port", socket.SOCK_DGRAM),
           ("sccp", "--sccp-port", socket.SOCK_STREAM), ("hfs", "--hfs-port", socket.SOCK_STREAM),
           ("feed", "--feed-port", socket.SOCK_STREAM),
           ("feed_tls", "--feed-tls-port", socket.SOCK_STREAM),
           ("admin_tls", "--admin-tls-port", socket.SOCK_STREAM)]


@pytest.mark.parametrize("engine, option, kind", ENGINES, ids=lambda v: str(v).lstrip("-"))
def test_a_port_in_use_leaves_one_engine_off_and_says_so(fresh_server, engine, option, kind):
    with taken(kind) as other:
        port = other.getsockname()[1]
        s = fresh_server(options=[option, str(port)])

        def settled():
            e = {x["name"]: x for x in s.ok(s.get("/status/engines"))["items"]}
            return e if sum(x["state"] == "up" for x in e.values()) == len(e) - 1 else None

        states = wait_until(settled, "all other engines")
        assert states[engine]["state"] == "failed"
        assert str(port) in states[engine]["reason"], states[engine]
        lines = [x for x in s.log().splitlines() if " error " in x and str(port) in x]
        assert lines, s.log()
        assert "(null)" not in s.log()

        def told():
            return [e for e in s.ok(s.get("/events?limit=1000"))["items"]
                    if e["type"] == "switchroom.engine.down" and e["data"]["engine"] == engine
                    and str(port) in e["data"]["reason"]]

        assert len(wait_until(told, "event")) == 1


def test_administration_ports_in_use_leave_the_phones_served(fresh_server):
    with taken(socket.SOCK_STREAM) as one, taken(socket.SOCK_STREAM) as two:
        s = Server(options=["--admin-port", str(one.getsockname()[1]),
                            "--admin-tls-port", str(two.getsockname()[1])])
        run = s.data / "switchroom.run"
        s.log_path = s.data.parent / (s.data.name + ".log")
        with open(s.log_path, "ab") as log:
            s.process = subprocess.Popen(
                [str(BINARY), "serve", "--data", str(s.data), "--test", "--listen", "127.0.0.1",
                 "--tftp-port", "0", "--ntp-port", "0", "--feed-port", "0", "--feed-tls-port", "0",
                 *s.options], stdout=log, stderr=log)
        try:
            wait_until(lambda: run.exists() or s.process.poll() is not None, "start", 60)
            assert s.process.poll() is None, s.log()
            ports = s.refresh_ports()
            assert "admin" not in ports and "tftp" in ports
            assert re.search(r"error .*admin.*in use", s.log()), s.log()
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as c:
                c.settimeout(5)
                c.sendto(b"\0\1XMLDefault.cnf.xml\0octet\0", ("127.0.0.1", ports["tftp"]))
                assert c.recv(600)[:2] in (b"\0\3", b"\0\5")
        finally:
            s.close()


def test_it_is_healthy_while_nothing_happens(fresh_server):
    """A loop without work still turns: no engine on the files loop, then six quiet seconds."""
    s = fresh_server(options=["--tftp-port", "off", "--ntp-port", "off"])
    time.sleep(6)
    answer = s.get("//healthz")
    assert answer.status == 200, answer


def test_a_host_without_ipv6_serves_everything():
    """The kernel's ipv6.disable=1: no socket of that family; all addresses are those of IPv4."""
    shim = ROOT / "build" / ("san" if BINARY.parent.name == "san" else "rel") / "noipv6.so"
    assert shim.exists(), f"{shim} is not built: make tests"
    asan = os.environ.get("ASAN_OPTIONS", "")
    s = Server(address="", env={"LD_PRELOAD": str(shim),
                                "ASAN_OPTIONS": f"{asan}:verify_asan_link_order=0"})
    try:
        s.start()
        s.set_up()
        for engine in ("admin", "admin_tls", "feed", "feed_tls", "tftp", "ntp", "sip", "sccp", "hfs"):
            assert s.port(engine), s.log()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as c:
            c.settimeout(5)
            c.sendto(b"\0\1XMLDefault.cnf.xml\0octet\0", ("127.0.0.1", s.ports["tftp"]))
            assert c.recv(600)[:2] == b"\0\3"
    finally:
        s.close()


def test_few_descriptors_are_kept_for_the_others(fresh_server, many_descriptors):
    """Idle connections to the phones' ports take no more than their share of 64 descriptors."""
    s = fresh_server(under=["prlimit", "--nofile=64:64"])
    crowd = []
    try:
        for engine in ("sip", "sccp", "hfs", "feed"):
            crowd += connect(s.port(engine), 100)
            answer = s.put("/config/voice-register/dns/7", {"number": "7001", "name": engine},
                           headers={"If-Match": "*"} if engine != "sip" else {})
            assert answer.status in (200, 201), (engine, answer)
            assert s.get("//healthz").status == 200
    finally:
        for c in crowd:
            c.close()
    with wait_until(lambda: knock(s.port("sccp")), "SCCP after the crowd") as c:
        assert c


def knock(port):
    """A connection that gets an answer to a KeepAlive; None when it is refused."""
    c = socket.socket()
    c.settimeout(2)
    try:
        c.connect(("127.0.0.1", port))
        c.sendall(bytes([4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]))
        if c.recv(12)[8:10] == b"\0\1":
            return c
    except OSError:
        pass
    c.close()
    return None


def test_the_limit_of_descriptors_is_raised_as_far_as_it_may(fresh_server):
    s = fresh_server(setup=False, under=["prlimit", "--nofile=256:4096"])
    with open(f"/proc/{s.process.pid}/limits") as f:
        row = next(x for x in f if x.startswith("Max open files"))
    assert row.split()[3] == "4096"


def test_two_thousand_idle_connections_on_each_port_keep_no_client_out(fresh_server, many_descriptors):
    s = fresh_server()
    hello = {"admin": b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n",
             "hfs": b"GET /XMLDefault.cnf.xml HTTP/1.1\r\nHost: a\r\n\r\n",
             "feed": b"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
             "sccp": bytes([4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
             "sip": b"OPTIONS sip:127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.9;branch=z9hG4bKcrowd\r\n"
                    b"From: <sip:a@127.0.0.1>;tag=1\r\nTo: <sip:127.0.0.1>\r\nCall-ID: crowd\r\n"
                    b"CSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n"}
    for engine, question in hello.items():
        crowd = connect(s.port(engine), 2000)
        try:
            with connect(s.port(engine), 1, source="127.0.0.9")[0] as c:
                began = time.monotonic()
                c.sendall(question)
                assert c.recv(1), engine
                assert time.monotonic() - began < 2, engine
        finally:
            for x in crowd:
                x.close()
    assert s.get("//healthz").status == 200


def test_one_host_does_not_fill_the_feed(fresh_server, many_descriptors):
    """More connections than the feed has places, all silent: another host is answered at once, and this one
    is again when they have gone."""
    s = fresh_server()
    hello = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
    for _ in range(2):
        crowd = connect(s.port("feed"), 3500)
        with connect(s.port("feed"), 1, source="127.0.0.9")[0] as c:
            c.sendall(hello)
            assert c.recv(1)
        for x in crowd:
            x.close()

    def answered():
        try:
            with connect(s.port("feed"), 1)[0] as c:
                c.sendall(hello)
                return c.recv(1)
        except OSError:
            return None

    wait_until(answered, "an answer to the host of the crowd", 5)


def test_a_run_file_that_could_not_be_written_is_written_later(tmp_path):
    (tmp_path / "data").mkdir(mode=0o700)
    in_the_way = tmp_path / "data" / "switchroom.run.new"
    in_the_way.mkdir()
    s = Server(data=tmp_path / "data")

    def clear():
        wait_until(lambda: "run_file_not_written" in s.log(), "warning", 60)
        in_the_way.rmdir()

    clearing = threading.Thread(target=clear)
    s.log_path = tmp_path / "data.log"
    s.log_path.touch()
    clearing.start()
    try:
        s.start()
    finally:
        clearing.join()
        s.close()


def test_it_stops_within_five_seconds_with_clients_in_the_middle_of_things(fresh_server, many_descriptors):
    s = fresh_server()
    (s.data / "files" / "big.bin").write_bytes(os.urandom(33 << 20))
    busy = []
    token = b"Authorization: Bearer " + s.token.encode() + b"\r\n"
    for engine, text in (("hfs", b"GET /big.bin HTTP/1.1\r\nHost: a\r\n\r\n"),
                         ("admin", b"GET /api/v1/events?after=999999&wait=30 HTTP/1.1\r\nHost: a\r\n" + token + b"\r\n"),
                         ("admin", b"POST /api/v1/transactions HTTP/1.1\r\nHost: a\r\n" + token +
                          b"Content-Type: application/json\r\nContent-Length: 9999\r\n\r\n{"),
                         ("admin_tls", b"\x16\x03\x01"), ("feed_tls", b"\x16\x03\x01"),
                         ("feed", b"GET / HT"), ("sip", b"REGISTER "), ("sccp", b"\4\0\0\0")):
        for c in connect(s.port(engine), 15):
            c.sendall(text)
            busy.append(c)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as c:
        c.sendto(b"\0\1big.bin\0octet\0", ("127.0.0.1", s.port("tftp")))
    time.sleep(0.5)
    s.process.send_signal(signal.SIGTERM)
    began = time.monotonic()
    assert s.process.wait(timeout=20) == 0
    assert time.monotonic() - began < 5
    for c in busy:
        c.close()
