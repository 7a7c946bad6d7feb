"""The event feed: how late an event is, and the fan-out to 1,000 subscribers at the pace of the bar and as fast
as the configuration can be changed."""
import asyncio
import http.client
import json
import re
import subprocess
import threading
import time

import websockets

from harness import LOAD, Server, add_sip_phones, percentile, row, thread_cpu_s

TYPES = "switchroom.config.*"
WRITERS = 8


class Commits:
    """`total` commits, each of which is one event; `rate` a second, or as fast as they go."""

    def __init__(self, server, total, rate=None):
        self.server, self.total, self.rate = server, total, rate
        self.made, self.lock = 0, threading.Lock()

    def work(self, i):
        c = http.client.HTTPConnection("127.0.0.1", self.server.ports["admin"])
        headers = {"Authorization": f"Bearer {self.server.token}", "Content-Type": "application/json", "If-Match": "*"}
        while True:
            with self.lock:
                n, self.made = self.made, self.made + 1
            if n >= self.total:
                return
            if self.rate:
                time.sleep(max(0, self.start + n / self.rate - time.monotonic()))
            # a label of its own each time: what changes nothing is no event
            c.request("PATCH", f"/api/v1/config/voice-register/dns/{i + 1}", json.dumps({"label": f"n{time.monotonic_ns()}"}), headers)
            answer = c.getresponse()
            body = answer.read()
            assert answer.status == 200, body

    def run(self):
        self.start = time.monotonic()
        threads = [threading.Thread(target=self.work, args=(i,)) for i in range(WRITERS)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()


def fan_out(server, subscribers, events, rate=None):
    """What load_feed tells, and the feed thread's processor time."""
    reader = subprocess.Popen([LOAD / "load_feed", "127.0.0.1", str(server.ports["feed"]), server.token, TYPES,
                               str(subscribers), str(events)], stdout=subprocess.PIPE, text=True)
    assert reader.stdout.readline() == "ready\n"
    cpu = thread_cpu_s(server.process.pid, "feed")
    Commits(server, events, rate).run()
    out = reader.communicate()[0]
    cpu = thread_cpu_s(server.process.pid, "feed") - cpu
    found = re.match(r"(\d+) messages [\d.]+ s (\d+) messages/s p50 (\d+) ms p99 (\d+) ms closed (\d+) short (\d+) "
                     r"core ([\d.]+)", out)
    messages, per_s, p50, p99, closed, short = map(int, found.groups()[:6])
    trouble = f"; {closed} closed, {short} incomplete" if closed or short else ""
    return messages, per_s, p50, p99, f"reading took {float(found.group(7)):.2f} of a core{trouble}", cpu


async def latency(server, times):
    """Milliseconds from sending a change to its event at one subscriber: what a person at the browser sees."""
    url = f"ws://127.0.0.1:{server.ports['feed']}/?types={TYPES}"
    out = []
    async with websockets.connect(url, subprotocols=["cloudevents.json"], compression=None,
                                  extra_headers={"Authorization": f"Bearer {server.token}"}) as ws:
        for _ in range(times):
            begin = time.perf_counter()
            change = asyncio.get_running_loop().run_in_executor(None, Commits(server, 1).run)
            await ws.recv()
            out.append((time.perf_counter() - begin) * 1000)
            await change
    return out


def main():
    server = Server().start()
    try:
        server.set_up()
        add_sip_phones(server, WRITERS)
        ms = asyncio.run(latency(server, 100))
        row("feed: change sent to event received, p50", percentile(ms, 50), "ms", f"p99 {percentile(ms, 99):.1f} ms")
        _, per_s, p50, p99, detail, _ = fan_out(server, 1000, 300, 100)
        row("feed: 100 events/s to 1,000 subscribers", per_s, "messages/s", detail)
        row("feed: 100 events/s to 1,000 subscribers, p99", p99, "ms", f"p50 {p50} ms", at_most=50)
        messages, per_s, _, _, detail, cpu = fan_out(server, 1000, 1000)
        row("feed: burst of 1,000 events to 1,000 subscribers", per_s, "messages/s", detail, at_least=100000)
        row("feed: the same, one core", messages / max(cpu, 0.01), "messages/s")
    finally:
        server.close()


if __name__ == "__main__":
    main()
