"""Real SIP programs register: sipp over UDP and TCP, sipsak, baresip; and a phone of our own where exact bytes
or SHA-256 are wanted."""
import asyncio
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time

import pytest
import websockets

from capture import Capture
from conftest import wait_until
from sip_client import Phone, Stream

HERE = pathlib.Path(__file__).parent
MAC = "00112233%04X"

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture(scope="module")
def phones(server):
    """Twenty phones with the numbers 2301 to 2320, user u<number>, password p<number>."""
    for tag in range(1, 21):
        server.add_sip_phone(tag, MAC % tag, str(2300 + tag), f"u{2300 + tag}", f"p{2300 + tag}")
    server.sip_port = server.port("sip")
    wait_until(lambda: probe(server), "phones on the call loop")
    return server


def probe(server):
    """The last phone is known to the registrar (a commit reaches it in its own time)."""
    with Phone(server.sip_port, "2320", "u2320", "p2320") as phone:
        ok = phone.register().status == 200
        return ok and phone.register(expires=0).status == 200


def sipp(server, scenario, rows, transport="u1", expires=600, source="127.0.0.1", count=None):
    with tempfile.NamedTemporaryFile("w", suffix=".csv", delete=False) as f:
        f.write("SEQUENTIAL\n" + "".join(f"{number};[authentication username={user} password={password}];\n"
                                         for number, user, password in rows))
    args = ["sipp", f"127.0.0.1:{server.sip_port}", "-sf", str(HERE / "sipp" / f"{scenario}.xml"), "-inf", f.name,
            "-m", str(count or len(rows)), "-r", "200", "-l", "50", "-t", transport, "-i", source,
            "-set", "expires", str(expires), "-nostdin", "-timeout", "40s", "-timeout_error"]
    done = subprocess.run(args, cwd=tempfile.gettempdir(), capture_output=True, text=True, timeout=90)
    os.unlink(f.name)
    return done


def good(done):
    assert done.returncode == 0, f"sipp exit {done.returncode}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"


def row(n, user=None, password=None, number=None):
    return (number or 2300 + n, user or f"u{2300 + n}", password or f"p{2300 + n}")


@pytest.mark.parametrize("transport,n", [("u1", 1), ("t1", 2)])
def test_sipp_registers_with_digest(phones, transport, n, req):
    good(sipp(phones, "register", [row(n)], transport))
    device = phones.wait_phone(f"SEP{MAC % n}", "registered")
    assert device["address"] == "127.0.0.1"
    steps = [s["step"] for s in phones.timeline(f"SEP{MAC % n}")["steps"]]
    assert "registered" in steps
    good(sipp(phones, "register", [row(n)], transport, expires=3600))
    req("R-282")


def test_a_registration_is_a_cloudevent_on_the_websocket(phones):
    url = f"ws://127.0.0.1:{phones.ports['feed']}/?types=switchroom.phone.registered,switchroom.phone.unregistered"

    async def run():
        async with websockets.connect(url, subprotocols=["cloudevents.json"],
                                      extra_headers={"Authorization": f"Bearer {phones.token}"}) as ws:
            good(await asyncio.to_thread(sipp, phones, "register", [row(20)]))
            event = json.loads(await asyncio.wait_for(ws.recv(), 15))
        assert event["type"] == "switchroom.phone.registered"
        assert event["subject"] == f"SEP{MAC % 20}"
        assert event["data"]["protocol"] == "sip" and event["data"]["transport"] == "udp"
    asyncio.run(run())


def test_many_phones_register_at_once(phones):
    good(sipp(phones, "register", [row(n) for n in range(3, 11)], count=160))


def test_wrong_credentials_are_asked_again(phones):
    good(sipp(phones, "wrong", [row(11, password="wrong")], source="127.0.0.11"))


def test_the_number_of_another_pool_is_forbidden(phones):
    good(sipp(phones, "refused_403", [row(11, number=2312)], source="127.0.0.12"))


def test_no_pool_is_forbidden(phones, req):
    good(sipp(phones, "refused_403", [row(11, user="stranger")], source="127.0.0.13"))
    attempts = phones.ok(phones.get("/attempted-registrations"))
    assert "stranger" in str(attempts)
    req("R-235")


def test_an_unknown_number_is_not_found(phones):
    good(sipp(phones, "refused_404", [row(11, number=999)], source="127.0.0.14"))


def test_a_smaller_table_of_refused_phones_asks_first(phones, req):
    for n, source in ((14, "127.0.0.23"), (15, "127.0.0.24")):
        good(sipp(phones, "refused_403", [row(n, user=f"stranger{n}")], source=source))
    table = "/attempted-registrations?protocol=sip"
    before = len(phones.ok(phones.get(table))["items"])
    assert before >= 2
    change = {"attempted_registrations_size": 1}
    asked = f"This will remove {before - 1} old entries from the table. Proceed? Yes/No ?"
    dry = phones.ok(phones.patch("/config/voice-register/global?dry_run=true", change))
    assert [w["detail"] for w in dry["warnings"] if w["code"] == "attempted_table_shrink"] == [asked]
    answer = phones.patch("/config/voice-register/global", change)
    assert answer.status == 409 and answer.json()["code"] == "attempted_table_shrink"
    assert answer.json()["detail"] == asked and answer.json()["field"] == "/attempted_registrations_size"
    assert len(phones.ok(phones.get(table))["items"]) == before
    assert phones.patch("/config/voice-register/global?confirm=perhaps", change).status == 400
    phones.ok(phones.patch("/config/voice-register/global?confirm=true", change))
    wait_until(lambda: len(phones.ok(phones.get(table))["items"]) == 1, "smaller table")
    phones.ok(phones.patch("/config/voice-register/global", {"attempted_registrations_size": None}))
    req("R-017")


def test_a_challenge_names_the_realm_or_the_source_address(phones, req):
    def realm():
        with Phone(phones.sip_port, "2316", "u2316", "p2316", source="127.0.0.26") as phone:
            reply = phone.ask(phone.request(headers=["Contact: <sip:2316@127.0.0.26>"]))
            assert reply.status == 401
            return {c["realm"] for c in reply.challenges()}
    source = phones.ok(phones.get("/config/voice-register/global"))["source_address"]["address"]
    assert realm() == {source}
    phones.ok(phones.patch("/config/voice-register/global", {"authenticate": {"realm": "hq.example"}}))
    wait_until(lambda: realm() == {"hq.example"}, "new realm")
    phones.ok(phones.patch("/config/voice-register/global", {"authenticate": {"realm": None}}))
    wait_until(lambda: realm() == {source}, "old realm")
    req("R-281")


def test_answers_carry_the_mark_of_signalling(phones, req):
    def mark():
        with Phone(phones.sip_port, "2317", "u2317", "p2317", source="127.0.0.27") as phone:
            phone.socket.setsockopt(socket.IPPROTO_IP, socket.IP_RECVTOS, 1)
            phone.send(phone.request("OPTIONS").encode())
            _, extra, _, _ = phone.socket.recvmsg(65535, 64)
            return [data[0] >> 2 for _, kind, data in extra if kind == socket.IP_TOS]
    assert mark() == [24]  # cs3
    phones.ok(phones.patch("/config/voice-register/global", {"dscp": {"signaling": "af31"}}))
    wait_until(lambda: mark() == [26], "mark af31")
    phones.ok(phones.patch("/config/voice-register/global", {"dscp": {"signaling": None}}))
    req("R-133")


def test_five_failures_block_a_source_and_no_other(phones):
    good(sipp(phones, "wrong", [row(12, password="wrong")], source="127.0.0.15", count=5))
    good(sipp(phones, "blocked", [row(12)], source="127.0.0.15"))
    good(sipp(phones, "register", [row(12)], source="127.0.0.16"))


def test_too_brief_a_registration(phones, req):
    good(sipp(phones, "too_brief", [row(13)], expires=30))
    with Phone(phones.sip_port, "2313", "u2313", "p2313") as phone:
        reply = phone.register(expires=100000)
        assert reply.status == 200 and reply.one("Contact").endswith("expires=3600")
    req("R-033")


def test_several_contacts_and_star(phones):
    good(sipp(phones, "contacts", [row(14)]))
    wait_until(lambda: phones.get(f"/phones/SEP{MAC % 14}").json()["state"] != "registered", "unregistered")


def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def test_restart_reaches_the_phone(phones, req):
    port = free_port()
    waits = subprocess.Popen(["sipp", "-sf", str(HERE / "sipp" / "restart_phone.xml"), "-i", "127.0.0.1", "-p", str(port),
                              "-m", "1", "-nostdin", "-timeout", "40s", "-timeout_error"], cwd=tempfile.gettempdir(),
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    with Phone(phones.sip_port, "2315", "u2315", "p2315", agent="Cisco-CP7962G/9.4.2") as phone:
        assert phone.register(contact=f"<sip:2315@127.0.0.1:{port}>").status == 200
    phones.wait_phone(f"SEP{MAC % 15}", "registered")
    answer = phones.post(f"/phones/SEP{MAC % 15}/actions/restart")
    assert answer.status in (200, 202), answer
    out, _ = waits.communicate(timeout=60)
    assert waits.returncode == 0, out[-3000:]
    req("R-303")


def test_sipsak_asks_and_registers(phones):
    ask = subprocess.run(["sipsak", "-vv", "-H", "127.0.0.1", "-s", f"sip:127.0.0.1:{phones.sip_port}"], capture_output=True, text=True,
                         timeout=30)
    assert ask.returncode == 0 and "200 OK" in ask.stdout, ask.stdout + ask.stderr
    done = subprocess.run(["sipsak", "-U", "-H", "127.0.0.1", "-x", "600", "-C", "sip:2316@127.0.0.1:9", "-u", "u2316", "-a", "p2316",
                           "-s", f"sip:2316@127.0.0.1:{phones.sip_port}"], capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stdout + done.stderr
    phones.wait_phone(f"SEP{MAC % 16}", "registered")


@pytest.mark.parametrize("transport,n", [("udp", 17), ("tcp", 18)])
def test_baresip_registers_and_leaves(phones, transport, n):
    home = pathlib.Path(tempfile.mkdtemp(prefix="baresip-"))
    (home / "config").write_text("poll_method epoll\nsip_listen 127.0.0.1:0\n"
                                 "module_path " + module_path() + "\nmodule_app account.so\nmodule_app menu.so\n"
                                 "module g711.so\nmodule aufile.so\nmodule stdio.so\n")
    (home / "accounts").write_text(f"<sip:{2300 + n}@127.0.0.1:{phones.sip_port};transport={transport}>"
                                   f";auth_user=u{2300 + n};auth_pass=p{2300 + n};regint=600\n")
    (home / "contacts").write_text("")
    log = open(home / "log", "w")
    run = subprocess.Popen(["baresip", "-f", str(home)], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        phones.wait_phone(f"SEP{MAC % n}", "registered")
        run.send_signal(signal.SIGINT)
        run.wait(timeout=20)
        wait_until(lambda: phones.get(f"/phones/SEP{MAC % n}").json()["state"] != "registered", "baresip to unregister")
    except BaseException:
        print((home / "log").read_text()[-3000:])
        raise
    finally:
        if run.poll() is None:
            run.kill()
            run.wait()
        log.close()
        shutil.rmtree(home)


def module_path():
    found = list(pathlib.Path("/usr/lib").glob("**/baresip/modules"))
    assert found, "baresip has no modules"
    return str(found[0])


def test_sha256_is_offered_first_to_those_who_know_it(phones):
    with Phone(phones.sip_port, "2319", "u2319", "p2319", agent="Linphone/5.0") as phone:
        offer = phone.ask(phone.request()).challenges()
        assert [c["algorithm"] for c in offer] == ["SHA-256", "MD5"]
        assert phone.register(algorithm="SHA-256").status == 200
        assert phone.register(algorithm="MD5").status == 200


def test_replay_and_foreign_nonces_are_refused(phones):
    with Phone(phones.sip_port, "2320", "u2320", "p2320") as phone:
        assert phone.register().status == 200
        again = phone.ask(phone.request(headers=["Expires: 600", phone.authorization(nc=phone.nc)]))
        assert again.status == 401 and again.challenges()[0].get("stale") == "true"
        with Phone(phones.sip_port, "2320", "u2320", "p2320", source="127.0.0.20") as thief:
            thief.challenge = phone.challenge
            taken = thief.ask(thief.request(headers=[thief.authorization(nc=77)]))
            assert taken.status == 401


BROKEN = [
    ("OPTIONS sip:127.0.0.1 SIP/7.0\r\n{head}CSeq: 1 OPTIONS\r\n\r\n", 505),
    ("OPTIONS sip:127.0.0.1 SIP/2.0\r\n{head}CSeq: 1 INVITE\r\n\r\n", 400),
    ("OPTIONS sip:127.0.0.1 SIP/2.0\r\n{head}CSeq: 1 OPTIONS\r\nContent-Length: 99\r\n\r\nx", 400),
    ("OPTIONS sip:127.0.0.1 SIP/2.0\r\n{head}CSeq: 1 OPTIONS\r\nContent-Length: -1\r\n\r\n", 400),
    ("OPTIONS nobody:127.0.0.1 SIP/2.0\r\n{head}CSeq: 1 OPTIONS\r\n\r\n", 416),
    ("OPTIONS sip:127.0.0.1 SIP/2.0\r\n{head}CSeq: 1 OPTIONS\r\nRequire: magic\r\n\r\n", 420),
    ("WONDER sip:127.0.0.1 SIP/2.0\r\n{head}CSeq: 1 WONDER\r\n\r\n", 501),
    ("INVITE sip:2301@127.0.0.1 SIP/2.0\r\n{head}CSeq: 1 INVITE\r\n\r\n", 405),
    ("BYE sip:2301@127.0.0.1 SIP/2.0\r\n{head}CSeq: 1 BYE\r\n\r\n", 481),
    ("CANCEL sip:2301@127.0.0.1 SIP/2.0\r\n{head}CSeq: 1 CANCEL\r\n\r\n", 481),
    ("OPTIONS sip:127.0.0.1 SIP/2.0\r\n{head}" + "X: y\r\n" * 100 + "CSeq: 1 OPTIONS\r\n\r\n", 400),
    ("OPTIONS sip:127.0.0.1 SIP/2.0\r\n{head}X: " + "y" * 8200 + "\r\nCSeq: 1 OPTIONS\r\n\r\n", 513),
]


@pytest.mark.parametrize("text,code", BROKEN, ids=[str(i) for i in range(len(BROKEN))])
def test_broken_messages_get_their_answer(phones, text, code):
    head = ("Via: SIP/2.0/UDP 127.0.0.1:9;rport;branch=z9hG4bKb{0}\r\nFrom: <sip:a@127.0.0.1>;tag=1\r\n"
            "To: <sip:127.0.0.1>\r\nCall-ID: broken{0}\r\n").format(time.monotonic_ns())
    with Phone(phones.sip_port, "2301", "", "") as phone:
        assert phone.ask(text.format(head=head)).status == code


def test_noise_is_met_with_silence(phones):
    with Phone(phones.sip_port, "2301", "", "") as phone:
        for noise in (b"\r\n\r\n", b"\0\0\0\0", b"hello", b"\x00\x01\x00\x00\x21\x12\xa4\x42" + b"x" * 12,
                      b"\x80\x00" + b"r" * 170, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"):
            assert phone.silent(noise, 0.2), noise
        assert phone.ask(phone.request("OPTIONS")).status == 200


def test_tshark_finds_nothing_malformed(phones):
    with Phone(phones.sip_port, "2315", "u2315", "p2315", agent="Cisco-CP7962G/9.4.2") as phone:
        phone.capture = Capture()
        assert phone.register(headers=["Supported: replaces"]).status == 200
        assert phone.register(expires=30).status == 423
        assert phone.register(password="wrong").status == 401
        assert phone.ask(phone.request("OPTIONS")).status == 200
        assert phone.ask(phone.request("INVITE", uri="sip:2301@127.0.0.1")).status == 405
        assert phone.ask(phone.request(headers=["Require: magic"])).status == 420
        assert phones.post(f"/phones/SEP{MAC % 15}/actions/reset").status in (200, 202)
        order = phone.receive().decode()
        assert order.startswith("NOTIFY sip:2315@") and "action=reset" in order
        copied = [l for l in order.split("\r\n") if l.split(":")[0] in ("Via", "From", "To", "Call-ID", "CSeq")]
        phone.send("\r\n".join(["SIP/2.0 200 OK", *copied, "Content-Length: 0", "", ""]).encode())
        phone.capture.assert_clean("sip")
        assert phone.register(expires=0).status == 200


def test_a_stream_may_be_cut_anywhere(phones):
    with Stream(phones.sip_port) as s:
        for byte in s.options("one"):
            s.send(bytes([byte]))
        assert s.reply().status == 200
        s.send(s.options("two") + s.options("three") + b"\r\n\r\n" + s.options("four"))
        assert [s.reply().status for _ in range(2)] == [200, 200]
        assert s.reply_after_pong().status == 200


@pytest.mark.parametrize("length,code", [("", 400), ("Content-Length: abc\r\n", 400),
                                         ("Content-Length: 99999999\r\n", 413),
                                         ("Content-Length: 1\r\nContent-Length: 2\r\n", 400)])
def test_a_stream_with_a_broken_length_is_closed(phones, length, code):
    with Stream(phones.sip_port) as s, Stream(phones.sip_port) as other:
        s.send(s.options("x").replace(b"Content-Length: 0\r\n", length.encode()))
        assert s.reply().status == code
        assert s.is_closed()
        other.send(other.options("y"))
        assert other.reply().status == 200


def test_an_endless_header_is_closed(phones):
    with Stream(phones.sip_port) as s:
        try:
            s.send(b"OPTIONS sip:127.0.0.1 SIP/2.0\r\n" + b"X: " + b"y" * 200000)
        except ConnectionError:
            pass
        assert s.is_closed()


def test_a_crowd_of_idle_connections_does_not_keep_others_out(phones):
    crowd = []
    try:
        for _ in range(700):
            crowd.append(Stream(phones.sip_port, source="127.0.0.2"))
        begun = time.monotonic()
        with Stream(phones.sip_port) as s:
            s.send(s.options("z"))
            assert s.reply().status == 200
        assert time.monotonic() - begun < 1
    finally:
        for c in crowd:
            c.socket.close()


def test_a_changed_password_counts_without_a_restart(phones):
    phones.ok(phones.patch("/config/voice-register/pools/19", {"password": "changed"}))
    with Phone(phones.sip_port, "2319", "u2319", "changed", source="127.0.0.19") as phone:
        wait_until(lambda: phone.register().status == 200, "the new password")
    phones.ok(phones.patch("/config/voice-register/pools/19", {"password": "p2319"}))
