"""Whether predictions mean what they say: predicted against observed, by decile."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.measure.intervals import Interval, mean_interval


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
