"""HTTP as the web meets it: broken and hostile requests, stalled clients, TLS, the pages."""
import gzip
import http.client
import json
import socket
import ssl
import statistics
import subprocess
import time
import urllib.error
import urllib.request

import pytest


def raw(server, data, source="127.0.0.1", timeout=20):
    """Sends bytes, reads until the server closes; (status, everything)."""
    with socket.create_connection(("127.0.0.1", server.ports["admin"]), timeout, (source, 0)) as s:
        s.sendall(data)
        s.shutdown(socket.SHUT_WR)
        out = b""
        while True:
            try:
                part = s.recv(65536)
            except ConnectionResetError:
                break
            if not part:
                break
            out += part
    return (int(out.split()[1]) if out.startswith(b"HTTP/1.1 ") else 0), out


HOST = b"Host: a\r\n"
ABUSE = [
    ("no host", b"GET /healthz HTTP/1.1\r\n\r\n", 400),
    ("two hosts", b"GET /healthz HTTP/1.1\r\n" + HOST * 2 + b"\r\n", 400),
    ("length and chunks", b"POST /api/v1/setup HTTP/1.1\r\n" + HOST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    ("two lengths", b"POST /api/v1/setup HTTP/1.1\r\n" + HOST + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400),
    ("equal lengths twice", b"POST /api/v1/setup HTTP/1.1\r\n" + HOST + b"Content-Length: 1\r\nContent-Length: 1\r\n\r\na", 400),
    ("negative length", b"POST /api/v1/setup HTTP/1.1\r\n" + HOST + b"Content-Length: -1\r\n\r\n", 400),
    ("huge length", b"POST /api/v1/setup HTTP/1.1\r\n" + HOST + b"Content-Length: 50000000\r\n\r\n", 413),
    ("length past 64 bits", b"POST /api/v1/setup HTTP/1.1\r\n" + HOST + b"Content-Length: 99999999999999999999999\r\n\r\n", 413),
    ("no length", b"PUT /api/v1/config/http HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\n\r\n", 411),
    ("NUL in the path", b"GET /api/v1/phones/%00 HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    ("bad escape", b"GET /api/v1/phones/%zz HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    ("cut escape", b"GET /api/v1/phones/%4 HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    ("bad UTF-8", b"GET /api/v1/phones/%ff%fe HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    ("overlong UTF-8", b"GET /api/v1/phones/%c0%ae%c0%ae/ HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    ("bad UTF-8 in the query", b"GET /healthz?a=%ff HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    ("head of 20 kB", b"GET /healthz HTTP/1.1\r\n" + HOST + b"X: " + b"x" * 20000 + b"\r\n\r\n", 431),
    ("100 fields", b"GET /healthz HTTP/1.1\r\n" + HOST + b"X: y\r\n" * 100 + b"\r\n", 431),
    ("folded field", b"GET /healthz HTTP/1.1\r\n" + HOST + b"X: y\r\n Content-Length: 5\r\n\r\nhello", 400),
    ("blank before the colon", b"GET /healthz HTTP/1.1\r\nHost : a\r\n\r\n", 400),
    ("NUL in a field", b"GET /healthz HTTP/1.1\r\n" + HOST + b"X: a\x00b\r\n\r\n", 400),
    ("rubbish", b"\x00\x01\x02\x03\r\n\r\n", 400),
    ("TLS on the plain port", bytes.fromhex("16030100c8010000c40303") + b"\r\n\r\n", 400),
    ("unknown method", b"BREW /pot HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    ("version 3", b"GET / HTTP/3.0\r\n" + HOST + b"\r\n", 505),
    ("chunk size of nonsense", b"POST /api/v1/sessions HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", 400),
    ("strange expectation", b"GET /healthz HTTP/1.1\r\n" + HOST + b"Expect: gold\r\n\r\n", 417),
]


@pytest.mark.parametrize("what,data,status", ABUSE, ids=[a[0] for a in ABUSE])
def test_abuse_is_refused(server, what, data, status):
    got, answer = raw(server, data)
    assert got == status, answer[:300]
    assert b"Connection: close" in answer
    assert server.get("//healthz").status == 200


def test_a_second_request_does_not_hide_in_the_body_of_the_first(server):
    data = (b"POST /api/v1/sessions HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
            b"GET /healthz HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n")
    status, out = raw(server, data)
    assert status == 422 and out.count(b"HTTP/1.1 ") == 2 and out.endswith(b"ok\n")


def test_chunked_bodies_work(server):
    body = b'{"operations": [{"op": "create", "path": "ephone-dns", "value": {"number": "1"}}]}'
    con = http.client.HTTPConnection("127.0.0.1", server.ports["admin"], timeout=20)
    con.request("POST", "/api/v1/transactions?dry_run=true", iter([body[:10], body[10:]]), encode_chunked=True,
                headers={"Content-Type": "application/json", "Transfer-Encoding": "chunked",
                         "Authorization": f"Bearer {server.token}"})
    assert con.getresponse().status == 200


def test_a_large_upload_gets_its_answer(server):
    """50 MB without asking first: the client must see the 413, not a reset connection."""
    status, out = raw(server, b"POST /api/v1/transactions HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\n"
                      b"Content-Length: 50000000\r\n\r\n" + b" " * 50000000)
    assert status == 413 and b'"too_large"' in out


def test_who_is_not_signed_in_cannot_make_the_server_read(server):
    status, _ = raw(server, b"POST /api/v1/backup HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\n"
                    b"Content-Length: 30000000\r\n\r\n")
    assert status == 401


def test_method_not_allowed_names_the_methods(server):
    answer = server.request("PUT", "/phones", {})
    assert answer.status == 405 and answer.headers["allow"] == "GET, HEAD"
    assert server.request("HEAD", "/phones").status == 200
    assert server.request("HEAD", "/phones").body == b""


def test_stalled_clients_do_not_stop_another(server):
    """500 clients that begin a request and fall silent, from other addresses; one that works."""
    stalled = []
    try:
        for i in range(500):
            s = socket.create_connection(("127.0.0.1", server.ports["admin"]), 20, (f"127.0.1.{1 + i // 50}", 0))
            s.sendall(b"GET /healthz HTTP/1.1\r\nHost:" if i % 2 else
                      b"POST /api/v1/sessions HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{")
            stalled.append(s)
        times = []
        for _ in range(100):
            begin = time.monotonic()
            assert server.get("/capabilities").status == 200
            times.append(time.monotonic() - begin)
        p99 = statistics.quantiles(times, n=100)[98]
        assert p99 < 0.5, f"p99 {p99 * 1000:.0f} ms"
    finally:
        for s in stalled:
            s.close()


def test_one_address_cannot_take_all_connections(server):
    many = []
    try:
        for _ in range(80):
            many.append(socket.create_connection(("127.0.0.1", server.ports["admin"]), 20, ("127.0.0.2", 0)))
        time.sleep(0.3)
        closed = 0
        for s in many:
            s.setblocking(False)
            try:
                closed += s.recv(1) == b""
            except BlockingIOError:
                pass
            except ConnectionResetError:
                closed += 1
        assert closed == 16
        assert server.get("//healthz").status == 200
    finally:
        for s in many:
            s.close()


def test_a_client_that_trickles_is_cut(server):
    with socket.create_connection(("127.0.0.1", server.ports["admin"]), 20, ("127.0.0.4", 0)) as s:
        s.sendall(b"POST /api/v1/sessions HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n")
        begin = time.monotonic()
        try:
            while time.monotonic() - begin < 40:
                s.sendall(b" ")
                s.settimeout(0.2)
                try:
                    if s.recv(4096) == b"":
                        break
                except TimeoutError:
                    pass
        except OSError:
            pass
        assert time.monotonic() - begin < 15


# ---- TLS ----

def connect_tls(server, low, high, ciphers=None):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.minimum_version, context.maximum_version = low, high
    if ciphers:
        context.set_ciphers(ciphers)
    with socket.create_connection(("127.0.0.1", server.ports["admin_tls"]), 20) as s:
        with context.wrap_socket(s) as t:
            return t.version(), t.cipher()[0], t.getpeercert(True)


def test_tls_is_1_2_or_newer_with_good_suites(server):
    v = ssl.TLSVersion
    assert connect_tls(server, v.TLSv1_2, v.TLSv1_2)[0] == "TLSv1.2"
    assert connect_tls(server, v.TLSv1_3, v.TLSv1_3)[0] == "TLSv1.3"
    for ciphers in ("AES128-SHA:@SECLEVEL=0", "ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0", "ECDHE-ECDSA-AES256-SHA384:@SECLEVEL=0"):
        with pytest.raises((ssl.SSLError, OSError)):
            connect_tls(server, v.TLSv1_2, v.TLSv1_2, ciphers)
    for old in ("-tls1", "-tls1_1"):
        out = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{server.ports['admin_tls']}", old,
                              "-cipher", "ALL:@SECLEVEL=0"], input=b"", capture_output=True, timeout=20)
        assert out.returncode != 0 and b"Cipher is (NONE)" in out.stdout, out


def test_ones_own_certificate_is_installed_and_taken_back(server, tmp_path):
    pem, key = tmp_path / "c.pem", tmp_path / "k.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
                    "-subj", "/CN=mine.example", "-addext", "subjectAltName=DNS:mine.example", "-keyout", key, "-out", pem],
                   check=True, capture_output=True)
    v, before = ssl.TLSVersion, server.ok(server.get("/tls-certificate"))
    assert before["self_signed"] and not before["installed"] and "127.0.0.1" in before["names"]
    put = {"Content-Type": "application/x-pem-file"}
    for bad in (b"rubbish", pem.read_bytes(), key.read_bytes(), pem.read_bytes() + b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"):
        answer = server.request("PUT", "/tls-certificate", raw=bad, headers=put)
        assert (answer.status, answer.json()["code"]) == (422, "certificate"), answer
    old = connect_tls(server, v.TLSv1_3, v.TLSv1_3)[2]
    answer = server.request("PUT", "/tls-certificate", raw=pem.read_bytes() + key.read_bytes(), headers=put)
    assert answer.status == 200 and answer.json()["names"] == ["mine.example"] and answer.json()["installed"]
    new = connect_tls(server, v.TLSv1_3, v.TLSv1_3)[2]
    assert new != old and ssl.DER_cert_to_PEM_cert(new).strip() == pem.read_text().strip()
    assert (server.data / "tls" / "server.pem").stat().st_mode & 0o777 == 0o600
    assert b"PRIVATE" not in server.get("/audit").body
    assert server.delete("/tls-certificate").status == 200
    assert connect_tls(server, v.TLSv1_3, v.TLSv1_3)[2] == old
    assert server.delete("/tls-certificate").status == 404


def test_plain_http_from_elsewhere_is_sent_to_tls(fresh_server):
    """On a machine whose only other address is reachable; the server listens on all."""
    own = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        own.connect(("192.0.2.1", 9))
        address = own.getsockname()[0]
    except OSError:
        address = None
    finally:
        own.close()
    if not address or address.startswith("127."):
        address = next(iter(a[4][0] for a in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)), "127.0.0.1")
    assert not address.startswith("127."), "this machine has no address but loopback"
    s = fresh_server(address="0.0.0.0", setup=False)
    con = http.client.HTTPConnection(address, s.ports["admin"], timeout=20)
    con.request("GET", "/api/v1/setup?x=1")
    res = con.getresponse()
    assert res.status == 308
    assert res.headers["location"] == f"https://{address}:{s.ports['admin_tls']}/api/v1/setup?x=1"
    con = http.client.HTTPConnection(address, s.ports["admin"], timeout=20)
    con.request("POST", "/api/v1/setup", "{}", {"Content-Type": "application/json"})
    res = con.getresponse()
    assert res.status == 403 and json.loads(res.read())["code"] == "tls_required"
    con = http.client.HTTPConnection(address, s.ports["admin"], timeout=20)
    con.request("GET", "/healthz")
    assert con.getresponse().status == 200


# ---- pages ----

def page(server, path, **headers):
    req = urllib.request.Request(f"http://127.0.0.1:{server.ports['admin']}{path}", headers=headers)
    try:
        with urllib.request.urlopen(req, timeout=20) as res:
            return res.status, {k.lower(): v for k, v in res.headers.items()}, res.read()
    except urllib.error.HTTPError as e:
        return e.code, {k.lower(): v for k, v in e.headers.items()}, e.read()


def test_the_pages_are_locked_down_and_cached(server):
    import re
    status, fields, body = page(server, "/")
    assert status == 200 and fields["content-type"].startswith("text/html")
    csp = fields["content-security-policy"]
    assert "default-src 'self'" in csp and "unsafe-inline" not in csp and "frame-ancestors 'none'" in csp
    assert f"connect-src 'self' ws://127.0.0.1:{server.ports['feed']};" in csp
    assert fields["x-content-type-options"] == "nosniff" and fields["cache-control"] == "no-cache"
    assert page(server, "/", **{"If-None-Match": fields["etag"]})[0] == 304
    _, zipped_fields, zipped = page(server, "/", **{"Accept-Encoding": "gzip"})
    assert zipped_fields["content-encoding"] == "gzip" and gzip.decompress(zipped) == body
    # a route of the application is the application; a file that is not there is not
    assert page(server, "/phones/SEP001122334455")[2] == body
    assert page(server, "/nothing.js")[0] == 404
    assert page(server, "/../etc/passwd")[2] != open("/etc/passwd", "rb").read()
    script = re.search(rb'src="(/assets/[^"]+\.js)"', body).group(1).decode()
    status, fields, _ = page(server, script)
    assert status == 200 and "immutable" in fields["cache-control"] and "javascript" in fields["content-type"]


def test_a_hostile_host_field_does_not_reach_the_policy(server):
    status, out = raw(server, b"GET / HTTP/1.1\r\nHost: a; script-src *\r\nConnection: close\r\n\r\n")
    assert status == 200 and b"script-src" not in out.split(b"\r\n\r\n")[0]
