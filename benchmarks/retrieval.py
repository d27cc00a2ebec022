"""What matching 256 viewer vectors against every post costs, and how much of the best it finds.

Posts are texts on 2,000 topics (Zipf vocabularies, function words among them) through the hashed
encoder, half of them bent by a conversation; beyond 200,000 each post is one of those, moved by a
random step of length 0.35. A viewer is 256 posts of 5 to 20 topics with weights from 0.6 to 1.05.
Uniformly random viewer vectors stand beside them: they have no neighbourhood, so the search finds
less of what is (barely) nearest to them. Exact search and one peer run in the same process.

    python benchmarks/retrieval.py [--posts 1000000 | --full] [--viewers 8] [--seed 0]
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as `stoa` does, before NumPy loads

import numpy as np
from numpy.typing import NDArray

from stoa.encoders import HashedEncoder
from stoa.index import SegmentIndex
from stoa.index.segments import SegmentConfig
from stoa.measure import mean_interval
from stoa.space.common_words import COMMON_WORDS
from stoa.space.conversation import post_vector
from stoa.space.maxsim import search_exact, top_k
from stoa.space.quantise import unit_rows

DIM = 128
VIEWER_VECTORS = 256
K = 1500
_TOPICS = 2_000
_FIELDS = 100
_WORDS = 60_000
_GENERAL = 6_000
_BASES = 200_000
_STEP = 0.35
_CHUNK = 100_000
F32 = NDArray[np.float32]


class Topics:
    """Texts on topics: each topic has forty words of its own, each field a hundred."""

    def __init__(self, seed: int) -> None:
        chance = np.random.default_rng(seed)
        syllables = [c + v for c in "bcdfghjklmnprstvwz" for v in "aeiou"]
        drawn = chance.integers(0, len(syllables), (2 * _WORDS, 4))
        length = chance.integers(2, 5, 2 * _WORDS)
        made = dict.fromkeys(
            "".join(syllables[s] for s in row[:n])
            for row, n in zip(drawn.tolist(), length.tolist(), strict=True)
        )
        self._words = np.array(list(made)[:_WORDS])
        self._own = chance.integers(_GENERAL, len(self._words), (_TOPICS, 40))
        self._field = chance.integers(_GENERAL, len(self._words), (_FIELDS, 100))
        self._function = np.array([word for word in sorted(COMMON_WORDS) if word.isascii()])
        share = chance.permutation(1 / np.arange(1, _TOPICS + 1) ** 0.7)
        self.share = share / share.sum()

    def write(self, topic: NDArray[np.int64], chance: np.random.Generator) -> list[str]:
        """One text of 5 to 24 words for each topic."""
        shape = (len(topic), 24)
        source = chance.random(shape)
        own = self._own[topic[:, None], _zipf(40, shape, chance)]
        near = self._field[(topic % _FIELDS)[:, None], _zipf(100, shape, chance)]
        ids = np.where(source < 0.45, own, np.where(source < 0.65, near, 0))
        ids = np.where(source < 0.65, ids, _zipf(_GENERAL, shape, chance))
        function = self._function[chance.integers(0, len(self._function), shape)]
        words = np.where(chance.random(shape) < 0.45, function, self._words[ids])
        length = chance.integers(5, 25, len(topic))
        return [" ".join(row[:n]) for row, n in zip(words.tolist(), length.tolist(), strict=True)]


def _zipf(n: int, shape: tuple[int, int], chance: np.random.Generator) -> NDArray[np.int64]:
    return np.minimum((n ** chance.random(shape) - 1).astype(np.int64), n - 1)


@dataclass
class Posts:
    """Any number of posts around encoded texts; a chunk is made again whenever it is asked for."""

    n: int
    seed: int
    bases: F32
    topic: NDArray[np.int64]

    def chunks(self) -> Iterator[tuple[NDArray[np.int64], F32]]:
        for start in range(0, self.n, _CHUNK):
            rows = np.arange(start, min(start + _CHUNK, self.n))
            yield rows + 1, self._vectors(rows)

    def _vectors(self, rows: NDArray[np.int64]) -> F32:
        fresh = rows < len(self.bases)
        chance = np.random.default_rng([self.seed, int(rows[0])])
        base = np.where(fresh, rows, chance.integers(0, len(self.bases), len(rows)))
        step = unit_rows(chance.standard_normal((len(rows), DIM), dtype=np.float32)) * _STEP
        step[fresh[: len(rows)]] = 0
        return unit_rows(self.bases[base] + step)


def make_posts(n: int, seed: int) -> tuple[Posts, float]:
    """Posts, and how many texts the encoder took in a CPU second."""
    topics, chance = Topics(seed), np.random.default_rng(seed + 1)
    encoder = HashedEncoder()
    n_bases = min(n, _BASES)
    topic = chance.choice(_TOPICS, n_bases, p=topics.share)
    texts = topics.write(topic, chance)
    began = time.process_time()
    content = encoder.encode(texts)
    rate = n_bases / (time.process_time() - began)
    pool = encoder.encode(topics.write(np.repeat(np.arange(_TOPICS), 20), chance))
    pool = pool.reshape(_TOPICS, 20, DIM)
    bases = np.empty_like(content)
    for start in range(0, n_bases, 20_000):
        part = slice(start, start + 20_000)
        replies = _sample(pool, topic[part], chance)
        engagers = unit_rows(
            _sample(pool, topic[part], chance) + _others(pool, topic[part], chance)
        )
        bases[part] = post_vector(content[part], replies, engagers)
    return Posts(n, seed, bases, topic), rate


def _sample(pool: F32, topic: NDArray[np.int64], chance: np.random.Generator) -> F32:
    """Up to eight vectors of the topic; half of the posts get none."""
    heard = chance.choice([0, 0, 0, 0.12, 0.5, 1], len(topic))[:, None]
    kept = chance.random((len(topic), 8)) < heard
    drawn = pool[topic[:, None], chance.integers(0, pool.shape[1], kept.shape)]
    return (drawn * kept[:, :, None]).astype(np.float32)


def _others(pool: F32, topic: NDArray[np.int64], chance: np.random.Generator) -> F32:
    """What else the engagers like, for some of the posts."""
    return _sample(pool, chance.permutation(topic), chance)


def topical_viewer(posts: Posts, seed: int) -> F32:
    """256 posts of 5 to 20 topics, weighed as acts are."""
    chance = np.random.default_rng([posts.seed, 99, seed])
    known, count = np.unique(posts.topic, return_counts=True)
    interests = chance.choice(known, chance.integers(5, 21), replace=False, p=count / count.sum())
    share = chance.dirichlet(np.full(len(interests), 1.5))
    rows = [
        chance.choice(np.flatnonzero(posts.topic == topic), n)
        for topic, n in zip(interests, chance.multinomial(VIEWER_VECTORS, share), strict=True)
    ]
    weights = chance.uniform(0.6, 1.05, (VIEWER_VECTORS, 1)).astype(np.float32)
    return posts.bases[np.concatenate(rows)] * weights


def random_viewer(seed: int) -> F32:
    chance = np.random.default_rng(seed)
    return unit_rows(chance.standard_normal((VIEWER_VECTORS, DIM), dtype=np.float32))


@dataclass
class Exact:
    """The best K of all chunks seen, for one viewer."""

    queries: F32
    cpu_s: float = 0.0
    post: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    score: F32 = field(default_factory=lambda: np.zeros(0, dtype=np.float32))

    def take(self, ids: NDArray[np.int64], vectors: F32) -> None:
        began = time.process_time()
        rows, score, _ = search_exact(vectors, self.queries, K)
        post = np.concatenate([self.post, ids[rows]])
        score = np.concatenate([self.score, score])
        best = top_k(score, post, K)
        self.post, self.score = post[best], score[best]
        self.cpu_s += time.process_time() - began


def measure(index: SegmentIndex, exact: list[Exact]) -> tuple[NDArray[np.float64], F32]:
    """Recall of each viewer, and CPU milliseconds (the median of five searches)."""
    recalls, spent = [], []
    for one in exact:
        times = []
        for _ in range(5):
            began = time.process_time()
            found = index.match(one.queries, K)
            times.append((time.process_time() - began) * 1e3)
        recalls.append(len(np.intersect1d(found.post, one.post)) / len(one.post))
        spent.append(np.median(times))
    return np.array(recalls), np.array(spent, dtype=np.float32)


def peer(posts: Posts, n: int, exact_of: list[F32]) -> dict[str, object]:
    """Usearch (HNSW, int8) and this index over the same first n posts, one thread each."""
    try:
        from usearch.index import Index
    except ImportError:
        return {"peer": "usearch is not installed"}
    few = Posts(n, posts.seed, posts.bases, posts.topic)
    ids, vectors = (np.concatenate(part) for part in zip(*few.chunks(), strict=True))
    graph = Index(ndim=DIM, metric="ip", dtype="i8")
    began = time.process_time()
    graph.add(ids, vectors, threads=1)
    peer_build_s = time.process_time() - began
    with tempfile.TemporaryDirectory() as folder:
        ours = SegmentIndex(Path(folder), DIM, SegmentConfig(background=False))
        began = time.process_time()
        ours.put(ids, vectors)
        ours.seal()
        build_s = time.process_time() - began
        rows = []
        for queries in exact_of:
            best = ids[search_exact(vectors, queries, K)[0]]
            began = time.process_time()
            found = ours.match(queries, K).post
            middle = time.process_time()
            result = graph.search(queries, 300, threads=1)
            score = (1 - result.distances).ravel().astype(np.float32)
            order = np.argsort(-score)
            _, first = np.unique(result.keys.ravel()[order], return_index=True)
            theirs = result.keys.ravel()[order][np.sort(first)[:K]].astype(np.int64)
            end = time.process_time()
            rows.append(
                [
                    middle - began,
                    end - middle,
                    len(np.intersect1d(best, found)) / K,
                    len(np.intersect1d(best, theirs)) / K,
                ]
            )
    cost, peer_cost, recall, peer_recall = np.median(rows, axis=0)
    return {
        "peer": "usearch int8, 300 a vector, merged",
        "peer_posts": n,
        "peer_cpu_ratio": round(float(peer_cost / cost), 1),
        "peer_recall_at_1500": round(float(peer_recall), 3),
        "recall_at_1500_there": round(float(recall), 3),
        "peer_build_ratio": round(peer_build_s / build_s, 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=1_000_000)
    parser.add_argument("--full", action="store_true", help="10 million posts")
    parser.add_argument("--viewers", type=int, default=8)
    parser.add_argument("--peer-posts", type=int, default=50_000)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    n = 10_000_000 if given.full else given.posts
    posts, texts_per_s = make_posts(n, given.seed)
    topical = [Exact(topical_viewer(posts, viewer)) for viewer in range(given.viewers)]
    uniform = [Exact(random_viewer(viewer)) for viewer in range(min(3, given.viewers))]
    with tempfile.TemporaryDirectory() as folder:
        index = SegmentIndex(Path(folder), DIM, SegmentConfig(background=False))
        adding = 0.0
        for ids, vectors in posts.chunks():
            began = time.process_time()
            index.put(ids, vectors)
            adding += time.process_time() - began
            for one in (*topical, *uniform):
                one.take(ids, vectors)
        began = time.process_time()
        index.flush()
        adding += time.process_time() - began
        recall, cpu_ms = measure(index, topical)
        uniform_recall, uniform_ms = measure(index, uniform)
        size = sum(file.stat().st_size for file in Path(folder).iterdir())
    exact_ms = float(np.median([one.cpu_s for one in topical])) * 1e3
    interval = mean_interval(recall)
    figures = {
        "benchmark": "retrieval",
        "seed": given.seed,
        "posts": n,
        "viewer_vectors": VIEWER_VECTORS,
        "k": K,
        "cpu_ms": round(float(np.median(cpu_ms)), 1),
        "recall_at_1500": round(float(recall.mean()), 4),
        "recall_95": [round(interval.low, 4), round(interval.high, 4)],
        "uniform_cpu_ms": round(float(np.median(uniform_ms)), 1),
        "uniform_recall_at_1500": round(float(uniform_recall.mean()), 4),
        "exact_cpu_ms": round(exact_ms, 1),
        "exact_cpu_ratio": round(exact_ms / float(np.median(cpu_ms)), 1),
        "adds_per_cpu_s": round(n / adding),
        "texts_encoded_per_cpu_s": round(texts_per_s),
        "bytes_per_post": round(size / n),
        **peer(posts, min(n, given.peer_posts), [one.queries for one in topical[:4]]),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
