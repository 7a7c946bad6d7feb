"""The live side of REST: events and long polls, phones, health and metrics, backup."""
import json
import threading
import time

import pytest
from api_openapi import OpenApi


@pytest.fixture(scope="module")
def api(server):
    return OpenApi(server.ok(server.get("/openapi.json")))


def last(server):
    return server.ok(server.get("/events?limit=1"))["last"]


def test_events_are_read_in_order_both_ways(server):
    for i in range(5):
        server.ok(server.post("/config/ephone-dns", {"number": f"60{i}"}))
    time.sleep(0.3)
    up = server.ok(server.get("/events?limit=1000"))
    ids = [int(e["id"]) for e in up["items"]]
    assert ids == list(range(1, up["last"] + 1))
    down = [int(e["id"]) for e in server.ok(server.get("/events?order=desc&limit=1000"))["items"]]
    assert down == ids[::-1]
    assert [int(e["id"]) for e in server.ok(server.get("/events?after=2&limit=2"))["items"]] == [3, 4]
    assert [int(e["id"]) for e in server.ok(server.get("/events?order=desc&before=4&limit=2"))["items"]] == [3, 2]
    only = server.ok(server.get("/events?types=switchroom.config.committed&limit=1000"))["items"]
    assert len(only) >= 6 and {e["type"] for e in only} == {"switchroom.config.committed"}
    mine = server.ok(server.get(f"/events?subject={server.ADMIN}&limit=100"))["items"]
    assert mine and {e["subject"] for e in mine} == {server.ADMIN}
    for bad in ("types=nothing", "order=x", "wait=1000", "after=-1", "after=x", "limit=0"):
        assert server.get(f"/events?{bad}").status == 400, bad


def test_a_long_poll_wakes_for_the_event(server):
    after, got = last(server), {}

    def wait():
        begin = time.monotonic()
        got["answer"] = server.get(f"/events?after={after}&wait=20&types=switchroom.config.*")
        got["took"] = time.monotonic() - begin

    t = threading.Thread(target=wait)
    t.start()
    time.sleep(0.5)
    assert t.is_alive()
    server.ok(server.post("/config/ephone-dns", {"number": "7777"}))
    t.join(10)
    items = got["answer"].json()["items"]
    assert [e["type"] for e in items] == ["switchroom.config.committed"] and got["took"] < 10
    begin = time.monotonic()
    empty = server.ok(server.get(f"/events?after={last(server)}&wait=1"))
    assert empty["items"] == [] and 0.9 < time.monotonic() - begin < 5


def test_only_so_many_long_polls_wait(server):
    after, done = last(server), []

    def wait():
        begin = time.monotonic()
        server.get(f"/events?after={after}&wait=4")
        done.append(time.monotonic() - begin)

    threads = [threading.Thread(target=wait) for _ in range(40)]
    for t in threads:
        t.start()
    for t in threads:
        t.join(30)
    quick = [d for d in done if d < 3]
    assert len(quick) == 8, sorted(done)
    assert server.get("/phones").status == 200


def test_phones_are_listed_and_named_in_any_spelling(server):
    server.add_sip_phone(101, "0011.2233.4455", "1001")
    server.add_sccp_phone(101, "0011.2233.4466", "2001")
    listed = server.ok(server.get("/phones"))
    assert [p["device"] for p in listed["items"]] == ["SEP001122334455", "SEP001122334466"]
    for name in ("SEP001122334455", "0011.2233.4455", "00-11-22-33-44-55", "00:11:22:33:44:55", "001122334455"):
        assert server.ok(server.get(f"/phones/{name}"))["device"] == "SEP001122334455"
    assert [p["device"] for p in server.ok(server.get("/phones?protocol=sccp"))["items"]] == ["SEP001122334466"]
    first = server.ok(server.get("/phones?limit=1"))
    assert first["next_cursor"] == "SEP001122334455"
    assert [p["device"] for p in server.ok(server.get("/phones?limit=1&cursor=SEP001122334455"))["items"]] == ["SEP001122334466"]
    assert server.ok(server.get("/phones/SEP001122334455/timeline"))["device"] == "SEP001122334455"
    files = server.ok(server.get("/phones/SEP001122334455/files"))["items"]
    assert [f["name"] for f in files] == ["SEP001122334455.cnf.xml"]
    for path in ("/phones/SEP00112233", "/phones/nonsense", "/phones/SEP0000000000AA", "/phones/SEP0000000000AA/timeline"):
        assert server.get(path).status == 404, path
    for bad in ("state=x", "protocol=x", "sort=x", "limit=0", "x=1"):
        assert server.get(f"/phones?{bad}").status == 400, bad


def test_an_action_needs_a_registered_phone(server):
    for action in ("restart", "reset"):
        answer = server.post(f"/phones/SEP001122334455/actions/{action}")
        assert (answer.status, answer.json()["code"]) == (409, "not_registered")
        assert server.post(f"/phones/SEP0000000000AA/actions/{action}").status == 404
    assert server.post("/phones/SEP001122334455/actions/explode").status == 404


def test_attempted_registrations_are_cleared(server):
    assert server.ok(server.get("/attempted-registrations"))["items"] == []
    assert server.delete("/attempted-registrations?protocol=sip").status == 204
    assert server.delete("/attempted-registrations?protocol=x").status == 400


def test_health_and_metrics(server):
    for path in ("//healthz", "//readyz"):
        answer = server.get(path, token=False)
        assert (answer.status, answer.body) == (200, b"ok\n")
    metrics = server.get("//metrics", token=False)
    assert metrics.status == 200 and metrics.headers["content-type"].startswith("text/plain; version=0.0.4")
    names = set()
    for line in metrics.body.decode().splitlines():
        if line.startswith("# TYPE "):
            name = line.split()[2]
            assert name not in names, f"{name} twice"
            names.add(name)
        elif line and not line.startswith("#"):
            float(line.rsplit(" ", 1)[1])
            assert line.split("{")[0].split(" ")[0] in names, line
    assert {"switchroom_config_revision", "switchroom_http_requests_total"} <= names
    for part in ("phones", "sip_contacts", "sccp_registered", "tftp_running", "clock_synchronised", "hfs_sent_total",
                 "feed_subscribers"):
        assert f"switchroom_{part}" in names, part
    assert server.request("POST", "//metrics").status == 405


def test_the_export_is_a_running_configuration(server):
    text = server.get("/export")
    assert text.headers["content-type"].startswith("text/plain")
    assert "telephony-service" in text.body.decode() and " 101\n" in text.body.decode()
    server.add_sip_phone(102, "0011.2233.0102", "1102", password="export-secret")
    assert b"export-secret" not in server.get("/export").body
    assert b"export-secret" in server.get("/export?secrets=true").body
    operator = server.ok(server.post("/tokens", {"name": "exporter", "role": "operator"}))["token"]
    assert server.get("/export", token=operator).status == 200
    assert server.get("/export?secrets=true", token=operator).status == 403


def test_a_backup_brings_everything_back(server):
    phrase = {"Backup-Passphrase": "a long passphrase"}
    plain = server.get("/backup")
    assert plain.status == 200 and "attachment" in plain.headers["content-disposition"]
    assert "voice-register/pools/101#/password" in plain.json()["missing"] and b'"secrets"' not in plain.body
    full = server.get("/backup", headers=phrase)
    assert full.json()["missing"] == [] and b'"secret"' not in full.body
    before = server.ok(server.get("/config/voice-register/pools/101"))
    assert server.delete("/config/voice-register/pools/101").status == 200
    at = server.ok(server.get("/revisions?limit=1"))["items"][0]["revision"]
    for raw, headers in ((b"rubbish", {}), (b"{}", {}), (full.body, {}), (full.body, {"Backup-Passphrase": "wrong"}),
                         (full.body.replace(b'"objects":{', b'"objects":{"nothing/1":{},', 1), phrase)):
        for query in ("", "?dry_run=true"):
            answer = server.request("POST", "/backup" + query, raw=raw, headers=headers)
            assert answer.status in (400, 422), (raw[:60], answer)
    assert server.ok(server.get("/revisions?limit=1"))["items"][0]["revision"] == at
    dry = server.ok(server.request("POST", "/backup?dry_run=true", raw=full.body, headers=phrase))
    assert dry["dry_run"] and dry["missing_secrets"] == []
    assert server.get("/config/voice-register/pools/101").status == 404
    done = server.ok(server.request("POST", "/backup", raw=full.body, headers=phrase))
    assert done["revision"] == at + 1
    assert server.ok(server.get("/config/voice-register/pools/101")) == before
    less = server.ok(server.request("POST", "/backup?dry_run=true", raw=plain.body))
    assert "voice-register/pools/101#/password" in json.dumps(less["missing_secrets"])


def test_every_answer_is_what_openapi_promises(server, api):
    for method, path, answer in server.exchanges:
        if not path.startswith("//"):
            api.check(method, path, answer)
