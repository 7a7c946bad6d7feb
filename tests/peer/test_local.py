"""The socket in the data directory: the REST API for root and for the user of the server, without a token."""
import http.client
import os
import signal
import socket
import stat


class LocalConnection(http.client.HTTPConnection):
    """HTTP over a socket in the file system."""

    def __init__(self, path):
        super().__init__("local", timeout=30)
        self.path = str(path)

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(30)
        self.sock.connect(self.path)


def ask(server, method, path, body=None, headers=None):
    c = LocalConnection(server.data / "switchroom.sock")
    c.request(method, "/api/v1" + path, body, headers or {})
    answer = c.getresponse()
    return answer.status, answer.read()


def test_the_socket_serves_the_same_routes_without_a_token(server):
    mode = os.stat(server.data / "switchroom.sock").st_mode
    assert stat.S_ISSOCK(mode) and stat.S_IMODE(mode) == 0o600
    status, body = ask(server, "GET", "/config/ephones")
    assert status == 200 and body == server.get("/config/ephones").body
    status, body = ask(server, "GET", "/sessions/current")
    assert status == 200 and b'"kind":"local"' in body and b'"role":"admin"' in body


def test_what_is_done_over_it_stands_in_the_audit_log_with_the_uid(server):
    status, body = ask(server, "PUT", "/config/ephone-dns/77", '{"number": "5077"}',
                       {"Content-Type": "application/json"})
    assert status in (200, 201), body
    entry = server.ok(server.get("/audit"))["items"][0]
    assert (entry["who"], entry["address"], entry["action"]) == ("local", f"uid {os.getuid()}", "config.put")
    assert server.ok(server.get("/revisions"))["items"][0]["who"] == "local"


def test_before_set_up_the_socket_too_answers_only_set_up(fresh_server):
    s = fresh_server(setup=False)
    assert ask(s, "GET", "/config/ephones")[0] == 403
    assert ask(s, "GET", "/setup")[0] == 200


def test_a_killed_server_leaves_a_socket_that_the_next_one_replaces(fresh_server):
    s = fresh_server()
    s.stop(signal.SIGKILL)
    assert (s.data / "switchroom.sock").exists()
    s.start()
    assert ask(s, "GET", "/config/ephones")[0] == 200
    s.stop()
    assert not (s.data / "switchroom.sock").exists()


def test_the_socket_works_with_both_ports_switched_off(fresh_server):
    s = fresh_server()
    s.stop()
    s.options = ["--admin-port", "off", "--admin-tls-port", "off"]
    s.ports = {}
    try:
        s.start()
    except KeyError:  # the harness looks for the plain port
        pass
    assert ask(s, "GET", "/config/ephones")[0] == 200
