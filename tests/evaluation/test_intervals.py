"""Intervals over seeds are Student's, and refuse what cannot be told."""

import numpy as np
import pytest

from stoa.errors import BadInput
from stoa.evaluation.intervals import mean_interval


def test_five_values_by_hand():
    interval = mean_interval([1, 2, 3, 4, 5])
    half = 2.776 * np.sqrt(2.5) / np.sqrt(5)
    assert (interval.mean, interval.low, interval.high) == pytest.approx((3, 3 - half, 3 + half))


@pytest.mark.parametrize("n", [2, 5, 31, 60])
def test_the_true_mean_lies_inside_nineteen_times_in_twenty(n):
    random = np.random.default_rng(n)
    inside = 0
    for _ in range(4_000):
        interval = mean_interval((7 + random.standard_normal(n)).tolist())
        inside += interval.low <= 7 <= interval.high
    assert inside / 4_000 == pytest.approx(0.95, abs=0.012)


def test_one_value_has_no_interval():
    with pytest.raises(BadInput, match="at least two"):
        mean_interval([3.0])
