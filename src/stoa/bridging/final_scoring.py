"""One model's word on every note, with what prescoring learned of raters held fixed (spec 10)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.bridging.bounds import pseudo_rater_bounds
from stoa.bridging.ensemble import captured, heard, in_groups
from stoa.bridging.factorisation import Start, solve_notes
from stoa.bridging.gaussian import gaussian_notes
from stoa.bridging.gaussian_scorers import GaussianConfig
from stoa.bridging.incorrect import IncorrectAggregates, TagHabits, incorrect_aggregates
from stoa.bridging.layout import Layout
from stoa.bridging.model_outputs import ModelNotes, Prescored, spread
from stoa.bridging.normalised import refit_normalised
from stoa.bridging.preprocessing import MIN_PER_NOTE
from stoa.bridging.prescoring import layout_of
from stoa.bridging.reputation import DILIGENCE, Reputation, score_reputation
from stoa.bridging.rules import NoteSignals, apply_rules
from stoa.bridging.scorers import Penalties, ScorerConfig
from stoa.bridging.side_counts import sampled_counts, side_counts
from stoa.bridging.tag_ratios import TagAggregates, tag_aggregates
from stoa.note_records import NOT_HELPFUL_TAGS, NotesData, RatingTable, Status

SAMPLED_RATIO = 10.0
"""Ratings a note that the pass over population-sampled ratings is regularised for."""

Column = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Flags:
    """Which raters are left out of the passes that check a status. Arrays (n_raters,)."""

    high_volume: NDArray[np.bool_]
    correlated: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Pass:
    """One fit of notes with raters fixed; columns (n_notes,), NaN for notes not in it."""

    ratings: RatingTable  # those that count: of helpful raters, on notes rated often enough
    layout: Layout
    intercept: Column
    factor: Column


@dataclass(frozen=True, slots=True)
class FinalModel:
    """A model ready for final scoring: its constants and what prescoring left."""

    config: ScorerConfig
    prescored: Prescored
    n_notes: int
    n_raters: int
    gaussian: GaussianConfig | None = None

    @property
    def ratio(self) -> float:
        """Ratings a note in the last fit of prescoring."""
        return self.prescored.n_ratings / self.prescored.n_notes

    def rater(self, name: str) -> Column:
        """One of prescoring's columns over all raters."""
        raters = self.prescored.raters
        return spread(getattr(raters, name), raters.id, self.n_raters)

    def counting(self, ratings: RatingTable) -> RatingTable:
        """Ratings by helpful raters with parameters, on notes with enough ratings (step 1)."""
        often = np.bincount(ratings.note, minlength=self.n_notes) >= MIN_PER_NOTE
        counts = ~np.isnan(self.rater("intercept"))
        if self.config.uses_reputation:
            counts &= self.rater("above_threshold") == 1
        return ratings.take(often[ratings.note] & counts[ratings.rater])

    def run(self, author: NDArray[np.int32], ratings: RatingTable, ratio: float) -> Pass | None:
        """Fits the notes of some ratings (step 2); None where nothing is left to fit."""
        counting = self.counting(ratings)
        if len(counting) == 0:
            return None
        layout = layout_of(counting)
        intercept, factor = self._solve(layout, ratio)
        intercept = spread(intercept, layout.note, self.n_notes)
        factor = spread(factor, layout.note, self.n_notes)
        if self.gaussian is not None:
            curves = gaussian_notes(
                counting, author, self.rater("factor"), self.gaussian.crh, self.gaussian.crnh
            )
            intercept = curves.intercept
            factor = np.where(np.isnan(factor), curves.lean, factor)
        return Pass(counting, layout, intercept, factor)

    def _solve(self, layout: Layout, ratio: float) -> tuple[Column, Column]:
        raters = self.prescored.raters
        rows = np.searchsorted(raters.id, layout.rater)
        intercept, factor = raters.intercept[rows], raters.factor[rows]
        penalties = Penalties() if self.gaussian is not None else self.config.penalties
        if self.config.normalised is not None and self.gaussian is None:
            # The second fit of the normalised loss is a fresh model: nothing is frozen in it.
            start = Start(rater_intercept=intercept, rater_factor=factor)
            found = refit_normalised(
                layout, penalties, self.config.normalised, factor, start, ratio=ratio
            )
            return found.note_intercept, found.note_factor
        return solve_notes(layout, penalties, self.prescored.mu, intercept, factor, ratio=ratio)


def score_final(
    model: FinalModel,
    data: NotesData,
    ratings: RatingTable,
    topic: NDArray[np.int8],
    flags: Flags,
) -> ModelNotes | None:
    """What one model says of every note; None where it has nothing to say of any.

    Args:
        model: the model with its prescoring.
        data: the files; `ratings` takes the place of its own.
        ratings: all ratings given to the phase, coordinated ones dropped.
        topic: (n_notes,) Topic of each note.
        flags: who is left out of the passes that check.
    """
    hears = heard(model.config.scope, ratings, data.contributors, topic)
    mine = ratings.take(hears.rows)
    if len(mine) == 0:
        return None
    author = data.notes.author
    whole = model.run(author, mine, model.ratio)
    if whole is None:
        return None
    checks = {
        "no_high_volume": mine.take(~flags.high_volume[mine.rater]),
        "no_correlated": mine.take(~flags.correlated[mine.rater]),
    }
    passes = {name: model.run(author, part, model.ratio) for name, part in checks.items()}
    sampled = mine.take(mine.sampled)
    passes["population_sampled"] = model.run(author, sampled, SAMPLED_RATIO)
    nowhere = np.full(model.n_notes, np.nan, dtype=np.float32)
    found = {name: nowhere if p is None else p.intercept for name, p in passes.items()}
    inside = in_groups(model.config.scope, data.contributors)
    speaks = hears.notes & captured(model.config.scope, ratings, inside, model.n_notes)
    return _judge(model, data, mine, whole, found, speaks)


def _judge(
    model: FinalModel,
    data: NotesData,
    mine: RatingTable,
    whole: Pass,
    checks: Mapping[str, Column],
    speaks: NDArray[np.bool_],
) -> ModelNotes:
    """Bounds, diligence, counts and rules on the pass over all ratings (steps 3 to 5)."""
    n_notes = model.n_notes
    fitted = _fitted_factor(model, whole)
    low, high = _bounds(model, whole)
    diligence = score_reputation(
        whole.ratings, _learned(model), data.notes.id, DILIGENCE, model.ratio
    )
    sides = side_counts(mine, fitted, n_notes)
    tags = tag_aggregates(mine, whole.factor, fitted)
    habits = TagHabits(
        model.rater("incorrect_tag_ratings").astype(np.float64),
        model.rater("tag_ratings").astype(np.float64),
    )
    incorrect = incorrect_aggregates(mine, whole.factor, fitted, habits)
    signals = NoteSignals(
        classification=data.notes.classification,
        current=data.history.current,
        n_ratings=np.bincount(mine.note, minlength=n_notes).astype(np.int32),
        intercept=whole.intercept,
        factor=whole.factor,
        intercept_max=high,
        no_high_volume=checks["no_high_volume"],
        no_correlated=checks["no_correlated"],
        min_sign_count=sides.min_sign_count.astype(np.int32),
        negative_mean=sides.mean_negative,
        positive_mean=sides.mean_positive,
        net_min_helpful=sides.net_min_helpful.astype(np.int32),
        net_min_helpful_ratio=sides.net_min_helpful_ratio,
        tag_adjusted=tags.adjusted,
        tag_ratio=tags.adjusted_ratio,
        tag_thresholds=model.prescored.tag_thresholds,
        incorrect=incorrect.incorrect,
        incorrect_voters=incorrect.voters,
        incorrect_tfidf=incorrect.tf_idf,
        low_diligence=diligence.intercept,
    )
    outcome = apply_rules(signals, model.config, final=True)
    known = np.zeros(model.n_raters, dtype=np.bool_)
    known[model.prescored.raters.id] = True
    n_final = np.bincount(mine.note[known[mine.rater]], minlength=n_notes).astype(np.float32)
    n_final[n_final == 0] = np.nan

    def said(column: Column) -> Column:
        return np.where(speaks, column, np.float32(np.nan)).astype(np.float32)

    return ModelNotes(
        scorer=model.config.name,
        intercept=said(whole.intercept),
        factor=said(whole.factor),
        intercept_min=said(low),
        intercept_max=said(np.full(n_notes, np.nan, dtype=np.float32) if high is None else high),
        no_high_volume=said(checks["no_high_volume"]),
        no_correlated=said(checks["no_correlated"]),
        population_sampled=said(checks["population_sampled"]),
        status=np.where(speaks, outcome.status, Status.NONE).astype(np.int8),
        active_rules=np.where(speaks, outcome.active_rules, 0).astype(np.uint32),
        filter_tags=np.where(speaks, outcome.filter_tags, 0).astype(np.uint16),
        n_final_round_ratings=said(n_final),
        extra=_extra(mine, fitted, tags, incorrect, diligence.intercept, speaks),
    )


def _fitted_factor(model: FinalModel, whole: Pass) -> Column:
    """(n_raters,) factors of the raters in the fit; a Gaussian model knows all of prescoring's."""
    factor = model.rater("factor")
    if model.gaussian is not None:
        return factor
    present = np.zeros(model.n_raters, dtype=np.bool_)
    present[whole.layout.rater] = True
    return np.where(present, factor, np.float32(np.nan)).astype(np.float32)


def _bounds(model: FinalModel, whole: Pass) -> tuple[Column, Column | None]:
    """Least and greatest intercept that one more rating could bring (spec 10.1)."""
    nowhere = np.full(model.n_notes, np.nan, dtype=np.float32)
    if not model.config.pseudo_raters or model.gaussian is not None:
        return nowhere, None
    raters = model.prescored.raters
    rows = np.searchsorted(raters.id, whole.layout.rater)
    bounds = pseudo_rater_bounds(
        whole.layout,
        model.config.penalties,
        model.prescored.mu,
        raters.intercept[rows],
        raters.factor[rows],
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
