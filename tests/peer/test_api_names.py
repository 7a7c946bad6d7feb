"""Keys that are no numbers, lines that are only kept, and limits of the platform, over REST."""
import pytest
from api_openapi import OpenApi


@pytest.fixture(scope="module")
def api(server):
    return OpenApi(server.ok(server.get("/openapi.json")))


def test_a_voice_port_has_one_path_whatever_the_spelling(server, api):
    made = server.post("/config/voice-ports", {"id": "0/1/0:15", "ring_number": 2})
    assert made.status == 201
    assert made.headers["location"] == "/api/v1/config/voice-ports/0%2F1%2F0:15"
    for spelling in ("0%2F1%2F0:15", "0%2f1%2f0%3a15"):
        item = server.get(f"/config/voice-ports/{spelling}")
        assert item.status == 200 and item.json()["id"] == "0/1/0:15"
    assert server.get("/config/voice-ports/0/1/0:15").status == 404
    assert server.post("/config/voice-ports", {"id": "0/1/0:15"}).status == 409
    again = server.post("/transactions", {"operations": [
        {"op": "patch", "path": "/config/voice-ports/0%2F1%2F0:15", "value": {"signal": "ground-start"}, "if_match": "*"}]})
    assert again.status == 200, again
    page = server.ok(server.get("/config/voice-ports?limit=1"))
    assert page["items"][0]["signal"] == "ground-start" and page["total"] == 1
    changes = server.ok(server.get("/revisions?path=voice-ports/0%252F1%252F0:15&limit=1"))
    assert changes["items"], changes
    text = server.get("/export").body.decode()
    assert "voice-port 0/1/0:15\n signal groundstart\n ring number 2\n" in text
    assert server.delete("/config/voice-ports/0%2F1%2F0:15", headers={"If-Match": "*"}).status == 200


def test_a_nested_key_with_a_slash_has_a_path(server):
    assert server.put("/config/tftp/bindings/flash:%2Fphones%2Fa.loads,A.loads", {"acl": 7}, headers={}).status in (200, 201)
    item = server.ok(server.get("/config/tftp"))
    assert item["bindings"] == {"flash:/phones/a.loads,A.loads": {"acl": 7}}
    assert server.ok(server.get("/config/tftp/bindings/flash:%2Fphones%2Fa.loads,A.loads")) == {"acl": 7}
    assert server.delete("/config/tftp/bindings/flash:%2Fphones%2Fa.loads,A.loads",
                         headers={"If-Match": "*"}).status == 200
    assert not server.ok(server.get("/config/tftp")).get("bindings")


def test_kept_lines_are_shown_without_passwords(server, req):
    lines = {"1": {"text": "enable secret 5 $1$abc$hushhush"}, "2": {"text": "voice-card 0"},
             "3": {"mode": "voice-card 0", "text": "dsp services dspfarm"}}
    answer = server.put("/config/platform-config", {"raw_lines": lines}, headers={})
    assert answer.status in (200, 201), answer
    assert b"hushhush" not in answer.body
    seen = server.ok(server.get("/config/platform-config"))
    assert seen["raw_lines"]["1"]["text"] == "enable secret 5 ******"
    revision = seen and server.ok(server.get("/revisions?limit=1"))["items"][0]["revision"]
    assert b"hushhush" not in server.get(f"/revisions/{revision}/changes").body
    assert b"hushhush" not in server.get("/export").body
    assert b"hushhush" in server.get("/export?secrets=true").body
    # what was read goes back as it was
    assert server.put("/config/platform-config", seen, headers={"If-Match": "*"}).status == 200
    text = server.get("/export?secrets=true").body.decode()
    assert "enable secret 5 $1$abc$hushhush\n!\nvoice-card 0\n dsp services dspfarm\n!\n" in text
    bad = server.put("/config/platform-config", {"raw_lines": {"1": {"mode": "ephone 77", "text": "x"}}},
                     headers={"If-Match": "*"})
    assert bad.status == 409 and bad.json()["code"] == "unknown_reference"
    req("R-318")


def test_the_constants_say_what_is_in_force(fresh_server):
    s = fresh_server(options=["--limit", "ephones=6000,dns=8000"])
    found = {c["name"]: c for c in s.ok(s.get("/capabilities"))["constants"]}
    assert (found["ephones"]["value"], found["ephones"]["default"], found["ephones"]["top"]) == (6000, 1000, 10000)
    assert found["max_ephones"]["value"] == 6000 and found["ephone_dns"]["value"] == 8000
    assert found["pools"]["value"] == 4451 and found["conferences"]["value"] == 24
    assert s.patch("/config/telephony-service", {"max_dn": 8000}, headers={"If-Match": "*"}).status == 200
    assert s.put("/config/ephone-dns/7000", {"number": "7000"}, headers={}).status == 201
    # a start with lower limits deletes nothing and refuses what is new
    s.stop()
    s.options = []
    s.start()
    assert s.ok(s.get("/config/ephone-dns/7000"))["number"] == "7000"
    assert s.patch("/config/ephone-dns/7000", {"name": "Old"}, headers={"If-Match": "*"}).status == 200
    assert s.patch("/config/telephony-service", {"max_ephones": 10}, headers={"If-Match": "*"}).status == 200
    above = s.put("/config/ephone-dns/7001", {"number": "7001"}, headers={})
    assert above.status == 422 and "5000" in above.json()["detail"]
