"""The engagement samples: uniform, bounded, the same however they were filled."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stoa.records import EdgeColumns, EdgeKind, as_ids
from stoa.space.columns import grown, rank_in_group
from stoa.space.engagements import Engagements

pairs = st.lists(st.tuples(st.integers(1, 40), st.integers(1, 12)), max_size=120, unique=True)


def columns(rows: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    return as_ids([a for a, _ in rows]), as_ids([p for _, p in rows])


def held(graph: Engagements) -> tuple[list, list]:
    posts, accounts = as_ids(range(1, 13)), as_ids(range(1, 41))
    return graph.engagers_of(posts).tolist(), graph.recent_posts_of(accounts).tolist()


@given(pairs, st.integers(1, 7))
def test_filling_at_once_or_bit_by_bit_is_the_same(rows, step):
    at_once, by_bit = Engagements(sample=4, recent=3), Engagements(sample=4, recent=3)
    actor, subject = columns(rows)
    at_once.load(EdgeColumns(EdgeKind.LIKE, actor, subject, np.zeros_like(actor)))
    for start in range(0, len(rows), step):
        by_bit._add(actor[start : start + step], subject[start : start + step])
    assert held(at_once) == held(by_bit)


@given(pairs)
def test_samples_hold_only_who_engaged_and_all_while_there_is_room(rows):
    graph = Engagements(sample=4, recent=64)
    assert graph.add(*columns(rows)).all()
    for post in range(1, 13):
        really = {a for a, p in rows if p == post}
        sample = [a for a in graph.engagers_of(as_ids([post]))[0].tolist() if a]
        assert len(sample) == len(set(sample)) == min(4, len(really))
        assert set(sample) <= really
    for account in range(1, 41):
        ring = [p for p in graph.recent_posts_of(as_ids([account]))[0].tolist() if p]
        assert sorted(ring) == sorted(p for a, p in rows if a == account)


@given(pairs, st.data())
def test_what_was_taken_back_is_in_no_sample(rows, data):
    graph = Engagements(sample=4, recent=64)
    graph.add(*columns(rows))
    gone = data.draw(st.lists(st.sampled_from(rows), unique=True)) if rows else []
    for account, post in gone:
        graph.remove(account, post)
    for account, post in gone:
        assert account not in graph.engagers_of(as_ids([post]))[0]
        assert post not in graph.recent_posts_of(as_ids([account]))[0]


@given(pairs, st.integers(1, 40))
def test_an_erased_account_is_nowhere(rows, account):
    graph = Engagements(sample=4, recent=3)
    graph.add(*columns(rows))
    graph.erase(as_ids([account]))
    engagers, _ = held(graph)
    assert all(account not in row for row in engagers)
    assert not graph.recent_posts_of(as_ids([account])).any()


@given(pairs, st.integers(1, 13))
def test_dropping_old_posts_leaves_the_others_as_they_were(rows, than):
    graph = Engagements(sample=4, recent=64)
    graph.add(*columns(rows))
    before, _ = held(graph)
    graph.drop_older(than)
    after, rings = held(graph)
    assert after == [row if i + 1 >= than else [0] * 4 for i, row in enumerate(before)]
    assert all(post == 0 or post >= than for ring in rings for post in ring)
    graph.add(as_ids([39]), as_ids([12]))
    assert len(graph) == len({p for _, p in rows if p >= than} | {12})


def test_the_sample_is_uniform():
    n, runs = 64, 400
    times = np.zeros(n + 1)
    for post in range(1, runs + 1):
        graph = Engagements(sample=8)
        graph.add(as_ids(range(1, n + 1)), np.full(n, post))
        times[graph.engagers_of(as_ids([post]))[0]] += 1
    expected = runs * 8 / n
    chi = ((times[1:] - expected) ** 2 / expected).sum()
    assert chi < 120  # 63 degrees of freedom: above 120 in one run of 40,000
    assert times[0] == 0


def test_the_ring_keeps_the_newest():
    graph = Engagements(recent=3)
    for post in range(1, 8):
        graph.add(as_ids([5]), as_ids([post]))
    assert sorted(graph.recent_posts_of(as_ids([5]))[0].tolist()) == [5, 6, 7]


def test_the_same_like_told_twice_counts_once():
    graph = Engagements()
    assert graph.add(as_ids([5, 5]), as_ids([9, 9])).tolist() == [True, False]
    assert graph.add(as_ids([5]), as_ids([9])).tolist() == [False]
    assert graph.engagers_of(as_ids([9]))[0].tolist() == [5] + [0] * 15


def test_ids_never_met_and_out_of_reach_are_no_ones():
    graph = Engagements(first_post=100)
    graph.add(as_ids([1, 2, -3]), as_ids([50, 150, 160]))
    assert len(graph) == 1
    asked = as_ids([0, -1, 50, 99, 100, 151, 10**12])
    assert not graph.engagers_of(asked).any()
    assert not graph.recent_posts_of(as_ids([0, 1, 10**12])).any()
    assert graph.engagers_of(as_ids([150]))[0][0] == 2
    graph.remove(9, 10**12)
    graph.remove(10**12, 150)


@settings(max_examples=30)
@given(st.lists(st.integers(1, 5), max_size=30))
def test_rank_in_group_counts_from_zero(keys):
    keys = as_ids(sorted(keys))
    ranks = rank_in_group(keys)
    for key in set(keys.tolist()):
        assert ranks[keys == key].tolist() == list(range(int((keys == key).sum())))


@pytest.mark.parametrize(("size", "expected"), [(2, 3), (3, 3), (4, 6), (100, 100)])
def test_columns_grow_by_doubling(size, expected):
    column = np.arange(3)
    bigger = grown(column, size)
    assert len(bigger) == expected
    assert bigger[:3].tolist() == [0, 1, 2]
