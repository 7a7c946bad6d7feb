"""R-107, R-108: a port that is in use is refused with the exact words of CME, by REST and by import, and nothing
changes; an imported ip http port that clashes is kept with a warning."""
import socket

import pytest
from conftest import Server

TEXT = "Invalid port number or port in use by other application"


@pytest.fixture(scope="module")
def server():
    s = Server(hfs=None).start()
    try:
        s.set_up(profile="empty")
        s.ok(s.patch("/config/http", {"enabled": True}, headers={}))
        yield s
    finally:
        s.close()


def state(server):
    return server.ok(server.get("/revisions?limit=1"))["items"][0]["revision"], server.get("/export").body


def import_text(server, text, **query):
    options = "&".join(f"{k}={v}" for k, v in query.items())
    return server.request("POST", "/import?" + options, raw=text.encode(), headers={"Content-Type": "text/plain"})


def ports(server):
    """Ports that the appliance or somebody else listens on, and those of the configuration."""
    taken = socket.socket()
    taken.bind(("127.0.0.1", 0))
    taken.listen()
    return taken, {
        "ip http": 8088, "admin": server.ports["admin"], "feed": server.ports["feed"],
        "another program": taken.getsockname()[1],
    }


def test_a_port_in_use_is_refused_with_the_exact_text(server, req):
    server.ok(server.patch("/config/http", {"port": 8088}))
    other, taken = ports(server)
    with other:
        for who, port in taken.items():
            before = state(server)
            answer = server.patch("/config/telephony-service", {"hfs": {"enabled": True, "port": port}}, headers={})
            body = answer.json()
            assert answer.status == 409, (who, answer)
            assert (body["code"], body["detail"], body["field"]) == ("hfs_port_in_use", TEXT, "/hfs/port"), (who, body)
            assert body["command"].startswith("hfs"), body
            for mode in ("merge", "replace"):
                text = f"ip http server\nip http port 8088\ntelephony-service\n hfs enable port {port}\n"
                answer = import_text(server, text, mode=mode)
                body = answer.json()
                assert answer.status == 409, (who, mode, answer)
                faults = [e for e in body["errors"] if e["code"] == "hfs_port_in_use"]
                assert faults and faults[0]["detail"] == TEXT and faults[0]["line"] == 4, (who, body)
                assert "report" in body
            assert state(server) == before, who
    req("R-107")


def test_the_http_port_may_not_move_onto_the_hfs_port(server, req):
    other = socket.socket()
    other.bind(("127.0.0.1", 0))
    free = other.getsockname()[1]
    other.close()
    server.ok(server.patch("/config/http", {"port": 8088}))
    server.ok(server.put("/config/telephony-service/hfs", {"enabled": True, "port": free}, headers={}))
    for port in (free, server.ports["admin"]):
        before = state(server)
        answer = server.patch("/config/http", {"port": port})
        assert answer.status == 409 and answer.json()["detail"] == TEXT, answer
        assert answer.json()["code"] == "hfs_port_in_use" and answer.json()["field"] == "/port", answer
        assert state(server) == before
    # imported it is kept, and said
    answer = import_text(server, f"ip http server\nip http port {server.ports['admin']}\n", mode="merge", dry_run="true")
    body = server.ok(answer)
    assert TEXT in str(body), body
    assert body["summary"]["refused"] == 0, body
    req("R-108")
