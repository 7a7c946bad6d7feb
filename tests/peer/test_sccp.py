"""SCCP: the built binary and an independent phone (sccp_client.py), with tshark as referee."""
import select
import struct
import time

import pytest
import sccp_client as sccp
from capture import Capture
from conftest import wait_until
from sccp_client import SccpPhone


def device(n):
    return f"SEP00ACE00000{n:02X}"


@pytest.fixture
def phone(server):
    """phone(n) adds ephone n with extension 20nn and connects; phone(n, add=False) only connects."""
    made = []

    def factory(n, add=True, **kw):
        if add:
            server.add_sccp_phone(n, device(n)[3:], f"20{n:02d}", name=f"Desk {n}")
        made.append(SccpPhone(("127.0.0.1", server.port("sccp")), device(n), **kw))
        return made[-1]

    yield factory
    for p in made:
        p.close()


def is_closed(sock):
    try:
        return sock.recv(1) == b""
    except ConnectionResetError:
        return True


def steps(server, name):
    return [(s["step"], s["text"]) for s in server.timeline(name)["steps"]]


def test_a_7941_registers_and_gets_its_templates_and_keepalives(server, phone, req):
    p = phone(1)
    p.alarm("25: Name=" + p.name + " Load=SCCP41.8-5-3S Last=Initialized")
    ack = p.register()
    assert ack == {"keepalive": 30, "template": "M/D/YA", "secondary": 60, "version": 11,
                   "features": b"\x20\xf1\xff"}
    p.boot()
    assert p.buttons == [(1, 9), (0, 0xFF)]  # a 7941 has two keys, one is line 1
    assert p.lines == [{"number": "2001", "name": "2001", "label": "2001"}]
    assert p.forwards == [[None, None, None]]
    assert p.config == {"name": p.name, "lines": 1, "speed_dials": 0}
    labels = dict((event, label) for label, event in p.keys)
    assert labels[0x0B] == b"\x80\x0b" and len(p.sets) == 13
    assert p.keys[p.sets[3][0] - 1][1] == 0x0B  # the first key of a ringing phone answers
    assert abs(p.clock[8] - time.time()) < 5
    utc = time.gmtime(p.clock[8])  # the site was set up in Etc/UTC
    assert p.clock[:7] == (utc.tm_year, utc.tm_mon, (utc.tm_wday + 1) % 7, utc.tm_mday, utc.tm_hour,
                           utc.tm_min, utc.tm_sec)
    assert p.lamps[9, 1] == 1 and p.prompt == b"Cisco Unified Communications Manager Express"
    for _ in range(3):
        p.keepalive()
    live = server.wait_phone(p.name, "registered")
    assert (live["protocol"], live["model"], live["firmware"], live["registered_lines"]) == (
        "sccp", "7941", "SCCP41.8-5-3S", 1)
    told = [s for s, _ in steps(server, p.name)]
    for step in ("alarm", "transport_up", "registering", "registered"):
        assert step in told
    text = " | ".join(t for _, t in steps(server, p.name))
    assert "Last=Initialized" in text and "took its 2 buttons, 1 of them lines" in text
    assert p.unregister() == 0
    server.wait_phone(p.name, "unregistered")
    req("R-190")
    req("R-041")


def test_speed_dials_labels_and_forwards_come_from_the_configuration(server, phone):
    server.add_sccp_phone(2, device(2)[3:], "2002", model="7961")
    server.ok(server.patch("/config/ephone-dns/2", {
        "label": "Zoë", "description": "Zoë Example", "call_forward": {"all": {"target": "2999"}}}))
    server.ok(server.patch("/config/ephones/2", {
        "keepalive": 60,
        "speed_dials": {"2": {"digits": "3002", "label": "Second"}, "1": {"digits": "+3001", "label": "First"}},
        "blf_speed_dials": {"1": {"number": "2001", "label": "Boss"}}}))
    p = phone(2, add=False, device_type=30018)
    assert p.register()["keepalive"] == 60
    p.boot()
    assert p.buttons == [(1, 0x09), (1, 0x02), (2, 0x02), (3, 0x15), (0, 0xFF), (0, 0xFF)]
    assert p.lines[0] == {"number": "2002", "name": "Zoë Example", "label": "Zoë"}
    assert p.forwards == [["2999", None, None]]
    assert [p.speed_dial(i) for i in (1, 2, 9)] == [("3001", "First"), ("3002", "Second"), ("", "")]
    assert p.feature(3) == (0x15, 1, "Boss")
    assert p.server_list() == [("127.0.0.1", server.port("sccp"))]


def test_an_unknown_phone_is_refused_and_entered_in_the_attempts(server, phone, req):
    server.ok(server.patch("/config/telephony-service", {"auto_reg_ephone": False}))
    p = phone(0xEE, add=False)
    with pytest.raises(PermissionError, match="^Not configured$"):
        p.register()
    p.expect_closed()

    def attempt():
        found = [a for a in server.get("/attempted-registrations").json()["items"]
                 if a["device"] == device(0xEE)]
        return found and found[0]

    entry = wait_until(attempt, "attempted registration")
    assert entry["protocol"] == "sccp" and "7941" in entry["reason"]
    req("R-011")
    req("R-012")


def test_the_limit_of_phones_is_shown_on_the_phone(server, phone, req):
    first = phone(3)
    first.register()
    server.ok(server.patch("/config/telephony-service", {"max_ephones": 1}))
    second = phone(4)
    with pytest.raises(PermissionError, match=r"^max-ephones limit \(1\)$"):
        second.register()
    server.ok(server.patch("/config/telephony-service", {"max_ephones": 100}))
    told = [t for step, t in steps(server, second.name) if step == "rejected"]
    assert told == ["Registration refused: max-ephones limit (1)"]
    attempts = server.get("/attempted-registrations").json()["items"]
    assert second.name not in [a["device"] for a in attempts]  # it is configured
    again = phone(4, add=False)
    again.register()
    first.keepalive()
    req("R-004")
    req("R-016")
    req("R-007")


def test_a_phone_that_comes_back_wins_over_its_stale_connection(server, phone):
    old = phone(5)
    old.register()
    old.boot()
    new = phone(5, add=False)
    new.register()
    new.boot()
    old.expect_closed()
    new.keepalive()
    assert server.wait_phone(new.name, "registered")["port"] == new.socket.getsockname()[1]


def test_a_phone_is_reset_and_restarted_by_rest(server, phone, req):
    p = phone(6)
    p.register()
    p.boot()
    server.wait_phone(p.name, "registered")
    server.ok(server.post(f"/phones/{p.name}/actions/restart"))
    assert p.wait_reset() == 2
    server.ok(server.post(f"/phones/{p.name}/actions/reset"))
    assert p.wait_reset() == 1
    p.unregister()
    server.wait_phone(p.name, "unregistered")
    assert server.post(f"/phones/{p.name}/actions/reset").status == 409
    req("R-303")


def test_a_changed_system_message_reaches_an_idle_phone_with_its_keepalive(server, phone, req):
    p = phone(7)
    p.register()
    p.boot()
    server.ok(server.patch("/config/telephony-service", {"system_message": "Back at nine"}))

    def shown():
        p.keepalive()
        p.socket.settimeout(0.05)
        try:
            p._note(*p.receive(0.05))
        except TimeoutError:
            pass
        return p.prompt == b"Back at nine"

    wait_until(shown, "new system message")
    req("R-337")


def test_changed_buttons_come_at_the_next_registration(server, phone):
    p = phone(8)
    p.register()
    p.boot()
    server.ok(server.post("/transactions", {"operations": [
        {"op": "put", "path": "/config/ephone-dns/80", "value": {"number": "2080"}},
        {"op": "patch", "path": "/config/ephones/8", "if_match": "*",
         "value": {"buttons": {"2": {"separator": ":", "dns": [80]}}}}]}))
    p.expect_silence()  # nothing restarts phones by itself
    again = phone(8, add=False)
    again.register()
    again.boot(lines=2)
    assert again.buttons == [(1, 9), (2, 9)]
    assert again.lines[1]["number"] == "2080"


def test_messages_in_one_byte_segments_and_all_in_one(server, phone):
    p = phone(9)
    data = sccp.packet(sccp.KEEPALIVE) + sccp.packet(sccp.REGISTER, p.register_body())
    for i in range(len(data)):
        p.socket.sendall(data[i:i + 1])
    assert p.receive()[0] == sccp.KEEPALIVE_ACK
    p.version = 11
    assert [p.receive()[0] for _ in range(2)] == [sccp.REGISTER_ACK, sccp.CAPABILITIES_REQ]
    asked = (sccp.BUTTON_TEMPLATE_REQ, sccp.SOFT_KEY_TEMPLATE_REQ, sccp.CONFIG_STAT_REQ)
    p.send_raw(b"".join(sccp.packet(i) for i in asked))
    assert [p.receive()[0] for _ in range(3)] == [sccp.BUTTON_TEMPLATE, sccp.SOFT_KEY_TEMPLATE,
                                                  sccp.CONFIG_STAT]


def test_garbage_closes_its_own_connection_only(server, phone):
    good = phone(10)
    good.register()
    for length in (0, 3, 8193, 0xFFFFFFFF, 0x80000000):
        bad = phone(10, add=False)
        bad.send_raw(struct.pack("<II", length, 0) + b"garbage")
        bad.expect_closed()
    other = phone(10, add=False)
    other.send_raw(sccp.packet(0x7777, b"what is this") * 3)  # unknown ids are read over
    other.keepalive()
    for _ in range(20):  # questions before Register
        other.send(sccp.LINE_STAT_REQ, sccp.u32s(1))
    other.expect_closed()
    good.keepalive()


def test_connections_of_one_address_are_bounded(server, phone):
    good = phone(11)
    good.register()
    idle = [phone(11, add=False).socket for _ in range(80)]
    # 64 per address, some of them taken by this module's other phones: at least 16 are closed at once.
    wait_until(lambda: len(select.select(idle, [], [], 0)[0]) >= 16, "refused connections")
    refused = select.select(idle, [], [], 0)[0]
    assert len(refused) < len(idle)
    assert all(is_closed(s) for s in refused)
    good.keepalive()


def test_tshark_reads_every_packet_with_the_values_meant(server, phone):
    p = phone(12)
    p.alarm("25: Name=" + p.name + " Load=SCCP41.8-5-3S Last=Initialized")
    p.register()
    p.boot()
    p.speed_dial(1), p.feature(1), p.server_list()
    p.keepalive()
    server.wait_phone(p.name, "registered")
    server.ok(server.post(f"/phones/{p.name}/actions/restart"))
    assert p.wait_reset() == 2
    p.unregister()
    cap = p.into(Capture())
    cap.assert_clean("skinny", at_least=20)
    names = ("messageId", "protocolVer", "keepAliveInterval", "secondaryKeepAliveInterval", "dateTemplate",
             "totalButtonCount", "buttonDefinition", "totalSoftKeyCount", "totalSoftKeySetCount",
             "lineDirNumber", "lineTextLabel", "resetType", "DeviceName")
    rows = cap.fields("skinny", *("skinny." + n for n in names))
    seen = {n: [v for r in rows for v in r["skinny." + n]] for n in names}
    sent = len([1 for way, _ in p.exchange if way == "received"])
    assert len([i for i in seen["messageId"] if int(i, 0) >= 0x81]) == sent
    assert set(seen["DeviceName"]) == {p.name}
    assert seen["keepAliveInterval"] == ["30"] and seen["secondaryKeepAliveInterval"] == ["60"]
    assert seen["dateTemplate"] == ["M/D/YA"]
    assert seen["totalButtonCount"] == ["2"]
    assert [int(v, 0) for v in seen["buttonDefinition"]] == [9, 0xFF]
    assert seen["totalSoftKeyCount"] == [str(len(p.keys))]
    assert seen["totalSoftKeySetCount"] == ["13"]
    assert seen["lineDirNumber"] == ["2012"] and seen["lineTextLabel"] == ["2012"]
    assert [int(v, 0) for v in seen["resetType"]] == [2]
