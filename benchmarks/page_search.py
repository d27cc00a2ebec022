"""What the page benchmark's viewers search with; the index, exact search and one peer compared."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from many_posts import BLOCK, DIM, VIEWER_VECTORS, ManyPosts, TownPosts
from stoa.feed.learned_viewer import learned_vectors
from stoa.feed.viewer_vectors import VectorConfig, viewer_vectors
from stoa.index import SegmentIndex
from stoa.space.generation import Generation
from stoa.space.maxsim import top_k

RANKED = 1500


@dataclass(frozen=True)
class Asked:
    """A viewer's vectors, and what is added to their cosines or multiplied into them."""

    vectors: NDArray[np.float32]
    factors: NDArray[np.float32]
    added: NDArray[np.float32]


def viewer(store: ManyPosts, space: Generation, number: int) -> Asked:
    """What a viewer of the benchmark searches with, as the feed makes it."""
    made = viewer_vectors if space.model is None else learned_vectors
    config = VectorConfig()
    mine = made(store.histories[number], {}, store.now_us, space, config)
    added = config.level - config.level / mine.weights
    return Asked(mine.vectors, mine.weights, added if space.model else 0 * added)


def anybody(seed: int) -> Asked:
    """256 uniformly random unit vectors."""
    found = np.random.default_rng(seed).standard_normal((VIEWER_VECTORS, DIM), dtype=np.float32)
    ones = np.ones(VIEWER_VECTORS, dtype=np.float32)
    return Asked(found / np.linalg.norm(found, axis=1, keepdims=True), ones, 0 * ones)


@dataclass(frozen=True)
class Searched:
    """Recall and CPU of the index, and the CPU of exact search, for one kind of viewer."""

    recall: float  # of what the weights added to cosines find
    recall_of_index: float  # of what the factors find
    cpu_s: float
    exact_cpu_s: float


def search(
    index: SegmentIndex, store: ManyPosts, town: TownPosts, viewers: list[Asked]
) -> Searched:
    """Compares with exact search over all vectors, in blocks."""
    found: list[NDArray[np.int64]] = []
    spent: list[float] = []
    for asked in viewers:
        began = time.process_time()
        found.append(index.match(asked.vectors * asked.factors[:, None], RANKED).post)
        spent.append(time.process_time() - began)
    best = [[_Best() for _ in viewers] for _ in ("added", "multiplied")]
    exact = 0.0
    for start in range(0, store.n, BLOCK):
        block = store.vectors(town, start, min(store.n, start + BLOCK))
        for row, asked in enumerate(viewers):
            began = time.process_time()
            cosine = block @ asked.vectors.T
            added = (cosine + asked.added).max(axis=1)
            exact += time.process_time() - began
            best[0][row].take(added, start + 1)
            best[1][row].take((cosine * asked.factors).max(axis=1), start + 1)
    recall = [
        [
            len(np.intersect1d(one.post, posts)) / RANKED
            for one, posts in zip(way, found, strict=True)
        ]
        for way in best
    ]
    return Searched(
        float(np.mean(recall[0])), float(np.mean(recall[1])),
        float(np.median(spent)), exact / len(viewers),
    )  # fmt: skip


class _Best:
    """The best posts of those seen so far: of ten million posts no score is kept."""

    def __init__(self) -> None:
        self.score = np.zeros(0, dtype=np.float32)
        self.post = np.zeros(0, dtype=np.int64)

    def take(self, score: NDArray[np.float32], first: int) -> None:
        """Takes in the scores of the posts from `first` on."""
        score = np.concatenate([self.score, score])
        post = np.concatenate([self.post, np.arange(first, first + len(score) - len(self.post))])
        best = top_k(score, post, RANKED)
        self.score, self.post = score[best], post[best]


def peer(
    store: ManyPosts, town: TownPosts, n_posts: int, viewers: list[Asked]
) -> dict[str, object]:
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
    for asked in viewers:
        queries = asked.vectors * asked.factors[:, None]
        began = time.process_time()
        found = graph.search(queries, 200, threads=1)
        spent.append(time.process_time() - began)
        merged: dict[int, float] = {}
        for keys, distances in zip(found.keys, found.distances, strict=True):
            for key, distance in zip(keys.tolist(), distances.tolist(), strict=True):
                merged[key] = min(distance, merged.get(key, 9.0))
        best = sorted(merged, key=merged.get)[:RANKED]
        exact = top_k((block @ queries.T).max(axis=1), np.arange(n_posts), RANKED)
        recalls.append(len(np.intersect1d(exact, best)) / RANKED)
    return {
        "peer": "usearch",
        "peer_posts": n_posts,
        "peer_match_cpu_s": round(float(np.median(spent)), 4),
        "peer_recall_at_1500": round(float(np.mean(recalls)), 4),
        "peer_build_cpu_s_per_million": round(built / n_posts * 1e6, 1),
    }
