"""Memory of the whole process: empty, with phones configured, and with the same phones registered. Only private
pages count; what the phone costs is the difference, so the caches and pools of the first one are in it too."""
import sys
import time

from harness import ROOT, Server, add_sccp_phones, add_sip_phones, memory_kb, row, sccp_mac

sys.path.insert(0, str(ROOT / "tests" / "peer"))

from sccp_client import SccpPhone  # noqa: E402
from sip_client import Phone  # noqa: E402

PHONES = 1000


def register_sip(server, tag):
    number = str(10000 + tag)
    with Phone(server.port("sip"), number, number, "secret", agent="Cisco-CP7962G/9.4.2") as phone:
        assert phone.register(expires=3600).status == 200


def register_sccp(server, tag):
    phone = SccpPhone(("127.0.0.1", server.port("sccp")), f"SEP{sccp_mac(tag)}",
                      source=f"127.1.{tag >> 8}.{tag & 255}")  # the server takes few of one address
    phone.register()
    phone.boot()
    return phone


def measure(name, add, register, bar):
    server = Server().start()
    pid, kept = server.process.pid, []
    try:
        server.set_up()
        empty = memory_kb(pid)
        add(server, PHONES)
        configured = memory_kb(pid)
        begin = time.monotonic()
        kept = [register(server, tag) for tag in range(1, PHONES + 1)]
        took = time.monotonic() - begin
        registered = memory_kb(pid)
        assert len([p for page in pages(server) for p in page if p["state"] == "registered"]) == PHONES
        row(f"memory: 1,000 {name} phones registered", registered / 1024, "MB",
            f"{empty / 1024:.1f} MB after set-up, {configured / 1024:.1f} MB configured; registered in {took:.1f} s")
        row(f"memory: each registered {name} phone", (registered - configured) / PHONES, "kB", at_most=bar)
    finally:
        for phone in kept:
            if phone:
                phone.close()
        server.close()


def pages(server):
    cursor = ""
    while cursor is not None:
        page = server.ok(server.get("/phones?limit=100" + (f"&cursor={cursor}" if cursor else "")))
        cursor = page["next_cursor"]
        yield page["items"]


def main():
    measure("SIP (UDP)", add_sip_phones, register_sip, 8)
    measure("SCCP", add_sccp_phones, register_sccp, None)


if __name__ == "__main__":
    main()
