"""The bootstrap over viewers, for anything that is a function of sums.

A viewer's impressions resemble each other, so viewers are drawn, never rows. Every figure in this
room that needs it is a function of column sums: draws are counts, one matrix product a chunk gives
the sums of all draws, and figures computed from the same draws can be compared pair by pair.
"""

from __future__ import annotations

from collections.abc import Mapping
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
_LEAST_ERROR = 1e-6
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
    summed = [np.bincount(unit, weights=column, minlength=n_units) for column in columns.T]
    return np.stack(summed, axis=1).astype(np.float64)


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

    For figures whose standard error a draw does not tell: percentiles, moved by the skew of the
    influences.

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


def ratio_intervals(
    sums: Floats, ratios: Mapping[str, tuple[int, int]], *, seed: int, resamples: int = 2_000
) -> dict[str, Interval]:
    """Ratios of column sums with studentised bootstrap intervals (Efron 1982; Hall 1988).

    Clicks are rare and weights are skewed: a draw that missed the heavy rows has a low figure and
    a small standard error at once, so draws are compared in their own standard errors. In simulated
    logs with 50 clicks and heavy weights it covers 93 to 94 % where percentiles cover 89 to 90.

    Args:
        sums: (m, c) of each viewer, from `viewer_sums`.
        ratios: name -> (column of the numerator, column of the denominator).
        seed: of the draws, which all ratios share.
        resamples: how many draws.

    >>> sums = np.stack([np.arange(100.0), np.ones(100)], axis=1)
    >>> made = ratio_intervals(sums, {"mean": (0, 1)}, seed=0)["mean"]
    >>> made.mean, round(made.low), round(made.high)
    (49.5, 44, 55)
    """
    made: dict[str, Interval] = {}
    values: list[float] = []
    columns: list[Floats] = []
    for top, bottom in ratios.values():
        value = float(_divided(sums[:, top].sum(keepdims=True), sums[:, bottom].sum())[0])
        # About the value itself: squares of large, nearly equal numbers would cancel.
        left, size = sums[:, top] - value * sums[:, bottom], sums[:, bottom]
        values.append(value)
        columns += [left, size, left**2, left * size, size**2]
    drawn = resampled_sums(np.stack(columns, axis=1), seed=seed, resamples=resamples)
    for at, (name, value) in enumerate(zip(ratios, values, strict=True)):
        whole = np.array([[column.sum() for column in columns[5 * at : 5 * at + 5]]])
        made[name] = _studentised(value, whole, drawn[:, 5 * at : 5 * at + 5])
    return made


def _studentised(value: float, whole: Floats, drawn: Floats) -> Interval:
    """Interval of a ratio from sums of residual, size, and their products; by draw in `drawn`."""
    if not np.isfinite(value):
        return Interval(float("nan"), -np.inf, np.inf)
    error = float(_move_and_error(whole)[1][0])
    moves, errors = _move_and_error(drawn)
    # A draw of equal rows has no error of its own but rounding, and says nothing in that measure.
    told = errors > _LEAST_ERROR * error
    z = moves[told] / errors[told]
    if error == 0 or len(z) == 0:
        return Interval(value, value, value)
    low, high = np.quantile(z, [_TAIL, 1 - _TAIL])
    return Interval(value, value - error * float(high), value - error * float(low))


def _move_and_error(sums: Floats) -> tuple[Floats, Floats]:
    """(n,) how far a ratio lies from the value its residuals are about, and its standard error."""
    left, size, left2, both, size2 = sums.T
    move = _divided(left, size)
    spread = np.maximum(left2 - 2 * move * both + move**2 * size2, 0)
    return move, _divided(np.sqrt(spread), np.abs(size))


def _divided(top: Floats, bottom: Floats | np.float64) -> Floats:
    return np.divide(top, bottom, out=np.full(len(top), np.nan), where=bottom != 0)
