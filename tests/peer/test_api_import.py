"""A running configuration moves in: POST /import, GET /export."""
import pytest
from api_openapi import OpenApi

SITE = """\
Router#show running-config
!
telephony-service
 max-ephones 30
 max-dn 60
 timeouts busy 14
 keepalive 5
 frobnicate 3
 web admin system name chief secret 5 $1$abcd$secretsecret
ephone-dn  7  dual-line
 number 4107
ephone  7
 mac-address 0a0b.0c0d.0007
 username seven password 7 060506324F41
 button 1:7
end
"""


@pytest.fixture(scope="module")
def api(server):
    return OpenApi(server.ok(server.get("/openapi.json")))


def imported(server, text, query=""):
    return server.request("POST", "/import" + query, raw=text.encode() if isinstance(text, str) else text,
                          headers={"Content-Type": "text/plain"})


def lines(report, result):
    return {line["line"]: line for line in report["lines"] if line["result"] == result}


def test_every_line_is_accounted_for(server, api, req):
    before = server.ok(server.get("/revisions?limit=1"))["items"][0]["revision"]
    dry = imported(server, SITE, "?dry_run=true")
    api.check("POST", "/import", dry)
    report = dry.json()
    assert report["dry_run"] and report["mode"] == "merge" and report["base_revision"] == before
    assert server.ok(server.get("/revisions?limit=1"))["items"][0]["revision"] == before
    summary = report["summary"]
    count = len(SITE.splitlines())
    assert summary["lines"] == count == len(report["lines"])
    assert sum(summary[r] for r in ("applied", "unchanged", "kept", "ignored", "refused")) == count
    refused = lines(report, "refused")
    assert list(refused) == [7]
    assert refused[7]["reason"] == "Value 5 out of range 10-65535"
    assert refused[7]["nearest"] == "keepalive <10-65535>"
    assert report["accounts"] == [{"username": "chief", "role": "admin"}]
    assert any(c["path"] == "ephones/7" for c in report["changes"])
    for secret in (b"secretsecret", b"060506324F41", b"cisco"):
        assert secret not in dry.body

    done = imported(server, SITE, "?comment=moved%20in")
    api.check("POST", "/import", done)
    assert done.json()["revision"] == before + 1
    head = server.ok(server.get("/revisions?limit=1"))["items"][0]
    assert head["comment"] == "moved in"
    phone = server.ok(server.get("/config/ephones/7"))
    assert phone["mac_address"] == "0A0B0C0D0007" and phone["password"] == {"set": True}
    assert " password 0 cisco" in server.get("/export?secrets=true").body.decode() or \
        " password cisco" in server.get("/export?secrets=true").body.decode()
    account = server.ok(server.get("/accounts/chief"))
    assert account["role"] == "admin" and not account["enabled"]
    entry = server.ok(server.get("/audit?limit=1"))["items"][0]
    assert entry["action"] == "import.create" and entry["detail"]["import"]["summary"]["refused"] == 1
    told = server.log().encode() + server.get("/events?limit=1000").body + server.get("/audit?limit=100").body + \
        server.get(f"/revisions/{before + 1}/changes").body + server.get("/export").body
    for secret in (b"secretsecret", b"060506324F41", b"cisco"):
        assert secret not in told, secret
    again = imported(server, SITE).json()
    assert again["summary"]["applied"] == 1  # the account line
    assert again["revision"] == before + 1 and again["accounts"][0]["exists"]
    req("R-322")
    req("R-323")


def test_an_import_that_does_not_fit_changes_nothing(server, api):
    before = server.get("/export").body
    text = "ip http server\nip http port 8123\ntelephony-service\n hfs enable port 8123\n"
    for query in ("?mode=replace", "?mode=merge", "?mode=merge&dry_run=true"):
        answer = imported(server, text, query)
        api.check("POST", "/import", answer)
        body = answer.json()
        assert answer.status == 409 and body["code"] == "hfs_port_in_use"
        assert body["detail"] == "Invalid port number or port in use by other application"
        assert body["errors"][0]["line"] == 4
        assert body["report"]["summary"]["lines"] == 4
    assert server.get("/export").body == before


def test_what_cannot_be_meant_is_refused(server):
    assert imported(server, "end\n", "?mode=append").status == 400
    assert imported(server, "end\n", "?base_revision=0").status == 412
    assert imported(server, "end\n", "?base_revision=x").status == 400
    assert imported(server, "x" * (17 << 20)).status == 413
    viewer = server.ok(server.post("/tokens", {"name": "reader-of-imports", "role": "viewer"}))["token"]
    assert server.request("POST", "/import", raw=b"end\n", headers={"Content-Type": "text/plain"},
                          token=viewer).status == 403
    assert server.get("/export?all=yes").status == 400


def test_the_export_comes_with_defaults_and_of_any_revision(server):
    old = server.ok(server.get("/revisions?limit=1"))["items"][0]["revision"]
    before = server.get("/export").body
    imported(server, "telephony-service\n timeouts busy 20\n")
    assert b" timeouts busy 20\n" in server.get("/export").body
    assert server.get(f"/export?revision={old}").body == before
    assert server.get("/export?revision=99999").json()["detail"] == "There is no revision 99999"
    assert b" timeouts ringing 180\n" in server.get("/export?all=true").body
    assert b" timeouts ringing" not in server.get("/export").body


def test_what_an_import_names_need_not_be_there_and_stands_in_nobodys_way(fresh_server):
    s = fresh_server()
    made = s.ok(imported(s, "dial-peer voice 310 voip\n lpcor outgoing PROVIDER\n voice-class codec 22\nend\n"))
    assert made["summary"]["refused"] == 0
    assert {w["code"] for w in made["warnings"]} == {"unknown_reference"} and len(made["warnings"]) == 2
    changed = s.ok(s.patch("/config/dial-peers/310", {"description": "to the provider"}))
    assert [w["code"] for w in changed["warnings"]] == ["unknown_reference"] * 2
    refused = s.patch("/config/dial-peers/310", {"lpcor_outgoing": "NOWHERE"})
    assert refused.status == 409 and refused.json()["code"] == "unknown_reference"
    s.ok(s.delete("/config/dial-peers/310"))
    s.ok(s.post(f"/revisions/{changed['revision']}/restore", {}))
    assert s.ok(s.get("/config/dial-peers/310"))["lpcor_outgoing"] == "PROVIDER"


def test_an_import_may_name_what_is_nowhere(fresh_server, req):
    """A listing is taken as it is: missing targets and a file service without its server are warnings."""
    s = fresh_server()
    text = ("telephony-service\n hfs enable port 6970\nvoice register global\n mode cme\n max-pool 5\n"
            "voice register pool 2\n template 7\nno ip http server\n")
    for query in ("?mode=replace&dry_run=true", "?mode=replace"):
        body = s.ok(imported(s, text, query))
        warnings = {(w["code"], w["field"]) for w in body["warnings"]}
        assert {("unknown_reference", "/template"), ("hfs_needs_http", "/hfs/enabled")} <= warnings
    assert s.get("/config/voice-register/pools/2").json()["template"] == 7
    # the same through REST is refused
    answer = s.put("/config/voice-register/pools/3", {"template": 7}, headers={})
    assert answer.status == 409 and answer.json()["detail"] == "voice register template 7 is not configured"
    req("R-319")


def test_imported_stamps_are_for_the_export_only(server, req):
    """R-071: what the files' stamps are follows their content, whatever stamp the text has."""
    server.add_sccp_phone(40, "0011.2233.4440", "4140", model="7962")
    imported(server, "telephony-service\n cnf-file location flash:\n cnf-file perphone\n create cnf-files\n")
    before = server.ok(server.get("/phones/SEP001122334440/files"))
    done = imported(server, "telephony-service\n create cnf-files version-stamp Jan 01 2002 00:00:00\n")
    assert done.status == 200 and done.json()["summary"]["applied"] == 1
    assert server.ok(server.get("/phones/SEP001122334440/files")) == before
    assert b" create cnf-files version-stamp Jan 01 2002 00:00:00\n" in server.get("/export").body
    imported(server, "telephony-service\n em logout 0:0 0:0 0:0\n transfer-system full-consult\n max-conferences 8 gain -6\n"
                     " device-security-mode none\n")
    text = server.get("/export").body
    for line in (b" em logout 0:0 0:0 0:0\n", b" transfer-system full-consult\n", b" max-conferences 8 gain -6\n",
                 b" device-security-mode none\n"):
        assert line in text, line
    req("R-326")
