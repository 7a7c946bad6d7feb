"""Who may do what: set-up, sign-in, CSRF, tokens and roles, over every operation of the OpenAPI."""
import json
import re
import ssl
import time
import urllib.request

import pytest
from api_openapi import OpenApi
from conftest import Answer


@pytest.fixture(scope="module")
def api(server):
    return OpenApi(server.ok(server.get("/openapi.json")))


def token_of(server, role, **more):
    made = server.ok(server.post("/tokens", {"name": f"{role}-{time.monotonic_ns()}", "role": role, **more}))
    return made["token"]


# ---- first run ----

def test_before_set_up_only_set_up_page_and_health_answer(fresh_server):
    s = fresh_server(setup=False)
    assert s.get("/setup").json() == {"needed": True}
    for method, path in [("GET", "/phones"), ("GET", "/config/ephones"), ("POST", "/sessions"), ("GET", "/nothing"),
                         ("POST", "/transactions"), ("GET", "/openapi.json"), ("GET", "/events"), ("GET", "/backup")]:
        answer = s.request(method, path, {} if method == "POST" else None)
        assert (answer.status, answer.json()["code"]) == (403, "setup_required"), (path, answer)
    assert s.get("//healthz").status == 200
    assert s.get("//readyz").status == 200
    assert s.get("//").status == 200


def test_set_up_checks_everything_before_it_does_anything(fresh_server):
    s = fresh_server(setup=False)
    good = {"code": s.setup_code(), "username": "root", "password": "long enough",
            "site": {"address": "127.0.0.1", "time_zone": "Europe/Berlin", "profile": "site"}}
    bad = [({"code": "AAAAAAAA"}, 403, "/code"), ({"username": "a b"}, 422, "/username"),
           ({"password": "short"}, 422, "/password"), ({"username": 7}, 422, "/username"),
           ({"nonsense": 1}, 422, "/nonsense"), ({"site": {"address": "300.1.1.1"}}, 422, "/site/address"),
           ({"site": {"address": "127.0.0.1", "profile": "x"}}, 422, "/site/profile"),
           ({"site": {"address": "127.0.0.1", "time_zone": "Moon/Base"}}, 422, "/site/time_zone")]
    for change, status, field in bad:
        answer = s.post("/setup", {**good, **change})
        assert (answer.status, answer.json().get("field")) == (status, field), (change, answer)
    assert s.get("/setup").json() == {"needed": True}
    assert s.post("/setup", good).status == 201
    assert s.get("/setup").json() == {"needed": False}
    again = s.post("/setup", good)
    assert (again.status, again.json()["code"]) == (409, "setup_done")


def test_the_code_changes_after_five_wrong_ones(fresh_server):
    s = fresh_server(setup=False)
    first = s.setup_code()
    for _ in range(5):
        assert s.post("/setup", {"code": "A" * 8, "username": "root", "password": "long enough",
                                 "site": {"address": "127.0.0.1"}}).status == 403
    codes = re.findall(r"set-up code:?\s+([A-Z2-7]{8})", s.log())
    assert len(codes) == 2 and codes[0] == first and codes[1] != first
    stale = s.post("/setup", {"code": first, "username": "root", "password": "long enough",
                              "site": {"address": "127.0.0.1"}})
    assert stale.status == 403


def test_set_up_commits_the_site_profile_as_revision_1(server, req):
    listed = server.ok(server.get("/revisions"))["items"]
    first = listed[-1]
    assert (first["revision"], first["comment"], first["who"]) == (1, "starter revision", server.ADMIN)
    limits = server.ok(server.get("/capabilities"))["limits"]
    ts = server.ok(server.get("/config/telephony-service"))
    assert ts["source_addresses"]["ipv4"] | {"address": "127.0.0.1", "port": 2000} == ts["source_addresses"]["ipv4"]
    assert (ts["max_ephones"], ts["max_dn"]) == (limits["ephones"], limits["dns"])
    assert ts["hfs"] == {"enabled": True, "port": 6970}
    assert (ts["cnf_file"]["location"], ts["cnf_file"]["mode"], ts["cnf_file"]["create"]["enabled"]) == ("flash", "perphone", True)
    sip = server.ok(server.get("/config/voice-register/global"))
    assert (sip["mode"], sip["max_pool"], sip["max_dn"]) == ("cme", limits["pools"], limits["dns"])
    assert sip["authenticate"]["all"] is True and sip["source_address"]["address"] == "127.0.0.1"
    assert sip["ntp_server"]["address"] == "127.0.0.1" and sip["profile"]["create"]["enabled"] is True
    registrar = server.ok(server.get("/config/voice-service/voip"))["sip"]["registrar_server"]
    assert registrar == {"enabled": True, "max": 3600, "min": 120}
    assert server.ok(server.get("/config/http"))["enabled"] is True
    req("R-351")


def test_the_site_profile_passes_every_check(server, req):
    again = server.ok(server.post("/revisions/1/restore?dry_run=true", {}))
    assert [w for w in again["warnings"] if w["code"] not in ("R-098",)] == []
    req("R-354")


def test_the_site_profile_can_be_undone(fresh_server, req):
    s = fresh_server()
    assert s.ok(s.get("/config/telephony-service"))["max_ephones"] > 0
    done = s.ok(s.post("/revisions/0/restore", {}))
    assert done["revision"] == 2 and {c["change"] for c in done["changes"]} == {"deleted"}
    assert s.ok(s.get("/config/telephony-service"))["max_ephones"] == 0
    assert s.ok(s.get("/revisions/2/changes?since=0"))["changes"] == []
    req("R-352")


def test_an_empty_profile_commits_nothing(fresh_server, req):
    s = fresh_server(setup=False)
    s.set_up(profile="empty")
    assert s.ok(s.get("/revisions"))["items"] == []
    assert s.ok(s.get("/config/telephony-service"))["max_ephones"] == 0
    req("R-350")


# ---- sessions ----

def test_a_session_needs_its_csrf_token_to_write(server):
    cookie, csrf = server.sign_in()
    assert re.match(r"switchroom_session=[\w-]{43}$", cookie)
    assert server.get("/phones", token=False, headers={"Cookie": cookie}).status == 200
    body = {"operations": [{"op": "create", "path": "/config/ephone-dns", "value": {"number": "77"}}]}
    for headers in ({}, {"X-CSRF-Token": "wrong"}, {"X-CSRF-Token": ""}):
        answer = server.post("/transactions?dry_run=true", body, token=False, headers={"Cookie": cookie, **headers})
        assert (answer.status, answer.json()["code"]) == (403, "csrf")
    assert server.post("/transactions?dry_run=true", body, token=False,
                       headers={"Cookie": cookie, "X-CSRF-Token": csrf}).status == 200


def test_the_session_cookie_is_locked_away(server):
    answer = server.post("/sessions", {"username": server.ADMIN, "password": server.PASSWORD}, token=False)
    flags = {f.strip() for f in answer.headers["set-cookie"].split(";")[1:]}
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= flags and "Secure" not in flags
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    req = urllib.request.Request(f"https://127.0.0.1:{server.ports['admin_tls']}/api/v1/sessions", method="POST",
                                 data=json.dumps({"username": server.ADMIN, "password": server.PASSWORD}).encode(),
                                 headers={"Content-Type": "application/json"})
    with urllib.request.urlopen(req, context=context, timeout=20) as res:
        cookie = res.headers["set-cookie"]
    assert cookie.startswith("__Host-switchroom_session=") and "; Secure" in cookie


def test_sessions_are_listed_and_revoked(server):
    one, csrf = server.sign_in()
    two, _ = server.sign_in()
    mine = server.ok(server.get("/sessions", token=False, headers={"Cookie": one}))["items"]
    other = server.ok(server.get("/sessions/current", token=False, headers={"Cookie": two}))["id"]
    assert other in [s["id"] for s in mine]
    assert server.delete(f"/sessions/{other}", token=False, headers={"Cookie": one, "X-CSRF-Token": csrf}).status == 204
    assert server.get("/phones", token=False, headers={"Cookie": two}).status == 401
    assert server.delete("/sessions/current", token=False, headers={"Cookie": one, "X-CSRF-Token": csrf}).status == 204
    assert server.get("/phones", token=False, headers={"Cookie": one}).status == 401


def test_a_viewer_cannot_see_or_end_other_sessions(server):
    server.ok(server.post("/accounts", {"username": "val", "password": "long enough", "role": "viewer"}))
    cookie, csrf = server.sign_in("val", "long enough")
    theirs, _ = server.sign_in()
    admin_id = server.ok(server.get("/sessions/current", token=False, headers={"Cookie": theirs}))["id"]
    me = {"Cookie": cookie, "X-CSRF-Token": csrf}
    assert server.get("/sessions?all=true", token=False, headers=me).status == 403
    listed = server.ok(server.get("/sessions", token=False, headers=me))["items"]
    assert {s["username"] for s in listed} == {"val"}
    assert server.delete(f"/sessions/{admin_id}", token=False, headers=me).status == 404
    # one's own password: the old one is needed, every session ends
    assert server.put("/sessions/current/password", {"current_password": "wrong one", "password": "another one"},
                      token=False, headers=me).status == 422
    assert server.put("/sessions/current/password", {"current_password": "long enough", "password": "another one"},
                      token=False, headers=me).status == 204
    assert server.get("/phones", token=False, headers={"Cookie": cookie}).status == 401
    server.sign_in("val", "another one")
    assert server.delete("/accounts/val").status == 204


def test_a_role_taken_away_counts_at_once(server):
    server.ok(server.post("/accounts", {"username": "ops", "password": "long enough", "role": "operator"}))
    cookie, _ = server.sign_in("ops", "long enough")
    assert server.patch("/accounts/ops", {"role": "viewer"}).status == 200
    assert server.get("/phones", token=False, headers={"Cookie": cookie}).status == 401
    assert server.patch("/accounts/ops", {"enabled": False}).status == 200
    assert server.post("/sessions", {"username": "ops", "password": "long enough"}, token=False).status == 401
    assert server.delete("/accounts/ops").status == 204


def test_the_last_administrator_stays(server):
    for answer in (server.delete(f"/accounts/{server.ADMIN}"),
                   server.patch(f"/accounts/{server.ADMIN}", {"role": "viewer"}),
                   server.patch(f"/accounts/{server.ADMIN}", {"enabled": False})):
        assert (answer.status, answer.json()["code"]) == (409, "last_admin")


# ---- tokens ----

def test_a_token_is_shown_once_and_revoked(server):
    made = server.ok(server.post("/tokens", {"name": "once", "role": "viewer"}))
    assert made["token"].startswith("srt_")
    listed = server.get("/tokens")
    assert made["token"] not in listed.body.decode() and made["id"] in listed.body.decode()
    assert server.get("/phones", token=made["token"]).status == 200
    used = server.ok(server.get(f"/tokens/{made['id']}"))
    assert used["last_used_at"] and used["last_address"] == "127.0.0.1"
    assert server.delete(f"/tokens/{made['id']}").status == 204
    assert server.get("/phones", token=made["token"]).status == 401
    assert server.get(f"/tokens/{made['id']}").status == 404


def test_a_token_may_be_bound_to_addresses_and_a_time(server):
    elsewhere = token_of(server, "viewer", addresses=["10.0.0.0/8", "2001:db8::/32"])
    here = token_of(server, "viewer", addresses=["127.0.0.0/8"])
    assert server.get("/phones", token=elsewhere).status == 401
    assert server.get("/phones", token=here).status == 200
    for bad in ({"expires_at": "2001-01-01T00:00:00Z"}, {"expires_at": "tomorrow"}, {"expires_at": "2030-04-31T00:00:00Z"},
                {"expires_at": "2030-02-29T00:00:00Z"}, {"expires_at": "9999-12-31T23:59:59Z"},
                {"addresses": ["10.0.0.0/40"]}, {"addresses": "10.0.0.1"}, {"role": "god"}, {"name": "white space"}, {"nonsense": 1}):
        answer = server.post("/tokens", {"name": "bad", "role": "viewer", **bad})
        assert answer.status == 422 and answer.json()["field"] == "/" + next(iter(bad)), (bad, answer)
    soon = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 2))
    short = token_of(server, "viewer", expires_at=soon)
    assert server.get("/phones", token=short).status == 200
    time.sleep(2.5)
    assert server.get("/phones", token=short).status == 401


def test_rubbish_credentials_are_refused(server):
    for headers in ({"Authorization": "Bearer x"}, {"Authorization": "Basic YTpi"}, {"Authorization": "Bearer"},
                    {"Authorization": "Bearer srt_" + "A" * 43}, {"Cookie": "switchroom_session=x"},
                    {"Cookie": "switchroom_session=" + "A" * 5000}, {}):
        answer = server.get("/phones", token=False, headers=headers)
        assert answer.status == 401 and "www-authenticate" in answer.headers, headers


# ---- every operation ----

def expected(op, who):
    rank = {"none": 0, "viewer": 1, "operator": 2, "admin": 3}
    if rank[op["x-role"]] == 0:
        return None
    if who is None:
        return 401
    return 403 if rank[who] < rank[op["x-role"]] else None


def test_every_operation_asks_for_its_role(server, api):
    """None, viewer, operator, admin, and a session without its CSRF token, against each operation."""
    tokens = {role: token_of(server, role) for role in ("viewer", "operator", "admin")}
    cookie, csrf = server.sign_in()
    operations = [(m, p, op) for m, p, op in api.operations()
                  # these would end the session, lock the administrator out or restore the wrong thing
                  if op["operationId"] not in ("session.close",)]
    assert len(operations) > 100
    seen = set()
    for method, path, op in operations:
        seen.add(op["operationId"])
        where = api.fill(path)
        # a body that no operation accepts: what passes the guard ends as 4xx and changes nothing
        raw = b"[" if method in ("POST", "PUT", "PATCH") else None
        for who in (None, "viewer", "operator", "admin"):
            answer = server.request(method, where, raw=raw, token=tokens[who] if who else False,
                                    headers={"If-Match": '"0"'})
            want = expected(op, who)
            if want:
                assert answer.status == want, f"{method} {path} as {who}: {answer}"
            else:
                # a session matter has nothing to say to a token (403 with a reason of its own)
                assert answer.status not in (401, 403) or op["operationId"] in ("password.change",), \
                    f"{method} {path} as {who}: {answer}"
        if method == "GET" or op["x-role"] == "none":
            continue
        for token in ({}, {"X-CSRF-Token": csrf[::-1]}):
            answer = server.request(method, where, raw=raw, token=False,
                                    headers={"Cookie": cookie, "If-Match": '"0"', **token})
            assert (answer.status, answer.json()["code"]) == (403, "csrf"), f"{method} {path}: {answer}"
    assert {"token.create", "config.put:ephones/{tag}", "event.list", "phone.reset"} <= seen


def test_every_answer_is_what_openapi_promises(server, api):
    """Reads each operation that can be read and judges all exchanges of this module."""
    for method, path, op in api.operations():
        if method == "GET":
            server.get(api.fill(path))
    for method, path, answer in server.exchanges:
        if not path.startswith("//"):
            api.check(method, path, answer)


# ---- audit ----

def test_every_write_is_audited_without_secrets(server):
    name = f"audited-{time.monotonic_ns()}"
    made = server.ok(server.post("/tokens", {"name": name, "role": "viewer"}))
    server.ok(server.post("/accounts", {"username": "audited", "password": "very secret word", "role": "viewer"}))
    server.ok(server.patch("/accounts/audited", {"password": "other secret word"}))
    created = server.ok(server.post("/config/ephone-dns", {"number": "4711"}))
    server.add_sip_phone(90, "0011.2233.9090", "9090", password="phone-secret-90")
    assert server.delete("/accounts/audited").status == 204
    dry = server.post("/config/ephone-dns?dry_run=true", {"number": "4712"})
    assert dry.status == 200
    page = server.get("/audit?limit=6")
    items = page.json()["items"]
    assert [i["action"] for i in items] == ["account.delete", "transaction.create", "config.create", "account.change",
                                            "account.create", "token.create"]
    assert all(i["who"] == "tests" and i["address"] == "127.0.0.1" for i in items)
    everything = server.get("/audit?limit=1000").body.decode()
    for secret in ("very secret word", "other secret word", "phone-secret-90", made["token"], server.PASSWORD):
        assert secret not in everything and secret not in server.log()
    assert items[2]["detail"]["revision"] == created["revision"]
    change = items[2]["detail"]["changes"][0]
    assert change["change"] == "created" and items[2]["path"].startswith("/config/ephone-dns/")
    # page by page
    ids, cursor = [], None
    while True:
        one = server.ok(server.get("/audit?limit=3" + (f"&cursor={cursor}" if cursor else "")))
        ids += [i["id"] for i in one["items"]]
        cursor = one["next_cursor"]
        if not cursor:
            break
    assert ids == sorted(ids, reverse=True) and len(set(ids)) == len(ids) and ids[-1] == 1


def test_a_thousand_wrong_passwords_are_bounded(fresh_server):
    s = fresh_server()
    cookie, _ = s.sign_in()
    statuses = []
    begin = time.monotonic()
    for _ in range(1000):
        answer = s.post("/sessions", {"username": s.ADMIN, "password": "not the password"}, token=False)
        statuses.append(answer.status)
        if answer.status == 429:
            assert int(answer.headers["retry-after"]) >= 1
    took = time.monotonic() - begin
    hashed = statuses.count(401)
    assert set(statuses) == {401, 429} and 5 <= hashed <= 25, hashed
    assert took < 60
    # whoever is signed in notices nothing, and the account is open from another address
    assert s.get("/phones", token=False, headers={"Cookie": cookie}).status == 200
    import http.client
    con = http.client.HTTPConnection("127.0.0.1", s.ports["admin"], timeout=20, source_address=("127.0.0.3", 0))
    con.request("POST", "/api/v1/sessions", json.dumps({"username": s.ADMIN, "password": s.PASSWORD}),
                {"Content-Type": "application/json"})
    res = con.getresponse()
    assert Answer(res.status, dict(res.headers), res.read()).status == 201
