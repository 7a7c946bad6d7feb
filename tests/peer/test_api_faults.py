"""A refusal names what is wrong: all of it at once, the field it belongs to, and nothing else."""
import pytest


def faults(answer):
    """(status, {field: (code, detail)})"""
    doc = answer.json()
    return answer.status, {e["field"]: (e["code"], e["detail"]) for e in doc.get("errors", [doc])}


def test_set_up_tells_everything_that_is_wrong_at_once(fresh_server):
    s = fresh_server(setup=False)
    status, found = faults(s.post("/setup", {
        "code": s.setup_code(), "username": "a b", "password": "short",
        "site": {"address": "300.1.1.1", "time_zone": "Moon/Base", "profile": "x"}}))
    assert status == 422
    assert set(found) == {"/username", "/password", "/site/address", "/site/time_zone", "/site/profile"}


def test_accounts_and_tokens_are_refused_field_by_field(server):
    status, found = faults(server.post("/accounts", {"username": "a b", "password": "short", "role": "viewer"}))
    assert status == 422 and set(found) == {"/username", "/password"}
    assert "password" not in found["/username"][1] and "accounts" not in found["/password"][1]
    status, found = faults(server.post("/tokens", {"name": "a b", "role": "viewer", "expires_at": "2001-01-01T00:00:00Z"}))
    assert status == 422 and set(found) == {"/name", "/expires_at"}
    status, found = faults(server.post("/tokens", {"name": "net", "role": "viewer", "addresses": ["300.1.1.1/8"]}))
    assert status == 422 and set(found) == {"/addresses"} and "name" not in found["/addresses"][1]


@pytest.mark.parametrize("tag, code", [(0, "range"), ("1", "type"), (1.5, "type"), (1001, "max_ephones_configured")])
def test_a_tag_is_refused_for_what_is_wrong_with_it(server, tag, code):
    status, found = faults(server.post("/config/ephones", {"tag": tag}))
    assert status == 422 and found["/tag"][0] == code, found


def test_a_lost_race_names_what_lost_it(server):
    missing = server.request("PUT", "/config/ephone-dns/901", {}, headers={"If-Match": "*"})
    assert missing.status == 412 and missing.json()["detail"] == "ephone-dns/901 is not there"
    server.ok(server.post("/config/ephone-dns", {"tag": 901, "number": "7901"}))
    patch = {"op": "patch", "path": "/config/ephone-dns/901", "value": {"name": "x"}, "if_match": "*"}
    assert faults(server.post("/transactions", {"base_revision": 0, "operations": [patch]}))[1].keys() == {"/base_revision"}
    assert faults(server.post("/transactions", {"operations": [{**patch, "if_match": '"1"'}]}))[1].keys() == {"/if_match"}
    again = server.request("PUT", "/config/ephone-dns/901", {}, headers={"If-None-Match": "*"})
    assert again.status == 412 and again.json()["detail"] == "ephone-dns/901 is there already"


def test_numbers_of_another_journal_are_gone_also_by_http(server):
    last = server.ok(server.get("/events?limit=1"))["last"]
    assert server.get(f"/events?after={last}").status == 200
    answer = server.get(f"/events?after={last + 1_000_000}&wait=20")
    assert (answer.status, answer.json()["code"]) == (410, "events_gone")


def test_a_restore_with_a_fault_restores_nothing(server):
    server.ok(server.post("/config/ephone-dns", {"tag": 902, "number": "7902"}))
    before = server.ok(server.get("/revisions?limit=1"))["items"][0]["revision"]
    status, found = faults(server.post("/revisions/1/restore", {"apply": "everybody"}))
    assert status == 422 and set(found) == {"/apply"}
    assert server.ok(server.get("/revisions?limit=1"))["items"][0]["revision"] == before
    assert server.get("/config/ephone-dns/902").status == 200


@pytest.mark.parametrize("comment", ["x" * 501, "two\nlines"])
def test_a_comment_is_one_short_line(server, comment):
    patch = {"op": "patch", "path": "/config/telephony-service", "value": {"system_message": "c"}, "if_match": "*"}
    status, found = faults(server.post("/transactions", {"comment": comment, "operations": [patch]}))
    assert status == 422 and set(found) == {"/comment"}
    assert server.post("/transactions?dry_run=true", {"comment": "\u00fc" * 500, "operations": [patch]}).status == 200


def test_an_interface_that_is_not_there_is_no_page(server):
    assert server.get("//api/v2/phones").status == 404
    assert server.get("//").status == 200
