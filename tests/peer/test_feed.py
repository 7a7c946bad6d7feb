"""The event feed with a real WebSocket client."""
import asyncio
import itertools
import json
import ssl

import pytest
import websockets

from conftest import wait_until

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


class Feed:
    """One subscriber; `with` by asyncio.run in each test keeps the tests plain."""

    def __init__(self, server, query="", token=True, tls=False, headers=None):
        port = server.ports["feed_tls" if tls else "feed"]
        self.url = f"{'wss' if tls else 'ws'}://127.0.0.1:{port}/{query}"
        self.headers = dict(headers or {})
        if token:
            self.headers["Authorization"] = f"Bearer {server.token}"
        self.tls = None
        if tls:
            self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            self.tls.check_hostname = False
            self.tls.verify_mode = ssl.CERT_NONE

    def connect(self):
        return websockets.connect(self.url, subprotocols=["cloudevents.json"], extra_headers=self.headers,
                                  ssl=self.tls, close_timeout=1)


async def take(ws, n, timeout=15):
    return [json.loads(await asyncio.wait_for(ws.recv(), timeout)) for _ in range(n)]


numbers = itertools.count()


def commit(server, n):
    """n small commits: each changes something, so each makes one config.committed event."""
    for _ in range(n):
        server.ok(server.patch("/config/telephony-service", {"system_message": f"message {next(numbers)}"}))


def journal(server, after):
    events = []
    while True:
        page = server.ok(server.get(f"/events?after={after}&limit=500"))["items"]
        if not page:
            return events
        events += page
        after = page[-1]["id"]


def test_a_commit_arrives_as_a_cloudevent(server):
    async def run():
        async with Feed(server, "?types=switchroom.config.*").connect() as ws:
            assert ws.subprotocol == "cloudevents.json"
            await asyncio.to_thread(commit, server, 1)
            (event,) = await take(ws, 1)
        assert event["specversion"] == "1.0"
        assert event["type"] == "switchroom.config.committed"
        assert int(event["id"]) > 0 and event["source"] and event["time"].endswith("Z")
        assert event["data"]["revision"] == server.ok(server.get("/revisions?limit=1"))["items"][0]["revision"]
    asyncio.run(run())


def test_a_feed_client_that_is_killed_and_resumes_misses_nothing(server):
    async def run():
        start = journal(server, 0)[-1]["id"]
        seen = []
        feed = Feed(server, f"?after={start}")
        for _ in range(4):
            async with feed.connect() as ws:
                work = asyncio.create_task(asyncio.to_thread(commit, server, 5))
                seen += await take(ws, 3)
                ws.transport.abort()  # no close handshake: as if the client were killed
                await work
            feed = Feed(server, f"?after={seen[-1]['id']}")
        async with feed.connect() as ws:
            while len(seen) < 20:
                seen += await take(ws, 1)
        ids = [int(e["id"]) for e in seen]
        assert ids == list(range(int(start) + 1, int(start) + 1 + len(ids)))
        assert [e["id"] for e in journal(server, start)][:len(ids)] == [e["id"] for e in seen]
    asyncio.run(run())


def test_old_events_come_from_the_journal_then_new_ones_live(server):
    commit(server, 3)
    everything = journal(server, 0)

    async def run():
        async with Feed(server, "?after=0").connect() as ws:
            got = await take(ws, len(everything))
            await asyncio.to_thread(commit, server, 1)
            got += await take(ws, 1)
        ids = [int(e["id"]) for e in got]
        assert ids == list(range(1, len(ids) + 1))
    asyncio.run(run())


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"},
                                     {"Cookie": "switchroom_session=00", "Origin": "http://127.0.0.1"}])
def test_without_access_the_handshake_is_401(server, headers):
    async def run():
        with pytest.raises(websockets.exceptions.InvalidStatusCode) as e:
            async with Feed(server, token=False, headers=headers).connect():
                pass
        assert e.value.status_code == 401
    asyncio.run(run())


def test_a_session_is_good_only_with_the_origin_of_the_admin_page(server):
    cookie, _ = server.sign_in()
    good = f"http://127.0.0.1:{server.ports['admin']}"

    async def run():
        async with Feed(server, token=False, headers={"Cookie": cookie, "Origin": good}).connect() as ws:
            assert ws.open
        for origin in ("http://evil.example", "http://127.0.0.1.evil.example", "null", None):
            headers = {"Cookie": cookie, **({"Origin": origin} if origin else {})}
            with pytest.raises(websockets.exceptions.InvalidStatusCode) as e:
                async with Feed(server, token=False, headers=headers).connect():
                    pass
            assert e.value.status_code in (401, 403)
    asyncio.run(run())


def test_a_number_ahead_of_the_journal_is_told_to_be_gone(server):
    async def run():
        async with Feed(server, "?after=999999999").connect() as ws:
            (event,) = await take(ws, 1)
            assert event["type"] == "switchroom.events.gone"
            assert event["data"]["oldest"] == 1
            with pytest.raises(websockets.exceptions.ConnectionClosed):
                await asyncio.wait_for(ws.recv(), 15)
    asyncio.run(run())


@pytest.mark.parametrize("query,status", [("?after=soon", 400), ("?types=no.such.type", 422)])
def test_a_bad_question_is_refused_at_the_handshake(server, query, status):
    async def run():
        with pytest.raises(websockets.exceptions.InvalidStatusCode) as e:
            async with Feed(server, query).connect():
                pass
        assert e.value.status_code == status
    asyncio.run(run())


def test_the_feed_works_over_tls(server):
    async def run():
        async with Feed(server, "?types=switchroom.config.*", tls=True).connect() as ws:
            await asyncio.to_thread(commit, server, 1)
            assert (await take(ws, 1))[0]["type"] == "switchroom.config.committed"
    asyncio.run(run())


def test_revoking_a_token_closes_its_feed(server):
    made = server.ok(server.post("/tokens", {"name": "short-lived", "role": "viewer"}))

    async def run():
        feed = Feed(server, token=False, headers={"Authorization": f"Bearer {made['token']}"})
        async with feed.connect() as ws:
            answer = await asyncio.to_thread(server.delete, f"/tokens/{made['id']}")
            assert answer.status in (200, 204)
            with pytest.raises(websockets.exceptions.ConnectionClosed):
                while True:
                    await asyncio.wait_for(ws.recv(), 15)
    asyncio.run(run())


def test_a_client_that_does_not_read_slows_nobody(server):
    async def run():
        async with Feed(server, "?after=0").connect() as sleeper, Feed(server).connect() as ws:
            sleeper.transport.pause_reading()
            await asyncio.to_thread(commit, server, 50)
            events = await take(ws, 50)
            assert len(events) == 50
            sleeper.transport.abort()
    asyncio.run(run())


def test_plain_http_on_the_feed_port_is_told_to_upgrade(server):
    import urllib.error
    import urllib.request

    with pytest.raises(urllib.error.HTTPError) as e:
        urllib.request.urlopen(f"http://127.0.0.1:{server.ports['feed']}/", timeout=10)
    assert e.value.code == 426
    wait_until(lambda: server.get("//healthz").status == 200, "health")
