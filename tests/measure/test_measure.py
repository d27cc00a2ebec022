"""Recall, gain, intervals and calibration, against hand-made and known values."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stoa.measure import (
    Interval,
    bootstrap_interval,
    calibration_by_decile,
    difference_interval,
    expected_calibration_error,
    mean_interval,
    ndcg_at_k,
    recall_at_k,
)
from stoa.measure.intervals import t_quantile_975


def test_recall_counts_each_relevant_once_within_k():
    assert recall_at_k(np.array([4, 4, 2, 9]), np.array([2, 4, 4, 7]), 3) == pytest.approx(2 / 3)
    assert recall_at_k(np.array([4]), np.array([7]), 0) == 0
    assert math.isnan(recall_at_k(np.array([1]), np.array([], dtype=np.int64), 5))


gains = st.lists(st.floats(0, 10), min_size=1, max_size=20)


@settings(deadline=None)
@given(gains, st.integers(1, 25))
def test_ndcg_is_one_for_the_best_order_and_never_more(values, k):
    gain = np.array(values)
    best = ndcg_at_k(np.sort(gain)[::-1], gain, k)
    assert best == pytest.approx(1.0) if gain.max() > 1e-6 else best in (0.0, pytest.approx(1.0))
    assert ndcg_at_k(gain, gain, k) <= 1 + 1e-9


def test_ndcg_of_nothing_good_is_zero():
    assert ndcg_at_k(np.zeros(3), np.zeros(3), 3) == 0.0


def test_the_mean_has_students_interval():
    interval = mean_interval(np.array([2.0, 4.0, 6.0, 8.0, 10.0]))
    half = 2.776 * math.sqrt(10) / math.sqrt(5)
    assert (interval.mean, interval.low, interval.high) == pytest.approx((6, 6 - half, 6 + half))


@pytest.mark.parametrize(
    ("degrees", "expected"), [(1, 12.706), (29, 2.045), (30, 2.042), (120, 1.980)]
)
def test_quantiles_of_students_t(degrees, expected):
    assert t_quantile_975(degrees) == pytest.approx(expected, abs=0.0006)


def test_too_few_values_say_nothing():
    assert math.isnan(mean_interval(np.array([])).mean)
    assert mean_interval(np.array([3.0])) == Interval(3.0, -math.inf, math.inf)
    assert math.isnan(bootstrap_interval(np.array([]), seed=0).mean)


def test_intervals_lie_apart_or_not():
    assert Interval(5, 4, 6).is_above(Interval(2, 1, 3))
    assert not Interval(5, 4, 6).is_above(Interval(4, 3, 5))


def test_a_difference_of_means_is_as_sure_as_both():
    chance = np.random.default_rng(0)
    covered = 0
    for _ in range(300):
        one, other = (mean_interval(chance.exponential(2.0, n)) for n in (200, 50))
        apart = difference_interval(one, other)
        covered += apart.low <= 0 <= apart.high
        assert apart.high - apart.low > max(one.high - one.low, other.high - other.low)
    assert 270 <= covered <= 297
    certain = difference_interval(Interval(5, 4, 7), Interval(1, 1, 1))
    assert (certain.mean, certain.low, certain.high) == (4, 3, 6)


def test_the_bootstrap_covers_and_repeats_with_its_seed():
    chance = np.random.default_rng(0)
    covered = 0
    for _ in range(60):
        values = chance.exponential(2.0, 80)
        interval = bootstrap_interval(values, seed=1, resamples=300)
        covered += interval.low <= 2.0 <= interval.high
    assert covered >= 50
    assert bootstrap_interval(values, seed=1) == bootstrap_interval(values, seed=1)


def test_calibration_finds_an_overconfident_top():
    chance = np.random.default_rng(0)
    predicted = np.linspace(0, 1, 5_000)
    observed = (chance.random(5_000) < np.minimum(predicted, 0.6)).astype(float)
    bins = calibration_by_decile(predicted, observed)
    assert len(bins) == 10
    assert sum(one.n for one in bins) == 5_000
    assert bins[2].observed.low <= bins[2].predicted <= bins[2].observed.high
    assert bins[-1].observed.high < bins[-1].predicted
    assert 0.05 < expected_calibration_error(bins) < 0.15


def test_calibration_of_few_or_uneven_columns():
    assert len(calibration_by_decile(np.array([0.1, 0.2]), np.array([0.0, 1.0]))) == 2
    assert math.isnan(expected_calibration_error(()))
    with pytest.raises(ValueError, match="3 predictions, 2 observations"):
        calibration_by_decile(np.zeros(3), np.zeros(2))
