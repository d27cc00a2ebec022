"""Means that say how sure they are."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# Two-sided 95 % quantiles of Student's t by degrees of freedom; from 30 on the expansion
# of Fisher and Cornish (1960) is exact to three digits.
_T_975 = (
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228,
    2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086,
    2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045,
)  # fmt: skip
_NORMAL_975 = 1.959964


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean and the ends of its 95 % confidence interval."""

    mean: float
    low: float
    high: float

    def is_above(self, other: Interval) -> bool:
        """Whether the intervals lie apart, this one higher."""
        return self.low > other.high


def mean_interval(values: NDArray[np.float64]) -> Interval:
    """Mean of independent values with Student's interval; without width limits below two.

    >>> mean_interval(np.array([1.0, 2.0, 3.0])).mean
    2.0
    """
    n = len(values)
    if n == 0:
        return Interval(math.nan, -math.inf, math.inf)
    mean = float(np.mean(values))
    if n == 1:
        return Interval(mean, -math.inf, math.inf)
    half = t_quantile_975(n - 1) * float(np.std(values, ddof=1)) / math.sqrt(n)
    return Interval(mean, mean - half, mean + half)


def bootstrap_interval(
    values: NDArray[np.float64], *, seed: int, resamples: int = 2_000
) -> Interval:
    """Mean with the percentile bootstrap's interval (Efron 1979), for values of odd shape."""
    if len(values) == 0:
        return Interval(math.nan, -math.inf, math.inf)
    values = np.asarray(values, dtype=np.float64)
    chance = np.random.default_rng(seed)
    means = np.array(
        [values[chance.integers(0, len(values), len(values))].mean() for _ in range(resamples)]
    )
    low, high = np.quantile(means, [0.025, 0.975])
    return Interval(float(values.mean()), float(low), float(high))


def difference_interval(one: Interval, other: Interval) -> Interval:
    """One mean less another, independent one, from their intervals (Zou and Donner 2008).

    The ends recover each side's spread where it matters, so that skewed intervals stay skewed.

    >>> difference_interval(Interval(5, 2, 8), Interval(1, -3, 5))
    Interval(mean=4, low=-1.0, high=9.0)
    """
    mean = one.mean - other.mean
    down = math.hypot(one.mean - one.low, other.high - other.mean)
    up = math.hypot(one.high - one.mean, other.mean - other.low)
    return Interval(mean, mean - down, mean + up)


def t_quantile_975(degrees: int) -> float:
    """The 97.5 % quantile of Student's t.

    >>> t_quantile_975(4)
    2.776
    """
    if degrees <= len(_T_975):
        return _T_975[degrees - 1]
    z = _NORMAL_975
    return z + (z**3 + z) / (4 * degrees) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * degrees**2)
