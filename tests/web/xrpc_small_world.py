"""A small world for the XRPC tests: real records, a feed that reads them newest first."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
from prometheus_client import CollectorRegistry
from starlette.applications import Starlette

sys.path.insert(0, str(Path(__file__).parents[1] / "system"))
from fake_network import FakeAccount, HandClock

from stoa.bluesky.did_document import DidDocument
from stoa.bluesky.feed_context import FeedContexts
from stoa.bluesky.multikey import SigningKey
from stoa.bluesky.service_auth import ServiceAuth
from stoa.errors import BadCursor, Unreachable
from stoa.feed.outcome import Page, PageItem
from stoa.records import AccountId, Post, PostContent, PostId, ViewerEvent
from stoa.web.xrpc import xrpc_routes
from stoa.web.xrpc_meters import XrpcMeters
from stoa.web.xrpc_world import SkeletonService, XrpcConfig

HOST = "feed.example.com"
AUD = f"did:web:{HOST}"
FEED = "at://did:plc:fmobbubzmmsq7yzs2domn5vd/app.bsky.feed.generator/for-you"
ANA = FakeAccount("did:plc:" + "a" * 24)
BO = FakeAccount("did:plc:" + "b" * 24, seed=7, algorithm="ES256")
AUTHOR = "did:plc:" + "c" * 24


def post_uri(number: int) -> str:
    return f"at://{AUTHOR}/app.bsky.feed.post/3k{number:011d}"


@dataclass
class SmallStore:
    """Posts 1..n by one author."""

    n_posts: int = 1000
    gone: set[int] = field(default_factory=set)
    odd_uris: dict[int, str] = field(default_factory=dict)
    accounts: list[str] = field(default_factory=list)
    kept: dict[tuple[int, int, int, int], ViewerEvent] = field(default_factory=dict)
    failing: Exception | None = None

    def uris(self, ids: Sequence[int]) -> dict[PostId, str]:
        return {PostId(i): self.odd_uris.get(i, post_uri(i)) for i in ids}

    def post_id(self, uri: str) -> PostId | None:
        number = int(uri.rpartition("3k")[2])
        return None if number in self.gone else PostId(number)

    def posts(self, ids: Sequence[int]) -> dict[PostId, Post]:
        return {
            PostId(i): Post(
                PostId(i), post_uri(i), AccountId(1), AUTHOR, 0, 0, PostContent(text="word " * i)
            )
            for i in ids
            if i not in self.gone
        }

    def intern_account(self, name: str) -> AccountId:
        if name not in self.accounts:
            self.accounts.append(name)
        return AccountId(self.accounts.index(name) + 1)

    def record(self, events: Sequence[ViewerEvent]) -> int:
        """As the real log: the same (viewer, kind, post, at_us) counts once."""
        if self.failing:
            raise self.failing
        before = len(self.kept)
        for event in events:
            self.kept.setdefault((event.viewer, event.kind, event.post, event.at_us), event)
        return len(self.kept) - before


@dataclass
class SmallFeed:
    """Reads the store's posts in order; cursors are `<reading>.<offset>`."""

    store: SmallStore
    calls: list[tuple] = field(default_factory=list)
    before: Callable[[str | None], None] = lambda viewer: None
    reading: str = ""

    def page(
        self,
        viewer_name: str | None,
        *,
        limit: int,
        cursor: str | None = None,
        surface: str = "page",
        peek: bool = False,
        fits: Callable[[Sequence[PostId]], Collection[PostId]] | None = None,
    ) -> Page:
        self.calls.append((viewer_name, limit, cursor, surface, peek))
        self.before(viewer_name)
        reading = self.reading or f"r-{viewer_name or 'all'}"[:40].replace(":", "_")
        start = 0
        if cursor is not None:
            name, _, offset = cursor.rpartition(".")
            if name != reading or not offset.isascii() or not offset.isdigit():
                raise BadCursor(cursor)
            start = int(offset)
        numbers: list[int] = []
        end = start
        while len(numbers) < limit and end < self.store.n_posts:
            n, end = end, end + 1
            if fits is None or PostId(n + 1) in fits([PostId(n + 1)]):
                numbers.append(n)
        items = tuple(
            PageItem(
                PostId(n + 1),
                n,
                ("newest first",),
                propensity=0.5,
                repost_uri=f"at://{AUTHOR}/app.bsky.feed.repost/3k" if n % 7 == 3 else None,
            )
            for n in numbers
        )
        return Page(items, f"{reading}.{end}" if end < self.store.n_posts else None, reading)


@dataclass
class SmallWorld:
    """What the service is handed, all in one."""

    store: SmallStore = field(default_factory=SmallStore)
    clock: HandClock = field(default_factory=HandClock)

    def __post_init__(self) -> None:
        self.feed = SmallFeed(self.store)
        self.acts = self.store


class SmallKeys:
    """Signing keys of Ana and Bo; nobody else's can be fetched."""

    async def resolve(self, did: str) -> DidDocument:
        for account in (ANA, BO):
            if account.did == did:
                return DidDocument(
                    did, signing_key=SigningKey(account.algorithm, account.key.public_key())
                )
        raise Unreachable(did)

    async def refetch(self, did: str) -> DidDocument | None:
        return None


@dataclass
class Bench:
    """A service over a small world, and a client of its routes."""

    config: XrpcConfig = field(default_factory=lambda: XrpcConfig(hostname=HOST, feed_uri=FEED))
    world: SmallWorld = field(default_factory=SmallWorld)
    wall: HandClock = field(default_factory=HandClock)
    newcomers: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.registry = CollectorRegistry()
        self.contexts = FeedContexts(b"s" * 32)
        self.service = self.restarted()

    def restarted(self) -> SkeletonService:
        """A service with empty memory over the same world."""
        self.registry = CollectorRegistry()
        self.service = SkeletonService(
            config=self.config,
            world=self.world,
            auth=ServiceAuth(AUD, SmallKeys(), self.wall),
            contexts=self.contexts,
            wall=self.wall,
            meters=XrpcMeters(self.registry),
            new_viewer=self.newcomers.append,
        )
        return self.service

    def app(self) -> Starlette:
        return Starlette(routes=xrpc_routes(self.service))

    def client(self) -> httpx2.AsyncClient:
        return httpx2.AsyncClient(
            transport=httpx2.ASGITransport(self.app()), base_url="http://feed.test"
        )

    def token(self, account: FakeAccount) -> Callable[[str], str]:
        return lambda lxm: account.token(aud=AUD, lxm=lxm, now_s=self.wall.us // 1_000_000)

    def metric(self, name: str, **labels: str) -> float:
        return self.registry.get_sample_value(f"{name}_total", labels) or 0.0
