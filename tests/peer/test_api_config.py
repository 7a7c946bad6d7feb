"""Configuration by REST: read, create, replace, merge, delete, preconditions, transactions, revisions."""
import threading

import pytest
from api_openapi import OpenApi
from conftest import wait_until


@pytest.fixture(scope="module")
def api(server):
    return OpenApi(server.ok(server.get("/openapi.json")))


def revision(server):
    items = server.ok(server.get("/revisions?limit=1"))["items"]
    return items[0]["revision"]


def refused(answer, status, code=None, field=None):
    body = answer.json()
    assert answer.status == status, answer
    assert answer.headers["content-type"] == "application/problem+json"
    assert body["status"] == status and body["title"] and body["detail"]
    if code:
        assert body["code"] == code, body
    if field is not None:
        assert body["field"] == field, body
    return body


# ---- one object ----

def test_an_item_lives_through_all_methods(server):
    made = server.post("/config/ephone-dns", {"number": "1000"})
    assert made.status == 201
    path = made.json()["path"]
    assert made.headers["location"] == f"/api/v1/config/{path}"
    read = server.get(f"/config/{path}")
    tag = read.headers["etag"]
    assert read.json()["number"] == "1000" and read.json()["tag"] == int(path.split("/")[1])
    assert server.get(f"/config/{path}", headers={"If-None-Match": tag}).status == 304
    changed = server.patch(f"/config/{path}", {"name": "Ann"}, headers={"If-Match": tag})
    assert changed.status == 200 and changed.headers["etag"] != tag
    assert server.get(f"/config/{path}").headers["etag"] == changed.headers["etag"]
    refused(server.patch(f"/config/{path}", {"name": "Bob"}, headers={"If-Match": tag}), 412, "precondition_failed")
    assert server.get(f"/config/{path}").json()["name"] == "Ann"
    # null takes a member away; put replaces the whole
    assert server.patch(f"/config/{path}", {"name": None}).status == 200
    assert "name" not in server.get(f"/config/{path}").json()
    assert server.put(f"/config/{path}", {"number": "1001"}).status == 200
    assert server.get(f"/config/{path}").json()["number"] == "1001"
    assert server.delete(f"/config/{path}").status == 200
    refused(server.get(f"/config/{path}"), 404, "not_found")
    refused(server.delete(f"/config/{path}"), 404, "not_found")
    refused(server.patch(f"/config/{path}", {"name": "x"}), 404, "not_found")


def test_preconditions_are_asked_for(server):
    assert server.put("/config/ephone-dns/500", {"number": "500"}, headers={}).status == 201
    refused(server.put("/config/ephone-dns/500", {"number": "501"}, headers={}), 428, "precondition_required")
    refused(server.patch("/config/ephone-dns/500", {"number": "501"}, headers={}), 428)
    refused(server.delete("/config/ephone-dns/500", headers={}), 428)
    refused(server.put("/config/ephone-dns/500", {"number": "501"}, headers={"If-None-Match": "*"}), 412)
    refused(server.put("/config/ephone-dns/501", {"number": "501"}, headers={"If-Match": "*"}), 412)
    refused(server.put("/config/ephone-dns/500", {"number": "501"}, headers={"If-Match": '"999999"'}), 412)
    refused(server.put("/config/ephone-dns/500", {"number": "501"}, headers={"If-Match": 'W/"1"'}), 412)
    assert server.put("/config/ephone-dns/501", {"number": "501"}, headers={"If-None-Match": "*"}).status == 201
    tag = server.get("/config/ephone-dns/500").headers["etag"]
    assert server.put("/config/ephone-dns/500", {"number": "502"}, headers={"If-Match": f'"1000000", {tag}'}).status == 200
    assert server.delete("/config/ephone-dns/500").status == 200
    assert server.delete("/config/ephone-dns/501").status == 200


def test_a_nested_member_has_a_path(server):
    server.add_sccp_phone(40, "0011.2233.0040", "4040")
    assert server.put("/config/ephone-dns/41", {"number": "4041"}, headers={}).status == 201
    assert server.put("/config/ephones/40/buttons/2", {"separator": ":", "dns": [41]}).status == 200
    assert server.get("/config/ephones/40/buttons/2").json()["dns"] == [41]
    assert set(server.get("/config/ephones/40/buttons").json()) == {"1", "2"}
    assert server.delete("/config/ephones/40/buttons/2").status == 200
    refused(server.get("/config/ephones/40/buttons/2"), 404)
    refused(server.delete("/config/ephones/40/buttons/2"), 404)
    refused(server.get("/config/ephones/40/nonsense"), 404)
    assert server.get("/config/telephony-service/timeouts/busy").json() == 10
    assert server.put("/config/telephony-service/timeouts/busy", 12).status == 200
    assert server.get("/config/telephony-service").json()["timeouts"]["busy"] == 12


def test_a_singleton_is_reset_by_delete(server):
    assert server.patch("/config/sip-ua", {"connection_aging": 77}).status in (200, 201)
    assert server.get("/config/sip-ua").json()["connection_aging"] == 77
    assert server.delete("/config/sip-ua").status == 200
    assert server.get("/config/sip-ua").json()["connection_aging"] != 77


def test_secrets_are_written_and_never_read(server):
    server.add_sip_phone(41, "0011.2233.0041", "4141", password="never-to-be-seen")
    path = "/config/voice-register/pools/41"
    assert server.get(path).json()["password"] == {"set": True}
    assert server.patch(path, {"description": "kept"}).status == 200
    assert server.get(path).json()["password"] == {"set": True}
    assert server.patch(path, {"password": None}).status == 200
    assert server.get(path).json().get("password", {"set": False}) == {"set": False}
    assert server.patch(path, {"password": "never-to-be-seen"}).status == 200
    for where in (path, "/config/voice-register/pools", "/revisions?limit=1000", "/audit?limit=1000",
                  f"/revisions/{revision(server)}", f"/revisions/{revision(server)}/changes?since=0", "/events?limit=1000"):
        assert b"never-to-be-seen" not in server.get(where).body, where
    assert "never-to-be-seen" not in server.log()


# ---- collections ----

def test_a_collection_is_paged_sorted_and_filtered(server):
    ops = [{"op": "create", "path": "ephone-dns", "value": {"tag": 1000 + i, "number": str(9000 - i), "name": f"n{i % 3}"}}
           for i in range(25)]
    server.ok(server.post("/transactions", {"operations": ops}))
    tags, cursor = [], None
    while True:
        page = server.ok(server.get("/config/ephone-dns?limit=7" + (f"&cursor={cursor}" if cursor else "")))
        assert len(page["items"]) <= 7
        tags += [i["tag"] for i in page["items"]]
        cursor = page["next_cursor"]
        if not cursor:
            break
    assert tags == sorted(tags) and len(tags) == page["total"] and set(range(1000, 1025)) <= set(tags)
    by_name = server.ok(server.get("/config/ephone-dns?name=n1&limit=1000"))["items"]
    assert by_name and all(i["name"] == "n1" for i in by_name)
    got, cursor = [], None
    while True:
        page = server.ok(server.get("/config/ephone-dns?sort=-tag&limit=10" + (f"&cursor={cursor}" if cursor else "")))
        got += [i["tag"] for i in page["items"]]
        cursor = page["next_cursor"]
        if not cursor:
            break
    assert got == sorted(tags, reverse=True)
    numbers = [i["number"] for i in server.ok(server.get("/config/ephone-dns?sort=number&name=n0"))["items"]]
    assert numbers == sorted(numbers)
    for bad in ("limit=0", "limit=x", "limit=1001", "nonsense=1", "sort=nonsense", "limit=1&limit=2", "sort=number&cursor=x"):
        refused(server.get(f"/config/ephone-dns?{bad}"), 400)
    server.ok(server.post("/transactions", {"base_revision": revision(server), "operations": [
        {"op": "delete", "path": f"ephone-dns/{1000 + i}"} for i in range(25)]}))


def test_the_lowest_free_tag_is_taken(server):
    first = server.ok(server.post("/config/ephone-dns", {"number": "7001"}))["path"]
    second = server.ok(server.post("/config/ephone-dns", {"number": "7002"}))["path"]
    assert server.delete(f"/config/{first}").status == 200
    assert server.ok(server.post("/config/ephone-dns", {"number": "7003"}))["path"] == first
    for p in (first, second):
        assert server.delete(f"/config/{p}").status == 200
    refused(server.post("/config/ephones/1", {}), 405)
    refused(server.put("/config/ephones", {}), 405)


# ---- bad input: a problem document that names the field, nothing changed ----

BAD = [
    ("unknown field", "ephone-dns", {"number": "1", "nonsense": 1}, 422, "unknown_field", "/nonsense"),
    ("wrong type", "ephone-dns", {"number": {"a": 1}}, 422, "type", "/number"),
    ("out of range", "ephone-dns", {"tag": 99999999, "number": "1"}, 422, None, "/tag"),
    ("not an object", "ephone-dns", [1], 422, None, None),
    ("dangling reference", "ephones", {"mac_address": "0011.2233.9999", "buttons": {"1": {"separator": ":", "dns": [4999]}}},
     409, "unknown_reference", None),
    ("bad MAC", "ephones", {"mac_address": "0011.2233"}, 422, None, "/mac_address"),
    ("bad key", "ephones", {"mac_address": "0011.2233.9999", "buttons": {"x": {"separator": ":", "dns": [1]}}}, 422, None, None),
]


@pytest.mark.parametrize("what,collection,body,status,code,field", BAD, ids=[b[0] for b in BAD])
def test_bad_input_changes_nothing(server, what, collection, body, status, code, field):
    before = revision(server)
    refused(server.post(f"/config/{collection}", body), status, code, field)
    refused(server.post(f"/config/{collection}?dry_run=true", body), status, code, field)
    assert revision(server) == before


def test_a_mac_is_unique_over_ephones_and_pools(server):
    server.add_sccp_phone(42, "0011.2233.0042", "4242")
    before = revision(server)
    for collection, body in (("ephones", {"mac_address": "00:11:22:33:00:42"}),
                             ("voice-register/pools", {"id": {"kind": "mac", "mac": "001122330042"}})):
        problem = refused(server.post(f"/config/{collection}", body), 409)
        assert "mac" in problem["field"]
    assert revision(server) == before


@pytest.mark.parametrize("raw", [
    b"", b"{", b"nonsense", b'{"a":1}x', b'{"number":"1","number":"2"}', b'{"number":"\xff"}', b'{"number":"a\nb"}',
    b'{"tag":01}', b"[" * 40 + b"]" * 40, b'{"number":"\\ud800"}', b'{"tag":1e999}', b"\x00",
], ids=range(12))
def test_malformed_json_is_400(server, raw):
    before = revision(server)
    refused(server.post("/config/ephone-dns", raw=raw), 400)
    assert revision(server) == before


def test_wrong_content_type_and_size(server):
    refused(server.request("POST", "/config/ephone-dns", raw=b"{}", headers={"Content-Type": "text/plain"}), 415)
    refused(server.request("POST", "/config/ephone-dns", raw=b"{}", headers={"Content-Type": "application/x-www-form-urlencoded"}), 415)
    assert server.request("PATCH", "/config/http?dry_run=true", raw=b"{}", headers={
        "Content-Type": "application/merge-patch+json", "If-Match": "*"}).status == 200
    refused(server.request("POST", "/config/ephone-dns", raw=b'{"number":"' + b"1" * (1 << 20) + b'"}'), 413, "too_large")


def test_several_faults_are_told_at_once(server):
    body = refused(server.post("/config/ephone-dns", {"number": "1", "a": 1, "b": 2}), 422)
    assert {e["field"] for e in body["errors"]} == {"/a", "/b"}
    body = refused(server.patch("/config/telephony-service", {"max_ephones": -1}), 422, "range", "/max_ephones")
    assert body["command"].startswith("max-ephones")


# ---- dry run, impact ----

def test_a_dry_run_tells_what_a_commit_does_and_changes_nothing(server):
    server.add_sip_phone(50, "0011.2233.0050", "5050")
    server.add_sip_phone(51, "0011.2233.0051", "5051")
    def noted():  # the time of a change is written behind the commit
        body = server.get("/phones/SEP001122330051/files").body
        return b'"changed_at":null' not in body and body
    before, files = revision(server), wait_until(noted, "time of the change")
    change = {"description": "Front desk"}
    dry = server.ok(server.patch("/config/voice-register/pools/50?dry_run=true", change))
    assert revision(server) == before and dry["dry_run"] and dry["revision"] == before
    assert dry["files"] == ["SEP001122330050.cnf.xml"]
    assert [p["device"] for p in dry["affected_phones"]] == ["SEP001122330050"]
    assert server.get("/config/voice-register/pools/50").json().get("description") is None
    real = server.ok(server.patch("/config/voice-register/pools/50", change))
    assert real["revision"] == before + 1
    same = ("pending_action", "affected_phones", "files", "warnings", "changes")
    assert {k: real[k] for k in same} == {k: dry[k] for k in same}
    assert server.get("/phones/SEP001122330051/files").body == files
    # doing it again changes nothing and makes no revision
    again = server.ok(server.patch("/config/voice-register/pools/50", change))
    assert (again["revision"], again["files"], again["changes"]) == (before + 1, [], [])


# ---- transactions ----

def test_a_transaction_is_all_or_nothing(server):
    before = revision(server)
    ops = [{"op": "create", "path": "/config/ephone-dns", "value": {"tag": 60, "number": "6060"}},
           {"op": "put", "path": "/config/ephones/60", "value": {"mac_address": "0011.2233.0060",
                                                                 "buttons": {"1": {"separator": ":", "dns": [60]}}}},
           {"op": "patch", "path": "/config/ephones/60", "value": {"nonsense": True}}]
    body = refused(server.post("/transactions", {"operations": ops}), 422, "unknown_field", "/nonsense")
    assert body["errors"][0]["operation"] == 2
    assert revision(server) == before
    refused(server.get("/config/ephone-dns/60"), 404)
    done = server.ok(server.post("/transactions", {"operations": ops[:2], "comment": "both"}))
    assert done["revision"] == before + 1 and done["paths"] == ["ephone-dns/60", "ephones/60"]
    assert server.ok(server.get(f"/revisions/{before + 1}"))["comment"] == "both"
    # a reference that dangles only until the transaction is complete is none
    server.ok(server.post("/transactions", {"base_revision": before + 1, "operations": [
        {"op": "delete", "path": "ephone-dns/60"}, {"op": "delete", "path": "ephones/60"}]}))


def test_a_transaction_on_a_stale_base_is_refused(server):
    server.ok(server.post("/config/ephone-dns", {"tag": 70, "number": "7070"}))
    base = revision(server)
    assert server.patch("/config/ephone-dns/70", {"name": "other"}).status == 200
    patch = {"op": "patch", "path": "/config/ephone-dns/70", "value": {"name": "mine"}}
    refused(server.post("/transactions", {"base_revision": base, "operations": [patch]}), 412)
    refused(server.post("/transactions", {"operations": [patch]}), 428)
    refused(server.post("/transactions", {"operations": [{**patch, "if_match": f'"{base}"'}]}), 412)
    assert server.get("/config/ephone-dns/70").json()["name"] == "other"
    assert server.post("/transactions", {"operations": [{**patch, "if_match": "*"}]}).status == 200
    assert server.get("/config/ephone-dns/70").json()["name"] == "mine"
    # what others changed elsewhere is no obstacle
    base = revision(server)
    server.ok(server.post("/config/ephone-dns", {"tag": 71, "number": "7071"}))
    assert server.post("/transactions", {"base_revision": base, "operations": [patch | {"value": {"name": "again"}}]}).status == 200


def test_a_transaction_is_checked_for_its_form(server):
    before = revision(server)
    good = {"op": "create", "path": "/config/ephone-dns", "value": {"number": "1"}}
    for body, status, field in [
            ({}, 422, "/operations"), ({"operations": []}, 422, "/operations"), ({"operations": {}}, 422, "/operations"),
            ({"operations": [good], "nonsense": 1}, 422, "/nonsense"), ({"operations": [good], "apply": "x"}, 422, "/apply"),
            ({"operations": [good], "base_revision": "x"}, 422, "/base_revision"),
            ({"operations": [{**good, "op": "burn"}]}, 422, "/op"), ({"operations": [{**good, "path": "/config/none"}]}, 404, "/path"),
            ({"operations": [{**good, "x": 1}]}, 422, "/x"), ({"operations": [7]}, 422, ""),
            ({"operations": [{"op": "create", "path": "ephones/1", "value": {}}]}, 422, "/path"),
            ({"operations": [good] * 1001}, 413, "/operations")]:
        refused(server.post("/transactions", body), status, field=field)
    assert revision(server) == before


# ---- revisions ----

def test_a_revision_is_brought_back_as_a_new_one(server):
    server.ok(server.post("/config/ephone-dns", {"tag": 80, "number": "8080", "name": "first"}))
    then = revision(server)
    assert server.patch("/config/ephone-dns/80", {"name": "second"}).status == 200
    server.ok(server.post("/config/ephone-dns", {"tag": 81, "number": "8081"}))
    now = revision(server)
    diff = server.ok(server.get(f"/revisions/{now}/changes?since={then}"))["changes"]
    assert {(c["path"], c["change"]) for c in diff} == {("ephone-dns/80", "changed"), ("ephone-dns/81", "created")}
    name = [f for c in diff if c["path"] == "ephone-dns/80" for f in c["fields"]]
    assert [(f["field"], f["before"], f["after"]) for f in name] == [("/name", "first", "second")]
    dry = server.ok(server.post(f"/revisions/{then}/restore?dry_run=true", {}))
    assert revision(server) == now and len(dry["changes"]) == 2
    done = server.ok(server.post(f"/revisions/{then}/restore", {"comment": "back"}))
    assert done["revision"] == now + 1
    assert server.get("/config/ephone-dns/80").json()["name"] == "first"
    refused(server.get("/config/ephone-dns/81"), 404)
    assert server.ok(server.get(f"/revisions/{now + 1}/changes?since={then}"))["changes"] == []
    for bad in ("/revisions/999999", "/revisions/999999/changes", "/revisions/x"):
        refused(server.get(bad), 404)
    refused(server.post("/revisions/999999/restore", {}), 404)


def test_revisions_are_paged_newest_first(server):
    numbers, cursor = [], None
    while True:
        page = server.ok(server.get("/revisions?limit=4" + (f"&cursor={cursor}" if cursor else "")))
        numbers += [r["revision"] for r in page["items"]]
        cursor = page["next_cursor"]
        if not cursor:
            break
    assert numbers == list(range(revision(server), 0, -1))


def test_every_answer_is_what_openapi_promises(server, api):
    for method, path, answer in server.exchanges:
        api.check(method, path, answer)


# ---- writers at the same time ----
def at_once(work, clients=16, times=12):
    answers = []
    def run(i):
        answers.extend([work(i, n) for n in range(times)])
    threads = [threading.Thread(target=run, args=(i,)) for i in range(clients)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert len(answers) == clients * times
    return answers


def test_a_write_without_a_condition_never_loses_a_race(server):
    """If-Match: * asks only that the object is there: whoever comes second is applied on top of the first."""
    server.ok(server.put("/config/ephone-dns/77", {"number": "7700"}, headers={}))
    answers = at_once(lambda i, n: server.patch("/config/ephone-dns/77", {"label": f"{i} {n}"}))
    assert {a.status for a in answers} == {200}
    made = [a.json()["revision"] for a in answers]
    assert len(set(made)) == len(made)


def test_everybody_who_asks_for_a_free_tag_at_once_gets_one(server):
    answers = at_once(lambda i, n: server.post("/config/ephone-dns", {"number": f"79{i}{n}"}),
                      clients=5, times=2)
    assert {a.status for a in answers} == {201}, [a for a in answers if a.status != 201][0]
    assert len({a.json()["path"] for a in answers}) == 10


def test_a_write_with_a_condition_still_loses_the_race(server):
    server.ok(server.put("/config/ephone-dns/78", {"number": "7800"}, headers={}))
    tag = server.get("/config/ephone-dns/78").headers["etag"]
    answers = at_once(lambda i, n: server.patch("/config/ephone-dns/78", {"label": f"w{i}"},
                                                headers={"If-Match": tag}), clients=16, times=1)
    assert sorted(a.status for a in answers) == [200] + [412] * 15


def test_the_http_port_of_the_phones_does_not_move_the_administration(server, req):
    before = server.refresh_ports()
    server.ok(server.patch("/config/http", {"port": 8123}))
    assert server.get("/config/http").json()["port"] == 8123
    for name in ("admin", "admin_tls"):
        assert server.refresh_ports()[name] == before[name]
        answer = server.patch("/config/http", {"port": before[name]})
        assert answer.status == 409 and answer.json()["code"] == "hfs_port_in_use"
        assert answer.json()["detail"] == "Invalid port number or port in use by other application"
    server.ok(server.patch("/config/http", {"port": None}))
    req("R-366")
