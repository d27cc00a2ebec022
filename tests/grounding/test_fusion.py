"""Fusion of rankings."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.grounding.fusion import reciprocal_rank_fusion

rankings = st.lists(
    st.lists(st.integers(0, 30), unique=True, max_size=15).map(lambda r: np.array(r, np.int64)),
    min_size=1,
    max_size=4,
)


def test_scores_are_those_of_the_paper():
    keys, scores = reciprocal_rank_fusion([np.array([5, 6]), np.array([6])], [1.0, 2.0])
    assert keys.tolist() == [6, 5]
    assert scores == pytest.approx([1 / 62 + 2 / 61, 1 / 61])


@given(rankings)
def test_nothing_is_lost_or_invented_and_order_is_by_score(lists):
    keys, scores = reciprocal_rank_fusion(lists)
    assert set(keys.tolist()) == {key for each in lists for key in each.tolist()}
    assert len(set(keys.tolist())) == len(keys)
    assert (np.diff(scores) <= 0).all()


@given(rankings)
def test_the_order_of_lists_does_not_matter(lists):
    one, other = reciprocal_rank_fusion(lists), reciprocal_rank_fusion(lists[::-1])
    held = dict(zip(*map(np.ndarray.tolist, one), strict=True))
    assert dict(zip(*map(np.ndarray.tolist, other), strict=True)) == pytest.approx(held)


@given(st.lists(st.integers(0, 99), unique=True).map(lambda r: np.array(r, np.int64)))
def test_one_list_keeps_its_order(ranking):
    assert reciprocal_rank_fusion([ranking])[0].tolist() == ranking.tolist()


def test_a_key_that_stands_twice_counts_once():
    keys, scores = reciprocal_rank_fusion([np.array([1, 2, 1])])
    assert keys.tolist() == [1, 2]
    assert scores == pytest.approx([1 / 61, 1 / 62])
