"""The coverage model ("ReputationScorer", spec 12.3): exported, never part of a status."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.bridging.draws import seeds_of_ratings
from stoa.bridging.ensemble import COVERAGE, captured, heard, in_groups
from stoa.bridging.factorisation import fit, stable_part
from stoa.bridging.layout import Layout
from stoa.bridging.model_outputs import ModelNotes, RaterOutput, spread
from stoa.bridging.preprocessing import filter_ratings
from stoa.bridging.prescoring import layout_of
from stoa.bridging.reputation import COVERAGE as RULES
from stoa.bridging.reputation import (
    COVERAGE_CRH,
    Reputation,
    ReputationStart,
    prescore_reputation,
    read_back,
    score_reputation,
)
from stoa.bridging.scorers import STABLE_GROUP
from stoa.note_records import NotesData, RatingTable, Status


@dataclass(frozen=True, slots=True)
class Coverage:
    """What prescoring of the coverage model learned, and of which raters."""

    learned: Reputation
    rater: NDArray[np.int32]  # rows of Contributors, ascending


def prescore_coverage(
    data: NotesData, ratings: RatingTable, topic: NDArray[np.int8]
) -> Coverage | None:
    """Three rounds on all who rated enough; None where nobody did.

    Factors start from a fit of the group of the stable start, where there is one.
    """
    train = _training(data, ratings, topic)
    if len(train) == 0:
        return None
    n_notes, n_raters = len(data.notes), len(data.contributors)
    layout = layout_of(train)
    group = data.contributors.group[layout.rater] == STABLE_GROUP
    part = stable_part(layout, group, data.contributors.enrolled[layout.rater])
    note_factor = np.zeros(n_notes, dtype=np.float32)
    rater_factor = np.zeros(n_raters, dtype=np.float32)
    if part.n_ratings:
        note_factor, rater_factor = _group_factors(layout, part, n_notes, n_raters)
    start = ReputationStart(
        rater_factor=rater_factor,
        note_seed=seeds_of_ratings(train.note, train.at_ms, train.level, n_notes),
        rater_seed=seeds_of_ratings(train.rater, train.at_ms, train.level, n_raters),
        note_factor=read_back(note_factor, data.notes.id),
    )
    return Coverage(prescore_reputation(train, start, RULES), layout.rater)


def score_coverage(
    model: Coverage, data: NotesData, ratings: RatingTable, topic: NDArray[np.int8]
) -> ModelNotes | None:
    """The coverage columns of every note; None where no rating counts."""
    train = _training(data, ratings, topic)
    if len(train) == 0:
        return None
    n_notes = len(data.notes)
    found = score_reputation(train, model.learned, data.notes.id, RULES)
    inside = in_groups(COVERAGE.scope, data.contributors)
    speaks = captured(COVERAGE.scope, ratings, inside, n_notes) & ~np.isnan(found.intercept)
    nowhere = np.full(n_notes, np.nan, dtype=np.float32)
    helpful = np.where(
        found.intercept > COVERAGE_CRH,
        Status.CURRENTLY_RATED_HELPFUL,
        Status.NEEDS_MORE_RATINGS,
    )
    return ModelNotes(
        scorer=COVERAGE.name,
        intercept=np.where(speaks, found.intercept, nowhere),
        factor=np.where(speaks, found.factor, nowhere),
        intercept_min=nowhere,
        intercept_max=nowhere,
        no_high_volume=nowhere,
        no_correlated=nowhere,
        population_sampled=nowhere,
        status=np.where(speaks, helpful, Status.NONE).astype(np.int8),
        active_rules=np.zeros(n_notes, dtype=np.uint32),
        filter_tags=np.zeros(n_notes, dtype=np.uint16),
        n_final_round_ratings=nowhere,
        extra={},
    )


def coverage_raters(model: Coverage) -> RaterOutput:
    """The coverage model's raters in the columns of the others; only reputations are exported."""
    n = len(model.rater)
    none, unknown = np.full(n, np.nan, dtype=np.float32), np.full(n, np.nan)
    return RaterOutput(
        id=model.rater,
        intercept=model.learned.rater_intercept[model.rater],
        factor=model.learned.rater_factor[model.rater],
        first_intercept=none,
        first_factor=none,
        crh_crnh_ratio_difference=unknown,
        mean_note_score=unknown,
        agree_ratio=unknown,
        penalised_ratio=unknown,
        harassment_penalty=unknown,
        above_threshold=np.full(n, -1, dtype=np.int8),
        incorrect_tag_ratings=unknown,
        tag_ratings=unknown,
        successful_helpful=unknown,
        successful_not_helpful=unknown,
        unsuccessful_helpful=unknown,
        unsuccessful_not_helpful=unknown,
        diligence_intercept=none,
        diligence_factor=none,
        diligence_reputation=none,
        diligence_intercept_round2=none,
        reputation=model.learned.reputation[model.rater],
    )


def _training(data: NotesData, ratings: RatingTable, topic: NDArray[np.int8]) -> RatingTable:
    mine = ratings.take(heard(COVERAGE.scope, ratings, data.contributors, topic).rows)
    return mine.take(filter_ratings(mine.note, mine.rater))


def _group_factors(
    layout: Layout, part: Layout, n_notes: int, n_raters: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Factors of the group's own fit, over all notes and raters; 0 where it has none."""
    found = fit(part, COVERAGE.penalties)
    note = spread(found.note_factor, layout.note[part.note], n_notes)
    rater = spread(found.rater_factor, layout.rater[part.rater], n_raters)
    return np.nan_to_num(note), np.nan_to_num(rater)
