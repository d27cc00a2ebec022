"""One model's word on every note, with what prescoring learned of raters held fixed (spec 10)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from stoa.bridging.bounds import Extremes, pseudo_rater_bounds
from stoa.bridging.ensemble import captured, heard, in_groups
from stoa.bridging.final_passes import (
    SAMPLED_PASS,
    WHOLE_PASS,
    Column,
    FinalModel,
    Flags,
    Pass,
    run_passes,
)
from stoa.bridging.final_record import FinalRecord, OwnRaters, Whole
from stoa.bridging.incorrect import IncorrectAggregates, TagHabits, incorrect_aggregates
from stoa.bridging.model_outputs import ModelNotes, spread
from stoa.bridging.reputation import DILIGENCE, Reputation, ReputationNotes, score_reputation
from stoa.bridging.reputation_descent import Alone
from stoa.bridging.rules import NoteSignals, RuleOutcome, apply_rules
from stoa.bridging.side_counts import SideCounts, sampled_counts, side_counts
from stoa.bridging.tag_ratios import TagAggregates, tag_aggregates
from stoa.note_records import NOT_HELPFUL_TAGS, NotesData, RatingTable, Status


def score_final(
    model: FinalModel,
    data: NotesData,
    ratings: RatingTable,
    topic: NDArray[np.int8],
    flags: Flags,
    keep: Callable[[FinalRecord], None] | None = None,
) -> ModelNotes | None:
    """What one model says of every note; None where it has nothing to say of any.

    Args:
        model: the model with its prescoring.
        data: the files; `ratings` takes the place of its own.
        ratings: all ratings given to the phase, coordinated ones dropped.
        topic: (n_notes,) Topic of each note.
        flags: who is left out of the passes that check.
        keep: hears what the model looked at.
    """
    mine, speaks = _reached(model, data, ratings, topic)
    passes = run_passes(model, data.notes.author, mine, flags)
    if passes[WHOLE_PASS].layout is None and model.whole is None:
        return None
    record = _judge(model, data, mine, passes, speaks)
    if keep is not None:
        keep(record)
    return record.notes


def score_some(
    model: FinalModel,
    data: NotesData,
    ratings: RatingTable,
    topic: NDArray[np.int8],
    flags: Flags,
    only: NDArray[np.bool_],
) -> ModelNotes | None:
    """What one model says of some notes, as `score_final` says it of all, which costs more.

    What the notes share is taken from all of them, but for one thing: the descent of the diligence
    model ends by the loss of the notes in it, so that those numbers may differ a little.

    Args:
        model: as of `score_final`, and so are the others.
        data: the files.
        ratings: all ratings given to the phase.
        topic: (n_notes,).
        flags: who is left out of the passes that check.
        only: (n_notes,) the notes to score; of all others it says nothing.
    """
    mine, speaks = _reached(model, data, ratings, topic)
    whole = _share(model, data, mine, flags)
    if whole is None:
        return None
    alone = replace(model, whole=whole)
    mine = mine.take(only[mine.note])
    passes = run_passes(alone, data.notes.author, mine, flags)
    return _judge(alone, data, mine, passes, speaks & only).notes


def _reached(
    model: FinalModel, data: NotesData, ratings: RatingTable, topic: NDArray[np.int8]
) -> tuple[RatingTable, NDArray[np.bool_]]:
    """The ratings that reach a model, and (n_notes,) the notes that it speaks of."""
    scope = model.config.scope
    hears = heard(scope, ratings, data.contributors, topic)
    inside = in_groups(scope, data.contributors)
    speaks = hears.notes & captured(scope, ratings, inside, model.n_notes)
    return ratings.take(hears.rows), speaks


def _share(model: FinalModel, data: NotesData, mine: RatingTable, flags: Flags) -> Whole | None:
    """What all notes of a model share, without judging any; None where no rating counts."""
    author = data.notes.author
    if model.refits:
        passes = run_passes(model, author, mine, flags)
    else:
        passes = {WHOLE_PASS: model.run(WHOLE_PASS, author, mine)}
    if passes[WHOLE_PASS].layout is None:
        return None
    whole = passes[WHOLE_PASS]
    present = _present(model, whole)
    fitted = _fitted_factor(model, present)
    return Whole(
        n_ratings=len(whole.ratings),
        extremes=_extremes(model, whole),
        tag_scale=tag_aggregates(mine, whole.factor, fitted).scale,
        diligence_steps=None,
        present=present,
        own_raters=_own_raters(model, passes),
    )


@dataclass(frozen=True, slots=True)
class _Look:
    """What is measured of notes beside the fits; columns (n_notes,)."""

    present: NDArray[np.bool_]  # (n_raters,)
    extremes: Extremes | None
    low: Column
    high: Column | None
    diligence: ReputationNotes
    sides: SideCounts
    tags: TagAggregates
    incorrect: IncorrectAggregates
    extra: dict[str, NDArray[np.generic]]


def _judge(
    model: FinalModel,
    data: NotesData,
    mine: RatingTable,
    passes: Mapping[str, Pass],
    speaks: NDArray[np.bool_],
) -> FinalRecord:
    """Bounds, diligence, counts and rules on the pass over all ratings (steps 3 to 5)."""
    look = _look(model, data, mine, passes[WHOLE_PASS], speaks)
    signals = _signals(model, data, mine, passes, look)
    notes = _words(
        model, mine, passes, speaks, look, apply_rules(signals, model.config, final=True)
    )
    shared = model.whole or Whole(
        n_ratings=len(passes[WHOLE_PASS].ratings),
        extremes=look.extremes,
        tag_scale=look.tags.scale,
        diligence_steps=look.diligence.n_steps,
        present=look.present,
        own_raters=_own_raters(model, passes),
    )
    return FinalRecord(model.config, model.prescored.scorer, model.number, shared, signals, notes)


def _look(
    model: FinalModel,
    data: NotesData,
    mine: RatingTable,
    whole: Pass,
    speaks: NDArray[np.bool_],
) -> _Look:
    present = _present(model, whole)
    fitted = _fitted_factor(model, present)
    extremes = _extremes(model, whole)
    low, high = _bounds(model, whole, extremes)
    diligence = score_reputation(
        whole.ratings, _learned(model), data.notes.id, DILIGENCE, model.ratio, _alone(model)
    )
    scale = None if model.whole is None else model.whole.tag_scale
    tags = tag_aggregates(mine, whole.factor, fitted, scale)
    habits = TagHabits(
        model.rater("incorrect_tag_ratings").astype(np.float64),
        model.rater("tag_ratings").astype(np.float64),
    )
    incorrect = incorrect_aggregates(mine, whole.factor, fitted, habits)
    return _Look(
        present=present,
        extremes=extremes,
        low=low,
        high=high,
        diligence=diligence,
        sides=side_counts(mine, fitted, model.n_notes),
        tags=tags,
        incorrect=incorrect,
        extra=_extra(mine, fitted, tags, incorrect, diligence.intercept, speaks),
    )


def _signals(
    model: FinalModel,
    data: NotesData,
    mine: RatingTable,
    passes: Mapping[str, Pass],
    look: _Look,
) -> NoteSignals:
    """What the model's rules ask of every note."""
    whole, sides, incorrect = passes[WHOLE_PASS], look.sides, look.incorrect
    return NoteSignals(
        classification=data.notes.classification,
        current=data.history.current,
        n_ratings=np.bincount(mine.note, minlength=model.n_notes).astype(np.int32),
        intercept=whole.intercept,
        factor=whole.factor,
        intercept_max=look.high,
        no_high_volume=passes["no_high_volume"].intercept,
        no_correlated=passes["no_correlated"].intercept,
        min_sign_count=sides.min_sign_count.astype(np.int32),
        negative_mean=sides.mean_negative,
        positive_mean=sides.mean_positive,
        net_min_helpful=sides.net_min_helpful.astype(np.int32),
        net_min_helpful_ratio=sides.net_min_helpful_ratio,
        tag_adjusted=look.tags.adjusted,
        tag_ratio=look.tags.adjusted_ratio,
        tag_thresholds=model.prescored.tag_thresholds,
        incorrect=incorrect.incorrect,
        incorrect_voters=incorrect.voters,
        incorrect_tfidf=incorrect.tf_idf,
        low_diligence=look.diligence.intercept,
    )


def _words(
    model: FinalModel,
    mine: RatingTable,
    passes: Mapping[str, Pass],
    speaks: NDArray[np.bool_],
    look: _Look,
    outcome: RuleOutcome,
) -> ModelNotes:
    """The model's word, on the notes that it speaks of."""
    whole, nowhere = passes[WHOLE_PASS], np.full(model.n_notes, np.nan, dtype=np.float32)

    def said(column: Column) -> Column:
        return np.where(speaks, column, np.float32(np.nan)).astype(np.float32)

    return ModelNotes(
        scorer=model.config.name,
        intercept=said(whole.intercept),
        factor=said(whole.factor),
        intercept_min=said(look.low),
        intercept_max=said(nowhere if look.high is None else look.high),
        no_high_volume=said(passes["no_high_volume"].intercept),
        no_correlated=said(passes["no_correlated"].intercept),
        population_sampled=said(passes[SAMPLED_PASS].intercept),
        status=np.where(speaks, outcome.status, Status.NONE).astype(np.int8),
        active_rules=np.where(speaks, outcome.active_rules, 0).astype(np.uint32),
        filter_tags=np.where(speaks, outcome.filter_tags, 0).astype(np.uint16),
        n_final_round_ratings=said(_known_ratings(model, mine)),
        extra=look.extra,
    )


def _known_ratings(model: FinalModel, mine: RatingTable) -> Column:
    """(n_notes,) ratings by raters that prescoring knows; NaN for none."""
    known = np.zeros(model.n_raters, dtype=np.bool_)
    known[model.prescored.raters.id] = True
    counts = np.bincount(mine.note[known[mine.rater]], minlength=model.n_notes)
    counts = counts.astype(np.float32)
    counts[counts == 0] = np.nan
    return counts


def _own_raters(model: FinalModel, passes: Mapping[str, Pass]) -> Mapping[str, OwnRaters]:
    return {name: each.raters for name, each in passes.items()} if model.refits else {}


def _present(model: FinalModel, whole: Pass) -> NDArray[np.bool_]:
    """(n_raters,) who has a rating that counts."""
    if model.whole is not None:
        return model.whole.present
    present = np.zeros(model.n_raters, dtype=np.bool_)
    if whole.layout is not None:
        present[whole.layout.rater] = True
    return present


def _alone(model: FinalModel) -> tuple[Alone, Alone] | None:
    if model.whole is None or model.whole.diligence_steps is None:
        return None
    first, second = model.whole.diligence_steps
    return Alone(model.whole.n_ratings, first), Alone(model.whole.n_ratings, second)


def _fitted_factor(model: FinalModel, present: NDArray[np.bool_]) -> Column:
    """(n_raters,) factors of the raters in the fit; a Gaussian model knows all of prescoring's."""
    factor = model.rater("factor")
    if model.gaussian is not None:
        return factor
    return np.where(present, factor, np.float32(np.nan)).astype(np.float32)


def _extremes(model: FinalModel, whole: Pass) -> Extremes | None:
    """The pseudo-raters of a model that has them."""
    if model.whole is not None:
        return model.whole.extremes
    if not model.config.pseudo_raters or model.gaussian is not None or whole.layout is None:
        return None
    return Extremes.of(whole.layout, whole.raters.intercept, whole.raters.factor)


def _bounds(
    model: FinalModel, whole: Pass, extremes: Extremes | None
) -> tuple[Column, Column | None]:
    """Least and greatest intercept that one more rating could bring (spec 10.1)."""
    nowhere = np.full(model.n_notes, np.nan, dtype=np.float32)
    if extremes is None:
        return nowhere, None
    if whole.layout is None:
        return nowhere, nowhere
    bounds = pseudo_rater_bounds(
        whole.layout,
        model.config.penalties,
        whole.raters.mu,
        whole.raters.intercept,
        whole.raters.factor,
        extremes=extremes,
    )
    low = spread(bounds.intercept_min, whole.layout.note, model.n_notes)
    return low, spread(bounds.intercept_max, whole.layout.note, model.n_notes)


def _learned(model: FinalModel) -> Reputation:
    """Prescoring's diligence model, over all notes and raters."""
    notes, n_notes = model.prescored.notes, model.n_notes
    return Reputation(
        note_factor=spread(notes.diligence_factor, notes.id, n_notes),
        note_intercept=spread(notes.diligence_intercept, notes.id, n_notes),
        note_intercept_round2=spread(notes.diligence_intercept_round2, notes.id, n_notes),
        rater_factor=model.rater("diligence_factor"),
        rater_intercept=model.rater("diligence_intercept"),
        rater_intercept_round2=model.rater("diligence_intercept_round2"),
        reputation=model.rater("diligence_reputation"),
        globals=model.prescored.diligence_globals,
    )


def _extra(
    mine: RatingTable,
    fitted: Column,
    tags: TagAggregates,
    incorrect: IncorrectAggregates,
    diligence: Column,
    speaks: NDArray[np.bool_],
) -> dict[str, NDArray[np.generic]]:
    """What aux_note_info shows of a model, by its published names (spec 19)."""
    sampled = sampled_counts(mine, fitted, len(speaks))
    columns: dict[str, NDArray[np.generic]] = {
        "ratingWeight": tags.rating_weight.astype(np.float32),
        "notHelpfulIncorrect_interval": incorrect.incorrect,
        "p_incorrect_user_interval": incorrect.rate_sum,
        "num_voters_interval": incorrect.voters,
        "tf_idf_incorrect_interval": incorrect.tf_idf,
        "lowDiligenceIntercept": diligence,
        "coreNegFactor_populationSampledRatingCount": sampled.n_negative.astype(np.float64),
        "corePosFactor_populationSampledRatingCount": sampled.n_positive.astype(np.float64),
    }
    for t, tag in enumerate(NOT_HELPFUL_TAGS):
        columns[f"{tag}Adjusted"] = tags.adjusted[:, t].astype(np.float32)
        columns[f"{tag}AdjustedRatio"] = tags.adjusted_ratio[:, t].astype(np.float32)
    return {
        name: np.where(speaks, column, np.array(np.nan, dtype=column.dtype))
        for name, column in columns.items()
    }
