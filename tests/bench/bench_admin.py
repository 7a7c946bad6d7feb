"""Administration with 1,000 phones configured: REST reads and writes per second, a change of the configuration."""
import statistics
import time

from harness import Server, add_sip_phones, row, wrk

PHONES = 1000
CLIENTS = 60  # the server takes 64 connections of one address; the bench itself needs some


def timed(work, times=15):
    out = []
    for i in range(times):
        t = time.perf_counter()
        work(i)
        out.append((time.perf_counter() - t) * 1000)
    return statistics.median(out)


def reads(server):
    for what, path, bar in (("one pool", "/config/voice-register/pools/7", 20000),
                            ("one phone", "/phones/SEP00AA00000007", None),
                            ("50 of 1,000 pools", "/config/voice-register/pools?limit=50", None),
                            ("50 of 1,000 phones", "/phones?limit=50", None)):
        rate, p99, bad = wrk(f"{server.url}/api/v1{path}", CLIENTS, threads=2, token=server.token)
        row(f"REST: read {what}, {CLIENTS} clients", rate, "req/s", bad, at_least=bar)
        row(f"REST: read {what}, {CLIENTS} clients, p99", p99, "ms", at_most=bar and 10)


def writes(server):
    for clients in (1, 8, CLIENTS):
        rate, p99, bad = wrk(server.url, clients, token=server.token, script="writes.lua")
        row(f"REST: synced writes, {clients} clients", rate, "commits/s", bad or f"p99 {p99:.1f} ms")


def changes(server):
    one, everyone = "/config/voice-register/dns/9", "/config/voice-register/global"
    for what, path, body in (("one of 1,000 phones", one, lambda i: {"label": f"l{time.monotonic_ns()}"}),
                             ("all 1,000 phones", everyone, lambda i: {"time_zone": 5 + i % 20})):
        for kind, query in (("dry run with preview", "?dry_run=true"), ("commit", "")):
            row(f"change of {what}: {kind}",
                timed(lambda i: server.ok(server.patch(path + query, body(i)))), "ms", at_most=100)


def main():
    server = Server().start()
    try:
        server.set_up()
        add_sip_phones(server, PHONES)
        reads(server)
        writes(server)
        changes(server)
    finally:
        server.close()


if __name__ == "__main__":
    main()
