"""Administration: REST reads and writes per second, a configuration change with 1,000 phones, the latency and
fan-out of the event feed."""
import asyncio
import http.client
import json
import statistics
import subprocess
import threading
import time

import websockets

from harness import Server, add_sip_phones, percentile, row

PHONES = 1000


def wrk(server, path, seconds=5, clients=64):
    out = subprocess.run(["wrk", "-t2", f"-c{clients}", f"-d{seconds}s", "--latency",
                          "-H", f"Authorization: Bearer {server.token}", server.url + path],
                         capture_output=True, text=True, check=True).stdout
    rate = float(next(line.split()[1] for line in out.splitlines() if "Requests/sec" in line))
    p99 = next(line.split()[1] for line in out.splitlines() if line.strip().startswith("99%"))
    bad = next((line for line in out.splitlines() if "Non-2xx" in line), "")
    assert not bad, bad
    return rate, p99


def writes(server, seconds=5, clients=8):
    """Synced commits: each client patches a directory number of its own over one kept connection."""
    done = [0] * clients
    stop = time.monotonic() + seconds

    def work(i):
        c = http.client.HTTPConnection("127.0.0.1", server.ports["admin"])
        n = 0
        while time.monotonic() < stop:
            n += 1
            c.request("PATCH", f"/api/v1/config/voice-register/dns/{i + 1}", json.dumps({"label": f"n{n}"}),
                      {"Authorization": f"Bearer {server.token}", "Content-Type": "application/json",
                       "If-Match": "*"})
            answer = c.getresponse()
            body = answer.read()
            assert answer.status == 200, body
            done[i] += 1

    threads = [threading.Thread(target=work, args=(i,)) for i in range(clients)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    return sum(done) / seconds


def timed(work, times=15):
    out = []
    for i in range(times):
        t = time.perf_counter()
        work(i)
        out.append((time.perf_counter() - t) * 1000)
    return statistics.median(out)


async def feed(server, subscribers, events):
    """Milliseconds from a commit's answer to the event at each subscriber, and messages per second."""
    url = f"ws://127.0.0.1:{server.ports['feed']}/?types=switchroom.config.*"
    headers = {"Authorization": f"Bearer {server.token}"}
    late, sent_at = [], {}
    sockets = [await websockets.connect(url, subprotocols=["cloudevents.json"], extra_headers=headers,
                                        compression=None) for _ in range(subscribers)]

    async def read(ws):
        for _ in range(events):
            event = json.loads(await ws.recv())
            late.append((event["data"]["revision"], time.perf_counter()))

    def commit_all():
        for i in range(events):
            answer = server.ok(server.patch("/config/telephony-service", {"system_message": f"b {i}"}))
            sent_at[answer["revision"]] = time.perf_counter()

    begin = time.perf_counter()
    await asyncio.gather(asyncio.to_thread(commit_all), *(read(ws) for ws in sockets))
    took = time.perf_counter() - begin
    for ws in sockets:
        await ws.close()
    return [max(0.0, (now - sent_at[int(r)]) * 1000) for r, now in late], subscribers * events / took


def main():
    server = Server().start()
    try:
        server.set_up()
        add_sip_phones(server, PHONES)
        rate, p99 = wrk(server, "/api/v1/config/voice-register/pools/7")
        row("REST: read one pool, 64 clients", rate, "req/s", f"p99 {p99}")
        rate, p99 = wrk(server, "/api/v1/phones?limit=50")
        row("REST: 50 of 1,000 phones, 64 clients", rate, "req/s", f"p99 {p99}")
        row("REST: synced writes, 8 clients", writes(server), "commits/s")
        row("change of one phone, 1,000 configured: dry run",
            timed(lambda i: server.ok(server.patch("/config/voice-register/dns/9?dry_run=true",
                                                   {"label": f"d{i}"}))), "ms")
        row("change of one phone, 1,000 configured: commit",
            timed(lambda i: server.ok(server.patch("/config/voice-register/dns/9", {"label": f"c{i}"}))), "ms")
        row("change of all 1,000 phones: dry run with preview",
            timed(lambda i: server.ok(server.patch("/config/voice-register/global?dry_run=true",
                                                   {"timezone": 10 + i % 20})), 5), "ms")
        ms, _ = asyncio.run(feed(server, 1, 100))
        row("feed: commit answered to event received, 1 subscriber", percentile(ms, 50), "ms p50",
            f"p99 {percentile(ms, 99):.2f} ms")
        _, rate = asyncio.run(feed(server, 200, 50))
        row("feed: fan-out to 200 Python subscribers", rate, "msg/s", "(the readers are the limit)")
    finally:
        server.close()


if __name__ == "__main__":
    main()
