"""The status views with phones that are registered: JSON against the OpenAPI, and the text of CME."""
import re

import pytest
from api_openapi import OpenApi
from conftest import wait_until
from sccp_client import SccpPhone
from sip_client import Phone

SCCP, SCCP2, SIP = "SEP0A11AA000001", "SEP0A11AA000002", "SEP0A11AA000011"


@pytest.fixture(scope="module")
def site(server):
    """Two ephones and a pool; the first ephone and the pool are registered."""
    server.add_sccp_phone(3, SCCP[3:], "3001", model="7941")
    server.add_sccp_phone(12, SCCP2[3:], "3012", model="7941")
    server.add_sip_phone(5, SIP[3:], "4101", username="ada", model="7965")
    server.ok(server.patch("/config/ephones/3", {"speed_dials": {"1": {"digits": "7711"}}}))
    phone = SccpPhone(("127.0.0.1", server.port("sccp")), SCCP, device_type=115)
    phone.register()
    phone.boot()
    sip = Phone(server.port("sip"), "4101", "ada", "secret")
    assert sip.register().status == 200
    server.wait_phone(SCCP, "registered")
    server.wait_phone(SIP, "registered")
    yield server
    phone.close()


@pytest.fixture(scope="module")
def api(server):
    return OpenApi(server.ok(server.get("/openapi.json")))


def text(server, path):
    answer = server.get(path, headers={"Accept": "text/plain"})
    assert answer.status == 200 and answer.headers["content-type"].startswith("text/plain"), answer
    return answer.body.decode()


def test_every_view_is_as_described_in_both_forms(site, api):
    seen = 0
    for method, path, _ in list(api.operations()):
        if method != "GET" or not path.startswith("/status/"):
            continue
        path = path.replace("{tag}", "5" if "pools" in path else "3")
        for query in ("", "?format=text"):
            answer = site.get(path + query)
            assert answer.status == 200, (path, answer)
            api.check("GET", path, answer)
        assert site.get(path + "?format=xml").status == 400, path
        seen += 1
    assert seen >= 30


def test_an_ephone_shows_its_registration(site):
    e = site.ok(site.get("/status/ephones/3"))
    assert (e["tag"], e["index"], e["mac"], e["state"]) == (3, 2, SCCP[3:], "registered")
    assert e["socket"] >= 0 and e["remote_port"] > 0 and (e["ipv4"], e["active_family"]) == ("127.0.0.1", "ipv4")
    assert (e["sccp_version"], e["capabilities"]) == ("17/11", 3)
    assert e["buttons"] == [{"button": 1, "dn": 3}] and e["primary_dn"] == 3
    assert e["lines"][0]["number"] == "3001" and e["lines"][0]["shared"] is False
    assert e["speed_dials"] == [{"tag": 1, "number": "7711", "label": None}]
    assert e["off_hook"] is None and e["active_call"] is None  # no call control yet: not made up
    other = site.ok(site.get("/status/ephones/12"))
    assert (other["state"], other["socket"], other["ipv4"]) == ("unregistered", -1, None)
    assert site.get("/status/ephones/99").status == 404 and site.get("/status/ephones/x").status == 404


def test_the_summary_is_the_text_of_cme(site):
    lines = text(site, "/status/ephones/summary").split("\n")
    assert re.fullmatch(r"ephone-3\[2\] Mac:0A11\.AA00\.0001 TCP socket:\[\d+\] activeLine:- whisperLine:- REGISTERED",
                        lines[0]), lines
    assert lines[2] == "privacy:1 primary_dn: 3*"
    assert re.fullmatch(r"IP:127\.0\.0\.1 \* 7941 keepalive \d+ music - 1:3", lines[3]), lines
    assert lines[4:6] == ["spl:7711", ""] and lines[6].startswith("ephone-12[11] ")
    totals = site.ok(site.get("/status/ephones/summary"))["totals"]
    assert (totals["registered"], totals["unregistered"], totals["sockets"]) == (1, 1, 1)


def test_lists_are_filtered_and_paged(site):
    def tags(query):
        return [e["tag"] for e in site.ok(site.get("/status/ephones?" + query))["items"]]
    assert tags("state=registered") == [3] and tags("state=unregistered") == [12]
    assert tags("mac=0a11.aa00.0002") == [12] and tags("ip=127.0.0.1") == [3] and tags("type=7941") == [3, 12]
    page = site.ok(site.get("/status/ephones?limit=1"))
    assert [e["tag"] for e in page["items"]] == [3] and page["next_cursor"] == "3"
    rest = site.ok(site.get("/status/ephones?limit=1&cursor=3"))
    assert [e["tag"] for e in rest["items"]] == [12] and rest["next_cursor"] is None
    for query, want in [("state=registered", [5]), ("state=unregistered", []), ("mac=" + SIP, [5]),
                        ("ip=127.0.0.1", [5]), ("type=7965", [5]), ("type=7940", [])]:
        assert [p["tag"] for p in site.ok(site.get("/status/pools?" + query))["items"]] == want, query


def test_sockets_name_the_phone_behind_them(site):
    view = site.ok(site.get("/status/ephone-sockets"))
    assert view["listen_ipv4"]["open"] is True and view["listen_secure_ipv4"] == {"open": False, "fd": -1}
    mine = [c for c in view["connections"] if c["owner"]["id"] == 3]
    assert len(mine) == 1 and mine[0]["slot"] == site.ok(site.get("/status/ephones/3"))["socket"]
    assert view["open_sockets"] == len(view["connections"])
    shown = text(site, "/status/ephone-sockets")
    assert f"Phone 3,\nskinny_sockets[{mine[0]['slot']}] fd = {mine[0]['fd']}\nread_buffer 0x0, " in shown


def test_a_pool_shows_its_registration(site):
    p = site.ok(site.get("/status/pools/5"))
    assert (p["state"], p["transport"], p["registration_method"]) == ("registered", "udp", "per-line")
    assert p["numbers"] == [{"tag": 1, "dn": 5}] and p["active_primary_line"] == "4101"
    assert p["service_control"] is True and p["registration_call_id"] and p["username"] == "ada"
    assert p["contact"]["address"] == "127.0.0.1" and (p["expires_max"], p["expires_min"]) == (3600, 120)
    s = p["statistics"]
    assert (s["active"], s["phones_registered"], s["reg_success"], s["reg_failed"]) == (1, 1, 1, 0)
    assert "secret" not in site.get("/status/pools/5").body.decode()
    shown = text(site, "/status/pools/5")
    assert shown.startswith("  Pool Tag 5\nConfig:\n  Mac address is 0A11.AA00.0011\n  Type is 7965\n"
                            "  Number list 1 : DN 5\n  Proxy Ip address is 0.0.0.0\n")
    assert "\n  username ada password <hidden>\n" in shown and "\nactive primary line is: 4101\n" in shown
    row = site.ok(site.get("/status/pools?brief=true"))["items"]
    assert row == [{"pool": 5, "id": SIP[3:], "address": "127.0.0.1", "line": 1, "dn": 5, "number": "4101",
                    "state": "registered"}]
    assert "4101$ " in text(site, "/status/pools/5?brief=true")


def test_the_registrar_lists_each_number(site):
    rows = site.ok(site.get("/status/sip-registrar"))["items"]
    assert [(r["line"], r["transport"], r["peer"]) for r in rows] == [("4101", "UDP", None)]
    assert 0 < rows[0]["expires_in"] <= 3600 and rows[0]["contact"] == "127.0.0.1"
    assert text(site, "/status/sip-registrar").startswith("Line          destination          expires(sec)  contact\n")


def test_refused_phones_are_listed_and_cleared(site, req):
    site.ok(site.patch("/config/telephony-service", {"auto_reg_ephone": False}))
    for name in ("SEP0A11AA0000F1", "SEP0A11AA0000F2", "SEP0A11AA0000F1"):
        with pytest.raises(PermissionError):
            SccpPhone(("127.0.0.1", site.port("sccp")), name, device_type=7).register()
    rows = site.ok(site.get("/status/ephones/attempted-registrations"))["items"]
    assert [(r["num"], r["mac"]) for r in rows] == [(1, "0A11AA0000F1"), (2, "0A11AA0000F2")]
    assert re.fullmatch(r"\d\d:\d\d:\d\d UTC [A-Z][a-z]{2} [A-Z][a-z]{2} \d+ \d{4}", rows[0]["attempted_at_text"])
    assert {r["device_type"] for r in rows} == {"Telecaster 7960"}  # what it says it is
    assert re.search(r"\n2 0A11\.AA00\.00F2 .* Telecaster 7960\n", text(site, "/status/ephones/attempted-registrations"))
    sip = Phone(site.port("sip"), "4999", "nobody", "x")
    assert sip.register().status >= 400
    seen = site.ok(site.get("/status/pools/attempted-registrations"))["items"]
    assert [r["ip"] for r in seen] == ["127.0.0.1"] and seen[0]["attempts"] >= 1
    assert site.delete("/status/ephones/attempted-registrations").status == 204
    assert site.ok(site.get("/status/ephones/attempted-registrations"))["items"] == []
    assert site.ok(site.get("/status/pools/attempted-registrations"))["items"] == seen  # the other side stays
    assert site.delete("/status/pools/attempted-registrations").status == 204
    assert "\nNONE\n" in text(site, "/status/pools/attempted-registrations")
    req("R-015")


def test_the_table_of_refused_sip_phones_has_its_size(site, req):
    def rows():
        return site.ok(site.get("/status/pools/attempted-registrations"))["items"]
    for number in ("4901", "4902", "4903"):
        with Phone(site.port("sip"), number, number, "x") as phone:
            assert phone.register().status >= 400
    assert len(rows()) == 3 and {r["reason"] for r in rows()} == {"No pool match for the registration request"}
    site.ok(site.patch("/config/voice-register/global?confirm=true", {"attempted_registrations_size": 2}))
    wait_until(lambda: len(rows()) == 2, "room made by the oldest")
    shown = text(site, "/status/pools/attempted-registrations")
    assert shown.count("\nReason for failure :\nNo pool match for the registration request\n") == 2
    site.ok(site.patch("/config/voice-register/global", {"attempted_registrations_size": None}))
    assert site.delete("/status/pools/attempted-registrations").status == 204
    req("R-017")


def test_phones_that_max_ephones_keeps_out_are_listed(site, req):
    site.ok(site.patch("/config/telephony-service", {"max_ephones": 1}))
    with pytest.raises(PermissionError, match=r"max-ephones limit \(1\)"):
        SccpPhone(("127.0.0.1", site.port("sccp")), SCCP2, device_type=115).register()
    rows = site.ok(site.get("/status/ephones/rejections"))["items"]
    assert [(r["mac"], r["reason"]) for r in rows] == [(SCCP2[3:], "max-ephones limit (1)")] and rows[0]["at"]
    assert site.ok(site.get("/status/ephones/12"))["state"] == "attempting"
    req("R-004")


def test_what_a_phone_leaves_open_its_template_gives(site, req):
    site.ok(site.put("/config/ephone-templates/2", {"codec": "g729r8"}, headers={}))
    site.ok(site.patch("/config/ephones/12", {"ephone_template": 2}))
    assert site.ok(site.get("/status/ephones/12"))["preferred_codec"] == "g729r8"
    site.ok(site.patch("/config/ephones/12", {"codec": "ilbc"}))
    assert site.ok(site.get("/status/ephones/12"))["preferred_codec"] == "ilbc"
    site.ok(site.put("/config/voice-register/templates/3", {"privacy_button": True}, headers={}))
    site.ok(site.patch("/config/voice-register/pools/5", {"template": 3}))
    p = site.ok(site.get("/status/pools/5"))
    assert (p["template"], p["privacy_button"]) == (3, True)
    req("R-300")


def test_telephony_service_shows_values_in_force(site):
    v = site.ok(site.get("/status/telephony-service"))
    assert v["dscp"]["media"] == {"name": "ef", "value": 46, "tos": "0xB8"}
    assert v["dscp"]["signaling"] == {"name": "cs3", "value": 24, "tos": "0x60"}
    assert v["dscp"]["video"] == {"name": "af41", "value": 34, "tos": "0x88"}
    assert v["dscp"]["service"] == {"name": "default", "value": 0, "tos": "0x0"}
    assert (v["cnf_file"]["location"], v["cnf_file"]["option"]) == ("flash", "PER-PHONE")
    assert (v["protocol_mode"], v["conference"], v["keepalive"]) == ("default", "software", 30)
    site.ok(site.patch("/config/telephony-service", {"dscp": {"media": 26}}))
    assert site.ok(site.get("/status/telephony-service"))["dscp"]["media"] == {"name": "af31", "value": 26, "tos": "0x68"}
    assert " af31 (the MS 6 bits, 26, in ToS, 0x68) for media\n" in text(site, "/status/telephony-service")


def test_flash_and_files_of_flash_are_the_stored_files(site):
    folder = site.data / "flash"
    folder.mkdir(exist_ok=True)
    (folder / "ring.raw").write_bytes(b"x" * 640)
    (folder / "sets").mkdir(exist_ok=True)
    view = site.ok(site.get("/status/flash"))
    assert [(i["name"], i["length"]) for i in view["items"]] == [("ring.raw", 640), ("sets", 0)]
    assert view["used_bytes"] == 640 and view["free_bytes"] > 0
    same = site.ok(site.get("/files?root=flash"))
    assert {**same, "free_bytes": 0} == {**view, "free_bytes": 0} and site.get("/files?root=x").status == 400
    assert re.match(r"-#- --length-- -----date/time----- path\n1      640 [A-Z][a-z]{2} \d+ \d{4} [\d:]+ \+00:00 ring.raw\n",
                    text(site, "/status/flash"))


def test_stamps_are_those_of_the_files(site):
    stamps = {f["name"]: f for f in site.ok(site.get("/status/version-stamp"))["files"]}
    of_phone = {f["name"]: f["version_stamp"] for f in site.ok(site.get(f"/phones/{SIP}/files"))["items"]}
    assert of_phone and all(stamps[n]["stamp"] == s and not stamps[n]["manual"] for n, s in of_phone.items())
    page = site.ok(site.get("/status/version-stamp?limit=2"))
    rest = site.ok(site.get(f"/status/version-stamp?cursor={page['next_cursor']}"))
    assert [f["name"] for f in page["files"] + rest["files"]] == list(stamps)


def test_hfs_tells_what_it_serves(site):
    port = site.port("hfs")
    v = site.ok(site.get("/status/hfs"))
    assert v["enabled"] is True and v["port"] == port and v["session_id"] is None
    assert v["bindings_count"] == len(site.ok(site.get("/status/hfs/bindings"))["items"])
    assert text(site, "/status/hfs").startswith("Fetch Service Enabled = Y\n  App enabled port = ")


def test_an_engine_that_failed_is_not_one_that_is_switched_off(fresh_server):
    import socket
    taken = socket.socket()
    taken.bind(("127.0.0.1", 0))
    taken.listen()
    s = fresh_server(options=["--sip-port", str(taken.getsockname()[1]), "--sccp-port", "off"])

    def states():
        return {e["name"]: e for e in s.ok(s.get("/status/engines"))["items"]}
    wait_until(lambda: states()["sip"]["state"] == "failed", "failed engine")
    wait_until(lambda: states()["hfs"]["state"] == "up", "HFS")
    got = states()
    assert got["sccp"]["state"] == "off" and got["hfs"]["state"] == "up"
    assert "taken by another program" in got["sip"]["reason"]
    taken.close()


def test_a_phone_that_hangs_up_is_unregistered_not_deceased(fresh_server):
    s = fresh_server()
    s.add_sccp_phone(1, SCCP[3:], "3001")
    phone = SccpPhone(("127.0.0.1", s.port("sccp")), SCCP, device_type=115)
    phone.register()
    phone.boot()
    s.wait_phone(SCCP, "registered")
    phone.close()
    wait_until(lambda: s.ok(s.get("/status/ephones/1"))["state"] == "unregistered", "normal end")
    assert s.ok(s.get("/status/ephones/summary"))["totals"]["deceased"] == 0


def test_the_listeners_follow_the_protocol_mode(fresh_server, req):
    server = fresh_server(address="", setup=False).set_up()

    def listeners():
        view = server.ok(server.get("/status/ephone-sockets"))
        four, six = view["listen_ipv4"], view["listen_ipv6"]
        assert all((e["fd"] == -1) == (not e["open"]) for e in (four, six))
        assert not four["open"] or not six["open"] or four["fd"] != six["fd"]
        return four["open"], six["open"]

    assert listeners() == (True, False)
    four, six = {"address": "127.0.0.1"}, {"address": "::1"}
    for mode, addresses, want in [("dual-stack", {"ipv4": four, "ipv6": six}, (True, True)),
                                  ("ipv6", {"ipv4": None, "ipv6": six}, (False, True)),
                                  ("ipv4", {"ipv4": four, "ipv6": None}, (True, False))]:
        server.ok(server.patch("/config/telephony-service",
                               {"protocol_mode": {"mode": mode}, "source_addresses": addresses}))
        wait_until(lambda want=want: listeners() == want, f"listeners of {mode}")
    req("R-127")
