"""How sure a mean over seeds is: Student's t-interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from stoa.errors import BadInput

# Two-sided 95 % quantiles of Student's t for 1 to 30 degrees of freedom.
_T95 = (
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228,
    2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086,
    2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean with its 95 % interval."""

    mean: float
    low: float
    high: float


def mean_interval(values: Sequence[float]) -> Interval:
    """Mean of independent values and its 95 % t-interval.

    >>> interval = mean_interval([1.0, 2.0, 3.0])
    >>> interval.mean, round(interval.low, 2), round(interval.high, 2)
    (2.0, -0.48, 4.48)

    Raises:
        BadInput: fewer than two values, of which no interval can be told.
    """
    if len(values) < 2:
        raise BadInput("values", list(values), "give at least two, so that they can differ")
    array = np.asarray(values, dtype=np.float64)
    freedom = len(array) - 1
    # Beyond the table the quantile nears the normal one as 1 / freedom.
    t = _T95[freedom - 1] if freedom <= len(_T95) else 1.960 + 2.46 / freedom
    half = t * float(array.std(ddof=1)) / np.sqrt(len(array))
    mean = float(array.mean())
    return Interval(mean=mean, low=float(mean - half), high=float(mean + half))
