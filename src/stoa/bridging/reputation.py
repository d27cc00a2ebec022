"""Which notes rest on sources that careful raters doubt, and whose word counts (spec 9).

One model, used twice: *diligence* asks for sourcing tags and filters notes, *coverage* asks for
helpfulness and is exported only. Prescoring learns in three rounds; final scoring keeps raters
and fits first the factor, then the intercept of each note. Arrays over notes and raters are rows
of `NoteTable` and `Contributors`, NaN where the fit has no ratings.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from stoa.bridging.draws import normal_draws
from stoa.bridging.rating_order import in_canonical_order
from stoa.bridging.reputation_descent import (
    Alone,
    Cells,
    Name,
    Parameters,
    Schedule,
    descend,
    descend_counting,
)
from stoa.note_records import RatingTable, tag_bit

Column = NDArray[np.float32]

SOURCING_TAGS = np.uint32(
    tag_bit("notHelpfulIncorrect")
    | tag_bit("notHelpfulIrrelevantSources")
    | tag_bit("notHelpfulSourcesMissingOrUnreliable")
)

LEAST_TOTAL = 2.0**-20
"""Keeps a note or rater without weight from dividing by zero."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """How ratings weigh in one round."""

    positive: float = 1.0  # weight of ratings with target 1
    note_exponent: float = 0.0  # of a note's total weight
    rater_exponent: float = 0.0
    by_reputation: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReputationRules:
    """One reputation model: its loss, its penalties and its three rounds."""

    is_logistic: bool
    rounds: tuple[Round, Round, Round]
    schedule: Schedule
    penalty: float  # l; the others are relative to it
    note_intercept: float
    rater_intercept: float
    reputation: float
    last_penalty: float = 1.0  # multipliers of the third round
    last_note_intercept: float = 1.0
    exponent: float = 1.0  # k of the reputation weight
    floor: float = 0.0  # alpha of the reputation weight


DILIGENCE = ReputationRules(
    is_logistic=True,
    rounds=(
        Round(positive=100),
        Round(positive=100),
        Round(positive=500, note_exponent=-0.5, by_reputation=True),
    ),
    schedule=Schedule(tolerance=1e-5, every=5),
    penalty=0.03,
    note_intercept=1,
    rater_intercept=10,
    reputation=50,
    exponent=0.5,
    floor=0.1,
)
COVERAGE = ReputationRules(
    is_logistic=False,
    rounds=(
        Round(positive=0.2, rater_exponent=-0.5),
        Round(),
        Round(note_exponent=-0.5, by_reputation=True),
    ),
    schedule=Schedule(tolerance=1e-7, every=10),
    penalty=0.01,
    note_intercept=0.5,
    rater_intercept=1,
    reputation=1,
    last_penalty=0.1,
    last_note_intercept=10,
)
COVERAGE_CRH = 0.28
"""Notes of a higher coverage intercept get the coverage status CRH (spec 12.3)."""


def diligence_target(ratings: RatingTable) -> Column:
    """1 where a rating doubts the facts or the sources, else 0."""
    return ((ratings.tags & SOURCING_TAGS) != 0).astype(np.float32)


@dataclass(frozen=True, slots=True)
class ReputationStart:
    """Where prescoring starts; intercepts, and note factors where not given, are N(0, 1) draws.

    Factors missing for some rows (NaN) start at 0 there.
    """

    rater_factor: NDArray[np.floating]  # (n_raters,)
    note_seed: NDArray[np.uint64]  # (n_notes,) of the draws; see `draws.seeds_of_ratings`
    rater_seed: NDArray[np.uint64]  # (n_raters,)
    note_factor: NDArray[np.floating] | None = None  # (n_notes,), passed through `read_back`


@dataclass(frozen=True, slots=True)
class Reputation:
    """What prescoring learned."""

    note_factor: Column  # (n_notes,)
    note_intercept: Column
    note_intercept_round2: Column
    rater_factor: Column  # (n_raters,)
    rater_intercept: Column
    rater_intercept_round2: Column
    reputation: Column
    globals: tuple[float, float, float]  # g after each round


@dataclass(frozen=True, slots=True)
class ReputationNotes:
    """What final scoring says of notes; (n_notes,)."""

    intercept: Column
    factor: Column
    n_steps: tuple[int, int] = (0, 0)  # of the descent to the factor, and to the intercept


def read_back(column: NDArray[np.floating], note_id: NDArray[np.int64]) -> Column:
    """A note's start as the published scorer reads it back: mostly 0.

    Its look-up table passes note ids through float64, which holds one snowflake id in 256 exactly;
    all other notes are not found and start at 0. Both arguments (n_notes,).
    """
    exact = note_id.astype(np.float64).astype(np.int64) == note_id
    return np.where(exact, np.nan_to_num(column), 0).astype(np.float32)


@dataclass(frozen=True, slots=True)
class _Fit:
    """The ratings of one fit on compact rows, and where those rows lie in the tables."""

    cells: Cells
    notes: NDArray[np.int64]
    raters: NDArray[np.int64]

    def weigh(self, rules: ReputationRules, number: int, reputation: Column) -> Column:
        """Weights of round `number` (0, 1, 2), in float32; (n_ratings,)."""
        this = rules.rounds[number]
        weight = np.where(self.cells.target == 1, np.float32(this.positive), np.float32(1))
        if this.by_reputation:
            standing = np.maximum(reputation, 0) ** np.float32(rules.exponent)
            standing = (rules.floor + standing) / np.float32(1 + rules.floor)
            weight *= standing[self.cells.rater]
        if this.note_exponent:
            weight *= _even_out(self.cells.note, weight, this.note_exponent)
        if this.rater_exponent:
            weight *= _even_out(self.cells.rater, weight, this.rater_exponent)
        return weight

    def penalise(
        self,
        rules: ReputationRules,
        is_last: bool,
        ratings_per_note: float | None = None,
        n_ratings: int | None = None,
    ) -> Mapping[Name, float]:
        """Factors of the sums of squares; g is not penalised in either model."""
        penalty = rules.penalty * (rules.last_penalty if is_last else 1.0)
        note_intercept = rules.note_intercept * (rules.last_note_intercept if is_last else 1.0)
        n_notes = len(self.notes)
        per_note = penalty / n_notes
        if ratings_per_note is not None:
            per_note = penalty * ratings_per_note / (n_ratings or len(self.cells))
        per_rater = penalty / len(self.raters)
        return {
            "note_factor": per_note,
            "note_intercept": per_note * note_intercept,
            "rater_factor": per_rater,
            "rater_intercept": per_rater * rules.rater_intercept,
            "reputation": per_rater * rules.reputation,
        }


def _even_out(row: NDArray[np.int32], weight: Column, exponent: float) -> Column:
    total = (np.bincount(row, weight) + LEAST_TOTAL) ** exponent
    return total.astype(np.float32)[row]


def _lay_out(ratings: RatingTable, rules: ReputationRules) -> _Fit:
    ratings = in_canonical_order(ratings)
    notes, note = _compact(ratings.note)
    raters, rater = _compact(ratings.rater)
    target = diligence_target(ratings) if rules.is_logistic else ratings.helpful
    return _Fit(Cells(note, rater, target, rules.is_logistic), notes, raters)


def _compact(row: NDArray[np.int32]) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """The rows present, and each one's place among them."""
    present = np.flatnonzero(np.bincount(row))
    place = np.zeros(int(present[-1]) + 1, dtype=np.int32)
    place[present] = np.arange(len(present))
    return present, place[row]


def prescore_reputation(
    ratings: RatingTable, start: ReputationStart, rules: ReputationRules
) -> Reputation:
    """Three rounds: all but reputations; all but note intercepts; intercepts alone.

    Args:
        ratings: of the last round of prescoring (diligence), or of all who rated enough
            (coverage). At least one.
        start: factors to start from, and seeds.
        rules: DILIGENCE or COVERAGE.
    """
    fit = _lay_out(ratings, rules)
    now = _begin(fit, start)

    def learn(number: int, free: tuple[Name, ...]) -> Parameters:
        weight = fit.weigh(rules, number, now.reputation)
        penalty = fit.penalise(rules, is_last=number == 2)
        return descend(fit.cells, now, free, weight, penalty, rules.schedule)

    now = learn(0, ("note_factor", "note_intercept", "rater_factor", "rater_intercept", "bias"))
    first = float(now.bias[0])
    now = learn(1, ("note_factor", "rater_factor", "rater_intercept", "reputation", "bias"))
    second = now
    now = learn(2, ("note_intercept", "rater_intercept", "bias"))
    n_notes, n_raters = len(start.note_seed), len(start.rater_seed)
    return Reputation(
        note_factor=_spread(now.note_factor, fit.notes, n_notes),
        note_intercept=_spread(now.note_intercept, fit.notes, n_notes),
        note_intercept_round2=_spread(second.note_intercept, fit.notes, n_notes),
        rater_factor=_spread(now.rater_factor, fit.raters, n_raters),
        rater_intercept=_spread(now.rater_intercept, fit.raters, n_raters),
        rater_intercept_round2=_spread(second.rater_intercept, fit.raters, n_raters),
        reputation=_spread(now.reputation, fit.raters, n_raters),
        globals=(first, float(second.bias[0]), float(now.bias[0])),
    )


def _begin(fit: _Fit, start: ReputationStart) -> Parameters:
    """Parameters before the first round.

    Drawn note factors take the side that rater factors lean to: a mirrored axis starts, and so
    ends, as the mirror image.
    """
    note_seed, rater_seed = start.note_seed[fit.notes], start.rater_seed[fit.raters]
    rater_factor = np.nan_to_num(start.rater_factor[fit.raters]).astype(np.float32)
    if start.note_factor is None:
        lean = np.float32(-1 if rater_factor.sum() < 0 else 1)
        note_factor = lean * normal_draws(note_seed, 0)
    else:
        note_factor = np.nan_to_num(start.note_factor[fit.notes]).astype(np.float32)
    return Parameters(
        note_factor=note_factor,
        note_intercept=normal_draws(note_seed, 1),
        rater_factor=rater_factor,
        rater_intercept=normal_draws(rater_seed, 2),
        reputation=np.ones(len(fit.raters), dtype=np.float32),
        bias=np.zeros(1, dtype=np.float32),
    )


def _spread(column: Column, rows: NDArray[np.int64], n: int) -> Column:
    """A compact column over all n rows, NaN elsewhere."""
    whole = np.full(n, np.nan, dtype=np.float32)
    whole[rows] = column
    return whole


def score_reputation(
    ratings: RatingTable,
    learned: Reputation,
    note_id: NDArray[np.int64],
    rules: ReputationRules,
    ratings_per_note: float | None = None,
    alone: tuple[Alone, Alone] | None = None,
) -> ReputationNotes:
    """The final form: raters and g stay; each note's factor, then its intercept is fitted.

    Args:
        ratings: of the final fit; raters unknown to `learned` have reputation and factor 0.
        learned: by prescoring.
        note_id: (n_notes,) published ids, which decide what start is found (`read_back`).
        rules: those of prescoring.
        ratings_per_note: R1 / N1 of prescoring for diligence, None for coverage.
        alone: the two descents of the whole fit, where these are some of its notes only.
    """
    n_notes = len(note_id)
    if len(ratings) == 0:
        nothing = np.full(n_notes, np.nan, dtype=np.float32)
        return ReputationNotes(nothing, nothing)
    fit = _lay_out(ratings, rules)
    now = _begin_final(fit, learned, note_id)

    def learn(number: int, free: Name) -> tuple[Parameters, int]:
        weight = fit.weigh(rules, number, now.reputation)
        part = None if alone is None else alone[number - 1]
        n_ratings = None if part is None else part.n_ratings
        penalty = fit.penalise(rules, number == 2, ratings_per_note, n_ratings)
        return descend_counting(fit.cells, now, (free,), weight, penalty, rules.schedule, part)

    now, n_first = learn(1, "note_factor")
    rater_intercept = np.nan_to_num(learned.rater_intercept[fit.raters])
    bias = np.full(1, learned.globals[2], dtype=np.float32)
    now = replace(now, rater_intercept=rater_intercept, bias=bias)
    now, n_second = learn(2, "note_intercept")
    return ReputationNotes(
        intercept=_spread(now.note_intercept, fit.notes, n_notes),
        factor=_spread(now.note_factor, fit.notes, n_notes),
        n_steps=(n_first, n_second),
    )


def _begin_final(fit: _Fit, learned: Reputation, note_id: NDArray[np.int64]) -> Parameters:
    """Prescoring's parameters, with the intercepts and g of its second round."""
    id_ = note_id[fit.notes]
    return Parameters(
        note_factor=read_back(learned.note_factor[fit.notes], id_),
        note_intercept=read_back(learned.note_intercept_round2[fit.notes], id_),
        rater_factor=np.nan_to_num(learned.rater_factor[fit.raters]),
        rater_intercept=np.nan_to_num(learned.rater_intercept_round2[fit.raters]),
        reputation=np.nan_to_num(learned.reputation[fit.raters]),
        bias=np.full(1, learned.globals[1], dtype=np.float32),
    )
