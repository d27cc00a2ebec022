"""Explains ratings by who rates and what is rated (spec 6), solved to the optimum.

    prediction(u, n) = mu + i_u + i_n + f_u . f_n

The published scorer descends the same loss with Adam and stops near the optimum. Here notes (and
mu) are solved exactly with raters fixed, then raters (and mu) with notes fixed, with Anderson
mixing of the raters between rounds; the loss never rises.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from stoa.bridging.descent import Effort, Problem, State, descend
from stoa.bridging.layout import Layout
from stoa.bridging.ridge import Point, best, best_with_diamond, moments
from stoa.bridging.scorers import Penalties
from stoa.bridging.starts import main_axes
from stoa.errors import BadInput

Floats = NDArray[np.float64]

STABLE_SHARE = 0.75
STABLE_RATINGS = 5


@dataclass(frozen=True, slots=True)
class Start:
    """Where a fit starts; None lets the fit choose. Arrays over the fit's own rows.

    A number that is not known is NaN and counts as 0. Factors are (n,), or (n, d) for d > 1.
    """

    note_intercept: NDArray[np.float32] | None = None
    note_factor: NDArray[np.float32] | None = None
    rater_intercept: NDArray[np.float32] | None = None
    rater_factor: NDArray[np.float32] | None = None
    mu: float = 0.0


@dataclass(frozen=True, slots=True)
class Fit:
    """Parameters that explain a table of ratings; rows are those of the fit's `Layout`.

    Factors are (n,) for one factor and (n, d) for more.
    """

    mu: float
    rater_intercept: NDArray[np.float32]  # (n_raters,)
    rater_factor: NDArray[np.float32]
    note_intercept: NDArray[np.float32]  # (n_notes,)
    note_factor: NDArray[np.float32]
    loss: float  # regularisation included
    squared_error: float  # mean over ratings, regularisation left out
    n_iterations: int


def fit(
    layout: Layout,
    penalties: Penalties,
    start: Start | None = None,
    *,
    ratio: float | None = None,
    settle_sign: bool = True,
    n_factors: int = 1,
    effort: Effort | None = None,
) -> Fit:
    """The parameters that minimise the published loss (spec 6), from `start` or from nothing.

    Args:
        layout: the ratings, weighted or not.
        penalties: regularisation; a diamond term needs `n_factors` 1.
        start: where to start. Given raters decide; notes alone do where no rater is given.
        ratio: `ratingPerNoteLossRatio`; None: ratings a note of this layout.
        settle_sign: turn the axis so that at least half of the raters who have a side are on
            the negative one.
        n_factors: how many factors; a start must have as many.
        effort: when to stop.
    """
    effort = effort or Effort()
    problem = Problem.of(layout, penalties, ratio, effort.n_threads)
    raters, mu = opening(problem, start or Start(), n_factors)
    state, losses = descend(problem, raters, mu, effort)
    return as_fit(problem, state, len(losses), settle_sign=settle_sign)


def fit_stable(
    layout: Layout,
    penalties: Penalties,
    *,
    of_group: NDArray[np.bool_],
    enrolled: NDArray[np.bool_],
    effort: Effort | None = None,
) -> Fit:
    """A fit that starts from one community's own (spec 7.1).

    Args:
        layout: the ratings of everybody.
        penalties: regularisation of both fits; the first has no diamond term.
        of_group: (n_raters,) who belongs to the community (the published scorer's group 13).
        enrolled: (n_raters,) who is in the enrolment file at all.
        effort: when to stop.

    Raises:
        BadInput: the community shares no note to start from.
    """
    part = stable_part(layout, of_group, enrolled)
    if part.n_ratings == 0:
        raise BadInput("of_group", int(of_group.sum()), "name a group that rates notes together")
    first = fit(part, replace(penalties, diamond=0.0), effort=effort)
    start = Start(
        rater_intercept=_spread(first.rater_intercept, part.rater, layout.n_raters),
        rater_factor=_spread(first.rater_factor, part.rater, layout.n_raters),
        mu=first.mu,
    )
    return fit(layout, penalties, start, effort=effort)


def stable_part(layout: Layout, of_group: NDArray[np.bool_], enrolled: NDArray[np.bool_]) -> Layout:
    """The group's ratings on notes that are mostly the group's; rows of `layout` are the ids."""
    rows = layout.by_note
    (n_group, n_enrolled), _ = rows.sums([of_group.astype(float), enrolled.astype(float)])
    mostly = (n_enrolled >= STABLE_RATINGS) & (n_group >= STABLE_SHARE * n_enrolled)
    keep = of_group[rows.other] & np.repeat(mostly, np.diff(rows.start))
    note = np.repeat(np.arange(layout.n_notes, dtype=np.int32), np.diff(rows.start))
    weight = None if rows.weight is None else rows.weight[keep]
    part = Layout.of(note[keep], rows.other[keep], rows.value[keep], weight=weight)
    return replace(part, rater_seed=layout.rater_seed[part.rater])


def opening(problem: Problem, start: Start, n_factors: int) -> tuple[Point, float]:
    """The raters, and mu, that a descent starts from."""
    layout = problem.layout
    if start.rater_intercept is not None or start.rater_factor is not None:
        raters = _point(start.rater_intercept, start.rater_factor, layout.n_raters, n_factors)
        return raters, start.mu
    if start.note_intercept is not None or start.note_factor is not None:
        notes = _point(start.note_intercept, start.note_factor, layout.n_notes, n_factors)
        raters, mu, _ = problem.raters_given(notes)
        return raters, mu
    return main_axes(problem, n_factors)


def as_fit(problem: Problem, state: State, n_iterations: int, *, settle_sign: bool) -> Fit:
    """The state in single precision, its axes turned if so wished."""
    f_raters, f_notes = state.raters.factor, state.notes.factor
    if len(f_raters) > 1:  # any rotation explains as much; this one puts the widest axis first
        _, axes = np.linalg.eigh(f_notes @ f_notes.T)
        f_raters, f_notes = axes.T[::-1] @ f_raters, axes.T[::-1] @ f_notes
    if settle_sign:
        turn = np.array([-1.0 if too_positive(f) else 1.0 for f in f_raters])[:, None]
        f_raters, f_notes = f_raters * turn, f_notes * turn
    n_ratings = problem.layout.n_ratings
    penalty = problem.penalty(state.notes, state.raters, state.mu)

    def factor(rows: Floats) -> NDArray[np.float32]:
        return (rows[0] if len(rows) == 1 else rows.T).astype(np.float32)

    return Fit(
        mu=state.mu,
        rater_intercept=state.raters.intercept.astype(np.float32),
        rater_factor=factor(f_raters),
        note_intercept=state.notes.intercept.astype(np.float32),
        note_factor=factor(f_notes),
        loss=state.loss / n_ratings,
        squared_error=(state.loss - penalty) / n_ratings,
        n_iterations=n_iterations,
    )


def too_positive(rater_factor: Floats) -> bool:
    """Whether fewer than half of the raters with a side are on the negative one (spec 6)."""
    return bool(2 * (rater_factor < 0).sum() < (rater_factor != 0).sum())


def _spread(column: NDArray[np.float32], rows: NDArray[np.int32], n: int) -> NDArray[np.float32]:
    whole = np.zeros((n, *column.shape[1:]), dtype=np.float32)
    whole[rows] = column
    return whole


def _point(
    intercept: NDArray[np.floating] | None,
    factor: NDArray[np.floating] | None,
    n: int,
    d: int,
) -> Point:
    """Starting values as float64, 0 where nothing is known."""
    rows = np.zeros((d, n)) if factor is None else np.atleast_2d(factor.T).astype(np.float64)
    assert rows.shape == (d, n), f"start factors of shape {rows.shape}, expected {(d, n)}"
    known = np.zeros(n) if intercept is None else intercept.astype(np.float64)
    return Point(np.nan_to_num(known), np.ascontiguousarray(np.nan_to_num(rows)))


def solve_notes(
    layout: Layout,
    penalties: Penalties,
    mu: float,
    rater_intercept: NDArray[np.floating],
    rater_factor: NDArray[np.floating],
    *,
    ratio: float | None = None,
    n_threads: int = 1,
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Best note intercepts and factors with raters and mu frozen (spec 6, 10).

    One 2 x 2 solve a note, exact also with the diamond term. Rater arrays are (n_raters,), or
    (n_raters, d) for factors where d > 1.
    """
    d = 1 if rater_factor.ndim == 1 else rater_factor.shape[1]
    raters = _point(rater_intercept, rater_factor, layout.n_raters, d)
    frozen = replace(Problem.of(layout, penalties, ratio, n_threads), mu=None)
    m = moments(
        layout.by_note, frozen.of_notes, frozen.of_raters, raters, 0.0, n_threads=n_threads
    ).at(mu)
    notes = best_with_diamond(m, frozen.note)[0] if frozen.note.diamond else None
    notes = notes or best(m, frozen.note, None)[0]
    factor = notes.factor[0] if d == 1 else notes.factor.T
    return notes.intercept.astype(np.float32), factor.astype(np.float32)
