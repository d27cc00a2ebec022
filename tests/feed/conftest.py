"""A small square for the feed's tests: the real board, index and feed over the memory store."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest

from stoa.feed.board import Board
from stoa.feed.service import Feed, FeedConfig
from stoa.records import (
    NEGATIVE_EVENTS,
    POSITIVE_EVENTS,
    Account,
    AccountChanged,
    AccountId,
    EdgeKind,
    EdgePut,
    EventKind,
    HistoryEvent,
    Matches,
    Post,
    PostContent,
    PostGone,
    PostId,
    PostPut,
    ViewerEvent,
    ViewerSettings,
    as_ids,
)

START_US = 1_790_000_000_000_000
DIM = 16


@dataclass
class SettableClock:
    us: int = START_US

    def now_us(self) -> int:
        return self.us


class Vectors:
    """Exact search in a dictionary: `VectorIndex` and `VectorRows` at once."""

    dim = DIM

    def __init__(self) -> None:
        self.held: dict[int, np.ndarray] = {}

    def put(self, posts, vectors) -> None:
        self.held.update(zip(posts.tolist(), vectors, strict=True))

    def remove(self, posts) -> None:
        for post in posts.tolist():
            self.held.pop(post, None)

    def get(self, posts) -> np.ndarray:
        return self.vectors(posts)[0]

    def vectors(self, posts):
        nothing = np.zeros(DIM, dtype=np.float32)
        rows = [self.held.get(post, nothing) for post in posts.tolist()]
        found = np.array([post in self.held for post in posts.tolist()], dtype=bool)
        return np.array(rows, dtype=np.float32).reshape(-1, DIM), found

    def match(self, queries, k, *, newer_than=0, exclude=None) -> Matches:
        out = set() if exclude is None else set(exclude.tolist())
        posts = as_ids([p for p in self.held if p > newer_than and p not in out])
        if len(posts) == 0 or len(queries) == 0:
            return Matches(posts[:0], np.zeros(0, np.float32), np.zeros(0, np.int32))
        products = self.vectors(posts)[0] @ queries.T
        best = products.max(axis=1)
        order = np.argsort(-best, kind="stable")[:k]
        return Matches(posts[order], best[order], products.argmax(axis=1)[order].astype(np.int32))

    def __len__(self) -> int:
        return len(self.held)


class Books:
    """The least of a store that the feed asks for: posts, accounts, histories, settings."""

    def __init__(self) -> None:
        self.ids: dict[str, int] = {}
        self.known: dict[int, Account] = {}
        self.kept: dict[int, Post] = {}
        self.log: list[ViewerEvent] = []
        self.acts: list[tuple[int, HistoryEvent]] = []
        self.wishes: dict[int, ViewerSettings] = {}

    def intern_account(self, name: str) -> AccountId:
        account = self.ids.setdefault(name, len(self.ids) + 1)
        self.known.setdefault(account, Account(AccountId(account), name))
        return AccountId(account)

    def account_id(self, name):
        return self.ids.get(name)

    def accounts(self, ids):
        return {i: self.known[i] for i in ids if i in self.known}

    def posts(self, ids):
        return {i: self.kept[i] for i in ids if i in self.kept}

    def settings(self, viewer):
        return self.wishes.get(viewer, ViewerSettings())

    def history(self, viewer, limit=512):
        mine = [act for who, act in self.acts if who == viewer]
        for e in self.log:
            if e.viewer == viewer and e.kind in POSITIVE_EVENTS | NEGATIVE_EVENTS:
                mine.append(HistoryEvent(e.kind, e.post, e.at_us, e.seconds))
        undone = {(e.post, e.undoes) for e in self.log if e.kind is EventKind.UNDO}
        mine = [act for act in mine if (act.post, act.kind) not in undone]
        return sorted(mine, key=lambda act: -act.at_us)[:limit]

    def _posts_of(self, viewer, kind, since_us):
        return as_ids(
            [
                e.post
                for e in self.log
                if e.viewer == viewer and e.kind is kind and e.at_us >= since_us
            ]
        )

    def seen(self, viewer, since_us):
        return self._posts_of(viewer, EventKind.IMPRESSION, since_us)

    def served(self, viewer, since_us):
        return self._posts_of(viewer, EventKind.SERVED, since_us)

    def events(self, viewer, kinds=(), limit=10_000):
        mine = [e for e in self.log if e.viewer == viewer and (not kinds or e.kind in kinds)]
        return mine[::-1][:limit]

    def record(self, events):
        self.log.extend(events)
        return len(events)


class World:
    """Builds a square act by act, as committed batches would."""

    def __init__(self, config: FeedConfig | None = None) -> None:
        self.clock = SettableClock()
        self.store = Books()
        self.vectors = Vectors()
        self.board = Board()
        self.n_posts = 0
        self._topics = np.linalg.qr(np.random.default_rng(7).normal(size=(DIM, DIM)))[0]
        self.feed = Feed(
            config or FeedConfig(),
            posts=self.store,
            viewers=self.store,
            log=self.store,
            index=self.vectors,
            rows=self.vectors,
            board=self.board,
            clock=self.clock,
            secret=b"a secret of the tests",
        )

    def tell(self, *effects) -> None:
        self.board.apply(effects, self.clock.us)

    def account(self, name: str, **changes) -> AccountId:
        account = self.store.intern_account(name)
        if changes:
            self.store.known[account] = replace(self.store.known[account], **changes)
            self.tell(AccountChanged(self.store.known[account]))
        return account

    def post(self, author: str, text: str = "", topic: int | None = 0, **content) -> PostId:
        self.n_posts += 1
        parent = content.pop("parent", None)
        root = content.pop("root", None) or parent
        quote = content.pop("quote", None)
        at_us = content.pop("at_us", self.clock.us)
        post = Post(
            id=PostId(self.n_posts),
            uri=f"at://{author}/app.bsky.feed.post/{self.n_posts}",
            author=self.account(author),
            author_name=author,
            revision=1,
            at_us=at_us,
            content=PostContent(text=text, created_us=at_us, **content),
            parent=parent,
            root=root,
            quote=quote,
        )
        self.store.kept[post.id] = post
        self.tell(PostPut(post, fresh=True))
        if topic is not None:
            noise = np.random.default_rng(post.id).normal(size=DIM) * 0.1
            vector = self._topics[topic] + noise
            vector = (vector / np.linalg.norm(vector)).astype(np.float32)
            self.vectors.put(as_ids([post.id]), vector[None])
        self.clock.us += 1_000_000
        return post.id

    def like(self, who: str, post: int, kind: EventKind = EventKind.LIKE) -> None:
        account = self.account(who)
        self.store.acts.append((account, HistoryEvent(kind, PostId(post), self.clock.us)))
        self.tell(EdgePut(EdgeKind.LIKE, account, post, self.clock.us))

    def repost(self, who: str, post: int, key: str = "3mvzvhcf4sv5u") -> None:
        uri = f"at://{who}/app.bsky.feed.repost/{key}"
        self.tell(EdgePut(EdgeKind.REPOST, self.account(who), post, self.clock.us, uri))

    def follow(self, who: str, whom: str) -> None:
        self.tell(EdgePut(EdgeKind.FOLLOW, self.account(who), self.account(whom), self.clock.us))

    def block(self, who: str, whom: str) -> None:
        self.tell(EdgePut(EdgeKind.BLOCK, self.account(who), self.account(whom), self.clock.us))

    def delete(self, post: int) -> None:
        self.store.kept.pop(post, None)
        self.vectors.remove(as_ids([post]))
        self.tell(PostGone(PostId(post)))

    def wish(self, who: str, **settings) -> None:
        account = self.account(who)
        self.store.wishes[account] = replace(self.store.settings(account), **settings)

    def act(self, who: str, kind: EventKind, post: int, **more) -> None:
        event = ViewerEvent(self.account(who), kind, PostId(post), self.clock.us, **more)
        self.store.record([event])
        self.feed.heard([event])

    def walk(self, viewer: str | None, limit: int = 30, **more) -> list[int]:
        """All posts of a reading, page by page."""
        page = self.feed.page(viewer, limit=limit, **more)
        posts = [item.post for item in page.items]
        while page.cursor is not None:
            page = self.feed.page(viewer, limit=limit, cursor=page.cursor, **more)
            posts += [item.post for item in page.items]
        return posts


@pytest.fixture
def world() -> World:
    return World()
