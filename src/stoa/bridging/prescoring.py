"""Fits one model on all ratings and learns who rates well (spec 7)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.bridging.draws import seeds_of_ratings
from stoa.bridging.ensemble import heard
from stoa.bridging.factorisation import Fit, Start, fit, fit_stable, stable_part
from stoa.bridging.harassment import harassment_labels, harassment_model
from stoa.bridging.helpfulness import (
    Helpfulness,
    author_scores,
    count_outcomes,
    harassment_penalty,
    helpfulness,
    valid_ratings,
)
from stoa.bridging.incorrect import tag_habits
from stoa.bridging.layout import Layout
from stoa.bridging.model_outputs import NoteOutput, Prescored, RaterOutput, spread
from stoa.bridging.normalised import fit_normalised
from stoa.bridging.preprocessing import filter_ratings
from stoa.bridging.reputation import DILIGENCE, ReputationStart, prescore_reputation
from stoa.bridging.rules import NoteSignals, apply_rules
from stoa.bridging.scorers import STABLE_GROUP, ScorerConfig
from stoa.bridging.tag_ratios import tag_aggregates, tag_thresholds
from stoa.errors import PoorFit
from stoa.note_records import NotesData, RatingTable, Status

WORST_ERROR = 0.16
"""Mean squared error above which a first fit explains too little to go on."""

_CHECKED_FROM = 200  # notes; smaller tables are not checked


@dataclass(frozen=True, slots=True)
class FirstFit:
    """The fit on all raters, and the ratings it was made of."""

    train: RatingTable
    layout: Layout
    fit: Fit


def prescore(
    config: ScorerConfig, data: NotesData, ratings: RatingTable, topic: NDArray[np.int8]
) -> Prescored | None:
    """All that final scoring needs of one model; None where it has too few ratings to speak.

    Args:
        config: which model.
        data: the files; `ratings` takes the place of its own.
        ratings: what is left after coordinated ratings were dropped (spec 4.3).
        topic: (n_notes,) Topic of each note.

    Raises:
        PoorFit: the first fit explains too little of many ratings.
    """
    hears = heard(config.scope, ratings, data.contributors, topic)
    mine = ratings.take(hears.rows)
    train = mine.take(filter_ratings(mine.note, mine.rater))
    if len(train) == 0:
        return None
    first = _first_fit(config, data, train)
    status = _preliminary(config, data, mine, first, hears.notes)
    if config.uses_reputation:
        harassment, scores = _judge_raters(config, data, mine, first, status)
        final = train.take(scores.above_threshold[train.rater] == 1)
        if len(final) == 0:
            return None
        second = _second_fit(config, first, final)
    else:
        harassment, scores = None, None
        final, second = train, (first.layout, first.fit)
    return _gather(config, data, mine, first, final, second, scores, harassment, status)


def layout_of(ratings: RatingTable) -> Layout:
    """The ratings ready for a fit; what a fit without a start begins with comes from times."""
    return Layout.of(
        ratings.note, ratings.rater, ratings.helpful, seed=ratings.at_ms.astype(np.uint64)
    )


def _first_fit(config: ScorerConfig, data: NotesData, train: RatingTable) -> FirstFit:
    layout = layout_of(train)
    group = data.contributors.group[layout.rater] == STABLE_GROUP
    enrolled = data.contributors.enrolled[layout.rater]
    # Without the group a model starts from nothing: a square of its own has no group 13.
    stable = config.stable_start and stable_part(layout, group, enrolled).n_ratings > 0
    if config.normalised is not None:
        found = fit_normalised(layout, config.penalties, config.normalised)
    elif stable:
        found = fit_stable(layout, config.penalties, of_group=group, enrolled=enrolled)
    else:
        found = fit(layout, config.penalties)
    if layout.n_notes >= _CHECKED_FROM and found.squared_error > WORST_ERROR:
        raise PoorFit(config.name, found.squared_error, WORST_ERROR)
    return FirstFit(train, layout, found)


def _preliminary(
    config: ScorerConfig,
    data: NotesData,
    mine: RatingTable,
    first: FirstFit,
    notes: NDArray[np.bool_],
) -> NDArray[np.int8]:
    """(n_notes,) statuses by the first fit, NONE outside the model's topics (step 4)."""
    n_notes = len(data.notes)
    signals = NoteSignals(
        classification=data.notes.classification,
        current=data.history.current,
        n_ratings=np.bincount(mine.note, minlength=n_notes).astype(np.int32),
        intercept=spread(first.fit.note_intercept, first.layout.note, n_notes),
        factor=spread(first.fit.note_factor, first.layout.note, n_notes),
    )
    status = apply_rules(signals, config, final=False).status
    return np.where(notes, status, Status.NONE).astype(np.int8)


def _judge_raters(
    config: ScorerConfig,
    data: NotesData,
    mine: RatingTable,
    first: FirstFit,
    status: NDArray[np.int8],
) -> tuple[tuple[NDArray[np.float32], NDArray[np.float32]], Helpfulness]:
    """Harassment of notes (intercept, factor), then how helpful raters are (steps 5 to 7)."""
    n_raters, n_notes = len(data.contributors), len(data.notes)
    is_valid = valid_ratings(mine, data.notes, data.history.latest_status_ms, status)
    counts = count_outcomes(mine.take(is_valid), status, n_raters)
    intercept = spread(first.fit.note_intercept, first.layout.note, n_notes)
    authors = author_scores(data.notes.author, status, intercept, n_raters)
    before = helpfulness(counts, authors, config.helpfulness)
    helpful = first.train.take(before.above_threshold[first.train.rater] == 1)
    harassment = _harassment(
        helpful,
        spread(first.fit.note_factor, first.layout.note, n_notes),
        spread(first.fit.rater_factor, first.layout.rater, n_raters),
    )
    penalty = harassment_penalty(first.train, harassment[0], config.helpfulness, n_raters)
    return harassment, helpfulness(counts, authors, config.helpfulness, penalty)


def _harassment(
    helpful: RatingTable, note_factor: NDArray[np.float32], rater_factor: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """(n_notes,) intercept and factor of the harassment model on helpful raters' ratings."""
    label = harassment_labels(helpful)
    rows = np.flatnonzero(label >= 0)
    rows = rows[filter_ratings(helpful.note[rows], helpful.rater[rows])]
    n_notes = len(note_factor)
    if len(rows) == 0:
        nothing = np.full(n_notes, np.nan, dtype=np.float32)
        return nothing, nothing
    layout = Layout.of(helpful.note[rows], helpful.rater[rows], label[rows].astype(np.float32))
    model = harassment_model(layout, note_factor[layout.note], rater_factor[layout.rater])
    return (
        spread(model.note_intercept, layout.note, n_notes),
        spread(model.note_factor, layout.note, n_notes),
    )


def _second_fit(config: ScorerConfig, first: FirstFit, final: RatingTable) -> tuple[Layout, Fit]:
    """The fit on helpful raters' ratings, from where the first one ended (step 8)."""
    layout = layout_of(final)
    notes = np.searchsorted(first.layout.note, layout.note)
    raters = np.searchsorted(first.layout.rater, layout.rater)
    start = Start(
        note_intercept=first.fit.note_intercept[notes],
        note_factor=first.fit.note_factor[notes],
        rater_intercept=first.fit.rater_intercept[raters],
        rater_factor=first.fit.rater_factor[raters],
    )
    if config.normalised is not None:
        return layout, fit_normalised(layout, config.penalties, config.normalised, start)
    return layout, fit(layout, config.penalties, start)


def _gather(
    config: ScorerConfig,
    data: NotesData,
    mine: RatingTable,
    first: FirstFit,
    final: RatingTable,
    second: tuple[Layout, Fit],
    scores: Helpfulness | None,
    harassment: tuple[NDArray[np.float32], NDArray[np.float32]] | None,
    status: NDArray[np.int8],
) -> Prescored:
    """Diligence, tag thresholds, and everything as compact columns (steps 9 to 12)."""
    n_notes, n_raters = len(data.notes), len(data.contributors)
    layout, found = second
    rater_factor = spread(found.rater_factor, layout.rater, n_raters)
    note_factor = spread(found.note_factor, layout.note, n_notes)
    diligence = prescore_reputation(
        final,
        ReputationStart(
            rater_factor=rater_factor,
            note_seed=seeds_of_ratings(final.note, final.at_ms, final.level, n_notes),
            rater_seed=seeds_of_ratings(final.rater, final.at_ms, final.level, n_raters),
        ),
        DILIGENCE,
    )
    is_crh = status == Status.CURRENTLY_RATED_HELPFUL
    thresholds = tag_thresholds(
        tag_aggregates(mine, note_factor, rater_factor), is_crh, config.thresholds.tag_percentile
    )
    habits = tag_habits(mine, n_raters)
    is_known = np.zeros(n_raters, dtype=np.bool_)
    is_known[layout.rater] = True
    if scores is not None:
        is_known |= scores.above_threshold >= 0
    rater = np.flatnonzero(is_known).astype(np.int32)
    note = layout.note
    nowhere = np.full(n_raters, np.nan)

    def score(name: str) -> NDArray[np.float64]:
        return (nowhere if scores is None else getattr(scores, name))[rater]

    empty = np.full(len(note), np.nan, dtype=np.float32)
    return Prescored(
        scorer=config.name,
        mu=found.mu,
        n_ratings=len(final),
        n_notes=layout.n_notes,
        n_raters=layout.n_raters,
        diligence_globals=diligence.globals,
        tag_thresholds=thresholds,
        raters=RaterOutput(
            id=rater,
            intercept=spread(found.rater_intercept, layout.rater, n_raters)[rater],
            factor=rater_factor[rater],
            first_intercept=spread(first.fit.rater_intercept, first.layout.rater, n_raters)[rater],
            first_factor=spread(first.fit.rater_factor, first.layout.rater, n_raters)[rater],
            crh_crnh_ratio_difference=score("crh_crnh_ratio_difference"),
            mean_note_score=score("mean_note_score"),
            agree_ratio=score("agree_ratio"),
            penalised_ratio=score("penalised_ratio"),
            harassment_penalty=score("harassment_penalty"),
            above_threshold=(
                np.full(len(rater), -1, dtype=np.int8)
                if scores is None
                else scores.above_threshold[rater]
            ),
            incorrect_tag_ratings=habits.incorrect[rater],
            tag_ratings=habits.total[rater],
            successful_helpful=score("successful_helpful"),
            successful_not_helpful=score("successful_not_helpful"),
            unsuccessful_helpful=score("unsuccessful_helpful"),
            unsuccessful_not_helpful=score("unsuccessful_not_helpful"),
            diligence_intercept=diligence.rater_intercept[rater],
            diligence_factor=diligence.rater_factor[rater],
            diligence_reputation=diligence.reputation[rater],
            diligence_intercept_round2=diligence.rater_intercept_round2[rater],
            reputation=np.full(len(rater), np.nan, dtype=np.float32),
        ),
        notes=NoteOutput(
            id=note,
            intercept=found.note_intercept,
            factor=found.note_factor,
            diligence_intercept=diligence.note_intercept[note],
            diligence_factor=diligence.note_factor[note],
            diligence_intercept_round2=diligence.note_intercept_round2[note],
            harassment_intercept=empty if harassment is None else harassment[0][note],
            harassment_factor=empty if harassment is None else harassment[1][note],
        ),
    )
