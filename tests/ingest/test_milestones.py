"""Milestones: a vector is recomputed at the 1st, 3rd, 10th, 30th and 100th response, never else."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from stoa.ingest.milestones import MILESTONES, ResponseCounts


def crossings(sizes: list[int]) -> list[int]:
    """Totals at which a post crossed a milestone, when responses come in groups."""
    counts, total, crossed = ResponseCounts(), 0, []
    for size in sizes:
        total += size
        if counts.add(np.full(size, 5)).size:
            crossed.append(total)
    return crossed


def test_one_at_a_time_every_milestone_is_met_exactly():
    assert crossings([1] * 120) == list(MILESTONES)


@given(st.lists(st.integers(1, 40), max_size=20))
def test_in_groups_each_milestone_triggers_once(sizes):
    totals = np.cumsum(sizes)
    expected = sorted({int(totals[totals >= m][0]) for m in MILESTONES if (totals >= m).any()})
    assert crossings(sizes) == expected


def test_posts_are_counted_apart_and_ids_may_be_far_apart():
    counts = ResponseCounts()
    assert counts.add(np.array([1, 900_000])).tolist() == [1, 900_000]
    assert counts.add(np.array([1])).tolist() == []
    assert counts.add(np.array([1, 900_000, 900_000])).tolist() == [1, 900_000]


def test_counts_saturate_instead_of_starting_over():
    counts = ResponseCounts()
    counts.load(np.full(70_000, 3))
    assert counts.add(np.full(70_000, 3)).size == 0


def test_a_forgotten_post_starts_from_nothing():
    counts = ResponseCounts()
    counts.add(np.array([4]))
    counts.forget(np.array([4, 10**9]))
    assert counts.add(np.array([4])).tolist() == [4]
