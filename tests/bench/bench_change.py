"""A change of the configuration by REST with 1,000 and 10,000 phones (half SCCP, half SIP): from the request to the
answer, with checks, difference, rendering of what changed and, for a commit, its sync."""
import statistics
import time

from harness import Server, row, sccp_mac, sip_mac

CHUNK = 400  # phones of one transaction
TIMES = 9
FREE = 9990  # a tag that no phone of the bench has


def sccp_phone(n):
    return [{"op": "put", "path": f"ephone-dns/{n}", "value": {"number": str(20000 + n), "name": f"Phone {n}"}},
            {"op": "put", "path": f"ephones/{n}",
             "value": {"mac_address": sccp_mac(n), "phone_type": "7962", "buttons": {"1": {"separator": ":", "dns": [n]}}}}]


def sip_phone(n):
    return [{"op": "put", "path": f"voice-register/dns/{n}", "value": {"number": str(40000 + n), "name": f"Phone {n}"}},
            {"op": "put", "path": f"voice-register/pools/{n}",
             "value": {"id": {"kind": "mac", "mac": sip_mac(n)}, "phone_type": "7962", "numbers": {"1": n},
                       "username": f"u{n}", "password": f"secret{n}"}}]


def fill(server, phones):
    server.ok(server.post("/transactions", {"operations": [
        {"op": "patch", "path": "telephony-service", "if_match": "*", "value": {"max_ephones": 10000, "max_dn": 10000}},
        {"op": "patch", "path": "voice-register/global", "if_match": "*", "value": {"max_pool": 10000, "max_dn": 10000}}]}))
    for first in range(1, phones // 2 + 1, CHUNK // 2):
        numbers = range(first, min(first + CHUNK // 2, phones // 2 + 1))
        server.ok(server.post("/transactions", {"operations": [o for n in numbers for o in sccp_phone(n) + sip_phone(n)]}))


def timed(work):
    out = []
    for i in range(TIMES):
        t = time.perf_counter()
        work(i)
        out.append((time.perf_counter() - t) * 1000)
    return statistics.median(out)


def once(server, query, i):
    """What each row does in round i; what is made is taken away again, and the other way round."""
    word = f"w{time.monotonic_ns()}"
    return {
        "the label of one number": lambda: server.patch("/config/voice-register/dns/9" + query, {"label": word}),
        "the name of one SCCP number": lambda: server.patch("/config/ephone-dns/9" + query, {"name": word}),
        "the MAC address of one phone": lambda: server.patch("/config/ephones/9" + query,
                                                             {"mac_address": f"00CC{i:08X}"}),
        "a number added or removed": lambda: (server.put(f"/config/ephone-dns/{FREE}" + query, {"number": "1"}, headers={})
                                              if i % 2 == 0 or "dry" in query
                                              else server.delete(f"/config/ephone-dns/{FREE}" + query)),
        "a setting of all SIP phones": lambda: server.patch("/config/voice-register/global" + query,
                                                            {"time_zone": 5 + i % 20}),
        "a setting of all SCCP phones": lambda: server.patch("/config/telephony-service" + query,
                                                             {"time_zone": 5 + i % 20}),
    }


def changes(server, phones):
    for what in once(server, "", 0):
        for kind, query in (("dry run", "?dry_run=true"), ("commit", "")):
            row(f"{kind}, {phones:,} phones: {what}",
                timed(lambda i: server.ok(once(server, query, i)[what]())), "ms",
                at_most=100 if phones == 1000 else None)


def main():
    for phones in (1000, 10000):
        server = Server(options=["--limit", "ephones=10000,pools=10000,dns=10000", "--log-level", "warn"]).start()
        try:
            server.set_up()
            fill(server, phones)
            changes(server, phones)
        finally:
            server.close()


if __name__ == "__main__":
    main()
