"""Safe changes by REST: confirmed or taken back by itself."""
import signal

import pytest
from api_openapi import OpenApi
from conftest import wait_until


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


# last: judges what all tests before it have seen
def test_every_answer_is_what_openapi_promises(server, api):
    for method, path, answer in server.exchanges:
        api.check(method, path, answer)
