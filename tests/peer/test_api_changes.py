"""Safe changes by REST: seen before they are made, confirmed or taken back by itself, told afterwards."""
import pathlib
import signal
import urllib.request

import pytest
from api_openapi import OpenApi
from conftest import wait_until
from sccp_client import SccpPhone

SITES = pathlib.Path(__file__).resolve().parents[1] / "import"


@pytest.fixture(scope="module")
def api(server):
    return OpenApi(server.ok(server.get("/openapi.json")))


def busy_timeout(server):
    return server.ok(server.get("/config/telephony-service"))["timeouts"]["busy"]


def set_busy(server, seconds, query=""):
    return server.patch("/config/telephony-service" + query, {"timeouts": {"busy": seconds}})


def pending(answer):
    body = answer.json()
    return answer.status == 409 and body["code"] == "confirmation_pending" and body["detail"]


def heads(server, n=1):
    return server.ok(server.get(f"/revisions?limit={n}"))["items"]


def last_events(server, kind):
    return server.ok(server.get(f"/events?types=switchroom.confirmation.{kind}&order=desc&limit=1"))["items"]


# ---- commit-confirmed ----

def test_a_change_waits_for_its_confirmation(server):
    set_busy(server, 10)
    assert server.ok(server.get("/confirmation")) == {"pending": False}
    made = server.ok(set_busy(server, 11, "?confirm_minutes=5"))
    confirm = made["confirm"]
    assert confirm["revision"] == made["revision"] and confirm["falls_back_to"] == made["revision"] - 1
    now = server.ok(server.get("/confirmation"))
    assert now["pending"] and now["revision"] == made["revision"] and now["who"] == "tests"
    assert now["deadline"] == confirm["deadline"] and 290 < now["remaining_seconds"] <= 300
    # everything else that writes configuration is told to wait
    assert pending(set_busy(server, 12))
    assert pending(set_busy(server, 12, "?confirm_minutes=5"))
    assert pending(server.post("/config/ephone-dns", {"number": "1"}))
    assert pending(server.post("/transactions", {"operations": [{"op": "create", "path": "ephone-dns", "value": {}}]}))
    assert pending(server.post(f"/revisions/{made['revision'] - 1}/restore"))
    tried = server.ok(set_busy(server, 12, "?dry_run=true"))
    assert [w["code"] for w in tried["warnings"]] == ["confirmation_pending"]
    assert busy_timeout(server) == 11
    # kept
    assert server.ok(server.post("/confirmation")) == {"pending": False}
    assert last_events(server, "confirmed")[0]["data"] == {"revision": made["revision"], "who": "tests"}
    assert server.ok(server.get("/audit?limit=1"))["items"][0]["action"] == "confirmation.confirm"
    assert server.post("/confirmation").json()["code"] == "nothing_to_confirm"
    assert server.delete("/confirmation").json()["code"] == "nothing_to_confirm"
    assert server.ok(set_busy(server, 10)) and busy_timeout(server) == 10


def test_a_change_is_taken_back_by_hand(server):
    before = heads(server)[0]["revision"]
    made = server.ok(server.post("/transactions", {"confirm_minutes": 1440, "operations": [
        {"op": "put", "path": "ephone-dns/61", "value": {"number": "6161"}},
        {"op": "patch", "path": "telephony-service", "value": {"timeouts": {"busy": 20}}, "if_match": "*"}]}))
    assert made["confirm"]["falls_back_to"] == before
    back = server.ok(server.delete("/confirmation"))
    assert back["revision"] == made["revision"] + 1 and "confirm" not in back
    assert {c["path"]: c["change"] for c in back["changes"]} == {"ephone-dns/61": "deleted",
                                                                 "telephony-service": "changed"}
    assert server.get("/config/ephone-dns/61").status == 404 and busy_timeout(server) == 10
    head = heads(server)[0]
    assert head["who"] == "tests" and head["comment"] == f"revision {made['revision']} taken back"
    assert last_events(server, "expired")[0]["data"]["who"] == "tests"
    assert not server.ok(server.get(f"/revisions/{back['revision']}/changes?since={before}"))["changes"]


def test_minutes_are_checked(server):
    for bad in ("0", "1441", "x", "-1", "1.5", ""):
        assert set_busy(server, 30, f"?confirm_minutes={bad}").status == 400, bad
    for bad in (0, 1441, "5", 1.5, True):
        answer = server.post("/transactions", {"confirm_minutes": bad, "operations": [
            {"op": "create", "path": "ephone-dns", "value": {}}]})
        assert answer.status == 422 and answer.json()["field"] == "/confirm_minutes", bad
    assert server.ok(server.get("/confirmation")) == {"pending": False}


def test_a_restored_revision_and_a_backup_wait_too(server):
    first = server.ok(set_busy(server, 21))["revision"]
    server.ok(set_busy(server, 22))
    archive = server.get("/backup").body
    restored = server.ok(server.post(f"/revisions/{first}/restore?confirm_minutes=1", {"comment": "back"}))
    assert restored["confirm"]["revision"] == restored["revision"] and busy_timeout(server) == 21
    assert server.post("/backup", raw=archive).status == 409
    server.ok(server.delete("/confirmation"))
    server.ok(set_busy(server, 23))
    report = server.ok(server.post("/backup?confirm_minutes=1", raw=archive))
    assert report["confirm"]["revision"] == report["revision"] and busy_timeout(server) == 22
    assert server.ok(server.get("/audit?limit=1"))["items"][0]["detail"] == {"revision": report["revision"]}
    server.ok(server.delete("/confirmation"))
    assert busy_timeout(server) == 23


def test_an_unconfirmed_change_falls_back_while_the_server_runs(fresh_server):
    s = fresh_server()
    made = s.ok(set_busy(s, 27, "?confirm_minutes=10"))
    s.stop()
    s.options = ["--test-clock-offset", "598"]  # two seconds before its time
    s.start()
    wait_until(lambda: not s.ok(s.get("/confirmation"))["pending"], "fall back")
    assert busy_timeout(s) == 10
    head = heads(s)[0]
    assert head["who"] == "system" and head["revision"] == made["revision"] + 1
    assert head["comment"] == f"revision {made['revision']} was not confirmed: back to revision {made['revision'] - 1}"
    assert last_events(s, "expired")[0]["data"]["who"] == "system"


def test_an_unconfirmed_change_falls_back_after_a_kill(fresh_server):
    s = fresh_server()
    made = s.ok(set_busy(s, 27, "?confirm_minutes=10"))
    s.stop(signal.SIGKILL)
    s.start()
    assert s.ok(s.get("/confirmation"))["revision"] == made["revision"] and busy_timeout(s) == 27
    s.stop(signal.SIGKILL)
    s.options = ["--test-clock-offset", "600"]
    s.start()
    assert s.ok(s.get("/confirmation")) == {"pending": False}
    assert busy_timeout(s) == 10 and heads(s)[0]["who"] == "system"
    s.ok(set_busy(s, 11))


def test_an_import_waits_too(server):
    before = server.get("/export").body
    text = b"ephone-dn 98\n number 9898\n"
    made = server.ok(server.post("/import?mode=merge&confirm_minutes=5", raw=text, headers={"Content-Type": "text/plain"}))
    assert made["confirm"]["revision"] == made["revision"] and server.get("/config/ephone-dns/98").status == 200
    answer = server.post("/import?mode=merge", raw=b"ephone-dn 99\n", headers={"Content-Type": "text/plain"})
    assert answer.status == 409 and answer.json()["code"] == "confirmation_pending"
    server.ok(server.delete("/confirmation"))
    assert server.get("/config/ephone-dns/98").status == 404 and server.get("/export").body == before


# ---- files before and after ----

def test_a_dry_run_shows_what_becomes_of_the_files(server):
    server.add_sip_phone(31, "0011.2233.0031", "3131", password="first-secret")
    server.add_sip_phone(32, "0011.2233.0032", "3132", password="first-secret")
    name = "SEP001122330031.cnf.xml"
    tried = server.ok(server.patch("/config/voice-register/dns/31?dry_run=true&diff=files", {"label": "Front desk"}))
    assert tried["files"] == [name] and [f["name"] for f in tried["file_changes"]] == [name]
    one = tried["file_changes"][0]
    assert one["change"] == "changed" and one["diff"].startswith("@@ -") and "file_changes_more" not in tried
    assert [line for line in one["diff"].splitlines() if line[0] == "+" and "Front desk" in line]
    # the same of a commit and of a transaction; without the word nothing is rendered for show
    made = server.ok(server.post("/transactions?diff=files", {"operations": [
        {"op": "patch", "path": "voice-register/dns/31", "value": {"label": "Front desk"}, "if_match": "*"},
        {"op": "delete", "path": "voice-register/pools/32", "if_match": "*"}]}))
    assert {f["name"]: f["change"] for f in made["file_changes"]} == {name: "changed",
                                                                       "SEP001122330032.cnf.xml": "deleted"}
    gone = made["file_changes"][1]["diff"]
    assert all(line[0] in "-@" for line in gone.splitlines())
    assert "file_changes" not in server.ok(server.patch("/config/voice-register/dns/31", {"label": "Desk"}))
    back = server.ok(server.post(f"/revisions/{made['revision'] - 1}/restore?dry_run=true&diff=files", {}))
    assert {f["change"] for f in back["file_changes"]} == {"changed", "created"}
    answer = server.patch("/config/voice-register/dns/31?diff=words", {"label": "x"})
    assert answer.status == 400 and answer.json()["detail"] == "diff is files, lines, or both"
    # a new password is a change that is seen and not read
    tried = server.patch("/config/voice-register/pools/31?dry_run=true&diff=files", {"password": "second-secret"})
    changed = [line for line in server.ok(tried)["file_changes"][0]["diff"].splitlines() if "********" in line]
    assert [line[0] for line in changed] == ["-", "+"] or len(changed) >= 2
    assert b"secret" not in tried.body
    server.ok(server.patch("/config/voice-register/dns/31", {"label": None}))


def test_a_file_tells_its_stamp_and_when_it_changed(server, req):
    def row(mac):
        return server.ok(server.get(f"/phones/{mac}/files"))["items"][0]

    server.add_sip_phone(29, "0011.2233.0029", "3129")
    server.add_sip_phone(30, "0011.2233.0030", "3130")
    other = wait_until(lambda: row("001122330030")["changed_at"] and row("001122330030"), "time of change")
    made = row("001122330029")
    assert len(made["version_stamp"]) == 16 and made["version_stamp"] != other["version_stamp"]
    server.ok(server.patch("/config/voice-register/dns/29", {"label": "Other"}))
    changed = wait_until(lambda: row("001122330029")["changed_at"] > made["changed_at"] and row("001122330029"),
                         "later time of change")
    assert changed["version_stamp"] != made["version_stamp"]
    # what was set back has its old stamp, and changed again; whom nothing touched keeps both
    server.ok(server.patch("/config/voice-register/dns/29", {"label": None}))
    back = wait_until(lambda: row("001122330029")["changed_at"] > changed["changed_at"] and row("001122330029"),
                      "third time of change")
    assert back["version_stamp"] == made["version_stamp"]
    assert row("001122330030") == other
    req("R-070")


def test_many_files_are_cut_short_and_counted(server):
    for n in range(33, 63):
        server.add_sip_phone(n, f"0011.2233.00{n:02d}", f"31{n:02d}")
    tried = server.ok(server.patch("/config/voice-register/global?dry_run=true&diff=files", {"voicemail": "2999"}))
    assert len(tried["file_changes"]) <= 20
    assert len(tried["file_changes"]) + tried["file_changes_more"] == len(tried["files"]) >= 31
    assert sum(len(f["diff"]) for f in tried["file_changes"]) <= 65536


# ---- who changed what ----

def test_the_history_of_an_object(server):
    made = server.ok(server.put("/config/ephone-dns/71", {"number": "7171"}, headers={}))["revision"]
    named = server.ok(server.patch("/config/ephone-dns/71?comment=who%20sits%20there", {"name": "Ann"}))["revision"]
    server.ok(server.put("/config/ephone-dns/72", {"number": "7172"}, headers={}))
    moved = server.ok(server.post("/transactions", {"operations": [
        {"op": "patch", "path": "ephone-dns/71", "value": {"name": "Bob", "label": "B"}, "if_match": "*"},
        {"op": "patch", "path": "ephone-dns/72", "value": {"name": "Ann"}, "if_match": "*"}]}))["revision"]
    items = server.ok(server.get("/revisions?path=ephone-dns/71"))["items"]
    assert [i["revision"] for i in items] == [moved, named, made]
    assert items[1]["who"] == "tests" and items[1]["comment"] == "who sits there" and items[1]["address"] == "127.0.0.1"
    assert [[c["path"] for c in i["changes"]] for i in items] == [["ephone-dns/71"]] * 3
    field = items[1]["changes"][0]["fields"][0]
    assert (field["field"], field["before"], field["after"]) == ("/name", None, "Ann")
    assert field["label"] and field["command"].startswith("name")
    # of one setting of it; of a collection; page by page
    inside = server.ok(server.get("/revisions?path=/config/ephone-dns/71/label"))["items"]
    assert [i["revision"] for i in inside] == [moved, made]
    assert [f["field"] for f in inside[0]["changes"][0]["fields"]] == ["/label"]
    assert [i["revision"] for i in server.ok(server.get("/revisions?path=ephone-dns&limit=2"))["items"]] == [moved, moved - 1]
    page = server.ok(server.get("/revisions?path=ephone-dns/71&limit=2"))
    rest = server.ok(server.get(f"/revisions?path=ephone-dns/71&limit=2&cursor={page['next_cursor']}"))
    assert [i["revision"] for i in rest["items"]] == [made] and rest["next_cursor"] is None
    assert server.get("/revisions?path=nonsense/1").status == 400
    assert server.ok(server.get("/revisions?path=ephones/999"))["items"] == []


def test_a_difference_is_shown_in_lines_of_ios(server):
    server.add_sip_phone(28, "0011.2233.0028", "3128", password="first-secret")
    tried = server.ok(server.patch("/config/voice-register/dns/28?dry_run=true&diff=lines", {"name": "Ann"}))
    lines = tried["changes"][0]["lines"].splitlines()
    assert lines[0].startswith("@@ -1,") and "-name" not in lines
    assert [x for x in lines if x[0] == "-"] == ["- name Desk"] and [x for x in lines if x[0] == "+"] == ["+ name Ann"]
    assert " voice register dn 28" in [x.replace("  ", " ") for x in lines]
    # a password is seen to change, and not read
    answer = server.patch("/config/voice-register/pools/28?diff=lines,files", {"password": "second-secret"})
    made = server.ok(answer)
    lines = made["changes"][0]["lines"].splitlines()
    assert len([x for x in lines if x[0] == "-"]) == len([x for x in lines if x[0] == "+"]) == 1
    assert made["file_changes"] and b"secret" not in answer.body
    # of revisions, of two of them, of the history of an object
    n = made["revision"]
    assert server.ok(server.get(f"/revisions/{n}?diff=lines"))["changes"][0]["lines"].splitlines() == lines
    assert server.ok(server.get(f"/revisions/{n}/changes?diff=lines"))["changes"][0]["lines"].splitlines() == lines
    made_by = server.ok(server.get("/revisions?path=voice-register/dns/28&diff=lines"))["items"][0]
    assert all(x[0] in "+@" for x in made_by["changes"][0]["lines"].splitlines())
    assert server.get(f"/revisions/{n}?diff=files").status == 400
    assert "lines" not in server.ok(server.get(f"/revisions/{n}"))["changes"][0]


def test_every_kept_revision_comes_back_with_the_export_it_had(fresh_server, req):
    """Whole sites moved in one after the other, and small changes between; then back to each, in no order."""
    s = fresh_server()

    def export():
        return s.get("/export?secrets=true&all=true").body

    exports = {0: None, heads(s)[0]["revision"]: export()}
    for n, site in enumerate(sorted(SITES.glob("*.cfg"))):
        mode = "replace" if n % 3 else "merge"
        s.post(f"/import?mode={mode}", raw=site.read_bytes(), headers={"Content-Type": "text/plain"})
        exports[heads(s)[0]["revision"]] = export()
        s.ok(s.post("/transactions", {"base_revision": heads(s)[0]["revision"], "operations": [
            {"op": "patch", "path": "telephony-service", "value": {"timeouts": {"busy": n % 25 + 3}}}]}))
        exports[heads(s)[0]["revision"]] = export()
    assert len(exports) > 15
    for n, number in enumerate(sorted(exports, key=lambda r: (r * 7) % 11)):
        s.ok(s.post(f"/revisions/{number}/restore", {"comment": f"round {n}"}))
        if number:
            assert export() == exports[number], number
        assert not s.ok(s.get(f"/revisions/{heads(s)[0]['revision']}/changes?since={number}"))["changes"]
    req("R-352")


def test_every_way_to_write_leaves_a_name(server):
    """Each write of configuration is in the audit log with who, from where, and its revision."""
    first = heads(server)[0]["revision"]
    server.ok(server.put("/config/ephone-dns/81", {"number": "8181"}, headers={}))
    server.ok(server.patch("/config/ephone-dns/81", {"name": "A"}))
    made = server.ok(server.post("/config/ephone-dns", {"number": "8182"}))["path"]
    server.ok(server.delete(f"/config/{made}"))
    server.ok(server.post("/transactions", {"operations": [
        {"op": "delete", "path": "ephone-dns/81", "if_match": "*"}]}))
    server.ok(server.post(f"/revisions/{first}/restore", {}))
    server.ok(server.post(f"/revisions/{first + 1}/restore?confirm_minutes=5", {}))
    server.ok(server.post("/confirmation"))
    server.ok(server.post(f"/revisions/{first}/restore?confirm_minutes=5", {}))
    server.ok(server.delete("/confirmation"))
    archive = server.get("/backup").body
    server.ok(server.delete("/config/ephone-dns/81"))
    server.ok(server.post("/backup", raw=archive))
    entries = server.ok(server.get("/audit?limit=100"))["items"]
    by_revision = {e["detail"]["revision"]: e for e in entries if "revision" in e.get("detail", {})}
    last = heads(server)[0]["revision"]
    assert last > first + 8
    for head in heads(server, last - first):
        entry = by_revision[head["revision"]]
        assert entry["who"] == head["who"] == "tests" and entry["address"] == head["address"] == "127.0.0.1", entry
    assert {e["action"] for e in entries} >= {"config.put", "config.patch", "config.create", "config.delete",
                                              "transaction.create", "revision.restore", "confirmation.confirm",
                                              "confirmation.take_back", "backup.restore", "backup.get"}


# ---- apply now or later ----

DESK = "SEP001122330091"


def needs(server, device=DESK):
    found = [i for i in server.ok(server.get("/pending-actions?limit=500"))["items"] if i["device"] == device]
    shown = server.ok(server.get(f"/phones/{device}"))["pending_action"]
    assert shown == (found[0]["pending_action"] if found else "none")
    return found[0] if found else None


def fetch(server, device=DESK):
    with urllib.request.urlopen(f"http://127.0.0.1:{server.port('hfs')}/{device}.cnf.xml") as answer:
        assert answer.read()


def booted(server, device=DESK):
    """A phone that has registered and asked for all it wants."""
    p = SccpPhone(("127.0.0.1", server.port("sccp")), device)
    p.register()
    p.boot()
    server.wait_phone(device, "registered")
    return p


@pytest.fixture
def desk(server):
    """A registered SCCP phone that has its file."""
    server.add_sccp_phone(91, "0011.2233.0091", "9191")
    fetch(server)
    p = booted(server)
    wait_until(lambda: needs(server) is None, "phone at rest")
    yield p
    p.close()
    server.ok(server.delete("/config/ephones/91"))
    server.ok(server.delete("/config/ephone-dns/91"))


def test_a_change_applied_later_stays_in_sight(server, desk):
    made = server.ok(server.patch("/config/ephone-dns/91", {"label": "Front"}))
    assert made["pending_action"] == "restart" and made["affected_phones"][0]["device"] == DESK
    need = needs(server)
    assert need["pending_action"] == "restart" and need["revision"] == made["revision"] and need["registered"]
    assert not need["asked"] and need["who"] == "tests"
    desk.expect_silence()
    # asked by hand, it registers anew: done
    server.ok(server.post(f"/phones/{DESK}/actions/restart"))
    assert desk.wait_reset() == 2
    desk.close()
    again = booted(server)
    wait_until(lambda: needs(server) is None, "restart to be seen")
    # what lies in the file needs the file
    assert server.ok(server.patch("/config/telephony-service", {"urls": {"services": {"url": "http://x/y"}}}))["files"]
    assert needs(server)["pending_action"] == "reset"
    asked = server.ok(server.post("/pending-actions"))
    assert DESK in asked["asked"] and again.wait_reset() == 1
    assert needs(server)["asked"]
    again.close()
    back = booted(server)
    assert needs(server)["pending_action"] == "reset"
    fetch(server)
    wait_until(lambda: needs(server) is None, "fetch to be seen")
    back.close()


def test_what_is_applied_later_outlives_a_kill(fresh_server):
    s = fresh_server()
    s.add_sccp_phone(91, "0011.2233.0091", "9191")
    p = booted(s)
    made = s.ok(s.patch("/config/ephone-dns/91", {"label": "Front"}))["revision"]
    s.stop(signal.SIGKILL)
    s.start()
    need = wait_until(lambda: needs(s), "need after the kill")
    assert need["pending_action"] == "restart" and need["revision"] == made and not need["registered"]
    p.close()


def test_phones_that_took_a_change_are_asked_to_take_it_back(fresh_server):
    s = fresh_server()
    s.add_sccp_phone(91, "0011.2233.0091", "9191")
    p = booted(s)
    made = s.ok(s.patch("/config/ephone-dns/91?apply=affected&confirm_minutes=10", {"label": "Front"}))
    assert made["applied"] == [DESK] and p.wait_reset() == 2
    p.close()
    p = booted(s)
    wait_until(lambda: needs(s) is None, "restart to be seen")
    s.ok(s.delete("/confirmation"))
    assert p.wait_reset() == 2  # by hand
    p.close()
    p = booted(s)
    wait_until(lambda: needs(s) is None, "second restart to be seen")
    made = s.ok(s.patch("/config/ephone-dns/91?apply=affected&confirm_minutes=10", {"label": "Back"}))
    assert p.wait_reset() == 2
    p.close()
    s.stop()
    s.options = ["--test-clock-offset", "592"]
    s.start()
    p = booted(s)  # with what the change says
    assert p.wait_reset(timeout=30) == 2  # by itself, when the time is over
    wait_until(lambda: heads(s)[0]["revision"] == made["revision"] + 1, "fall back")
    entry = wait_until(lambda: [e for e in s.ok(s.get("/audit?limit=5"))["items"]
                                if e["action"] == "confirmation.expire"], "audit entry")[0]
    assert entry["who"] == "system" and entry["detail"] == {"undone": made["revision"], "made": made["revision"] + 1}
    p.close()
    # nobody is asked to take back what he was not asked to take
    p = booted(s)
    wait_until(lambda: needs(s) is None, "phone at rest")
    s.ok(s.patch("/config/ephone-dns/91?confirm_minutes=10", {"label": "Side"}))
    assert needs(s)["pending_action"] == "restart"
    s.ok(s.delete("/confirmation"))
    assert needs(s) is None
    p.expect_silence()
    p.close()


# last: judges what all tests before it have seen
def test_every_answer_is_what_openapi_promises(server, api):
    for method, path, answer in server.exchanges:
        api.check(method, path, answer)
