"""A store of very many posts that exists only as columns: what the page benchmark reads from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.records import (
    Account,
    AccountId,
    EdgeColumns,
    EdgeKind,
    EventKind,
    HistoryEvent,
    Post,
    PostColumns,
    PostContent,
    PostId,
    ViewerEvent,
    ViewerSettings,
)

DIM = 128
VIEWER_VECTORS = 256
CHUNK = 250_000  # posts read or put together
BLOCK = 25_000  # posts compared together, and moved by one draw of chance
_NOISE = 0.35  # length of the random step from a town post's vector, before normalising


@dataclass(frozen=True)
class TownPosts:
    """Vectors of a town's posts, and for each viewer the rows of the posts they liked."""

    vectors: NDArray[np.float32]  # as the index holds them
    content: NDArray[np.float32]  # of their words alone
    liked: list[NDArray[np.int64]]


class ManyPosts:
    """A store of `n` posts that exists only as columns; posts are made when they are shown."""

    def __init__(self, town: TownPosts, n: int, now_us: int, seed: int) -> None:
        chance = np.random.default_rng(seed)
        self.n, self.now_us = n, now_us
        self.base = chance.integers(0, len(town.vectors), n)
        self.author = chance.integers(1, max(2, n // 20), n)
        self.at_us = now_us - np.sort(chance.integers(0, 47 * 3600 * 10**6, n))[::-1]
        self.parent = np.where(chance.random(n) < 0.5, chance.integers(1, n + 1, n), 0)
        self.parent = np.minimum(self.parent, np.arange(n))  # an answer comes later
        self.histories: dict[int, list[HistoryEvent]] = {}
        self._chance = chance
        # Rows of the town's posts stand for one of their copies each, and for another where a
        # viewer liked less than the benchmark asks for.
        order = np.argsort(self.base, kind="stable")
        first = np.searchsorted(self.base[order], np.arange(len(town.vectors)))
        for viewer, rows in enumerate(town.liked, start=1):
            picked = np.resize(rows, VIEWER_VECTORS)
            turn = np.arange(VIEWER_VECTORS) // len(rows)
            copies = order[np.minimum(first[picked] + turn, n - 1)] + 1
            self.histories[viewer] = [
                HistoryEvent(EventKind.LIKE, PostId(copy), now_us - (place + 1) * 60_000_000)
                for place, copy in enumerate(dict.fromkeys(copies.tolist()))
            ]

    def vectors(self, town: TownPosts, start: int, stop: int) -> NDArray[np.float32]:
        """Unit vectors of the posts `start` to `stop`, by row; the same however they are cut."""
        parts = [
            self._block(town, number)[max(0, start - number * BLOCK) : stop - number * BLOCK]
            for number in range(start // BLOCK, -(-stop // BLOCK))
        ]
        return np.concatenate(parts)

    def _block(self, town: TownPosts, number: int) -> NDArray[np.float32]:
        start, stop = number * BLOCK, min(self.n, (number + 1) * BLOCK)
        chance = np.random.default_rng([number, 17])
        noise = chance.standard_normal((stop - start, DIM), dtype=np.float32)
        noise *= _NOISE / np.linalg.norm(noise, axis=1, keepdims=True)
        moved = town.vectors[self.base[start:stop]] + noise
        return moved / np.linalg.norm(moved, axis=1, keepdims=True)

    # What the board reads at start.

    def scan_posts(self, chunk: int = CHUNK) -> Iterator[PostColumns]:
        for start in range(0, self.n, chunk):
            stop = min(self.n, start + chunk)
            none = np.zeros(stop - start, dtype=np.int64)
            yield PostColumns(
                id=np.arange(start + 1, stop + 1),
                author=self.author[start:stop],
                at_us=self.at_us[start:stop],
                parent=self.parent[start:stop],
                root=self.parent[start:stop],
                quote=none,
                media=none.astype(np.uint8),
                langs=["en"] * (stop - start),
                labels=[""] * (stop - start),
                length=np.full(stop - start, 90, dtype=np.int32),
            )

    def scan_edges(self, kind: EdgeKind, chunk: int = CHUNK) -> Iterator[EdgeColumns]:
        if kind is EdgeKind.LIKE:
            n_likes = 3 * self.n
            popular = self._chance.integers(1, self.n + 1, n_likes)
            actor = self._chance.integers(1, max(2, self.n // 10), n_likes)
            for start in range(0, n_likes, chunk):  # whole: 2 GB a million posts
                part = slice(start, start + chunk)
                at_us = np.full(len(actor[part]), self.now_us)
                yield EdgeColumns(kind, actor[part], popular[part], at_us)
        if kind is EdgeKind.FOLLOW:
            actor = np.repeat(np.arange(1, len(self.histories) + 1), 200)
            subject = self._chance.integers(1, max(2, self.n // 20), len(actor))
            yield EdgeColumns(kind, actor, subject, np.full(len(actor), self.now_us))

    def scan_gates(self) -> Iterator[object]:
        return iter(())

    def hidden_accounts(self) -> NDArray[np.int64]:
        return np.zeros(0, dtype=np.int64)

    def marked_accounts(self) -> Iterator[Account]:
        return iter(())

    # What a page reads.

    def posts(self, ids: Sequence[int]) -> dict[PostId, Post]:
        return {
            PostId(i): Post(
                id=PostId(i),
                uri=f"at://did:plc:{i}/app.bsky.feed.post/{i}",
                author=AccountId(int(self.author[i - 1])),
                author_name=f"did:plc:{self.author[i - 1]}",
                revision=1,
                at_us=int(self.at_us[i - 1]),
                content=PostContent(text=f"post {i} of the town"),
                parent=PostId(int(self.parent[i - 1])) or None,
            )
            for i in map(int, ids)
            if 0 < i <= self.n
        }

    def accounts(self, ids: Sequence[int]) -> dict[AccountId, Account]:
        return {AccountId(int(i)): Account(AccountId(int(i)), f"viewer {i}") for i in ids}

    def account_id(self, name: str) -> AccountId | None:
        return AccountId(int(name.split()[1]))

    intern_account = account_id

    def settings(self, viewer: AccountId) -> ViewerSettings:
        return ViewerSettings()

    def history(self, viewer: AccountId, limit: int = 512) -> list[HistoryEvent]:
        return self.histories.get(int(viewer), [])[:limit]

    def seen(self, viewer: AccountId, since_us: int) -> NDArray[np.int64]:
        return np.zeros(0, dtype=np.int64)

    served = seen

    def events(self, viewer: AccountId, kinds: object = (), limit: int = 0) -> list[ViewerEvent]:
        return []

    def record(self, events: Sequence[ViewerEvent]) -> int:
        return len(events)
