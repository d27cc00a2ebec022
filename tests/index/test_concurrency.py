"""Readers beside writers: nobody waits, and every vector read is one that was put for that post.

What is checked is what came back, never how long it took.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from stoa.index import SegmentIndex
from stoa.index import segments as segments_module
from stoa.index.places import Places
from stoa.index.segment import FlatSegment
from stoa.index.segments import SegmentConfig

DIM = 32
N_POSTS, N_VERSIONS = 600, 10
STEADY, COMING_AND_GOING = slice(1, 401), slice(401, 601)


def versions_of_posts() -> np.ndarray:
    """A unit vector for each version of each post, shape (posts + 1, versions, dim)."""
    rows = np.random.default_rng(3).standard_normal((N_POSTS + 1, N_VERSIONS, DIM))
    return (rows / np.linalg.norm(rows, axis=2, keepdims=True)).astype(np.float32)


VERSIONS = versions_of_posts()
POSTS = np.arange(N_POSTS + 1)


def version_read(posts: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Which version of its own post each row is; -1 where it is none of them."""
    likeness = np.einsum("pvd,pd->pv", VERSIONS[posts], rows)
    best = likeness.argmax(axis=1)
    return np.where(likeness[np.arange(len(posts)), best] > 0.98, best, -1)


class Reader:
    """Reads over and over, and keeps what cannot be."""

    def __init__(self, index: SegmentIndex, begun: np.ndarray, done: np.ndarray, seed: int):
        self.index, self.begun, self.done = index, begun, done
        self.chance = np.random.default_rng(seed)
        self.newest_seen = np.zeros(N_POSTS + 1, dtype=int)
        self.faults: list[str] = []
        self.n_reads = 0

    def read(self) -> None:
        steady = self.chance.permutation(POSTS[STEADY])[: self.chance.integers(1, 400)]
        some = self.chance.permutation(POSTS[COMING_AND_GOING])[:50]
        posts = np.concatenate([steady, some, [N_POSTS + 5]])  # the last one never was
        at_least = self.done[steady].copy()
        rows, found = self.index.vectors(posts)
        at_most = self.begun[steady].copy()
        self.n_reads += 1
        self._judge_steady(steady, rows[: len(steady)], found[: len(steady)], at_least, at_most)
        self._judge_others(some, rows[len(steady) : -1], found[len(steady) : -1])
        if found[-1] or rows[-1].any():
            self.faults.append("a post that never was is found")

    def _judge_steady(self, posts, rows, found, at_least, at_most) -> None:
        if not found.all():
            self.faults.append(f"lost for a moment: {posts[~found].tolist()}")
            return
        version = version_read(posts, rows)
        wrong = (version < at_least) | (version > at_most) | (version < self.newest_seen[posts])
        self.newest_seen[posts] = np.maximum(self.newest_seen[posts], version)
        if wrong.any():
            self.faults.append(f"{posts[wrong]}: {version[wrong]} not {at_least[wrong]}..")

    def _judge_others(self, posts, rows, found) -> None:
        if rows[~found].any():
            self.faults.append("a vector of what was not found")
        if found.any() and (version_read(posts[found], rows[found]) < 0).any():
            self.faults.append("a broken vector")


def writer(index: SegmentIndex, begun: np.ndarray, done: np.ndarray) -> None:
    """Rewrites every steady post version by version; the others come and go."""
    chance = np.random.default_rng(0)
    for version in range(1, N_VERSIONS):
        for part in np.array_split(chance.permutation(POSTS[STEADY]), 5):
            begun[part] = version
            index.put(part, VERSIONS[part, version])
            done[part] = version
            coming = chance.permutation(POSTS[COMING_AND_GOING])[:60]
            index.put(coming, VERSIONS[coming, version])
            index.remove(coming[::2])
        index.flush()


@pytest.mark.parametrize("background", [True, False])
def test_readers_see_whole_vectors_that_only_grow_newer(tmp_path, background):
    config = SegmentConfig(flat_rows=256, background=background)
    index = SegmentIndex(tmp_path / "index", DIM, config)
    begun = np.zeros(N_POSTS + 1, dtype=int)
    done = np.zeros(N_POSTS + 1, dtype=int)
    index.put(POSTS[STEADY], VERSIONS[STEADY, 0])
    readers = [Reader(index, begun, done, seed) for seed in range(3)]
    stop = threading.Event()

    def keep_reading(reader: Reader) -> None:
        while not stop.is_set() and not reader.faults:
            reader.read()

    with ThreadPoolExecutor(4) as pool:
        reading = [pool.submit(keep_reading, reader) for reader in readers]
        sealing = pool.submit(seal_until, index, stop)
        try:
            writer(index, begun, done)
        finally:
            stop.set()
        for task in (*reading, sealing):
            task.result()
    assert [fault for reader in readers for fault in reader.faults[:3]] == []
    assert all(reader.n_reads > 5 for reader in readers)
    index.close()
    rows, found = index.vectors(POSTS[STEADY])
    assert found.all()
    assert (version_read(POSTS[STEADY], rows) == N_VERSIONS - 1).all()


def seal_until(index: SegmentIndex, stop: threading.Event) -> None:
    while not stop.is_set():
        index.seal()


def test_nobody_who_reads_waits_for_a_writer(tmp_path):
    """The lock is held for as long as the readers take: they come back all the same."""
    index = SegmentIndex(tmp_path / "index", DIM, SegmentConfig(flat_rows=64, background=False))
    index.put(POSTS[1:], VERSIONS[1:, 0])
    questions: list[Callable[[], object]] = [
        lambda: index.vectors(POSTS[1:])[1].all(),
        lambda: index.holds(POSTS[1:]).all(),
        lambda: len(index.match(VERSIONS[1:9, 0], 5).post) == 5,
        lambda: len(index) == N_POSTS,
    ]
    with ThreadPoolExecutor(len(questions)) as pool, index._lock:
        answers = [pool.submit(question).result(timeout=60) for question in questions]
    assert answers == [True] * 4


def test_a_row_that_moves_between_two_looks_is_read_where_it_went(tmp_path, monkeypatch):
    """Every read is met by a rewrite of the very post it reads: the newest one comes back."""
    index = SegmentIndex(tmp_path / "index", DIM, SegmentConfig(flat_rows=64, background=False))
    index.put(POSTS[1:3], VERSIONS[1:3, 0])
    to_come = [1, 2, 3]
    real = Places.of

    def met_by_a_writer(self: Places, slots: np.ndarray):
        if to_come:
            monkeypatch.setattr(Places, "of", real)  # the writer's own looks are met by nobody
            version = to_come.pop(0)
            index.put(POSTS[1:2], VERSIONS[1:2, version])
            index.seal()
            monkeypatch.setattr(Places, "of", met_by_a_writer)
        return real(self, slots)

    monkeypatch.setattr(Places, "of", met_by_a_writer)
    rows, found = index.vectors(POSTS[1:3])
    assert found.all()
    assert version_read(POSTS[1:3], rows).tolist() == [3, 0]


def test_a_reader_whom_writers_outrun_asks_for_a_pause(tmp_path, monkeypatch):
    monkeypatch.setattr(segments_module, "_LOOKS", 0)
    index = SegmentIndex(tmp_path / "index", DIM, SegmentConfig(flat_rows=64, background=False))
    index.put(POSTS[1:200], VERSIONS[1:200, 0])
    index.remove(POSTS[5:6])
    rows, found = index.vectors(POSTS[1:202])
    assert np.flatnonzero(~found).tolist() == [4, 199, 200]
    assert (version_read(POSTS[1:202][found], rows[found]) == 0).all()
    assert not rows[~found].any()


def test_a_slot_between_segments_is_nobodys():
    first, second = FlatSegment(10, 5, 8), FlatSegment(100, 5, 8)
    places = Places.over([second, first])
    held = places.of(np.array([-1, 9, 10, 14, 15, 99, 100, 104, 105]))
    assert [(segment.base, at.tolist()) for segment, at in held] == [(10, [2, 3]), (100, [6, 7])]
    assert Places.over([]).of(np.array([3])) == []
