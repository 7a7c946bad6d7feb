"""The harness of the peer tests: the built binary on free ports with a fresh data folder.

`server` is one running and set-up appliance for a whole test module; `fresh_server` is a factory for
tests that need their own (options, a second start on the same folder, no set-up)."""
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = pathlib.Path(os.environ.get("SWITCHROOM", ROOT / "build" / "switchroom"))
sys.path.insert(0, str(pathlib.Path(__file__).parent))

START_S = 60  # a sanitizer build on a busy machine; an answer normally comes in well under a second


def wait_until(check, what, timeout=20.0):
    """Polls an observable state of another process; fails the test when it does not come."""
    end = time.monotonic() + timeout
    while True:
        value = check()
        if value:
            return value
        if time.monotonic() > end:
            pytest.fail(f"no {what} within {timeout:g} s")
        time.sleep(0.02)


class Answer:
    """One HTTP answer: status, headers (lower-case names), body bytes, json()."""

    def __init__(self, status, headers, body):
        self.status, self.body = status, body
        self.headers = {k.lower(): v for k, v in headers.items()}

    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"<Answer {self.status} {self.body[:300]!r}>"


class Server:
    """One switchroom process."""

    ADMIN, PASSWORD = "admin", "correct horse battery"

    def __init__(self, data=None, options=(), env=None, address="127.0.0.1", under=(), hfs="0"):
        self.data = pathlib.Path(data or tempfile.mkdtemp(prefix="switchroom-peer-"))
        self.own_data = data is None
        self.options, self.env, self.address = list(options), dict(env or {}), address
        self.hfs = hfs  # None: the port of the configuration
        self.under = list(under)  # a command that runs the binary: prlimit, nice
        self.token = None
        self.process = None
        self.ports = {}
        self.exchanges = []  # (method, path, status, headers, body) for the OpenAPI referee

    # ---- life ----
    def start(self):
        run = self.data / "switchroom.run"
        run.unlink(missing_ok=True)
        self.log_path = self.data.parent / (self.data.name + ".log")
        log = open(self.log_path, "ab")
        args = [str(BINARY), "serve", "--data", str(self.data), "--test",
                *(["--listen", self.address] if self.address else []),  # "": all addresses
                "--admin-port", "0", "--admin-tls-port", "0", "--feed-port", "0", "--feed-tls-port", "0",
                "--tftp-port", "0", "--ntp-port", "0", "--sip-port", "0", "--sccp-port", "0",
                *(["--hfs-port", self.hfs] if self.hfs else [])]
        self.process = subprocess.Popen(self.under + args + self.options, stdout=log, stderr=log,
                                        env={**os.environ, **self.env}, stdin=subprocess.DEVNULL)
        log.close()
        wait_until(lambda: run.exists() or self.process.poll() is not None, "start", START_S)
        if self.process.poll() is not None:
            pytest.fail(f"switchroom ended at start:\n{self.log()}")
        self.refresh_ports()
        self.url = f"http://127.0.0.1:{self.ports['admin']}"
        return self

    def refresh_ports(self):
        """The listening ports as the server tells them in its run file (they follow the configuration)."""
        text = wait_until(lambda: (self.data / "switchroom.run").read_text(), "run file")
        self.ports = json.loads(text)["ports"]
        return self.ports

    def port(self, name):
        """Waits for an engine that a commit has just switched on."""
        return wait_until(lambda: self.refresh_ports().get(name), f"port of {name}")

    def log(self):
        return self.log_path.read_text(errors="replace")

    def stop(self, sig=signal.SIGTERM):
        if self.process and self.process.poll() is None:
            self.process.send_signal(sig)
            self.process.wait(timeout=30)
        return self.process.returncode if self.process else None

    def close(self):
        code = self.stop()
        log = self.log()
        self.log_path.unlink(missing_ok=True)
        if self.own_data:
            shutil.rmtree(self.data, ignore_errors=True)
        assert "AddressSanitizer" not in log and "runtime error:" not in log, log[-6000:]
        assert "ThreadSanitizer" not in log, log[-6000:]
        assert code in (0, -signal.SIGKILL), f"exit {code}\n{log[-6000:]}"

    # ---- REST ----
    def request(self, method, path, body=None, headers=None, token=True, raw=None):
        """One request; `path` below /api/v1 unless it begins with a double slash ("//healthz")."""
        url = self.url + (path[1:] if path.startswith("//") else "/api/v1" + path)
        data = raw if raw is not None else (None if body is None else json.dumps(body).encode())
        req = urllib.request.Request(url, data=data, method=method)
        if data is not None:
            req.add_header("Content-Type", "application/json")
        if token and self.token:
            req.add_header("Authorization", "Bearer " + (token if isinstance(token, str) else self.token))
        for k, v in (headers or {}).items():
            req.add_header(k, v)
        try:
            with urllib.request.urlopen(req, timeout=30) as res:
                answer = Answer(res.status, res.headers, res.read())
        except urllib.error.HTTPError as e:
            answer = Answer(e.code, e.headers, e.read())
        self.exchanges.append((method, path, answer))
        return answer

    def get(self, path, **kw):
        return self.request("GET", path, **kw)

    def post(self, path, body=None, **kw):
        return self.request("POST", path, {} if body is None and "raw" not in kw else body, **kw)

    def put(self, path, body, **kw):
        kw.setdefault("headers", {"If-Match": "*"})
        return self.request("PUT", path, body, **kw)

    def patch(self, path, body, **kw):
        kw.setdefault("headers", {"If-Match": "*"})
        return self.request("PATCH", path, body, **kw)

    def delete(self, path, **kw):
        kw.setdefault("headers", {"If-Match": "*"})
        return self.request("DELETE", path, **kw)

    def ok(self, answer):
        assert 200 <= answer.status < 300, answer
        return answer.json() if answer.body else None

    # ---- set-up ----
    def setup_code(self):
        return wait_until(lambda: re.search(r"set-up code:?\s+([A-Z2-7]{8})", self.log()), "set-up code").group(1)

    def set_up(self, profile="site", address=None, time_zone="Etc/UTC"):
        """Does the first-run set-up and makes an administrator's token."""
        self.ok(self.post("/setup", {
            "code": self.setup_code(), "username": self.ADMIN, "password": self.PASSWORD,
            "site": {"address": address or "127.0.0.1", "time_zone": time_zone, "profile": profile}},
            token=False))
        cookie, csrf = self.sign_in()
        made = self.ok(self.post("/tokens", {"name": "tests", "role": "admin"}, token=False,
                                 headers={"Cookie": cookie, "X-CSRF-Token": csrf}))
        self.token = made["token"]
        return self

    def sign_in(self, username=None, password=None):
        """A session: (cookie header value, CSRF token)."""
        answer = self.post("/sessions", {"username": username or self.ADMIN,
                                         "password": password or self.PASSWORD}, token=False)
        body = self.ok(answer)
        return answer.headers["set-cookie"].split(";")[0], body["csrf_token"]

    # ---- what nearly every test wants ----
    def add_sip_phone(self, tag, mac, number, username=None, password="secret", model="7962", name="Desk"):
        return self.ok(self.post("/transactions", {"comment": "add a SIP phone", "operations": [
            {"op": "put", "path": f"/config/voice-register/dns/{tag}",
             "value": {"number": number, "name": name}},
            {"op": "put", "path": f"/config/voice-register/pools/{tag}",
             "value": {"id": {"kind": "mac", "mac": mac}, "phone_type": model, "numbers": {"1": tag},
                       "username": username or number, "password": password}}]}))

    def add_sccp_phone(self, tag, mac, number, model="7941", name="Desk"):
        return self.ok(self.post("/transactions", {"comment": "add an SCCP phone", "operations": [
            {"op": "put", "path": f"/config/ephone-dns/{tag}", "value": {"number": number, "name": name}},
            {"op": "put", "path": f"/config/ephones/{tag}",
             "value": {"mac_address": mac, "phone_type": model,
                       "buttons": {"1": {"separator": ":", "dns": [tag]}}}}]}))

    def timeline(self, device):
        return self.ok(self.get(f"/phones/{device}/timeline"))

    def wait_phone(self, device, state):
        def check():
            answer = self.get(f"/phones/{device}")
            return answer.json() if answer.status == 200 and answer.json()["state"] == state else None
        return wait_until(check, f"{device} to be {state}")


@pytest.fixture
def fresh_server():
    """fresh_server(data=None, options=[], setup=True) -> a running Server; all are closed at the end."""
    made = []

    def factory(setup=True, **kw):
        s = Server(**kw).start()
        made.append(s)
        if setup:
            s.set_up()
        return s

    yield factory
    for s in made:
        s.close()


@pytest.fixture(scope="module")
def server():
    s = Server().start()
    try:
        s.set_up()
        yield s
    finally:
        s.close()


@pytest.fixture
def req(request):
    """req("R-107"): this test proves a requirement; noted only when it passes."""
    ids = []
    yield ids.append
    log = os.environ.get("REQ_LOG")
    report = getattr(request.node, "rep_call", None)
    if log and ids and report and report.passed:
        with open(log, "a") as f:
            f.writelines(i + "\n" for i in ids)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item):
    outcome = yield
    report = outcome.get_result()
    if report.when == "call":
        item.rep_call = report
