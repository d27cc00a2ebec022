"""The AppView's answers become changes, and the background queue asks for each thing once."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from stoa.bluesky.appview import AppView
from stoa.bluesky.asking import Asker, Patience
from stoa.bluesky.guarded_http import Answer, FetchLimits
from stoa.bluesky.hydration import HydrationConfig, Hydrator
from stoa.bluesky.views import read_posts, read_profiles
from stoa.errors import BadInput, Unreachable
from stoa.records import (
    SECOND_US,
    Batch,
    Change,
    Identity,
    Label,
    PutPost,
    PutProfile,
    tid_revision,
)

NOW_US = 1_800_000_000_000_000
ANA = "did:plc:fmobbubzmmsq7yzs2domn5vd"
MODERATION = "did:plc:ar7c4by46qjdydhdevvrndac"
KEY = "3mvzvh4pndr2f"
POST = f"at://{ANA}/app.bsky.feed.post/{KEY}"


def account(number: int) -> str:
    return f"did:plc:{number:04d}" + "a" * 20


def post_uri(number: int) -> str:
    return f"at://{ANA}/app.bsky.feed.post/{number:013d}"


def post_view(uri: str = POST, **more: Any) -> dict[str, Any]:
    return {
        "uri": uri,
        "cid": "bafy",
        "author": {"did": ANA, "handle": "Ana.Example.Social", "displayName": "Ana"},
        "record": {
            "$type": "app.bsky.feed.post",
            "text": "Morning",
            "createdAt": "2026-09-21T14:13:20.022Z",
        },
        "indexedAt": "2026-09-21T14:13:25.000Z",
        "likeCount": 5,
        **more,
    }


@dataclass
class FakeService:
    """An HTTP server on loopback; answers come from `answer`, in order of asking."""

    answer: Callable[[str, dict[str, list[str]]], tuple[int, dict[str, str], bytes]]
    asked: list[tuple[str, dict[str, list[str]]]] = field(default_factory=list)
    url: str = ""

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while request := await reader.readuntil(b"\r\n\r\n"):
                parts = urlsplit(request.split(b" ")[1].decode())
                query = parse_qs(parts.query)
                self.asked.append((parts.path, query))
                status, headers, body = self.answer(parts.path, query)
                head = {"Content-Length": str(len(body)), **headers}
                lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
                writer.write(f"HTTP/1.1 {status} X\r\n{lines}\r\n".encode() + body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def service(answer: Callable[..., Any]) -> AsyncIterator[FakeService]:
    fake = FakeService(answer)
    server = await asyncio.start_server(fake.handle, "127.0.0.1", 0)
    fake.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield fake
    finally:
        server.close()


def good(path: str, query: dict[str, list[str]]) -> tuple[int, dict[str, str], bytes]:
    """An AppView where everything asked for exists, but what ends in 9."""
    if path.endswith("getPosts"):
        posts = [post_view(uri) for uri in query["uris"] if not uri.endswith("9")]
        return 200, {}, json.dumps({"posts": posts}).encode()
    assert path == "/xrpc/app.bsky.actor.getProfiles"
    profiles = [
        {"did": did, "handle": "x.example.social", "displayName": "X", "description": "about"}
        for did in query["actors"]
        if not did.startswith("did:plc:0009")
    ]
    return 200, {}, json.dumps({"profiles": profiles}).encode()


class Waits:
    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)
        await asyncio.sleep(0)


@pytest.fixture
def waits() -> Waits:
    return Waits()


@pytest.fixture
async def client() -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(trust_env=False) as client:
        yield client


@pytest.fixture
def appview_at(client, clock, waits):
    clock.at_us = NOW_US

    def make(url: str, **more: Any) -> AppView:
        asker = Asker("the AppView", clock, sleep=waits, random=lambda: 1.0)
        return AppView(client, clock=clock, base_url=url, asker=asker, **more)

    return make


class TestViews:
    def read(self, *views: Any) -> list[Change]:
        return read_posts(json.dumps({"posts": views}).encode(), NOW_US)

    def test_a_post_its_author_and_labels(self):
        label = {"src": MODERATION, "uri": POST, "val": "porn", "cts": "2026-09-21T15:00:00Z"}
        identity, profile, post, labelled = self.read(post_view(labels=[label]))
        assert identity == Identity(ANA, NOW_US, "ana.example.social")
        assert profile == PutProfile(ANA, 1, NOW_US, "Ana")
        assert isinstance(post, PutPost)
        assert (post.uri, post.author, post.content.text) == (POST, ANA, "Morning")
        assert post.at_us == 1_790_000_005_000_000
        assert post.content.created_us == 1_790_000_000_022_000
        assert labelled == Label(MODERATION, POST, "porn", 1_790_002_800_000_000)

    def test_the_stream_always_wins_over_a_view(self, synthetic_v1):
        from stoa.bluesky.jetstream_frames import JetstreamDecoder

        streamed = [c for line in synthetic_v1 for c in JetstreamDecoder().decode(line).changes]
        for change in streamed:
            if isinstance(change, PutPost):
                (read,) = (c for c in self.read(post_view(change.uri)) if isinstance(c, PutPost))
                assert read.revision < change.revision

    def test_a_key_from_the_future_has_no_weight(self):
        (post,) = (
            c
            for c in self.read(post_view(f"at://{ANA}/app.bsky.feed.post/jzzzzzzzzzzzz"))
            if isinstance(c, PutPost)
        )
        assert post.revision == NOW_US << 10

    @pytest.mark.parametrize("indexed", [None, 5, "2099-01-01T00:00:00Z", "1970-01-01T00:00:00Z"])
    def test_wild_clocks(self, indexed):
        (post,) = (c for c in self.read(post_view(indexedAt=indexed)) if isinstance(c, PutPost))
        assert 1_640_995_200_000_000 <= post.at_us <= NOW_US

    @pytest.mark.parametrize(
        "wrong",
        [
            None,
            5,
            {},
            {"uri": POST},
            post_view(uri="https://example.org"),
            post_view(uri=f"at://{ANA}/app.bsky.feed.generator/x"),
            post_view(record={"text": 5}),
            post_view(record=None),
        ],
    )
    def test_views_that_cannot_be_read_are_left_out(self, wrong):
        changes = self.read(wrong, post_view())
        assert [c.uri for c in changes if isinstance(c, PutPost)] == [POST]

    def test_an_author_who_is_not_the_author(self):
        stranger = {"did": account(1), "handle": "evil.example"}
        (post,) = self.read(post_view(author=stranger))
        assert isinstance(post, PutPost)

    @pytest.mark.parametrize(
        "label",
        [
            {"src": MODERATION, "uri": "at://other", "val": "porn"},
            {"src": MODERATION, "uri": POST, "val": "a,b"},
            {"src": "moderation", "uri": POST, "val": "porn"},
            {"src": ANA, "uri": POST, "val": "nudity"},
            {"src": MODERATION, "uri": POST, "val": "porn", "exp": "2026-12-01T00:00:00Z"},
            5,
        ],
    )
    def test_labels_that_do_not_count(self, label):
        assert not [c for c in self.read(post_view(labels=[label])) if isinstance(c, Label)]

    def test_a_retracted_label_and_a_wild_clock(self):
        label = {"src": MODERATION, "uri": POST, "val": "!hide", "neg": True, "cts": "2099"}
        (found,) = (c for c in self.read(post_view(labels=[label])) if isinstance(c, Label))
        assert found.negated
        assert found.at_us == NOW_US

    def test_a_profile(self):
        labels = [
            {"src": ANA, "uri": f"at://{ANA}/app.bsky.actor.profile/self", "val": "bot"},
            {"src": MODERATION, "uri": ANA, "val": "spam", "cts": "2026-09-21T15:00:00Z"},
        ]
        view = {"did": ANA, "handle": "ana.example", "description": "d\x00", "labels": labels}
        identity, profile, label = read_profiles(json.dumps({"profiles": [view]}).encode(), NOW_US)
        assert identity == Identity(ANA, NOW_US, "ana.example")
        revision = (NOW_US - 60 * SECOND_US) << 10
        assert profile == PutProfile(ANA, revision, NOW_US, "", "d ", ("bot",))
        assert label == Label(MODERATION, ANA, "spam", 1_790_002_800_000_000)

    @pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"posts":5}', b"\xff", b"[" * 9999])
    def test_nonsense(self, body):
        with pytest.raises(Unreachable, match="nonsense"):
            read_posts(body, NOW_US)
        with pytest.raises(Unreachable, match="nonsense"):
            read_profiles(body, NOW_US)


class TestAppView:
    async def test_pages_of_25_without_doubles(self, appview_at):
        async with service(good) as fake:
            uris = [post_uri(n) for n in range(60)]
            changes = await appview_at(fake.url).posts([*uris, *uris, "nonsense"])
        assert [len(query["uris"]) for _, query in fake.asked] == [25, 25, 10]
        assert len([c for c in changes if isinstance(c, PutPost)]) == 54

    async def test_profiles(self, appview_at):
        async with service(good) as fake:
            changes = await appview_at(fake.url).profiles([account(n) for n in range(30)])
        assert [len(query["actors"]) for _, query in fake.asked] == [25, 5]
        assert len([c for c in changes if isinstance(c, Identity)]) == 29

    async def test_nothing_asked_for_is_not_asked(self, appview_at):
        async with service(good) as fake:
            assert await appview_at(fake.url).posts(["x", ANA]) == []
        assert fake.asked == []

    async def test_a_rate_limit_is_waited_out(self, appview_at, clock, waits):
        answers: Iterator[Any] = iter(
            [
                (429, {"RateLimit-Reset": str(NOW_US // SECOND_US + 7)}, b""),
                (429, {"Retry-After": "3"}, b""),
                good("getPosts", {"uris": [POST]}),
            ]
        )
        async with service(lambda path, query: next(answers)) as fake:
            appview = appview_at(fake.url)
            changes = await appview.posts([POST])
        assert waits.seconds == [7.0, 3.0]
        assert any(isinstance(c, PutPost) for c in changes)

    async def test_a_used_up_limit_is_heeded_before_it_hurts(self, appview_at, waits):
        headers = {"RateLimit-Remaining": "0", "RateLimit-Reset": str(NOW_US // SECOND_US + 20)}
        async with service(lambda *asked: (200, headers, good(*asked)[2])) as fake:
            await appview_at(fake.url).posts([post_uri(n) for n in range(30)])
        assert waits.seconds == [20.0]

    async def test_a_long_ban_is_an_error_at_once(self, appview_at, waits):
        async with service(lambda *_: (429, {"Retry-After": "100000"}, b"")) as fake:
            with pytest.raises(Unreachable, match="left alone for 900 s"):
                await appview_at(fake.url).posts([POST])
        assert len(fake.asked) == 1
        assert waits.seconds == []

    async def test_errors_are_tried_again(self, appview_at, waits):
        answers: Iterator[Any] = iter([(502, {}, b""), good("getPosts", {"uris": [POST]})])
        async with service(lambda path, query: next(answers)) as fake:
            assert await appview_at(fake.url).posts([POST])
        assert waits.seconds == [2.0]

    async def test_refusals_are_not(self, appview_at):
        async with service(lambda *_: (400, {}, b'{"error":"InvalidRequest"}')) as fake:
            with pytest.raises(Unreachable, match="HTTP 400"):
                await appview_at(fake.url).posts([POST])
        assert len(fake.asked) == 1

    async def test_a_body_without_end(self, appview_at):
        async with service(lambda *_: (200, {}, b"x" * 100_000)) as fake:
            limits = FetchLimits(timeout_s=5, max_bytes=10_000)
            with pytest.raises(Unreachable, match="more than 10000 bytes"):
                await appview_at(fake.url, limits=limits).posts([POST])

    async def test_nobody_there(self, appview_at):
        with pytest.raises(Unreachable):
            await appview_at("http://127.0.0.1:9").posts([POST])

    def test_plain_http_is_for_loopback(self, client, clock):
        with pytest.raises(BadInput, match="appview_url"):
            AppView(client, clock=clock, base_url="http://api.example.org")

    async def test_a_try_has_its_limit(self, clock, waits):
        asker = Asker("it", clock, patience=Patience(tries=2), sleep=waits, random=lambda: 0.0)
        asked = 0

        async def send() -> Answer:
            nonlocal asked
            asked += 1
            return Answer(503, {}, b"")

        with pytest.raises(Unreachable, match="it answered HTTP 503"):
            await asker.ask(send)
        assert asked == 2
        assert waits.seconds == [1.0]


class Square:
    """Where batches are committed."""

    def __init__(self) -> None:
        self.batches: list[Batch] = []
        self.changed = asyncio.Event()

    async def commit(self, batch: Batch) -> None:
        self.batches.append(batch)
        self.changed.set()

    async def until(self, wanted: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not wanted():
                await asyncio.sleep(0.001)


@asynccontextmanager
async def running(hydrator: Hydrator) -> AsyncIterator[None]:
    task = asyncio.create_task(hydrator.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


class TestHydrator:
    @pytest.fixture
    def hydrator_of(self, appview_at, clock, waits):
        def make(url: str, square: Square, **config: Any) -> Hydrator:
            settings = HydrationConfig(**config)
            return Hydrator(
                appview_at(url),
                square.commit,
                clock=clock,
                config=settings,
                sleep=waits,
                random=lambda: 1.0,
            )

        return make

    async def test_wants_are_gathered_asked_once_and_committed(self, hydrator_of):
        square = Square()
        async with service(good) as fake:
            hydrator = hydrator_of(fake.url, square)
            hydrator.want_accounts([account(1), account(2), account(1), "nonsense"])
            hydrator.want_posts([POST, POST, "nonsense"])
            async with running(hydrator):
                await square.until(lambda: hydrator.state.asked == 3)
                hydrator.want_accounts([account(1)])
                hydrator.want_posts([POST])
                assert hydrator.state.waiting == 0
        assert len(fake.asked) == 2
        (batch,) = square.batches
        assert batch.cursor is None
        assert {c.account for c in batch.changes if isinstance(c, Identity)} == {
            account(1),
            account(2),
            ANA,
        }

    async def test_the_author_of_a_fetched_post_needs_no_question(self, hydrator_of):
        square = Square()
        async with service(good) as fake:
            hydrator = hydrator_of(fake.url, square)
            hydrator.want_posts([POST])
            async with running(hydrator):
                await square.until(lambda: hydrator.state.found == 1)
            hydrator.want_accounts([ANA])
            assert hydrator.state.waiting == 0

    async def test_what_is_missing_is_remembered_for_an_hour(self, hydrator_of, clock):
        square = Square()
        gone = post_uri(9)
        async with service(good) as fake:
            hydrator = hydrator_of(fake.url, square)
            hydrator.want_posts([gone])
            async with running(hydrator):
                await square.until(lambda: hydrator.state.missing == 1)
            assert square.batches == []
            hydrator.want_posts([gone])
            assert hydrator.state.waiting == 0
            clock.at_us += 3600 * SECOND_US
            hydrator.want_posts([gone])
            assert hydrator.state.waiting == 1

    async def test_found_accounts_are_asked_again_the_next_day(self, hydrator_of, clock):
        square = Square()
        async with service(good) as fake:
            hydrator = hydrator_of(fake.url, square)
            hydrator.want_accounts([account(1)])
            async with running(hydrator):
                await square.until(lambda: hydrator.state.found == 1)
            clock.at_us += 24 * 3600 * SECOND_US - 1
            hydrator.want_accounts([account(1)])
            assert hydrator.state.waiting == 0
            clock.at_us += 1
            hydrator.want_accounts([account(1)])
            assert hydrator.state.waiting == 1

    async def test_the_queue_is_bounded_and_keeps_the_newest(self, hydrator_of):
        square = Square()
        async with service(good) as fake:
            hydrator = hydrator_of(fake.url, square, max_waiting=10)
            hydrator.want_accounts(map(account, range(100, 150)))
            assert hydrator.state.waiting == 10
            async with running(hydrator):
                await square.until(lambda: hydrator.state.asked == 10)
        assert sorted(fake.asked[0][1]["actors"]) == [account(n) for n in range(140, 150)]

    async def test_a_failing_service_is_left_alone_for_longer_and_longer(self, hydrator_of, waits):
        square = Square()
        async with service(lambda *_: (400, {}, b"")) as fake:
            hydrator = hydrator_of(fake.url, square)
            hydrator.want_accounts([account(1)])
            async with running(hydrator):
                await square.until(lambda: hydrator.state.failures == 3)
                await square.until(lambda: len(waits.seconds) == 6)
            assert hydrator.state.waiting == 0, "given up after three tries"
            hydrator.want_accounts([account(1)])
            assert hydrator.state.waiting == 0, "and left alone for a while"
        assert waits.seconds == [0.1, 2.0, 0.1, 4.0, 0.1, 8.0]
        assert "HTTP 400" in (hydrator.state.last_error or "")

    async def test_a_poisonous_name_does_not_hold_up_the_others(self, hydrator_of):
        def picky(path: str, query: dict[str, list[str]]) -> Any:
            if account(0) in query.get("actors", []):
                return 400, {}, b""
            return good(path, query)

        square = Square()
        async with service(picky) as fake:
            hydrator = hydrator_of(fake.url, square)
            hydrator.want_accounts(map(account, [0, *range(100, 150)]))
            async with running(hydrator):
                await square.until(lambda: hydrator.state.found >= 26)

    async def test_an_outage_ends_by_itself(self, hydrator_of):
        answers: Iterator[Any] = iter([(400, {}, b"")])
        square = Square()
        async with service(lambda *asked: next(answers, None) or good(*asked)) as fake:
            hydrator = hydrator_of(fake.url, square)
            hydrator.want_accounts([account(1)])
            async with running(hydrator):
                await square.until(lambda: hydrator.state.found == 1)
        assert hydrator.state.failures == 1

    async def test_other_threads_may_want(self, hydrator_of):
        square = Square()
        async with service(good) as fake:
            hydrator = hydrator_of(fake.url, square)
            async with running(hydrator):
                await asyncio.sleep(0.01)
                thread = Thread(target=hydrator.want_accounts, args=([account(1)],))
                thread.start()
                await square.until(lambda: hydrator.state.found == 1)
                thread.join()


def test_revisions_of_views_compare_with_the_stream():
    assert tid_revision(KEY, 0) < tid_revision("3mvzvh4vqnr2f", 0)
