"""Asks at every place of the factor axis how raters near it judge a note (spec 13).

At place q each rating weighs what a Gaussian of the distance |f_u - q| gives; the smoothed share
of approval there is the curve value, and the note's intercept is the geometric mean of the curve.
So approval has to hold everywhere, not on average. A second pass asks the same of disapproval.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array  # pyright: ignore[reportMissingTypeStubs]  # SciPy ships none

from stoa.bridging.gaussian_scorers import CRH_PASS, CRNH_PASS, GaussianPass
from stoa.bridging.rating_order import in_canonical_order
from stoa.note_records import RatingTable

LEAST_COUNT = 9
"""Notes with fewer ratings are smoothed as if they had this many."""

LEAST_ON_SIDE = 3
"""With fewer raters on either side the prior is LONELY_PRIOR everywhere."""

LONELY_PRIOR = np.float32(0.1)

EXPECTED_SPREAD = 0.14
"""How far from their mean ratings of value 0 are expected to lie, in factor units."""

SPREAD_SLOPE = 200.0
PLACES_AT_ONCE = 10
RATINGS_AT_ONCE = 1 << 21
"""Memory is bounded by so many grid columns over raters and notes, and by so many ratings."""


@dataclass(frozen=True, slots=True)
class GaussianNotes:
    """What the Gaussian passes say of each note; (n_notes,), NaN for notes without ratings."""

    intercept: NDArray[np.float32]
    lean: NDArray[np.float32]  # the note's factor where no factorisation gives one
    approval: NDArray[np.float32]  # the CRH pass
    disapproval: NDArray[np.float32]  # the CRNH pass


@dataclass(frozen=True, slots=True)
class _Votes:
    """Ratings of one pass on compact rows; only notes that have any."""

    note: NDArray[np.int64]  # (n,)
    rater: NDArray[np.int64]  # (n,)
    level: NDArray[np.int8]  # (n,) 0, 1, 2; flipped in the CRNH pass
    factor: NDArray[np.float32]  # (n_raters,)
    n_notes: int

    def total(self, weight: NDArray[np.generic] | None = None) -> NDArray[np.float64]:
        """Sum per note."""
        return np.bincount(self.note, weight, minlength=self.n_notes).astype(np.float64)


def gaussian_notes(
    ratings: RatingTable,
    author: NDArray[np.int32],
    rater_factor: NDArray[np.floating],
    crh: GaussianPass = CRH_PASS,
    crnh: GaussianPass = CRNH_PASS,
) -> GaussianNotes:
    """Intercepts: the CRH pass, or minus the CRNH pass where that is larger.

    Args:
        ratings: of helpful raters with a factor, on notes with enough ratings.
        author: (n_notes,) rows of Contributors.
        rater_factor: (n_raters,) of the borrowed model's last round, NaN where it has none; also
            of raters below the threshold, who may be authors.
        crh: constants of the first pass.
        crnh: constants of the second pass.
    """
    intercept = np.full(len(author), np.nan, dtype=np.float32)
    lean = np.full(len(author), np.nan, dtype=np.float32)
    approval, disapproval = intercept.copy(), intercept.copy()
    for block in _note_blocks(ratings):
        rated = np.flatnonzero(np.bincount(block.note, minlength=len(author)))
        ups, leans = _run_pass(block, rated, author, rater_factor, crh)
        downs, _ = _run_pass(block, rated, author, rater_factor, crnh)
        intercept[rated] = np.where(ups < downs, -downs, ups)
        lean[rated] = leans
        approval[rated], disapproval[rated] = ups, downs
    return GaussianNotes(intercept, lean, approval, disapproval)


def _note_blocks(ratings: RatingTable) -> Iterator[RatingTable]:
    """The ratings in blocks that hold whole notes."""
    ratings = in_canonical_order(ratings)
    note, at = ratings.note, 0
    while at < len(note):
        last = note[min(at + RATINGS_AT_ONCE, len(note)) - 1]
        end = int(np.searchsorted(note, [last], side="right")[0])
        yield ratings.take(slice(at, end))
        at = end


def _run_pass(
    ratings: RatingTable,
    rated: NDArray[np.int64],
    author: NDArray[np.int32],
    rater_factor: NDArray[np.floating],
    rules: GaussianPass,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(intercepts, leans) of the rated notes."""
    votes = _collect_votes(ratings, rated, author, rater_factor, rules)
    n_votes = votes.total()
    lean = votes.total((votes.level.astype(np.float32) - 1) * votes.factor[votes.rater]) / n_votes
    count = np.maximum(n_votes, LEAST_COUNT)
    trust = (rules.prior_weight * np.log(count) / np.log(LEAST_COUNT)).astype(np.float32)
    lonely = _is_lonely(votes)
    against = np.float32(rules.against_weight) * _spread_weight(votes, n_votes, rules)
    logs = np.zeros(votes.n_notes)
    short = np.zeros(votes.n_notes, dtype=np.bool_)
    for places, sums in _sum_near(votes, rules):
        base = sums.sum(axis=0)
        short |= (base.astype(np.float32) < np.float32(rules.least_weight)).any(axis=1)
        weight = sums[1] + sums[2] + sums[0] * against[:, None]
        value = sums[1] * _somewhat(rules) + sums[2]
        prior = lean[:, None] * places / 2 + rules.prior
        prior = np.clip(prior, rules.prior_least, rules.prior).astype(np.float32)
        prior[lonely] = LONELY_PRIOR
        curve = (value + prior * trust[:, None]) / (weight + trust[:, None])
        logs += np.log(np.clip(curve, *rules.clip)).sum(axis=1)
    return np.where(short, 0.0, np.exp(logs / len(rules.grid))), lean


def _somewhat(rules: GaussianPass) -> np.float32:
    value = np.float32(rules.somewhat_value)
    return np.float32(1) - value if rules.is_flipped else value


def _collect_votes(
    ratings: RatingTable,
    rated: NDArray[np.int64],
    author: NDArray[np.int32],
    rater_factor: NDArray[np.floating],
    rules: GaussianPass,
) -> _Votes:
    """The ratings of a pass, and each author's where the pass hears authors."""
    note = np.searchsorted(rated, ratings.note)
    rater, level = ratings.rater.astype(np.int64), ratings.level
    if rules.hears_author:
        own = author[rated]
        is_new = ~np.isnan(rater_factor[own])
        is_new[note[own[note] == rater]] = False
        said = np.flatnonzero(is_new)
        note = np.concatenate((note, said))
        rater = np.concatenate((rater, own[said]))
        level = np.concatenate((level, np.full(len(said), 2, dtype=np.int8)))
    if rules.is_flipped:
        level = (2 - level).astype(np.int8)
    whole = np.bincount(rater, minlength=len(rater_factor))
    heard = np.flatnonzero(whole)
    compact = np.searchsorted(heard, rater)
    return _Votes(note, compact, level, rater_factor[heard].astype(np.float32), len(rated))


def _is_lonely(votes: _Votes) -> NDArray[np.bool_]:
    factor = votes.factor[votes.rater]
    few = votes.total(factor < 0) < LEAST_ON_SIDE
    return few | (votes.total(factor > 0) < LEAST_ON_SIDE)


def _spread_weight(
    votes: _Votes, n_votes: NDArray[np.float64], rules: GaussianPass
) -> NDArray[np.float32]:
    """What ratings of value 0 weigh more when they come from all over the axis; (n_notes,)."""
    against = votes.level == 0
    note = votes.note[against]
    factor = votes.factor[votes.rater[against]].astype(np.float64)
    with np.errstate(invalid="ignore"):
        count = np.bincount(note, minlength=votes.n_notes)
        mean = np.bincount(note, factor, minlength=votes.n_notes) / count
    distance = np.abs(factor - mean[note])
    far = 1.0 / (1.0 + np.exp(-SPREAD_SLOPE * (distance - EXPECTED_SPREAD)))
    unexpected = np.bincount(note, far, minlength=votes.n_notes)
    weight = 1.0 + rules.spread_gain * unexpected / n_votes
    return np.minimum(weight, rules.spread_limit).astype(np.float32)


def _sum_near(
    votes: _Votes, rules: GaussianPass
) -> Iterator[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Places of the grid, a few at a time, and (3 levels, n_notes, places) of summed weights."""
    rows = votes.level.astype(np.int64) * votes.n_notes + votes.note
    shape = (3 * votes.n_notes, len(votes.factor))
    membership: Any = csr_array((np.ones(len(rows)), (rows, votes.rater)), shape=shape)
    grid = np.asarray(rules.grid, dtype=np.float32)
    scale = np.ones((len(votes.factor), 1), dtype=np.float32)
    if rules.is_normalised:
        scale.fill(np.finfo(np.float32).tiny)  # a rater beyond every place weighs nothing
        for part in _parts(grid):
            scale += _kernel(votes.factor, part, rules).sum(axis=1, keepdims=True)
    for part in _parts(grid):
        weight = (_kernel(votes.factor, part, rules) / scale).astype(np.float64)
        yield part.astype(np.float64), (membership @ weight).reshape(3, votes.n_notes, -1)


def _parts(grid: NDArray[np.float32]) -> list[NDArray[np.float32]]:
    return [grid[at : at + PLACES_AT_ONCE] for at in range(0, len(grid), PLACES_AT_ONCE)]


def _kernel(
    factor: NDArray[np.float32], places: NDArray[np.float32], rules: GaussianPass
) -> NDArray[np.float32]:
    """The Gaussian density of the distance between raters and places; (n_raters, places)."""
    distance = (factor[:, None] - places) / np.float32(rules.bandwidth)
    height = np.float32(1.0 / (rules.bandwidth * np.sqrt(2 * np.pi)))
    return height * np.exp(np.float32(-0.5) * distance**2)
