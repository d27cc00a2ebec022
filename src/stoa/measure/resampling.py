"""The bootstrap over viewers, for anything that is a function of sums.

A viewer's impressions resemble each other, so viewers are drawn, never rows. Every figure in this
room that needs it is a function of column sums: draws are counts, one matrix product a chunk gives
the sums of all draws, and figures computed from the same draws can be compared pair by pair.
"""

from __future__ import annotations

from collections.abc import Callable
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from stoa.errors import BadInput
from stoa.measure.intervals import Interval

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MOST_UNITS = 20_000
"""Beyond this, units are pooled at random first: sums of equal, independent groups have the same
spread, and 2,000 draws stay a matter of seconds."""

_CHUNK_DRAWS = 1 << 20
_NORMAL = NormalDist()
_TAIL = 0.025


def viewer_sums(columns: Floats, viewer: Ints | None, *, seed: int = 0) -> Floats:
    """Column sums of each viewer; of each row where viewers are unknown.

    Args:
        columns: (n, c).
        viewer: (n,) any numbers, or None.
        seed: for pooling more than `MOST_UNITS` units into that many.

    Returns:
        (m, c); the rows sum to the sums of `columns`.

    Raises:
        BadInput: the lengths differ.

    >>> viewer_sums(np.array([[1.0], [2.0], [4.0]]), np.array([7, 9, 7])).tolist()
    [[5.0], [2.0]]
    """
    n = len(columns)
    if viewer is None:
        unit = np.arange(n)
        n_units = n
    else:
        if len(viewer) != n:
            raise BadInput("viewer", len(viewer), f"give {n} rows, one for each impression")
        named, unit = np.unique(viewer, return_inverse=True)
        n_units = len(named)
    if n_units > MOST_UNITS:
        pool = np.random.default_rng(seed).permutation(n_units) % MOST_UNITS
        unit, n_units = pool[unit], MOST_UNITS
    elif viewer is None:
        return columns
    return np.stack(
        [np.bincount(unit, weights=column, minlength=n_units) for column in columns.T], axis=1
    )


def resampled_sums(sums: Floats, *, seed: int, resamples: int = 2_000) -> Floats:
    """Column sums of units drawn with replacement, as many as there are; shape (resamples, c)."""
    n_units, n_columns = sums.shape
    drawn = np.empty((resamples, n_columns))
    chance = np.random.default_rng(seed)
    chunk = max(1, _CHUNK_DRAWS // max(n_units, 1))
    for first in range(0, resamples, chunk):
        n = min(chunk, resamples - first)
        unit = chance.integers(0, n_units, (n, n_units), dtype=np.int64)
        unit += np.arange(n)[:, None] * n_units
        count = np.bincount(unit.ravel(), minlength=n * n_units).reshape(n, n_units)
        drawn[first : first + n] = count @ sums
    return drawn


def accelerated_interval(value: float, drawn: Floats, influence: Floats) -> Interval:
    """The bias-corrected and accelerated interval, BCa (Efron 1987, equation 6.8).

    Clicks are rare and weights are skewed: the plain percentiles then miss the truth on the high
    side, and BCa moves both ends by the skew of the influences.

    Args:
        value: the figure from all units.
        drawn: (resamples,) the figure from each draw; NaN where a draw had none.
        influence: (m,) what a unit moves the figure by, up to a common factor.

    >>> chance = np.random.default_rng(0)
    >>> interval = accelerated_interval(0.0, chance.normal(size=9999), chance.normal(size=99))
    >>> abs(interval.low + 1.96) < 0.2 and abs(interval.high - 1.96) < 0.2
    True
    """
    drawn = drawn[np.isfinite(drawn)]
    if not np.isfinite(value) or len(drawn) == 0:
        return Interval(float("nan"), -np.inf, np.inf)
    below = (np.sum(drawn < value) + np.sum(drawn == value) / 2) / len(drawn)
    if not 0 < below < 1:
        return Interval(value, float(drawn.min()), float(drawn.max()))
    spread = float(np.square(influence).sum())
    skew = float((influence**3).sum()) / (6 * spread**1.5) if spread > 0 else 0.0
    shift = _NORMAL.inv_cdf(float(below))
    ends: list[float] = []
    for tail in (_TAIL, 1 - _TAIL):
        z = shift + _NORMAL.inv_cdf(tail)
        ends.append(float(np.quantile(drawn, _NORMAL.cdf(shift + z / max(1 - skew * z, 1e-3)))))
    return Interval(value, ends[0], ends[1])


def ratio_interval(
    sums: Floats, drawn: Floats, top: int, bottom: int, *, less: tuple[int, int] | None = None
) -> Interval:
    """A ratio of two column sums, less another where given, with its interval.

    Args:
        sums: (m, c) of each unit.
        drawn: (resamples, c) from `resampled_sums` of the same.
        top: column of the numerator.
        bottom: column of the denominator.
        less: columns of the ratio to subtract.
    """
    value, influence = _ratio(sums, top, bottom)
    figure: Callable[[int, int], Floats] = lambda a, b: _divided(drawn[:, a], drawn[:, b])  # noqa: E731 (one line, used twice)
    draws = figure(top, bottom)
    if less is not None:
        other, its_influence = _ratio(sums, *less)
        value, influence, draws = value - other, influence - its_influence, draws - figure(*less)
    return accelerated_interval(value, draws, influence)


def _ratio(sums: Floats, top: int, bottom: int) -> tuple[float, Floats]:
    """The ratio of all, and each unit's first-order influence on it."""
    total = float(sums[:, bottom].sum())
    if total == 0:
        return float("nan"), np.zeros(len(sums))
    value = float(sums[:, top].sum()) / total
    return value, (sums[:, top] - value * sums[:, bottom]) * (len(sums) / total)


def _divided(top: Floats, bottom: Floats) -> Floats:
    return np.divide(top, bottom, out=np.full(len(top), np.nan), where=bottom != 0)
