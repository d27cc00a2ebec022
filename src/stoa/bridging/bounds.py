"""How far one more helpful rating could move a note (spec 10.1).

Four refits of every note with raters and mu frozen: none added, and one rating of 1 by a
pseudo-rater who is the strictest of all and sits at the left end, the middle or the right end of
the axis. Each refit is a closed form, for the pseudo-rating only adds to a note's sums.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from stoa.bridging.descent import Problem
from stoa.bridging.layout import Layout
from stoa.bridging.ridge import Moments, Point, Ridge, moments, solve_pairs
from stoa.bridging.scorers import Penalties

Floats = NDArray[np.float64]
Column = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Bounds:
    """Per note, over the four refits; all arrays (n_notes,), rows of the `Layout`."""

    intercept_min: Column
    intercept_median: Column
    intercept_max: Column  # the upper bound that the rules read
    factor_min: Column
    factor_median: Column
    factor_max: Column
    n_negative: NDArray[np.int32]  # ratings by raters with factor < 0
    n_positive: NDArray[np.int32]
    n_ratings: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Extremes:
    """The pseudo-raters, and how many ratings a note has: what the bounds of all notes share."""

    rater_intercept: float  # the lowest
    lowest_factor: float
    highest_factor: float
    per_note: float  # ratings a note in the fit

    @classmethod
    def of(
        cls,
        layout: Layout,
        rater_intercept: NDArray[np.floating],
        rater_factor: NDArray[np.floating],
    ) -> Extremes:
        """Those of a fit; rater columns are (n_raters,) rows of its layout."""
        return cls(
            float(rater_intercept.min()),
            float(rater_factor.min()),
            float(rater_factor.max()),
            layout.n_ratings / layout.n_notes,
        )


def pseudo_rater_bounds(
    layout: Layout,
    penalties: Penalties,
    mu: float,
    rater_intercept: NDArray[np.floating],
    rater_factor: NDArray[np.floating],
    *,
    extremes: Extremes | None = None,
    n_threads: int = 1,
) -> Bounds:
    """Bounds of intercept and factor of every note.

    Args:
        layout: the ratings of the fit that froze the raters.
        penalties: of that fit; the refits know no diamond term and no ratio.
        mu: frozen.
        rater_intercept: (n_raters,) frozen; the lowest is the pseudo-raters'.
        rater_factor: (n_raters,) frozen; the extremes and 0 are the pseudo-raters'.
        extremes: of the whole fit, where the layout holds some of its notes only.
        n_threads: how many blocks of ratings are summed at once.
    """
    whole = extremes or Extremes.of(layout, rater_intercept, rater_factor)
    problem = Problem.of(layout, replace(penalties, diamond=0.0), whole.per_note, n_threads)
    raters = Point(rater_intercept.astype(np.float64), rater_factor.astype(np.float64)[None])
    m = moments(
        layout.by_note, problem.of_notes, problem.of_raters, raters, 0.0, n_threads=n_threads
    ).at(mu)
    refits = [solve_pairs(m, problem.note, m.r, m.rx)]
    # One more rating a note raises the mean number of ratings, and with it the penalty, by one.
    per_note = whole.per_note + 1
    ridge = Ridge(per_note * penalties.note_intercept, per_note * penalties.note_factor)
    residual = 1.0 - mu - whole.rater_intercept
    for factor in (whole.lowest_factor, 0.0, whole.highest_factor):
        more = _with_rating(m, factor, residual)
        refits.append(solve_pairs(more, ridge, more.r, more.rx))
    intercepts = np.stack([p.intercept for p in refits])
    factors = np.stack([p.factor[0] for p in refits])
    sides = [(raters.factor[0] < 0).astype(float), (raters.factor[0] > 0).astype(float)]
    counts, _ = replace(layout.by_note, weight=None).sums(sides)

    def three(rows: Floats) -> tuple[Column, Column, Column]:
        columns = rows.min(axis=0), np.median(rows, axis=0), rows.max(axis=0)
        low, middle, high = (c.astype(np.float32) for c in columns)
        return low, middle, high

    return Bounds(
        *three(intercepts),
        *three(factors),
        n_negative=counts[0].astype(np.int32),
        n_positive=counts[1].astype(np.int32),
        n_ratings=np.diff(layout.by_note.start).astype(np.int32),
    )


def _with_rating(m: Moments, factor: float, residual: float) -> Moments:
    """The sums after one more rating of every note, by a rater of this factor."""
    return replace(
        m,
        weight=m.weight + 1.0,
        x=m.x + factor,
        xx=m.xx + factor * factor,
        r=m.r + residual,
        rx=m.rx + factor * residual,
    )
