"""What a page costs: a million posts, viewers of 256 vectors, 1,500 posts ranked.

Posts are towns' posts: every vector is that of a real town post, moved a little at random, so
that a million of them lie as the thousands do. Viewers are inhabitants with their own likes. Each
reads five pages of 30 from one reading. The same run measures recall against exact search over
all 256 vectors, with the inhabitants' vectors and with uniformly random ones, and times exact
search and one peer (usearch) beside it.

    python benchmarks/page.py [--posts 1000000 | --full] [--readings 20] [--seed 0]
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as `stoa` does, before NumPy loads

import faiss
import numpy as np
from numpy.typing import NDArray

from stoa.app.clocks import SourceClock
from stoa.app.rooms import open_rooms
from stoa.feed.board import Board
from stoa.feed.service import Feed, FeedConfig
from stoa.index import MemoryRows, SegmentIndex
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
from stoa.space.maxsim import search_exact
from stoa.town import Town, TownConfig

DIM = 128
VIEWER_VECTORS = 256
RANKED = 1500
PAGES = 5
PAGE = 30
_CHUNK = 250_000
_NOISE = 0.35  # length of the random step from a town post's vector, before normalising


@dataclass(frozen=True)
class TownPosts:
    """Vectors of a town's posts, and for each viewer the rows of the posts they liked."""

    vectors: NDArray[np.float32]
    liked: list[NDArray[np.int64]]


def live_in_a_town(seed: int, n_viewers: int) -> TownPosts:
    """Lets a town live some days; keeps the inhabitants who liked most."""
    town, now = Town(TownConfig(seed=seed, people=1000)), [0]
    rooms = open_rooms(None, SourceClock(lambda: now[0]), world="bench")
    for batch in town.history(6):
        rooms.intake.take(batch)
        now[0] = batch.cursor or now[0]
    ids = np.concatenate([columns.id for columns in rooms.store.scan_posts()])
    vectors, found = rooms.index.vectors(ids)
    ids, vectors = ids[found], vectors[found]
    likes: dict[int, list[int]] = {}
    row_of = {int(post): row for row, post in enumerate(ids.tolist())}
    for edges in rooms.store.scan_edges(EdgeKind.LIKE):
        for actor, subject in zip(edges.actor.tolist(), edges.subject.tolist(), strict=True):
            if subject in row_of:
                likes.setdefault(actor, []).append(row_of[subject])
    most = sorted(likes.values(), key=len, reverse=True)[:n_viewers]
    return TownPosts(vectors, [np.array(rows) for rows in most])


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
        # Rows of the town's posts stand in for one of their copies each: a viewer's likes.
        order = np.argsort(self.base, kind="stable")
        first = np.searchsorted(self.base[order], np.arange(len(town.vectors)))
        self.copy_of = order[np.minimum(first, n - 1)] + 1
        for viewer, rows in enumerate(town.liked, start=1):
            picked = np.resize(rows, VIEWER_VECTORS)
            self.histories[viewer] = [
                HistoryEvent(EventKind.LIKE, PostId(int(self.copy_of[row])), now_us - 60_000_000)
                for row in dict.fromkeys(picked.tolist())
            ]

    def vectors(self, town: TownPosts, start: int, stop: int) -> NDArray[np.float32]:
        """Unit vectors of the posts `start` to `stop`, by row."""
        chance = np.random.default_rng(start)
        noise = chance.standard_normal((stop - start, DIM), dtype=np.float32)
        noise *= _NOISE / np.linalg.norm(noise, axis=1, keepdims=True)
        moved = town.vectors[self.base[start:stop]] + noise
        return moved / np.linalg.norm(moved, axis=1, keepdims=True)

    # What the board reads at start.

    def scan_posts(self, chunk: int = _CHUNK) -> Iterator[PostColumns]:
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

    def scan_edges(self, kind: EdgeKind, chunk: int = _CHUNK) -> Iterator[EdgeColumns]:
        if kind is EdgeKind.LIKE:
            n_likes = 3 * self.n
            popular = self._chance.integers(1, self.n + 1, n_likes)
            actor = self._chance.integers(1, max(2, self.n // 10), n_likes)
            yield EdgeColumns(kind, actor, popular, np.full(n_likes, self.now_us))
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


def fill_index(index: SegmentIndex, store: ManyPosts, town: TownPosts) -> float:
    """Puts every vector; returns CPU seconds a million."""
    began = time.process_time()
    for start in range(0, store.n, _CHUNK):
        stop = min(store.n, start + _CHUNK)
        index.put(np.arange(start + 1, stop + 1), store.vectors(town, start, stop))
    index.flush()
    return (time.process_time() - began) / store.n * 1e6


def viewer_queries(store: ManyPosts, town: TownPosts, viewer: int) -> NDArray[np.float32]:
    """256 unit vectors: the posts the viewer liked, repeated with a little noise if fewer."""
    ids = np.array([event.post for event in store.histories[viewer]])
    chance = np.random.default_rng(viewer)
    base = town.vectors[store.base[np.resize(ids, VIEWER_VECTORS) - 1]]
    moved = base + 0.02 * chance.standard_normal(base.shape, dtype=np.float32)
    return (moved / np.linalg.norm(moved, axis=1, keepdims=True)).astype(np.float32)


def random_queries(seed: int) -> NDArray[np.float32]:
    found = np.random.default_rng(seed).standard_normal((VIEWER_VECTORS, DIM), dtype=np.float32)
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def read_pages(feed: Feed, n_viewers: int) -> dict[str, list[float]]:
    """CPU and wall seconds of every page, first pages apart."""
    spent: dict[str, list[float]] = {"cpu": [], "wall": [], "first_cpu": []}
    for viewer in range(1, n_viewers + 1):
        cursor = None
        for number in range(PAGES):
            cpu, wall = time.process_time(), time.perf_counter()
            page = feed.page(f"viewer {viewer}", limit=PAGE, cursor=cursor)
            spent["cpu"].append(time.process_time() - cpu)
            spent["wall"].append(time.perf_counter() - wall)
            if number == 0:
                spent["first_cpu"].append(spent["cpu"][-1])
            assert len(page.items) == PAGE
            cursor = page.cursor
    return spent


@dataclass(frozen=True)
class Searched:
    """Recall and CPU of the index, and the CPU of exact search, for one kind of viewer."""

    recall: float
    cpu_s: float
    exact_cpu_s: float


def search(
    index: SegmentIndex, store: ManyPosts, town: TownPosts, queries: list[NDArray[np.float32]]
) -> Searched:
    """Compares with exact search over all vectors, in blocks."""
    recalls, spent, exact = [], [], []
    for vectors in queries:
        began = time.process_time()
        found = index.match(vectors, RANKED).post
        spent.append(time.process_time() - began)
        scores: list[NDArray[np.float32]] = []
        ids: list[NDArray[np.int64]] = []
        cost = 0.0
        for start in range(0, store.n, _CHUNK):
            block = store.vectors(town, start, min(store.n, start + _CHUNK))
            began = time.process_time()
            rows, score, _ = search_exact(block, vectors, RANKED)
            cost += time.process_time() - began
            scores.append(score)
            ids.append(rows + start + 1)
        best = np.concatenate(ids)[np.argsort(-np.concatenate(scores))[:RANKED]]
        recalls.append(len(np.intersect1d(best, found)) / RANKED)
        exact.append(cost)
    return Searched(float(np.mean(recalls)), float(np.median(spent)), float(np.median(exact)))


def peer(store: ManyPosts, town: TownPosts, n_posts: int, queries: list) -> dict[str, object]:
    """Usearch (HNSW, int8): one search a vector, results merged by their best score."""
    try:
        from usearch.index import Index
    except ImportError:
        return {"peer": "usearch is not installed"}
    graph = Index(ndim=DIM, metric="ip", dtype="i8")
    block = store.vectors(town, 0, n_posts)
    began = time.process_time()
    graph.add(np.arange(n_posts), block, threads=1)
    built = time.process_time() - began
    spent, recalls = [], []
    for vectors in queries:
        began = time.process_time()
        found = graph.search(vectors, 200, threads=1)
        spent.append(time.process_time() - began)
        merged: dict[int, float] = {}
        for keys, distances in zip(found.keys, found.distances, strict=True):
            for key, distance in zip(keys.tolist(), distances.tolist(), strict=True):
                merged[key] = min(distance, merged.get(key, 9.0))
        best = sorted(merged, key=merged.get)[:RANKED]
        exact, _, _ = search_exact(block, vectors, RANKED)
        recalls.append(len(np.intersect1d(exact, best)) / RANKED)
    return {
        "peer": "usearch",
        "peer_posts": n_posts,
        "peer_match_cpu_s": round(float(np.median(spent)), 4),
        "peer_recall_at_1500": round(float(np.mean(recalls)), 4),
        "peer_build_cpu_s_per_million": round(built / n_posts * 1e6, 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=1_000_000)
    parser.add_argument("--full", action="store_true", help="10 million posts")
    parser.add_argument("--readings", type=int, default=20)
    parser.add_argument("--searches", type=int, default=8)
    parser.add_argument("--peer-posts", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    faiss.omp_set_num_threads(1)
    n_posts = 10_000_000 if given.full else given.posts
    town = live_in_a_town(given.seed, given.readings)
    now_us = 1_790_000_000_000_000
    store = ManyPosts(town, n_posts, now_us, given.seed)
    with tempfile.TemporaryDirectory() as folder:
        index = SegmentIndex(Path(folder) / "segments", DIM)
        add_cpu_s = fill_index(index, store, town)
        board = Board()
        board.load(store)
        rows = MemoryRows(DIM)
        feed = Feed(
            FeedConfig(),
            posts=store,
            viewers=store,
            log=store,
            index=index,
            rows=rows,
            board=board,
            clock=SourceClock(lambda: now_us),
            secret=b"0" * 32,
        )
        read_pages(feed, 2)  # the first touch of memory-mapped segments is not a page's cost
        feed.forget("viewer 1"), feed.forget("viewer 2")
        spent = read_pages(feed, given.readings)
        town_queries = [viewer_queries(store, town, v + 1) for v in range(given.searches)]
        lived = search(index, store, town, town_queries)
        uniform = search(
            index, store, town, [random_queries(given.seed + n) for n in range(given.searches)]
        )
    wall_ms = 1000 * np.array(spent["wall"])
    print(
        json.dumps(
            {
                "benchmark": "page",
                "seed": given.seed,
                "posts": n_posts,
                "viewer_vectors": VIEWER_VECTORS,
                "ranked": RANKED,
                "cpu_s_per_page": round(float(np.mean(spent["cpu"])), 4),
                "first_page_cpu_s": round(float(np.mean(spent["first_cpu"])), 4),
                "p50_ms": round(float(np.quantile(wall_ms, 0.5)), 2),
                "p99_ms": round(float(np.quantile(wall_ms, 0.99)), 2),
                "recall_at_1500": round(lived.recall, 4),
                "match_cpu_s": round(lived.cpu_s, 4),
                "recall_at_1500_random_viewers": round(uniform.recall, 4),
                "match_cpu_s_random_viewers": round(uniform.cpu_s, 4),
                "exact_over_match": round(lived.exact_cpu_s / lived.cpu_s, 1),
                "add_cpu_s_per_million": round(add_cpu_s, 1),
                **peer(store, town, min(n_posts, given.peer_posts), town_queries),
            }
        )
    )


if __name__ == "__main__":
    main()
