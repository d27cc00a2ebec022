"""What every VectorIndex owes its callers, on the memory twin and on the segments."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stoa.errors import BadInput
from stoa.index import MemoryIndex, SegmentIndex
from stoa.index.segments import SegmentConfig

DIM = 16


def unit(n, seed=0):
    rows = np.random.default_rng(seed).standard_normal((n, DIM)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.fixture(params=["memory", "segments", "small segments"])
def index(request, tmp_path):
    if request.param == "memory":
        return MemoryIndex(DIM)
    rows = 64 if request.param == "small segments" else 4096
    return SegmentIndex(tmp_path / "s", DIM, SegmentConfig(flat_rows=rows, background=False))


def test_an_empty_index_finds_nothing(index):
    found = index.match(unit(3), 5)
    assert len(found.post) == len(found.score) == len(found.query) == 0
    assert len(index) == 0
    assert index.newest() == 0


def test_a_post_is_found_by_its_own_vector_and_by_the_query_that_reached_it(index):
    vectors = unit(300)
    index.put(np.arange(1, 301), vectors)
    found = index.match(vectors[[40, 7]], 2)
    assert set(found.post.tolist()) == {41, 8}
    assert {int(p): int(q) for p, q in zip(found.post, found.query, strict=True)} == {41: 0, 8: 1}
    assert found.score == pytest.approx([1.0, 1.0], abs=0.01)


def test_results_come_best_first_and_each_post_once(index):
    index.put(np.arange(1, 501), unit(500))
    found = index.match(unit(20, seed=1), 100)
    assert len(found.post) == 100
    assert len(set(found.post.tolist())) == 100
    assert (np.diff(found.score) <= 0).all()


def test_a_longer_query_counts_for_more(index):
    vectors = unit(2)
    index.put(np.array([1, 2]), vectors)
    found = index.match(vectors * np.array([[0.5], [1.0]], dtype=np.float32), 2)
    assert found.post.tolist() == [2, 1]
    assert found.score == pytest.approx([1.0, 0.5], abs=0.3)


def test_putting_a_post_again_replaces_its_vector(index):
    vectors = unit(200)
    index.put(np.arange(1, 201), vectors)
    index.put(np.array([5]), -vectors[4:5])
    assert len(index) == 200
    assert 5 not in index.match(vectors[4:5], 50).post
    assert index.match(-vectors[4:5], 1).post.tolist() == [5]
    assert index.vectors(np.array([5]))[0][0] @ vectors[4] < -0.99


def test_the_last_of_twins_in_one_put_holds(index):
    one, other = unit(2)
    index.put(np.array([9, 9]), np.stack([one, other]))
    assert len(index) == 1
    assert index.vectors(np.array([9]))[0][0] @ other > 0.99


def test_a_removed_post_is_gone_at_once(index):
    vectors = unit(200)
    index.put(np.arange(1, 201), vectors)
    index.remove(np.array([3, 3, 999]))
    assert 3 not in index.match(vectors[2:3], 200).post
    assert len(index) == 199
    rows, found = index.vectors(np.array([3, 4]))
    assert found.tolist() == [False, True]
    assert not rows[0].any()


def test_a_removed_post_may_come_back(index):
    vectors = unit(2)
    index.put(np.array([1]), vectors[:1])
    index.remove(np.array([1]))
    index.put(np.array([1]), vectors[1:])
    assert index.match(vectors[1:], 1).post.tolist() == [1]


def test_older_and_excluded_posts_are_left_out_before_the_cut(index):
    vectors = unit(300)
    index.put(np.arange(1, 301), vectors)
    excluded = np.arange(202, 292)
    found = index.match(unit(5, seed=2), 10, newer_than=200, exclude=excluded)
    assert sorted(found.post.tolist()) == [201, *range(292, 301)]


def test_no_queries_or_nothing_wanted_finds_nothing(index):
    index.put(np.array([1]), unit(1))
    assert len(index.match(np.zeros((0, DIM), dtype=np.float32), 5).post) == 0
    assert len(index.match(unit(1), 0).post) == 0


def test_vectors_come_back_nearly_as_they_were(index):
    vectors = unit(150)
    index.put(np.arange(1, 151), vectors)
    rows, found = index.vectors(np.array([150, 1, 77_777]))
    assert found.tolist() == [True, True, False]
    assert np.abs(rows[:2] - vectors[[149, 0]]).max() < 0.02
    assert rows[:2].dtype == np.float32
    assert len(index.vectors(np.zeros(0, dtype=np.int64))[0]) == 0


def test_it_says_what_it_holds(index):
    assert index.held().tolist() == []
    index.put(np.array([70_000, 3, 150]), unit(3))
    index.put(np.array([3, 151]), unit(2))
    index.remove(np.array([150]))
    assert index.held().tolist() == [3, 151, 70_000]
    asked = np.array([150, 151, 3, 0, -4, 999_999, 70_000])
    assert index.holds(asked).tolist() == [False, True, True, False, False, False, True]
    assert index.holds(np.zeros(0, dtype=np.int64)).tolist() == []
    index.drop_older(151)
    assert index.held().tolist() == [151, 70_000]


def test_old_posts_are_dropped_and_counted(index):
    index.put(np.arange(1, 301), unit(300))
    index.remove(np.array([10]))
    assert index.drop_older(151) == 149
    assert len(index) == 150
    assert index.match(unit(4, seed=3), 300).post.min() == 151
    assert index.drop_older(151) == 0
    index.put(np.array([301]), unit(1))
    assert len(index) == 151


def test_a_zero_vector_is_kept_and_never_beats_a_likeness(index):
    index.put(np.array([1, 2]), np.stack([np.zeros(DIM, dtype=np.float32), unit(1)[0]]))
    assert index.match(unit(1), 2).post.tolist() == [2, 1]


@pytest.mark.parametrize("wrong", [np.ones((2, DIM + 1)), np.ones(DIM)])
def test_vectors_of_another_width_are_refused(index, wrong):
    with pytest.raises(BadInput, match=f"{DIM}-d"):
        index.put(np.array([1, 2]), wrong)
    with pytest.raises(BadInput, match=f"{DIM}-d"):
        index.match(wrong, 3)


def test_an_id_that_was_never_interned_is_refused(index):
    with pytest.raises(BadInput, match="interned"):
        index.put(np.array([0]), unit(1))


def test_what_is_not_a_number_does_not_spread(index):
    broken = unit(2)
    broken[0, 3] = np.nan
    index.put(np.array([1, 2]), broken)
    assert np.isfinite(index.match(unit(2), 2).score).all()


def test_searches_run_while_one_writes(index):
    vectors = unit(2000, seed=4)
    index.put(np.arange(1, 101), vectors[:100])
    faults = []
    stop = threading.Event()

    def read():
        while not stop.is_set():
            found = index.match(vectors[:30], 40)
            if len(set(found.post.tolist())) != len(found.post) or len(found.post) < 40:
                faults.append(found)
            rows, held = index.vectors(np.arange(1, 101))
            if not held.all() or (rows[held] * vectors[:100]).sum(axis=1).min() < 0.98:
                faults.append(held)

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for start in range(100, 2000, 50):
        index.put(np.arange(start + 1, start + 51), vectors[start : start + 50])
        index.put(np.arange(1, 11), vectors[:10])
    stop.set()
    for reader in readers:
        reader.join()
    assert not faults
    assert len(index) == 2000


ids = st.lists(st.integers(1, 40), min_size=1, max_size=12)
acts = st.lists(st.tuples(st.sampled_from(["put", "remove", "drop", "flush"]), ids), max_size=25)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(acts)
def test_segments_hold_what_the_memory_twin_holds(tmp_path_factory, acts):
    folder = tmp_path_factory.mktemp("law")
    config = SegmentConfig(flat_rows=16, background=False)
    segments, memory = SegmentIndex(folder, DIM, config), MemoryIndex(DIM)
    vectors = unit(41 * 30, seed=5).reshape(30, 41, DIM)
    for turn, (act, posts) in enumerate(acts):
        posts = np.array(posts)
        if act == "put":
            for index in (segments, memory):
                index.put(posts, vectors[turn][posts])
        elif act == "remove":
            for index in (segments, memory):
                index.remove(posts)
        elif act == "drop":
            assert segments.drop_older(int(posts[0]) // 3) == memory.drop_older(int(posts[0]) // 3)
        else:
            segments.flush()
    query = unit(6, seed=6)
    reopened_after_a_kill = SegmentIndex(folder, DIM, config)
    expected = set(memory.match(query, 100).post.tolist())
    assert set(segments.match(query, 100).post.tolist()) == expected
    assert len(segments) == len(memory) == len(expected)
    assert segments.held().tolist() == memory.held().tolist() == sorted(expected)
    # A kill loses only what was put since the last flush, and says which posts those are.
    kept = set(reopened_after_a_kill.match(query, 100).post.tolist())
    missing = set(reopened_after_a_kill.missing.tolist())
    assert kept | missing >= expected
    assert kept <= expected
    newest = reopened_after_a_kill.newest()
    assert all(post in kept for post in expected if post <= newest)
