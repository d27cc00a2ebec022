"""Whose ratings of a note one model counts, and why it leaves out the others (spec 10, 12.1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.bridging.ensemble import captured, in_groups
from stoa.bridging.final_passes import FinalModel, Pass
from stoa.bridging.preprocessing import MIN_PER_NOTE
from stoa.bridging.ridge import Moments, Ridge, best_with_diamond, solve_pairs
from stoa.bridging.scorers import Scope, Topic, TopicScope
from stoa.note_records import Contributors, RatingTable

OUTSIDE = "by raters outside its groups"
TOO_FEW = f"on a note with fewer than {MIN_PER_NOTE} ratings that reach it"
NOT_HELPFUL = "by raters below its helpfulness threshold"
UNKNOWN = "by raters it knows too little of"


@dataclass(frozen=True, slots=True)
class Hearing:
    """How many ratings of a note a model counts."""

    n_given: int  # that reach all models
    n_in_scope: int
    n_counted: int
    left_out: Mapping[str, int]  # reason to number; together with n_counted they make n_given


def hearing(model: FinalModel, given: RatingTable, mine: RatingTable) -> Hearing:
    """Follows the ratings of one note into one model.

    Args:
        model: with the note's raters.
        given: ratings of the note that reach all models.
        mine: those of them in the model's scope.
    """
    factor_known = ~np.isnan(model.rater("intercept"))[mine.rater]
    counts = model.may_count()[mine.rater]
    below = ~counts & (model.rater("above_threshold")[mine.rater] == 0)
    if not model.config.uses_reputation:
        below[:] = False
    left_out = {OUTSIDE: len(given) - len(mine)}
    n_counted = int(counts.sum())
    if len(mine) < MIN_PER_NOTE:
        left_out[TOO_FEW] = len(mine)
        n_counted = 0
    else:
        left_out[NOT_HELPFUL] = int(below.sum())
        left_out[UNKNOWN] = int((~counts & ~below).sum())
    assert n_counted <= int(factor_known.sum())
    return Hearing(len(given), len(mine), n_counted, {k: n for k, n in left_out.items() if n})


def silence(scope: Scope, given: RatingTable, people: Contributors, topic: int) -> str:
    """Why a model does not speak of a note; "" where nothing of its scope keeps it from it."""
    if scope.topics is TopicScope.EXCLUDE and topic != Topic.UNASSIGNED:
        return "it speaks of no note with a topic"
    if scope.topics is TopicScope.ONLY and topic != scope.topic:
        return "it speaks of another topic"
    if scope.topics is TopicScope.ONLY and topic == Topic.UNASSIGNED:
        return "notes without a topic belong to no topic model"
    if scope.capture is not None and not captured(scope, given, in_groups(scope, people), 1)[0]:
        within = int(in_groups(scope, people)[given.rater].sum())
        share = within / max(len(given), 1)
        return (
            f"{within} of {len(given)} ratings ({share:.0%}) are by its groups, "
            f"{scope.capture:.0%} are needed"
        )
    return ""


@dataclass(frozen=True, slots=True)
class System:
    """The 2 x 2 system whose solution is a note's intercept and factor (spec 6).

    [[n + ridge_i, f], [f, ff + ridge_f]] [intercept, factor] = [r, rf], with f the raters' factors,
    r = y - mu - (the rater's intercept), summed over the ratings that count.
    """

    n: float
    f: float
    ff: float
    r: float
    rf: float
    mu: float
    ridge_intercept: float
    ridge_factor: float
    diamond: float  # a penalty on |intercept * factor|; 0 in all models but group 14
    intercept: float
    factor: float


def system_of(model: FinalModel, name: str, made: Pass) -> System | None:
    """The sums of one pass over one note, added up one by one; None where nothing counts."""
    if made.layout is None:
        return None
    rows = np.searchsorted(made.raters.rater, made.ratings.rater)
    weight, factor, intercept = (
        column[rows].astype(np.float64)
        for column in (made.raters.weight, made.raters.factor, made.raters.intercept)
    )
    rest = made.ratings.level * 0.5 - made.raters.mu - intercept
    return _solved(model, name, made.raters.mu, (weight, factor, rest))


def _solved(
    model: FinalModel, name: str, mu: float, columns: tuple[NDArray[np.float64], ...]
) -> System:
    weight, factor, rest = columns
    ratio, penalties = model.ratio_of(name), model.penalties
    ridge = Ridge(
        ratio * penalties.note_intercept,
        ratio * penalties.note_factor,
        ratio * penalties.diamond,
    )

    def total(column: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.array([float((weight * column).sum())])

    m = Moments(
        weight=total(np.ones_like(weight)),
        x=total(factor)[None],
        xx=total(factor * factor)[None, None],
        r=total(rest),
        rx=total(rest * factor)[None],
        rr=0.0,
    )
    solved = best_with_diamond(m, ridge)[0] if ridge.diamond else solve_pairs(m, ridge, m.r, m.rx)
    return System(
        n=float(m.weight[0]),
        f=float(m.x[0, 0]),
        ff=float(m.xx[0, 0, 0]),
        r=float(m.r[0]),
        rf=float(m.rx[0, 0]),
        mu=mu,
        ridge_intercept=ridge.intercept,
        ridge_factor=ridge.factor,
        diamond=ridge.diamond,
        intercept=float(solved.intercept[0]),
        factor=float(solved.factor[0, 0]),
    )
