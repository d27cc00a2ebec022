"""Draws of viewers: what they keep, what they cost, and the intervals made of them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stoa.errors import BadInput
from stoa.measure import resampling
from stoa.measure.resampling import (
    accelerated_interval,
    ratio_intervals,
    resampled_sums,
    viewer_sums,
)


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(-3, 3), st.floats(-9, 9)), min_size=1, max_size=30))
def test_sums_of_viewers_are_the_sums_of_their_rows(rows):
    viewer = np.array([row[0] for row in rows])
    column = np.array([[row[1]] for row in rows])
    made = viewer_sums(column, viewer)
    expected = [column[viewer == who].sum() for who in np.unique(viewer)]
    assert made[:, 0] == pytest.approx(expected, abs=1e-9)
    assert viewer_sums(column, None) is column


def test_many_units_are_pooled_without_loss(monkeypatch):
    monkeypatch.setattr(resampling, "MOST_UNITS", 10)
    columns = np.random.default_rng(0).normal(size=(1_000, 2))
    for viewer in (None, np.arange(1_000) // 2):
        made = viewer_sums(columns, viewer, seed=1)
        assert made.shape == (10, 2)
        assert made.sum(axis=0) == pytest.approx(columns.sum(axis=0))


def test_pooling_keeps_the_spread(monkeypatch):
    sums = np.stack([np.random.default_rng(0).exponential(size=5_000), np.ones(5_000)], axis=1)
    whole = ratio_intervals(sums, {"mean": (0, 1)}, seed=0, resamples=500)["mean"]
    monkeypatch.setattr(resampling, "MOST_UNITS", 500)
    pooled = ratio_intervals(viewer_sums(sums, None), {"mean": (0, 1)}, seed=0, resamples=500)[
        "mean"
    ]
    assert pooled.mean == pytest.approx(whole.mean)
    assert pooled.high - pooled.low == pytest.approx(whole.high - whole.low, rel=0.25)


def test_a_draw_holds_as_many_units_as_there_are(monkeypatch):
    monkeypatch.setattr(resampling, "_CHUNK_DRAWS", 100)  # several chunks, the last one short
    sums = np.stack([np.ones(30), np.arange(30.0)], axis=1)
    drawn = resampled_sums(sums, seed=3, resamples=50)
    assert drawn.shape == (50, 2)
    assert (drawn[:, 0] == 30).all()
    assert len(np.unique(drawn[:, 1])) > 20
    assert np.array_equal(drawn, resampled_sums(sums, seed=3, resamples=50))
    assert not np.array_equal(drawn, resampled_sums(sums, seed=4, resamples=50))


def test_ratios_of_large_numbers_keep_their_interval():
    """A level far above the spread must not drown it in rounding."""
    value = np.random.default_rng(0).normal(size=400)
    made = {}
    for level in (0.0, 1e7):
        sums = np.stack([value + level, np.ones(400)], axis=1)
        interval = ratio_intervals(sums, {"mean": (0, 1)}, seed=0, resamples=400)["mean"]
        made[level] = interval.high - interval.low
    assert made[1e7] == pytest.approx(made[0.0], rel=1e-3)


def test_ratios_without_a_base_or_without_spread():
    sums = np.stack([np.ones(5), np.zeros(5), np.full(5, 2.0)], axis=1)
    made = ratio_intervals(sums, {"none": (0, 1), "same": (2, 0)}, seed=0, resamples=10)
    assert np.isnan(made["none"].mean)
    assert (made["same"].low, made["same"].mean, made["same"].high) == (2, 2, 2)


def test_accelerated_intervals_follow_the_skew():
    chance = np.random.default_rng(0)
    drawn = chance.normal(size=5_000)
    plain = accelerated_interval(0.0, drawn, chance.normal(size=200))
    skewed = accelerated_interval(0.0, drawn, chance.exponential(size=60) ** 2 - 2)
    assert skewed.high > plain.high
    assert skewed.low > plain.low
    assert np.isnan(accelerated_interval(float("nan"), drawn, drawn).mean)
    outside = accelerated_interval(9.0, np.array([1.0, 2.0, np.nan]), np.ones(3))
    assert (outside.low, outside.high) == (1, 2)


def test_uneven_columns_are_refused():
    with pytest.raises(BadInput, match="viewer"):
        viewer_sums(np.ones((3, 1)), np.arange(2))
