"""Grouping keeps every distinct interest, and what is near together."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from stoa.space.grouping import group_by_likeness
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
