"""Whether predictions mean what they say: predicted against observed, by decile, head and group.

Expected calibration error is the mean distance of observed from predicted over bins (Naeini et al.
2015), here over bins of equal count (adaptive, Nguyen and O'Connor 2015) and of equal width. It is
a mean of distances, so that noise alone makes it positive: what noise adds is estimated by the
bootstrap and taken off, from the figure and from both ends of its interval.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.errors import BadInput
from stoa.measure.intervals import Interval, mean_interval
from stoa.measure.resampling import (
    Floats,
    Ints,
    accelerated_interval,
    resampled_sums,
    viewer_sums,
)

EVERYBODY = "all"
"""The group that every row is in; it stands first for each head."""


@dataclass(frozen=True, slots=True)
class CalibrationBin:
    """One tenth of the predictions, lowest first."""

    n: int
    predicted: float  # mean
    observed: Interval


def calibration_by_decile(
    predicted: NDArray[np.float64], observed: NDArray[np.float64], n_bins: int = 10
) -> tuple[CalibrationBin, ...]:
    """Bins of equal size by prediction; equal predictions may fall into neighbouring bins.

    Raises:
        ValueError: the columns differ in length.

    >>> bins = calibration_by_decile(np.arange(20.0), np.arange(20.0))
    >>> bins[0].predicted, bins[0].observed.mean
    (0.5, 0.5)
    """
    if len(predicted) != len(observed):
        raise ValueError(f"{len(predicted)} predictions, {len(observed)} observations")
    order = np.argsort(predicted, kind="stable")
    return tuple(
        CalibrationBin(len(rows), float(predicted[rows].mean()), mean_interval(observed[rows]))
        for rows in np.array_split(order, n_bins)
        if len(rows)
    )


def expected_calibration_error(bins: tuple[CalibrationBin, ...]) -> float:
    """Mean distance of predicted from observed over bins, weighed by size; NaN without bins."""
    n = sum(one.n for one in bins)
    if n == 0:
        return float("nan")
    return sum(one.n * abs(one.predicted - one.observed.mean) for one in bins) / n


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationConfig:
    """How finely to look, and how often to draw."""

    n_bins: int = 10
    resamples: int = 1_000
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationRow:
    """One head in one group; every interval is 95 %, by bootstrap over viewers."""

    head: str
    group: str
    n: int  # rows whose outcome is known
    n_viewers: int
    predicted: float  # mean
    observed: float  # mean
    ece_adaptive: Interval  # bins of equal count, noise taken off; in the unit of the head
    ece_width: Interval  # bins of equal width, noise taken off
    plain_ece: float  # over bins of equal count, noise and all: to compare with published figures
    slope: Interval  # of observed on predicted, least squares; 1 is right
    intercept: Interval  # 0 is right
    bins: tuple[CalibrationBin, ...]  # of equal count, lowest predictions first


def calibration_table(
    predicted: Mapping[str, Floats],
    observed: Mapping[str, Floats] | Floats,
    groups: Mapping[str, NDArray[np.bool_]],
    viewer: Ints | None,
    config: CalibrationConfig | None = None,
) -> list[CalibrationRow]:
    """Calibration of every head, over all rows and in each named group.

    Args:
        predicted: head -> (n,) probabilities, or seconds.
        observed: head -> (n,) outcomes, 0 or 1 or seconds, NaN where not known; or one column for
            all heads.
        groups: name -> (n,) which rows belong to it; groups may overlap.
        viewer: (n,) any numbers; None where viewers are unknown, then rows are drawn.
        config: bins and draws.

    Raises:
        BadInput: columns of different lengths, a head without outcomes, a prediction that is no
            finite number (names the row), or a group called "all".

    >>> chance = np.random.default_rng(0)
    >>> prob = chance.random(4_000)
    >>> clicked = (chance.random(4_000) < prob).astype(float)
    >>> row = calibration_table({"like": prob}, clicked, {}, np.arange(4_000) // 4)[0]
    >>> (row.head, row.group, row.n, row.n_viewers)
    ('like', 'all', 4000, 1000)
    >>> row.slope.low < 1 < row.slope.high and row.ece_adaptive.mean < 0.02
    True
    """
    config = config or CalibrationConfig()
    made: list[CalibrationRow] = []
    for head, forecast in predicted.items():
        outcome = _outcome_of(head, observed)
        _check_head(head, forecast, outcome, groups, viewer)
        for group, inside in {EVERYBODY: np.ones(len(forecast), dtype=np.bool_), **groups}.items():
            row = inside & ~np.isnan(outcome)
            chosen = None if viewer is None else viewer[row]
            made.append(_calibrate((head, group), forecast[row], outcome[row], chosen, config))
    return made


def _calibrate(
    name: tuple[str, str],
    predicted: Floats,
    observed: Floats,
    viewer: Ints | None,
    config: CalibrationConfig,
) -> CalibrationRow:
    n = len(predicted)
    if n == 0:
        return _nothing_known(name)
    middle = float(predicted.mean()), float(observed.mean())
    x, y = predicted - middle[0], observed - middle[1]
    adaptive = _one_hot(_bins_of_equal_count(predicted, config.n_bins), config.n_bins)
    width = _one_hot(_bins_of_equal_width(predicted, observed, config.n_bins), config.n_bins)
    gap = (observed - predicted)[:, None]
    columns = [np.stack([np.ones(n), x, y, x * x, x * y], axis=1), gap * adaptive, gap * width]
    binned = np.concatenate([adaptive, adaptive * observed[:, None]], axis=1)
    sums = viewer_sums(np.concatenate([*columns, binned], axis=1), viewer, seed=config.seed)
    drawn = resampled_sums(sums, seed=config.seed, resamples=config.resamples)
    first, second, third = (slice(5 + config.n_bins * k, None) for k in range(3))
    first, second = slice(first.start, second.start), slice(second.start, third.start)
    slope, intercept = _line(sums[:, :5], drawn[:, :5], middle)
    return CalibrationRow(
        head=name[0],
        group=name[1],
        n=n,
        n_viewers=n if viewer is None else len(np.unique(viewer)),
        predicted=middle[0],
        observed=middle[1],
        ece_adaptive=_error(sums[:, first], drawn[:, first], n, drawn[:, 0]),
        ece_width=_error(sums[:, second], drawn[:, second], n, drawn[:, 0]),
        plain_ece=float(np.abs(sums[:, first].sum(axis=0)).sum()) / n,
        slope=slope,
        intercept=intercept,
        bins=_bins(sums[:, third], drawn[:, third], predicted @ adaptive, observed),
    )


def _error(gaps: Floats, drawn: Floats, n: int, n_drawn: Floats) -> Interval:
    """Calibration error from each viewer's sums of observed less predicted by bin.

    A draw adds as much noise to the sample as the sample to the truth; the difference is taken off
    (the basic bootstrap interval, Davison and Hinkley 1997, section 2.4). The interval reaches down
    to 0 wherever perfect forecasts would show as large a distance by noise alone.
    """
    whole = gaps.sum(axis=0)
    value = float(np.abs(whole).sum()) / n
    draws = np.abs(drawn).sum(axis=1) / n_drawn
    low, high = np.quantile(draws, [0.025, 0.975])
    noise = float(np.quantile(np.abs(drawn - whole).sum(axis=1) / n_drawn, 0.975))
    least = 0.0 if value <= noise else max(2 * value - float(high), 0.0)
    mean = max(2 * value - float(draws.mean()), 0.0)
    return Interval(mean, min(least, mean), max(2 * value - float(low), mean))


def _line(sums: Floats, drawn: Floats, middle: tuple[float, float]) -> tuple[Interval, Interval]:
    """Slope and intercept by least squares, from sums of 1, x, y, x^2, xy about `middle`."""

    def fitted(row: Floats) -> tuple[Floats, Floats]:
        n, x, y, xx, xy = row.T
        spread = n * xx - x * x
        flat = spread <= 1e-12 * n * n * max(middle[0] ** 2, 1e-12)
        slope = np.divide(n * xy - x * y, spread, out=np.full(len(n), np.nan), where=~flat)
        return slope, middle[1] + (y - slope * x) / n - slope * middle[0]

    slope, intercept = (float(part[0]) for part in fitted(sums.sum(axis=0, keepdims=True)))
    if not np.isfinite(slope):
        unknown = Interval(float("nan"), -np.inf, np.inf)
        return unknown, unknown
    n, x, y, xx, xy = sums.T
    on_slope = (xy - slope * xx) / xx.sum()
    on_intercept = (y - slope * x) / n.sum() - middle[0] * on_slope
    slopes, intercepts = fitted(drawn)
    return (
        accelerated_interval(slope, slopes, on_slope),
        accelerated_interval(intercept, intercepts, on_intercept),
    )


def _bins(
    sums: Floats, drawn: Floats, predicted: Floats, observed: Floats
) -> tuple[CalibrationBin, ...]:
    """Bins from each viewer's counts, then sums of outcomes; `predicted` holds sums by bin."""
    n_bins = len(predicted)
    is_binary = bool(np.isin(observed, (0.0, 1.0)).all())
    made: list[CalibrationBin] = []
    for at in range(n_bins):
        count, happened = sums[:, at], sums[:, n_bins + at]
        n = float(count.sum())
        if n == 0:
            continue
        mean = float(happened.sum()) / n
        draws = np.divide(
            drawn[:, n_bins + at], drawn[:, at], out=np.full(len(drawn), np.nan),
            where=drawn[:, at] > 0,
        )  # fmt: skip
        interval = accelerated_interval(mean, draws, happened - mean * count)
        if is_binary:
            interval = _three_in_n(interval, int((count > 0).sum()))
        made.append(CalibrationBin(int(n), float(predicted[at] / n), interval))
    return tuple(made)


def _three_in_n(interval: Interval, n: int) -> Interval:
    """Where nothing ever happened (or always), up to three in n may (Hanley, Lippman-Hand 1983)."""
    if interval.low < interval.high:
        return interval
    if interval.mean == 0:
        return Interval(0.0, 0.0, min(3 / n, 1.0))
    return Interval(interval.mean, max(1 - 3 / n, 0.0), 1.0) if interval.mean == 1 else interval


def _bins_of_equal_count(predicted: Floats, n_bins: int) -> Ints:
    """(n,) bin of each row by rank; equal predictions share a bin."""
    _, place, count = np.unique(predicted, return_inverse=True, return_counts=True)
    middle = np.cumsum(count) - (count + 1) / 2
    return np.floor(n_bins * middle[place] / len(predicted)).astype(np.int64)


def _bins_of_equal_width(predicted: Floats, observed: Floats, n_bins: int) -> Ints:
    """(n,) bin of each row; bins part 0..1 for probabilities, else what the predictions span."""
    low, high = float(predicted.min()), float(predicted.max())
    if low >= 0 and high <= 1 and np.isin(observed, (0.0, 1.0)).all():
        low, high = 0.0, 1.0
    at = np.floor(n_bins * (predicted - low) / max(high - low, 1e-300))
    return np.clip(at, 0, n_bins - 1).astype(np.int64)


def _one_hot(at: Ints, n_bins: int) -> Floats:
    """(n, n_bins) with a 1 where the row's bin is."""
    return (at[:, None] == np.arange(n_bins)).astype(np.float64)


def _outcome_of(head: str, observed: Mapping[str, Floats] | Floats) -> Floats:
    if isinstance(observed, Mapping):
        if head not in observed:
            raise BadInput("observed", sorted(observed), f"give outcomes of {head!r} too")
        return np.asarray(observed[head], dtype=np.float64)
    return np.asarray(observed, dtype=np.float64)


def _check_head(
    head: str,
    predicted: Floats,
    observed: Floats,
    groups: Mapping[str, NDArray[np.bool_]],
    viewer: Ints | None,
) -> None:
    n = len(predicted)
    if EVERYBODY in groups:
        raise BadInput("groups", EVERYBODY, "leave it out, it is made for every head")
    shapes = {f"observed {head}": observed.shape} | {
        f"group {k}": v.shape for k, v in groups.items()
    }
    if viewer is not None:
        shapes["viewer"] = viewer.shape
    for name, shape in shapes.items():
        if shape != (n,):
            raise BadInput(name, shape, f"give shape ({n},), as predicted has")
    wrongs = (
        ("predicted", predicted, ~np.isfinite(predicted)),
        ("observed", observed, np.isinf(observed)),
    )
    for name, column, wrong in wrongs:
        if wrong.any():
            row = int(np.argmax(wrong))
            raise BadInput(f"{name} {head}, row {row}", float(column[row]), "give a finite number")


def _nothing_known(name: tuple[str, str]) -> CalibrationRow:
    nan = float("nan")
    unknown = Interval(nan, -np.inf, np.inf)
    return CalibrationRow(
        head=name[0], group=name[1], n=0, n_viewers=0, predicted=nan, observed=nan,
        ece_adaptive=unknown, ece_width=unknown, plain_ece=nan, slope=unknown,
        intercept=unknown, bins=(),
    )  # fmt: skip
