"""Grouping keeps every distinct interest, and what is near together."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from stoa.space.grouping import equal_groups, group_by_likeness
from stoa.space.quantise import unit_rows


def around(interests, each, noise, seed=0, d=24):
    chance = np.random.default_rng(seed)
    centre = unit_rows(chance.standard_normal((interests, d)).astype(np.float32))
    rows = np.repeat(centre, each, axis=0)
    return unit_rows(rows + noise * chance.standard_normal(rows.shape).astype(np.float32))


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 12), st.integers(1, 9), st.integers(0, 99))
def test_near_identical_vectors_share_a_group_and_distinct_ones_do_not(interests, each, seed):
    group = group_by_likeness(around(interests, each, 0.002, seed), 16, near=0.97)
    truth = np.repeat(np.arange(interests), each)
    pairs = set(zip(truth.tolist(), group.tolist(), strict=True))
    assert len(pairs) == interests == group.max() + 1


def test_a_lone_interest_is_kept_apart_when_groups_are_few():
    crowd = around(1, 200, 0.08)
    loner = unit_rows(-crowd[:1] + 0.1)
    group = group_by_likeness(np.concatenate([crowd, loner]), 2)
    assert (group == group[-1]).sum() == 1


def test_never_more_groups_than_asked_and_no_gaps():
    group = group_by_likeness(around(50, 5, 0.3), 8)
    assert sorted(set(group.tolist())) == list(range(8))


def test_zero_rows_and_nothing_at_all():
    assert group_by_likeness(np.zeros((3, 4), dtype=np.float32), 8).max() <= 2
    assert len(group_by_likeness(np.zeros((0, 4), dtype=np.float32), 8)) == 0


def test_length_does_not_matter():
    rows = around(3, 4, 0.01)
    longer = rows * np.linspace(0.5, 2, len(rows), dtype=np.float32)[:, None]
    assert (group_by_likeness(rows, 8) == group_by_likeness(longer, 8)).all()


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 40), st.integers(1, 9), st.integers(0, 99))
def test_equal_groups_hold_every_row_once_and_repeat_only_to_fill_the_last(n, size, seed):
    rows = np.random.default_rng(seed).standard_normal((n, 8)).astype(np.float32)
    groups = equal_groups(rows, size)
    assert groups.shape == (-(-n // size), size)
    assert sorted(set(groups.ravel().tolist())) == list(range(n))
    assert all(len(set(group)) == size for group in groups[:-1].tolist())


def test_equal_groups_are_the_interests_where_these_are_of_one_size():
    groups = equal_groups(around(6, 8, 0.01), 8)
    assert (groups // 8 == groups[:, :1] // 8).all()


def test_equal_groups_take_zero_rows_in():
    rows = np.concatenate([around(2, 4, 0.01), np.zeros((3, 24), dtype=np.float32)])
    assert sorted(set(equal_groups(rows, 4).ravel().tolist())) == list(range(11))
