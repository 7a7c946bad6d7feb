"""What the benches share: the release binary as a Server of the peer tests, a row of the table, wrk, the other
servers that figures are compared with."""
import functools
import os
import pathlib
import random
import re
import socket
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BENCH = ROOT / "tests" / "bench"
LOAD = ROOT / "build" / "rel" / "tests" / "bench"
SECONDS = os.environ.get("BENCH_SECONDS", "1")
ROUNDS = 2
sys.path.insert(0, str(ROOT / "tests" / "peer"))

from conftest import Server  # noqa: E402


def row(what, value, unit, beside="", at_least=None, at_most=None):
    """One line of the table; a bar of the design that is not reached is marked."""
    notes = [beside] if beside else []
    if at_least is not None:
        notes.insert(0, f"bar: at least {at_least:g}" + ("" if value >= at_least else " MISSED"))
    if at_most is not None:
        notes.insert(0, f"bar: at most {at_most:g}" + ("" if value <= at_most else " MISSED"))
    shown = f"{value:,.0f}" if value >= 100 else f"{value:,.2f}"
    print(f"{what:58} {shown:>14} {unit:10} {'; '.join(notes)}".rstrip(), flush=True)


def against(ours, others):
    """What the others reached and our part of the best of them: "a 12, b 10; x1.2 of the best"."""
    if not others:
        return ""
    best = max(others.values())
    words = ", ".join(f"{name} {value:,.0f}" for name, value in others.items())
    return f"{words}; {ours / best:.2f} of the best" if best else words


def best_of(measures):
    """The best of ROUNDS rounds of each of several measures ({name: function}), which take turns: what else
    the machine does then meets all of them alike."""
    best = {}
    for _ in range(ROUNDS):
        for name, measure in measures.items():
            best[name] = max(best.get(name, 0.0), measure())
    return best


def percentile(values, p):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * p / 100))]


# ---- the machine ----
def memory_kb(pid):
    """Memory that belongs to this process alone (the pages of its program and libraries do not)."""
    text = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
    return sum(int(n) for n in re.findall(r"^Private_\w+:\s+(\d+)", text, re.M))


def thread_cpu_s(pid, name):
    """Processor time of the threads with that name."""
    ticks = 0
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        try:
            if (task / "comm").read_text().strip() == name:
                fields = (task / "stat").read_text().rsplit(")", 1)[1].split()
                ticks += int(fields[11]) + int(fields[12])
        except FileNotFoundError:
            continue  # that thread has ended
    return ticks / os.sysconf("SC_CLK_TCK")


def free_port():
    """Below the range that the system gives to clients, whose sockets come and go by the thousand."""
    while True:
        port = random.randrange(20000, 32000)
        with socket.socket() as s, socket.socket(type=socket.SOCK_DGRAM) as u:
            try:
                s.bind(("127.0.0.1", port))
                u.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue


# ---- loads ----
def wrk(url, clients, seconds=None, threads=1, token=None, script=None):
    """Requests per second, the 99th percentile in ms, and what went wrong ("" is nothing)."""
    command = ["wrk", f"-t{threads}", f"-c{clients}", f"-d{seconds or SECONDS}s", "--timeout", "10s", "--latency"]
    command += ["-H", f"Authorization: Bearer {token}"] if token and not script else []
    command += ["-s", BENCH / script] if script else []
    out = subprocess.run([*command, url, *(["--", token] if script else [])], capture_output=True, text=True,
                         check=True).stdout
    number, unit = re.search(r"^\s+99%\s+([\d.]+)(us|ms|s)$", out, re.M).groups()
    bad = re.search(r"Non-2xx.*|Socket errors.*", out)
    return (float(re.search(r"Requests/sec:\s+([\d.]+)", out).group(1)),
            float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit], bad.group(0) if bad else "")


# ---- the other servers ----
@functools.cache
def peer_root(package):
    """Folder with that package unpacked."""
    return pathlib.Path(subprocess.run([BENCH / "peers.sh", package], capture_output=True, text=True,
                                       check=True).stdout.strip())


class Peer:
    """One other server, for the length of a with block; `program` is found in its unpacked `package`."""

    def __init__(self, name, host, port, package, program, *args):
        root = peer_root(package)
        self.name, self.host, self.port = name, host, port
        self.args = [str(root / program), *(str(a) for a in args)]
        self.env = {**os.environ, "LD_LIBRARY_PATH": f"{root}/usr/lib/{os.uname().machine}-linux-gnu"}

    def __enter__(self):
        self.process = subprocess.Popen(self.args, env=self.env, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(0.5)
        assert self.process.poll() is None, f"{self.name} ended: {self.args}"
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()


# ---- a site ----
def sip_mac(n):
    return f"00AA{n:08X}"


def sccp_mac(n):
    return f"00BB{n:08X}"


def add_phones(server, count, operations, batch=250):
    for first in range(1, count + 1, batch):
        ops = [op for tag in range(first, min(first + batch, count + 1)) for op in operations(tag)]
        server.ok(server.post("/transactions", {"comment": "bench", "operations": ops}))


def add_sip_phones(server, count):
    """`count` pools with one line each; number and user name are 10000 + tag, the password is the same."""
    add_phones(server, count, lambda tag: [
        {"op": "put", "path": f"/config/voice-register/dns/{tag}", "value": {"number": str(10000 + tag)}},
        {"op": "put", "path": f"/config/voice-register/pools/{tag}",
         "value": {"id": {"kind": "mac", "mac": sip_mac(tag)}, "phone_type": "7962", "numbers": {"1": tag},
                   "username": str(10000 + tag), "password": "secret"}}])


def add_sccp_phones(server, count):
    add_phones(server, count, lambda tag: [
        {"op": "put", "path": f"/config/ephone-dns/{tag}", "value": {"number": str(20000 + tag)}},
        {"op": "put", "path": f"/config/ephones/{tag}",
         "value": {"mac_address": sccp_mac(tag), "phone_type": "7941",
                   "buttons": {"1": {"separator": ":", "dns": [tag]}}}}])
