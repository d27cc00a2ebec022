"""A small square for the feed's tests: the real store, index, board and feed, all in memory."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest

from stoa.feed.board import Board
from stoa.feed.model_seat import ModelSeat
from stoa.feed.service import Feed, FeedConfig
from stoa.index import MemoryIndex, MemoryRows
from stoa.records import (
    AccountId,
    AccountState,
    Batch,
    Change,
    EdgeKind,
    EventKind,
    Label,
    PostContent,
    PostId,
    PutEdge,
    PutGate,
    PutPost,
    Remove,
    ViewerEvent,
    as_ids,
)
from stoa.store import MemoryStore

START_US = 1_790_000_000_000_000
SECOND_US = 1_000_000
DIM = 16
_COLLECTIONS = {
    EdgeKind.LIKE: "app.bsky.feed.like",
    EdgeKind.REPOST: "app.bsky.feed.repost",
    EdgeKind.FOLLOW: "app.bsky.graph.follow",
    EdgeKind.BLOCK: "app.bsky.graph.block",
}


@dataclass
class SettableClock:
    us: int = START_US

    def now_us(self) -> int:
        return self.us


class World:
    """Builds a square act by act; accounts are named by any word, posts by their ids."""

    def __init__(self, config: FeedConfig | None = None) -> None:
        self.clock = SettableClock()
        self.store = MemoryStore()
        self.index = MemoryIndex(DIM)
        self.rows = MemoryRows(DIM)
        self.board = Board()
        self.config = config or FeedConfig()
        self.seat = ModelSeat()
        self.feed = self.new_feed()
        self._n = 0
        self._uris: dict[int, str] = {}
        self._topics = np.linalg.qr(np.random.default_rng(7).normal(size=(DIM, DIM)))[0]

    def new_feed(self, config: FeedConfig | None = None) -> Feed:
        """A feed without any memory of its own, as after a restart."""
        return Feed(
            config or self.config,
            posts=self.store,
            viewers=self.store,
            log=self.store,
            index=self.index,
            rows=self.rows,
            board=self.board,
            clock=self.clock,
            secret=b"a secret of the tests",
            seat=self.seat,
            campaigns=self.store.promoted,
        )

    def commit(self, *changes: Change) -> None:
        applied = self.store.commit(Batch(changes))
        self.board.apply(applied.effects, self.clock.us)

    def account(self, who: str) -> AccountId:
        return self.store.intern_account(did(who))

    def post(self, author: str, text: str = "", topic: int | None = 0, **content) -> PostId:
        """A new post; `parent`, `root` and `quote` are ids, `at_us` defaults to now."""
        uri = f"at://{did(author)}/app.bsky.feed.post/{self._key()}"
        for name in ("parent", "root", "quote"):
            if name in content:
                content[f"{name}_uri"] = self.uri(content.pop(name))
        if "parent_uri" in content:
            content.setdefault("root_uri", content["parent_uri"])
        at_us = content.pop("at_us", self.clock.us)
        said = PostContent(text=text, created_us=at_us, **content)
        self.commit(PutPost(uri, did(author), self._n, at_us, said))
        post = self.store.post_id(uri)
        assert post is not None
        self._uris[post] = uri
        if topic is not None:
            self.place(post, topic)
        self.clock.us += SECOND_US
        return post

    def place(self, post: int, topic: int, spread: float = 0.1) -> None:
        """Gives a post a vector near a topic's."""
        noise = np.random.default_rng(post).normal(size=DIM) * spread
        vector = (self._topics[topic] + noise).astype(np.float32)[None]
        vector /= np.linalg.norm(vector)
        self.index.put(as_ids([post]), vector)
        self.rows.put(as_ids([post]), vector)

    def like(self, who: str, post: int) -> None:
        self._edge(EdgeKind.LIKE, who, self.uri(post))

    def repost(self, who: str, post: int) -> str:
        return self._edge(EdgeKind.REPOST, who, self.uri(post))

    def follow(self, who: str, whom: str) -> str:
        return self._edge(EdgeKind.FOLLOW, who, did(whom))

    def block(self, who: str, whom: str) -> str:
        return self._edge(EdgeKind.BLOCK, who, did(whom))

    def remove(self, uri: str) -> None:
        self.commit(Remove(uri, uri.split("/")[2], 1 << 40, self.clock.us))

    def delete(self, post: int) -> None:
        uri = self.uri(post)
        self.remove(uri)
        self.index.remove(as_ids([post]))

    def label(self, subject: str, value: str, negated: bool = False) -> None:
        self._n += 1
        self.commit(Label("did:plc:mod", subject, value, self.clock.us + self._n, negated))

    def state(self, who: str, status) -> None:
        self.commit(AccountState(did(who), status, self.clock.us))
        self.clock.us += SECOND_US  # what is not newer than a deletion stays out

    def gate(self, author: str, post: int, hidden=(), detached=()) -> None:
        uri = f"at://{did(author)}/app.bsky.feed.threadgate/{self.uri(post).split('/')[-1]}"
        self._n += 1
        replies = tuple(self.uri(p) for p in hidden)
        quotes = tuple(self.uri(p) for p in detached)
        self.commit(
            PutGate(uri, did(author), self.uri(post), self._n, self.clock.us, replies, quotes)
        )

    def wish(self, who: str, **settings) -> None:
        account = self.account(who)
        self.store.save_settings(account, replace(self.store.settings(account), **settings))

    def act(self, who: str, kind: EventKind, post: int, **more) -> None:
        event = ViewerEvent(self.account(who), kind, PostId(post), self.clock.us, **more)
        self.store.record([event])
        self.feed.heard([event])

    def uri(self, post: int) -> str:
        return self._uris[post]  # the store forgets those of deleted posts

    def page(self, who: str | None, limit: int = 30, **more):
        return self.feed.page(None if who is None else did(who), limit=limit, **more)

    def posts(self, who: str | None, limit: int = 30, **more) -> list[int]:
        return [item.post for item in self.page(who, limit, **more).items]

    def walk(self, who: str | None, limit: int = 30, **more) -> list[int]:
        """All posts of a reading, page by page."""
        page = self.page(who, limit, **more)
        posts = [item.post for item in page.items]
        while page.cursor is not None:
            page = self.page(who, limit, cursor=page.cursor, **more)
            posts += [item.post for item in page.items]
        return posts

    def _edge(self, kind: EdgeKind, who: str, subject: str) -> str:
        uri = f"at://{did(who)}/{_COLLECTIONS[kind]}/{self._key()}"
        self.commit(PutEdge(kind, uri, did(who), subject, self._n, self.clock.us))
        return uri

    def _key(self) -> str:
        """A record key of the network's form, greater each time."""
        self._n += 1
        digits, n = "", self._n
        for _ in range(6):
            digits, n = "234567abcdefghijklmnopqrstuvwxyz"[n & 31] + digits, n >> 5
        return "3mvzvhc" + digits


def did(who: str) -> str:
    return f"did:plc:{who}"


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def new_world() -> type[World]:
    return World


@pytest.fixture
def busy() -> World:
    """Forty authors on seven topics, 400 posts, every ninth a reply; `me` likes topic 3."""
    world = World()
    chance = np.random.default_rng(0)
    posts: list[int] = []
    for i in range(400):
        more = {"parent": posts[i - 5]} if i % 9 == 8 else {}
        posts.append(world.post(f"a{i % 40}", f"number {i} about topic {i % 7}", i % 7, **more))
    for post in posts[3:80:7]:
        world.like("me", post)
    for a in range(40):
        liked = chance.choice(posts, 10, replace=False).tolist()
        for post in liked + ([posts[3 + 7 * a % 70]] if a % 3 == 0 else []):
            world.like(f"a{a}", post)
    world.follow("me", "a3")
    return world
