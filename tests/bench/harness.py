"""What the benches share: the release binary as a Server of the peer tests, a row of the table."""
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "peer"))

from conftest import Server  # noqa: E402


def row(what, value, unit, beside=""):
    shown = f"{value:,.0f}" if value >= 100 else f"{value:,.2f}"
    print(f"{what:58} {shown:>14} {unit:10} {beside}", flush=True)


def percentile(values, p):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * p / 100))]


def rss_kb(pid):
    for line in open(f"/proc/{pid}/status"):
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    return 0


def sip_mac(n):
    return f"00AA{n:08X}"


def add_sip_phones(server, count, start=1, batch=250):
    """`count` pools with one line each; number and user name are 10000 + tag, the password is the same."""
    for first in range(start, start + count, batch):
        ops = []
        for tag in range(first, min(first + batch, start + count)):
            number = str(10000 + tag)
            ops.append({"op": "put", "path": f"/config/voice-register/dns/{tag}", "value": {"number": number}})
            ops.append({"op": "put", "path": f"/config/voice-register/pools/{tag}",
                        "value": {"id": {"kind": "mac", "mac": sip_mac(tag)}, "phone_type": "7962",
                                  "numbers": {"1": tag}, "username": number, "password": "secret"}})
        server.ok(server.post("/transactions", {"comment": "bench", "operations": ops}))


__all__ = ["Server", "row", "percentile", "rss_kb", "sip_mac", "add_sip_phones", "ROOT"]
