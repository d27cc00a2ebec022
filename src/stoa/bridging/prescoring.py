"""Fits one model on all ratings and learns who rates well (spec 7)."""

from __future__ import annotations

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
from stoa.bridging.model_outputs import Prescored, spread
from stoa.bridging.normalised import fit_normalised
from stoa.bridging.preprocessing import filter_ratings
from stoa.bridging.prescored_columns import FirstFit, Fits, note_columns, rater_columns
from stoa.bridging.reputation import DILIGENCE, Reputation, ReputationStart, prescore_reputation
from stoa.bridging.rules import NoteSignals, apply_rules
from stoa.bridging.scorers import STABLE_GROUP, ScorerConfig
from stoa.bridging.tag_ratios import tag_aggregates, tag_thresholds
from stoa.errors import PoorFit
from stoa.note_records import NotesData, RatingTable, Status

WORST_ERROR = 0.16
"""Mean squared error above which a first fit explains too little to go on."""

_CHECKED_FROM = 200  # notes; smaller tables are not checked


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
        fits = Fits(first, final, *_second_fit(config, first, final))
    else:
        harassment, scores = None, None
        fits = Fits(first, train, first.layout, first.fit)
    diligence = _diligence(data, fits)
    return Prescored(
        scorer=config.name,
        mu=fits.last.mu,
        n_ratings=len(fits.final),
        n_notes=fits.layout.n_notes,
        n_raters=fits.layout.n_raters,
        diligence_globals=diligence.globals,
        tag_thresholds=_thresholds(config, data, mine, fits, status),
        raters=rater_columns(fits, diligence, tag_habits(mine, len(data.contributors)), scores),
        notes=note_columns(fits, diligence, harassment),
    )


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


def _diligence(data: NotesData, fits: Fits) -> Reputation:
    """The diligence model on the ratings of the last fit (step 9)."""
    final, n_notes, n_raters = fits.final, len(data.notes), len(data.contributors)
    start = ReputationStart(
        rater_factor=spread(fits.last.rater_factor, fits.layout.rater, n_raters),
        note_seed=seeds_of_ratings(final.note, final.at_ms, final.level, n_notes),
        rater_seed=seeds_of_ratings(final.rater, final.at_ms, final.level, n_raters),
    )
    return prescore_reputation(final, start, DILIGENCE)


def _thresholds(
    config: ScorerConfig, data: NotesData, mine: RatingTable, fits: Fits, status: NDArray[np.int8]
) -> NDArray[np.float64]:
    """(13,) how much blame of each tag a note may have (step 10)."""
    note_factor = spread(fits.last.note_factor, fits.layout.note, len(data.notes))
    rater_factor = spread(fits.last.rater_factor, fits.layout.rater, len(data.contributors))
    aggregates = tag_aggregates(mine, note_factor, rater_factor)
    is_crh = status == Status.CURRENTLY_RATED_HELPFUL
    return tag_thresholds(aggregates, is_crh, config.thresholds.tag_percentile)
