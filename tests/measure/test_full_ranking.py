"""Ranks count ties against us, leave out what was seen, and are what sorting would give."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from stoa.measure.full_ranking import full_ranks, hit_rate, mean_ndcg

NOBODY = np.zeros(0, np.int64)


def rank_of(score, target, seen=()):
    seen = np.asarray(seen, np.int64)
    return int(full_ranks(np.asarray([score], float), np.asarray([target]), 0 * seen, seen)[0])


def test_equal_scores_stand_before_the_target():
    assert rank_of([1.0, 1.0, 1.0, 0.0], 0) == 3
    assert full_ranks(np.zeros((2, 5)), np.asarray([0, 4]), NOBODY, NOBODY).tolist() == [5, 5]


def test_seen_items_are_removed_however_often_they_were_seen():
    assert rank_of([5.0, 4.0, 3.0, 2.0], 2, seen=[0]) == 2
    assert rank_of([5.0, 4.0, 3.0, 2.0], 2, seen=[0, 0, 1, 3, 3]) == 1


def test_a_target_that_was_seen_is_lost():
    assert rank_of([5.0, 4.0, 3.0], 0, seen=[0]) == 3


def test_scores_that_are_no_numbers_do_not_lift_the_target():
    assert rank_of([np.nan, 2.0, 1.0], 1) == 2
    assert rank_of([3.0, np.nan, 1.0], 1) == 3


@given(
    score=st.lists(st.integers(0, 6), min_size=2, max_size=8),
    seen=st.sets(st.integers(0, 7)),
    data=st.data(),
)
def test_the_rank_is_the_worst_place_any_sorting_gives(score, seen, data):
    target = data.draw(st.integers(0, len(score) - 1))
    seen = {i for i in seen if i < len(score)} - {target}
    left = [s for i, s in enumerate(score) if i not in seen]
    worst = sum(s >= score[target] for s in left)
    assert rank_of(score, target, sorted(seen)) == worst


@given(ranks=st.lists(st.integers(1, 30), min_size=1), k=st.integers(1, 20))
def test_gain_never_exceeds_hits_and_both_grow_with_k(ranks, k):
    rank = np.asarray(ranks)
    assert 0 <= mean_ndcg(rank, k) <= hit_rate(rank, k) <= 1
    assert hit_rate(rank, k) <= hit_rate(rank, k + 1)
    assert mean_ndcg(rank, k) <= mean_ndcg(rank, k + 1)
