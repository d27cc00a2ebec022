"""The live source against real websocket servers that behave as badly as real ones do."""

from __future__ import annotations

import asyncio
import json
import tracemalloc
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from stoa.bluesky.jetstream import JetstreamConfig, JetstreamSource
from stoa.errors import BadInput
from stoa.records import SECOND_US, Batch, Change, Identity

NOW_US = 1_800_000_000_000_000
START_US = NOW_US - 3600 * SECOND_US
FAST = JetstreamConfig(read_timeout_s=5, batch_s=0.02, close_timeout_s=0.2)


def did(number: int) -> str:
    return (
        f"did:plc:{number:024d}".replace("0", "a")
        .replace("1", "b")
        .replace("8", "h")
        .replace("9", "i")
    )


def event(at_us: int, who: int = 0, **more: Any) -> str:
    identity = {"did": did(who), "seq": 1, **more}
    return json.dumps({"did": did(who), "time_us": at_us, "kind": "identity", "identity": identity})


Script = Callable[[ServerConnection], Awaitable[None]]


@dataclass
class FakeHost:
    """A Jetstream host whose n-th connection follows the n-th script; the last one repeats."""

    scripts: list[Script]
    queries: list[dict[str, list[str]]] = field(default_factory=list)
    subprotocols: list[Any] = field(default_factory=list)
    server: Server | None = None
    path: str = "/subscribe"

    async def handle(self, connection: ServerConnection) -> None:
        assert connection.request is not None
        query = parse_qs(urlsplit(connection.request.path).query)
        self.queries.append(query)
        self.subprotocols.append(connection.request.headers.get("Sec-WebSocket-Protocol"))
        script = self.scripts[min(len(self.queries), len(self.scripts)) - 1]
        with suppress(ConnectionClosed):
            await script(connection)

    @property
    def url(self) -> str:
        assert self.server is not None
        port = next(iter(self.server.sockets)).getsockname()[1]
        return f"ws://127.0.0.1:{port}{self.path}"

    @property
    def cursors(self) -> list[int | None]:
        return [int(q["cursor"][0]) if "cursor" in q else None for q in self.queries]


@asynccontextmanager
async def hosts(*scripts: list[Script], **settings: Any) -> AsyncIterator[list[FakeHost]]:
    fakes = [FakeHost(script, **settings) for script in scripts]
    servers = []
    for fake in fakes:
        fake.server = await serve(fake.handle, "127.0.0.1", 0, close_timeout=0.2)
        servers.append(fake.server)
    try:
        yield fakes
    finally:
        for server in servers:
            server.close()
            await server.wait_closed()


def send(*frames: str | bytes) -> Script:
    """Sends, then closes."""

    async def script(connection: ServerConnection) -> None:
        for frame in frames:
            await connection.send(frame)

    return script


def send_and_stall(*frames: str | bytes) -> Script:
    """Sends, then says nothing more."""

    async def script(connection: ServerConnection) -> None:
        for frame in frames:
            await connection.send(frame)
        await connection.wait_closed()

    return script


class Waits:
    """A sleep that takes no time and remembers what was asked of it."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)
        await asyncio.sleep(0)


@pytest.fixture
def waits() -> Waits:
    return Waits()


@pytest.fixture
def source_of(clock, waits):
    clock.at_us = NOW_US

    def make(fakes: list[FakeHost], config: JetstreamConfig = FAST) -> JetstreamSource:
        urls = [fake.url for fake in fakes]
        return JetstreamSource(urls, clock=clock, config=config, sleep=waits, random=lambda: 1.0)

    return make


async def collect(
    source: JetstreamSource, wanted: int, cursor: int | None = None
) -> tuple[list[Change], list[Batch]]:
    """Reads until so many changes came; every batch is committed but perhaps the last."""
    changes: list[Change] = []
    batches: list[Batch] = []
    async with asyncio.timeout(20), aclosing(source.batches(cursor)) as stream:
        async for batch in stream:
            batches.append(batch)
            changes.extend(batch.changes)
            if len(changes) >= wanted:
                break
    return changes, batches


async def test_the_subscription_asks_for_our_collections(source_of):
    async with hosts([send_and_stall(event(START_US))]) as fakes:
        await collect(source_of(fakes), 1)
    (query,) = fakes[0].queries
    assert set(query) == {"wantedCollections"}
    assert len(query["wantedCollections"]) == 8
    assert {"app.bsky.feed.post", "app.bsky.graph.block", "app.bsky.feed.postgate"} <= set(
        query["wantedCollections"]
    )


async def test_a_cursor_is_resumed_five_seconds_earlier(source_of):
    async with hosts([send_and_stall(event(START_US))]) as fakes:
        changes, batches = await collect(source_of(fakes), 1, cursor=START_US)
    assert fakes[0].cursors == [START_US - 5 * SECOND_US]
    assert changes == [Identity(did(0), START_US)]
    assert batches[-1].source == "jetstream"
    assert batches[-1].cursor == START_US


async def test_a_reconnect_resumes_from_what_was_committed(source_of, waits):
    """The second batch was received, never committed: its events must be asked for again."""
    first, second, third = (START_US + n * SECOND_US for n in (60, 120, 180))
    release, release_third = asyncio.Event(), asyncio.Event()

    async def two_then_close(connection: ServerConnection) -> None:
        await connection.send(event(first))
        await release.wait()
        await connection.send(event(second))

    async def one_more(connection: ServerConnection) -> None:
        await release_third.wait()
        await connection.send(event(third))
        await connection.wait_closed()

    async with hosts([two_then_close, one_more]) as fakes:
        source = source_of(fakes)
        async with asyncio.timeout(20), aclosing(source.batches(START_US)) as stream:
            batch = await anext(stream)
            assert batch.cursor == first
            release.set()
            second_batch = await anext(stream)  # asking for it commits the first
            assert second_batch.cursor == second
            while len(fakes[0].queries) < 2:
                await asyncio.sleep(0.001)
            assert fakes[0].cursors == [START_US - 5 * SECOND_US, first - 5 * SECOND_US]
            release_third.set()
            third_batch = await anext(stream)
            assert third_batch.cursor == third
    assert source.state.reconnects == 1
    assert waits.seconds == [2.0]


async def test_without_any_commit_the_first_event_received_is_resumed(source_of):
    async with hosts([send(event(START_US)), send_and_stall(event(START_US + 1))]) as fakes:
        source = source_of(fakes)
        async with asyncio.timeout(20), aclosing(source.batches(None)) as stream:
            await anext(stream)
            while len(fakes[0].queries) < 2:
                await asyncio.sleep(0.001)
    assert fakes[0].cursors == [None, START_US - 5 * SECOND_US]


async def test_hosts_take_turns_and_another_host_overlaps_more(source_of):
    one, two = event(START_US), event(START_US + SECOND_US, 1)
    async with hosts([send(one)], [send_and_stall(two)]) as fakes:
        source = source_of(fakes)
        changes, _ = await collect(source, 2, cursor=START_US)
        assert source.state.host == fakes[1].url.removeprefix("ws://").removesuffix("/subscribe")
    assert {change.at_us for change in changes} == {START_US, START_US + SECOND_US}
    assert fakes[0].cursors == [START_US - 5 * SECOND_US]
    assert fakes[1].cursors == [START_US - 15 * SECOND_US]


async def test_a_dead_host_is_passed_over_with_growing_waits(source_of, waits, clock):
    async with hosts([send_and_stall(event(START_US))]) as fakes:
        dead = "ws://127.0.0.1:9"  # the discard port: refused
        urls = [dead, dead, dead, fakes[0].url]
        source = JetstreamSource(urls, clock=clock, config=FAST, sleep=waits, random=lambda: 1.0)
        await collect(source, 1)
    assert waits.seconds == [2.0, 4.0, 8.0]
    assert source.state.last_error is not None


async def test_a_host_that_refuses_is_passed_over(source_of, waits):
    async def refuse(connection: ServerConnection, request: Any) -> Any:
        return connection.respond(400, "CursorTooOld")

    async with (
        serve(lambda _: None, "127.0.0.1", 0, process_request=refuse) as refusing,
        hosts([send_and_stall(event(START_US))]) as fakes,
    ):
        bad = FakeHost([], server=refusing)
        source = source_of([bad, *fakes])
        await collect(source, 1)
        assert "400" in (source.state.last_error or "")


async def test_a_stall_is_noticed(source_of, waits):
    stall, go_on = send_and_stall(event(START_US)), send_and_stall(event(START_US + 1))
    config = JetstreamConfig(read_timeout_s=0.05, batch_s=0.01, close_timeout_s=0.1)
    async with hosts([stall, go_on]) as fakes:
        source = source_of(fakes, config)
        changes, _ = await collect(source, 2)
    assert [change.at_us for change in changes] == [START_US, START_US + 1]
    assert source.state.last_error == "no frame for 0.05 s"


async def test_a_host_that_sends_only_garbage_is_left(source_of):
    async def garbage(connection: ServerConnection) -> None:
        while True:
            await connection.send("{}")
            await asyncio.sleep(0.002)

    config = JetstreamConfig(read_timeout_s=0.05, batch_s=0.01, close_timeout_s=0.1)
    async with hosts([garbage], [send_and_stall(event(START_US))]) as fakes:
        source = source_of(fakes, config)
        await collect(source, 1)
    assert source.state.dropped["malformed"] > 5
    assert "unusable" in (source.state.last_error or "")


async def test_garbage_between_events_is_counted(source_of):
    frames = [
        "{",
        b"\xff\x00",
        "[]",
        event(5),
        event(NOW_US + 2 * 86_400 * SECOND_US),
        event(START_US),
        json.dumps({"did": did(0), "time_us": START_US, "kind": "weather"}),
        event(START_US + 1),
    ]
    async with hosts([send_and_stall(*frames)]) as fakes:
        source = source_of(fakes)
        changes, _ = await collect(source, 2)
    assert [change.at_us for change in changes] == [START_US, START_US + 1]
    state = source.state
    assert state.dropped == {"malformed": 3, "implausible_time": 2}
    assert state.ignored == {"kind": 1}
    assert state.frames == 8
    assert state.newest_us == START_US + 1
    assert state.lag_us == NOW_US - START_US - 1


async def test_duplicates_and_disorder_pass_through_and_the_cursor_never_falls(source_of):
    times = [START_US + n for n in (5, 3, 3, 9, 1, 9)]
    async with hosts([send_and_stall(*(event(at) for at in times))]) as fakes:
        changes, batches = await collect(source_of(fakes), 6, cursor=START_US + 4)
    assert [change.at_us for change in changes] == times
    cursors = [batch.cursor for batch in batches]
    assert cursors == sorted(cursors)
    assert cursors[-1] == START_US + 9


async def test_an_event_from_tomorrow_does_not_move_the_cursor_into_the_future(source_of):
    tomorrow = NOW_US + 3600 * SECOND_US
    async with hosts([send_and_stall(event(tomorrow))]) as fakes:
        changes, batches = await collect(source_of(fakes), 1, cursor=tomorrow)
    assert changes[0].at_us == tomorrow
    assert batches[-1].cursor == NOW_US
    assert fakes[0].cursors == [NOW_US - 5 * SECOND_US]


async def test_a_huge_frame_is_left_out_and_the_stream_goes_on(source_of, waits):
    huge = event(START_US + 1, handle="x" * 3_000_000)

    async def obliging(connection: ServerConnection) -> None:
        await connection.send(event(START_US + 2))
        await connection.wait_closed()

    async with hosts([send_and_stall(event(START_US), huge), obliging]) as fakes:
        source = source_of(fakes)
        changes, _ = await collect(source, 2, cursor=START_US)
    assert [change.at_us for change in changes] == [START_US, START_US + 2]
    assert source.state.dropped == {"too_big": 1}
    assert fakes[0].cursors == [START_US - 5 * SECOND_US, START_US + 1]
    assert fakes[0].queries[1]["maxMessageSizeBytes"] == [str(1 << 20)]


async def test_a_host_that_repeats_a_huge_frame_cannot_hold_us(source_of):
    huge = event(START_US + 1, handle="x" * 2_000_000)

    async def until_past(connection: ServerConnection) -> None:
        assert connection.request is not None
        cursor = int(parse_qs(urlsplit(connection.request.path).query)["cursor"][0])
        late = cursor > START_US + SECOND_US
        await connection.send(event(START_US + 2 * SECOND_US) if late else huge)
        await connection.wait_closed()

    async with hosts([send_and_stall(event(START_US), huge), until_past]) as fakes:
        source = source_of(fakes)
        changes, _ = await collect(source, 2, cursor=START_US)
    assert [change.at_us for change in changes] == [START_US, START_US + 2 * SECOND_US]
    assert source.state.dropped == {"too_big": 2}


async def test_a_flood_waits_outside(source_of):
    """A slow consumer holds the server back; what waits here stays within its bounds."""
    sent = 0
    noise = Random(7)  # what does not compress fills the network's own buffers soon

    async def flood(connection: ServerConnection) -> None:
        nonlocal sent
        for n in count():
            padding = noise.randbytes(20_000).hex()
            await connection.send(event(START_US + n, padding=padding))
            sent += 1

    config = JetstreamConfig(
        read_timeout_s=5,
        batch_s=0.01,
        close_timeout_s=0.1,
        max_waiting_frames=10_000,
        max_waiting_bytes=400_000,
    )
    async with hosts([flood]) as fakes:
        source = source_of(fakes, config)
        async with asyncio.timeout(20), aclosing(source.batches(None)) as stream:
            await anext(stream)
            tracemalloc.start()
            before = -1
            while sent != before:  # until the server is stuck
                before = sent
                await asyncio.sleep(0.05)
            held, _ = tracemalloc.get_traced_memory()
            tracemalloc.stop()
            assert source.state.waiting <= 11
            assert held < 8_000_000
            stuck_at, taken = sent, 0
            while sent == stuck_at:
                taken += len((await anext(stream)).changes)
            assert taken <= stuck_at


async def test_many_events_come_in_bounded_batches_in_order(source_of):
    frames = [event(START_US + n) for n in range(2_500)]
    async with hosts([send_and_stall(*frames)]) as fakes:
        changes, batches = await collect(source_of(fakes), 2_500)
    assert [change.at_us for change in changes] == [START_US + n for n in range(2_500)]
    assert max(len(batch.changes) for batch in batches) <= 1_000


async def test_an_error_of_our_own_reaches_the_consumer(source_of, monkeypatch):
    """A reader that died in silence would look like a quiet network."""

    def broken(self: Any, frame: Any, now_us: int = 0) -> Any:
        raise RuntimeError("a mistake in the program")

    monkeypatch.setattr("stoa.bluesky.jetstream_hosts.JetstreamDecoder.decode", broken)
    async with hosts([send_and_stall(event(START_US))]) as fakes:
        with pytest.raises(RuntimeError, match="a mistake"):
            await collect(source_of(fakes), 1)


async def test_a_closed_reader_leaves_the_host(source_of):
    left = asyncio.Event()

    async def watch(connection: ServerConnection) -> None:
        await connection.send(event(START_US))
        await connection.wait_closed()
        left.set()

    async with hosts([watch]) as fakes:
        source = source_of(fakes)
        await collect(source, 1)
        await asyncio.wait_for(left.wait(), 5)
        assert not source.state.connected


async def test_connected_is_told(source_of):
    async with hosts([send_and_stall(event(START_US))]) as fakes:
        source = source_of(fakes)
        assert not await source.wait_connected(0.001)
        async with aclosing(source.batches(None)) as stream:
            await anext(stream)
            assert await source.wait_connected(5)
            assert source.state.connected


class TestGaps:
    async def test_a_cursor_older_than_what_hosts_keep(self, source_of):
        old = NOW_US - 40 * 3600 * SECOND_US
        oldest_kept = NOW_US - 36 * 3600 * SECOND_US
        async with hosts([send_and_stall(event(oldest_kept))]) as fakes:
            source = source_of(fakes)
            await collect(source, 1, cursor=old)
        (gap,) = source.state.gaps
        assert (gap.from_us, gap.to_us) == (old - 5 * SECOND_US, oldest_kept)

    async def test_a_host_that_keeps_less(self, source_of):
        async with hosts([send_and_stall(event(START_US))]) as fakes:
            source = source_of(fakes)
            await collect(source, 1, cursor=START_US - 1200 * SECOND_US)
        assert len(source.state.gaps) == 1

    async def test_no_gap_where_none_is(self, source_of):
        async with hosts([send_and_stall(event(START_US - 4 * SECOND_US))]) as fakes:
            source = source_of(fakes)
            await collect(source, 1, cursor=START_US)
        assert source.state.gaps == ()


class TestV2:
    PATH = "/xrpc/network.bsky.jetstream.subscribeEvents"

    @staticmethod
    def message(fragment: str, **payload: Any) -> str:
        kind = f"network.bsky.jetstream.subscribeEvents#{fragment}"
        return json.dumps({"$type": "message", "payload": {"$type": kind, **payload}})

    async def test_the_second_format(self, source_of, synthetic_v2):
        script = send_and_stall(*(line.decode() for line in synthetic_v2))
        async with hosts([script], path=self.PATH) as fakes:
            changes, batches = await collect(source_of(fakes), 40, cursor=1790000000000000)
        (query,) = fakes[0].queries
        assert len(query["collections"]) == 8
        assert query["kinds"] == ["commit", "identity", "account"]
        assert "wantedCollections" not in query
        assert fakes[0].cursors == [1790000000000000 - 5 * SECOND_US], "a time, not a sequence"
        assert fakes[0].subprotocols == ["xrpc.v1.json"]
        assert len(changes) == 40
        assert batches[-1].cursor == 1790000014497183

    async def test_an_outdated_cursor_is_a_gap(self, source_of):
        info = self.message("info", name="OutdatedCursor", message="moved")
        later = self.message(
            "identity", seq=5, did=did(0), time="2027-01-15T07:00:05Z", identity={}
        )
        async with hosts([send_and_stall(info, later)], path=self.PATH) as fakes:
            source = source_of(fakes)
            changes, _ = await collect(source, 1, cursor=START_US)
        assert changes[0].at_us == START_US + 5 * SECOND_US
        assert [gap.to_us for gap in source.state.gaps] == [START_US + 5 * SECOND_US]

    async def test_an_error_frame_ends_the_connection(self, source_of, waits):
        error = json.dumps({"$type": "error", "error": "ConsumerTooSlow", "message": "slow"})
        later = self.message("identity", seq=5, did=did(0), time="2027-01-15T08:00:00Z")
        async with hosts([send_and_stall(error), send_and_stall(later)], path=self.PATH) as fakes:
            source = source_of(fakes)
            await collect(source, 1)
        assert len(fakes[0].queries) == 2
        assert source.state.last_error == "the host ended the stream: ConsumerTooSlow"

    async def test_the_witnessed_time_is_the_cursor(self, source_of):
        imported = self.message(
            "commit",
            seq=5,
            did=did(0),
            time="2024-01-01T00:00:00Z",
            witnessedAt="2027-01-15T07:00:05Z",
            rev="3mvzvh5l6ql3k",
            operation="delete",
            collection="app.bsky.feed.post",
            rkey="3k",
        )
        async with hosts([send_and_stall(imported)], path=self.PATH) as fakes:
            changes, batches = await collect(source_of(fakes), 1)
        assert changes[0].at_us == 1_704_067_200_000_000
        assert batches[-1].cursor == START_US + 5 * SECOND_US


class TestAddresses:
    @pytest.mark.parametrize(
        "url", ["", "ftp://a.example", "wss://", "ws://a:port", "ws://a b", "ws://[::1", "mailto:x"]
    )
    def test_bad_addresses(self, clock, url):
        with pytest.raises(BadInput, match="jetstream_urls"):
            JetstreamSource([url], clock=clock)

    def test_none(self, clock):
        with pytest.raises(BadInput, match="at least one"):
            JetstreamSource([], clock=clock)

    def test_filters_given_by_the_operator_stay(self):
        from stoa.bluesky.jetstream_hosts import parse_host

        host = parse_host("wss://a.example/subscribe?wantedDids=did:plc:a&wantedCollections=x.*")
        query = parse_qs(urlsplit(host.subscription(7)).query)
        assert query == {"wantedDids": ["did:plc:a"], "wantedCollections": ["x.*"], "cursor": ["7"]}

    def test_web_addresses_become_websockets(self):
        from stoa.bluesky.jetstream_hosts import parse_host

        assert parse_host("https://a.example/").url == "wss://a.example/subscribe"
        assert parse_host("http://localhost:6008/subscribe").url == "ws://localhost:6008/subscribe"
        assert parse_host("wss://user:secret@a.example").name == "a.example"
