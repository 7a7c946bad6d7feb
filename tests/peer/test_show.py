"""`switchroom show`, the EXEC commands, and the actions behind them, with phones that are registered."""
import os
import pathlib
import re
import subprocess
import threading
import urllib.error
import urllib.parse
import urllib.request

import pytest
from api_openapi import OpenApi
from conftest import BINARY, wait_until
from sccp_client import RESET, SccpPhone
from sip_client import Phone

NAMES = ["SEP0A22BB000001", "SEP0A22BB000002"]
SIP = "SEP0A22BB000011"


@pytest.fixture(scope="module")
def site(server):
    for tag, name in enumerate(NAMES, 1):
        server.add_sccp_phone(tag, name[3:], f"300{tag}")
    server.add_sip_phone(20, SIP[3:], "4120", username="ada", model="7965")
    return server


@pytest.fixture(scope="module")
def api(server):
    return OpenApi(server.ok(server.get("/openapi.json")))


@pytest.fixture
def phones(site):
    made = []
    for name in NAMES:
        phone = SccpPhone(("127.0.0.1", site.port("sccp")), name, device_type=115)
        phone.register()
        phone.boot()
        made.append(phone)
        site.wait_phone(name, "registered")
    yield made
    for phone in made:
        phone.close()
    for name in NAMES:
        site.wait_phone(name, "unregistered")


@pytest.fixture
def sip(site):
    with Phone(site.port("sip"), "4120", "ada", "secret") as phone:
        assert phone.register().status == 200
        site.wait_phone(SIP, "registered")
        yield phone
        phone.register(expires=0)


def show(server, command):
    return server.get("/show?command=" + urllib.parse.quote(command))


def run(*args, **more):
    return subprocess.run([str(BINARY.resolve()), *map(str, args)], capture_output=True, text=True, timeout=60, **more)


def reset_kind(phone):
    """What the phone is told: 1 reset, 2 restart."""
    return int.from_bytes(phone.expect(RESET)[:4], "little")


# ---- show ----

def test_abbreviated_commands_show_what_the_views_show(site, sip):
    pairs = [("sh voice reg pool 20", "/status/pools/20"), ("show ephone summary", "/status/ephones/summary"),
             ("ephone socket", "/status/ephone-sockets"), ("sh flash:", "/status/flash"), ("sh flash", "/status/flash"),
             ("voice register hfs", "/status/hfs"), ("VOICE REG GLOBAL", "/status/voice-register/global"),
             ("tele", "/status/telephony-service"), ("cred", "/status/credentials"),
             ("ip address trusted list", "/status/trusted-addresses"), ("sip-ua status registrar", "/status/sip-registrar"),
             ("ephone " + NAMES[0][3:], "/status/ephones?mac=" + NAMES[0]), ("ephone 7941", "/status/ephones?type=7941"),
             ("ephone 2", "/status/ephones/2"), ("voice register pool all brief", "/status/pools?brief=true"),
             ("voice register pool registered", "/status/pools?state=registered"), ("shared", "/status/shared-lines"),
             ("voice register pool ip 127.0.0.1", "/status/pools?ip=127.0.0.1"), ("presence sub", "/status/presence/subscriptions")]
    for command, path in pairs:
        answer = show(site, command)
        assert answer.status == 200, (command, answer)
        same = site.get(path, headers={"Accept": "text/plain"})
        blur = lambda text: re.sub(r"\b\d+ bytes|fd = -?\d+|\d\d:\d\d:\d\d\S*|\d+ {9,}127", "", text.decode())
        assert blur(answer.body) == blur(same.body), command


def test_every_command_of_the_help_is_a_command(site, sip):
    rows = show(site, "?").body.decode().splitlines()
    assert len(rows) > 40
    for row in rows:
        command = re.split(r"\s{2,}", row.strip())[0]
        for word, value in [("<phone>", "1"), ("<number>", "20"), ("<mac>", SIP[3:]), ("<type>", "7965"),
                            ("<address>", "127.0.0.1")]:
            command = command.replace(word, value)
        answer = show(site, command)
        assert answer.status == 200, (command, answer)


def test_the_page_of_commands_is_complete(site):
    page = (pathlib.Path(__file__).resolve().parents[2] / "docs" / "show.md").read_text()
    for listing in (show(site, "?").body.decode(), site.ok(site.post("/exec", {"command": "?"}))["text"]):
        for row in listing.splitlines():
            command, what = re.split(r"\s{2,}", row.strip())
            assert f"| `{command}` | {what} | " in page, row


def test_what_is_no_command_is_refused_with_those_that_are(site, api):
    for command, code, word in [("ephone s", "ambiguous_command", "show ephone summary"),
                                ("voice", "incomplete_command", "show voice register hfs"),
                                ("ephone summary x", "unknown_command", "x"),
                                ("phonebook", "unknown_command", "show ephone"),
                                ("voice register pool 999", "not_found", "999")]:
        answer = show(site, command)
        assert answer.status == 404 and answer.json()["code"] == code and word in answer.json()["detail"], (command, answer)
        api.check("GET", "/show", answer)
    assert "ephone attempted-registrations" in show(site, "sh ep ?").body.decode()
    assert show(site, "phonebook").json()["detail"].endswith(", and more (? lists all)")
    assert "possible: reset ephone <number>, " in site.post("/exec", {"command": "reset"}).json()["detail"]


def test_system_commands(site, api):
    for path in ("/show?command=clock", "/actions"):
        api.check("GET", path, site.get(path))
    assert re.match(r"\*?\d\d:\d\d:\d\d\.\d{3} UTC [A-Z][a-z]{2} [A-Z][a-z]{2} \d+ \d{4}\n", show(site, "clock").body.decode())
    assert show(site, "version").body.decode().startswith("Switchroom, Version ")
    assert show(site, "running-config").body == site.get("/export").body
    assert show(site, "run all").body == site.get("/export?all=true").body
    assert "starter revision" in show(site, "revisions").body.decode()
    table = show(site, "phones").body.decode()
    assert table.startswith("device") and all(name in table for name in [*NAMES, SIP])


def test_the_command_line_asks_the_running_server(site, tmp_path):
    done = run("show", "voice", "reg", "pool", "20", "--data", site.data)
    assert done.returncode == 0 and done.stdout == show(site, "voice register pool 20").body.decode()
    done = run("show", "flash:", env={**os.environ, "SWITCHROOM_DATA": str(site.data)})
    assert done.returncode == 0 and done.stdout.startswith("-#- --length--")
    (tmp_path / "run").symlink_to(site.data)
    assert run("show", "version", cwd=tmp_path).stdout.startswith("Switchroom, Version ")
    assert "ephone summary" in run("show", "--data", site.data).stdout
    assert run("sh", "voice", "reg", "pool", "20", "--data", site.data).stdout == show(site, "voice register pool 20").body.decode()
    assert run("re", "ephone", "20", "--data", site.data).returncode == 2  # reset or restart
    bad = run("show", "ephone", "s", "--data", site.data)
    assert bad.returncode == 1 and bad.stdout == "" and "ambiguous" in bad.stderr
    empty = tmp_path / "empty"
    empty.mkdir()
    none = run("show", "version", "--data", empty)
    assert none.returncode == 1 and f"no server runs with the data directory {empty}" in none.stderr
    assert run("show", "version", cwd=empty).returncode in (1, 2)
    assert run("show", "version", "--nonsense", "x").returncode == 2


# ---- actions ----

def test_one_phone_is_reset_by_its_tag(site, api, phones, req):
    for verb, kind in [("reset", 1), ("restart", 2)]:
        answer = site.post(f"/config/ephones/1/actions/{verb}")
        api.check("POST", f"/config/ephones/1/actions/{verb}", answer)
        assert answer.status == 202 and answer.json() == {"action": verb, "devices": [NAMES[0]]}
        assert reset_kind(phones[0]) == kind
    assert site.ok(site.get("/status/ephones/1"))["reset_sent"] is True
    assert site.post("/config/ephones/77/actions/reset").status == 404
    gone = site.post("/config/voice-register/pools/20/actions/reset")
    assert (gone.status, gone.json()["code"]) == (409, "not_registered")
    req("R-303")


def test_a_sip_phone_is_reset_by_the_tag_of_its_pool(site, sip):
    got = {}

    def listen():
        data = sip.socket.recv(65535).decode()
        got["notify"] = data
        head = data.split("\r\n\r\n")[0].split("\r\n")
        keep = [l for l in head if l.split(":")[0] in ("Via", "From", "To", "Call-ID", "CSeq")]
        sip.socket.sendto("\r\n".join(["SIP/2.0 200 OK", *keep, "Content-Length: 0", "", ""]).encode(), sip.remote)
    t = threading.Thread(target=listen)
    t.start()
    answer = site.post("/config/voice-register/pools/20/actions/restart")
    t.join(10)
    assert answer.json() == {"action": "restart", "devices": [SIP]}
    assert "Event: service-control" in got["notify"] and "action=restart" in got["notify"]


def test_all_phones_are_reset_one_after_the_other(site, api, phones, req):
    answer = site.post("/actions/reset", {"protocol": "sccp", "scope": "all", "interval": 60})
    api.check("POST", "/actions/reset", answer)
    assert answer.status == 202 and answer.json() == {"protocol": "sccp", "action": "reset", "scope": "all",
                                                      "interval": 60, "phones": 2}
    assert reset_kind(phones[0]) == 1
    phones[1].expect_silence()
    job = site.ok(site.get("/actions"))["items"]
    assert [(j["phones"], j["done"], j["who"]) for j in job] == [(2, 1, "tests")]
    assert site.ok(site.get("/status/ephones/2"))["reset_pending"] is True
    ended = site.post("/config/telephony-service/actions/reset", {"scope": "cancel"})
    assert ended.json()["phones"] == 1 and site.ok(site.get("/actions"))["items"] == []
    assert site.ok(site.get("/status/ephones/2"))["reset_pending"] is False
    every = site.post("/config/telephony-service/actions/restart", {"interval": 0})
    assert every.json()["phones"] == 2 and [reset_kind(p) for p in phones] == [2, 2]
    default = site.post("/config/telephony-service/actions/reset")
    assert default.json()["interval"] == 15
    site.ok(site.post("/actions/reset", {"protocol": "sccp", "scope": "cancel"}))
    req("R-304")


def test_in_sequence_the_next_waits_for_the_one_before(site, phones, req):
    site.ok(site.post("/actions/reset", {"protocol": "sccp", "scope": "sequence-all"}))
    assert reset_kind(phones[0]) == 1
    phones[1].expect_silence()
    assert site.ok(site.get("/actions"))["items"][0]["waiting_for"] == NAMES[0]
    phones[0].close()
    site.wait_phone(NAMES[0], "unregistered")
    phones[1].expect_silence()
    phones[0] = SccpPhone(("127.0.0.1", site.port("sccp")), NAMES[0], device_type=115)
    phones[0].register()
    phones[0].boot()
    assert reset_kind(phones[1]) == 1
    site.ok(site.post("/actions/reset", {"protocol": "sccp", "scope": "cancel"}))
    req("R-304")


def test_one_phone_is_reset_by_its_mac(site, phones):
    answer = site.post("/actions/restart", {"protocol": "sccp", "scope": "mac", "mac": "0a22.bb00.0002"})
    assert answer.json() == {"action": "restart", "devices": [NAMES[1]]} and reset_kind(phones[1]) == 2


def test_wrong_actions_name_the_field(site, api):
    for path, body, status, field in [
            ("/actions/reset", {}, 422, "/protocol"), ("/actions/reset", {"protocol": "h323"}, 422, "/protocol"),
            ("/actions/reset", {"protocol": "sccp", "interval": 61}, 422, "/interval"),
            ("/actions/reset", {"protocol": "sccp", "interval": "x"}, 422, "/interval"),
            ("/actions/reset", {"protocol": "sccp", "scope": "some"}, 422, "/scope"),
            ("/actions/restart", {"protocol": "sccp", "scope": "sequence-all"}, 422, "/scope"),
            ("/actions/reset", {"protocol": "sccp", "scope": "mac"}, 422, "/mac"),
            ("/actions/reset", {"protocol": "sccp", "mac": "nonsense"}, 422, "/mac"),
            ("/actions/reset", {"protocol": "sccp", "what": 1}, 422, "/what"),
            ("/config/telephony-service/actions/reset", {"protocol": "sip"}, 422, "/protocol"),
            ("/actions/create-profile", {"version_stamp": "12"}, 422, "/version_stamp"),
            ("/files/actions/mkdir", {"name": "../x"}, 422, "/name")]:
        answer = site.post(path, body)
        assert (answer.status, answer.json().get("field")) == (status, field), (path, body, answer)
        api.check("POST", path, answer)
    refused = site.post("/config/telephony-service/actions/setup")
    assert (refused.status, refused.json()["code"]) == (409, "setup_refused")


def test_files_are_made_and_stamped_by_hand(site, api, req):
    def stamp(device):
        return {f["version_stamp"] for f in site.ok(site.get(f"/phones/{device}/files"))["items"]}
    before = stamp(SIP)
    plain = site.post("/actions/create-profile")
    api.check("POST", "/actions/create-profile", plain)
    assert plain.status == 200 and stamp(SIP) == before  # unchanged bytes keep their stamp
    answer = site.post("/config/voice-register/global/actions/create-profile", {"version_stamp": "0123456789012345"})
    assert answer.status == 200 and stamp(SIP) == {"0123456789012345"}
    assert site.ok(site.get("/status/voice-register/global"))["syncinfo_stamp"] == "0123456789012345"
    manual = {f["name"]: f["manual"] for f in site.ok(site.get("/status/version-stamp"))["files"]}
    assert manual[f"{SIP}.cnf.xml"] is True and manual[f"{NAMES[0]}.cnf.xml"] is False
    site.ok(site.post("/actions/create-cnf-files", {"version_stamp": "1111222233334444"}))
    assert stamp(NAMES[0]) == {"1111222233334444"}
    req("R-071")


def test_folders_of_flash(site):
    assert site.post("/files/actions/mkdir", {"name": "sets"}).status == 201
    assert site.post("/files/actions/mkdir", {"name": "sets"}).status == 409
    assert ("sets", 0, True) in [(i["name"], i["length"], i["directory"]) for i in site.ok(site.get("/status/flash"))["items"]]
    assert site.post("/files/actions/squeeze").status == 204


def test_exec_commands_in_words(site, api, phones, req):
    def exec_(command):
        answer = site.post("/exec", {"command": command})
        api.check("POST", "/exec", answer)
        return answer
    with pytest.raises(PermissionError):
        SccpPhone(("127.0.0.1", site.port("sccp")), "SEP0A22BB0000FF", device_type=7).register()
    assert site.ok(site.get("/status/ephones/attempted-registrations"))["items"]
    assert exec_("clear tele eph").json()["text"] == "cleared"
    assert site.ok(site.get("/status/ephones/attempted-registrations"))["items"] == []
    assert exec_("clear voice register attempted-registrations").status == 200
    assert exec_("reset ephone 1").json()["devices"] == [NAMES[0]] and reset_kind(phones[0]) == 1
    assert exec_("restart telephony-service all 0").json()["text"] == "2 phones"
    assert [reset_kind(p) for p in phones] == [2, 2]
    assert exec_("restart telephony-service all 61").status == 422
    assert exec_("create cnf-files").json()["text"] == "made"
    assert exec_("mkdir flash:more").json()["text"] == "Created dir flash:more"
    assert exec_("squeeze flash:").status == 200
    assert "reset telephony-service sequence-all" in exec_("reset ?").json()["text"]
    unknown = exec_("reload")
    assert unknown.status == 404 and unknown.json()["code"] == "unknown_command"
    done = run("restart", "ephone", "2", "--data", site.data)
    assert (done.returncode, done.stdout) == (0, "asked 1\n") and reset_kind(phones[1]) == 2
    done = run("clear", "telephony-service", "nothing", "--data", site.data)
    assert done.returncode == 1 and "is not known here" in done.stderr
    audit = site.ok(site.get("/audit"))["items"]
    assert any(a["action"] == "exec.create" and a["who"] == "local" for a in audit)
    req("R-015")


def test_debug_lines_of_one_part_are_switched(site, api):
    def fetch(name):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{site.port('hfs')}/{name}", timeout=10).read()
        except urllib.error.HTTPError:
            pass
    assert [c["debug"] for c in site.ok(site.get("/log-categories"))["items"]] == [False, False]
    fetch("quiet.xml")
    answer = site.put("/log-categories/hfs", {"debug": True})
    api.check("PUT", "/log-categories/hfs", answer)
    assert answer.json()["debug"] is True and "hfs" in show(site, "debugging").body.decode()
    fetch("XMLDefault.cnf.xml")
    wait_until(lambda: re.search(r'debug hfs request peer=\S+ name="XMLDefault.cnf.xml" outcome=sent bytes=\d+', site.log()),
               "debug line")
    assert site.post("/exec", {"command": "undebug all"}).status == 200
    fetch("silent.xml")
    assert "quiet.xml" not in site.log() and "silent.xml" not in site.log()
    assert site.put("/log-categories/nothing", {"debug": True}).status == 404
    wrong = site.put("/log-categories/hfs", {"debug": "on"})
    assert (wrong.status, wrong.json()["field"]) == (422, "/debug")
    assert run("debug", "x", "--data", site.data).returncode == 2  # REST and POST /exec; no command of the shell
