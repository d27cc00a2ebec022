"""One model's word on every note, with what prescoring learned of raters held fixed (spec 10)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.bridging.bounds import Extremes, pseudo_rater_bounds
from stoa.bridging.ensemble import captured, heard, in_groups
from stoa.bridging.factorisation import Start, solve_notes
from stoa.bridging.final_record import FinalRecord, OwnRaters, Whole
from stoa.bridging.gaussian import gaussian_notes
from stoa.bridging.gaussian_scorers import GaussianConfig
from stoa.bridging.incorrect import IncorrectAggregates, TagHabits, incorrect_aggregates
from stoa.bridging.layout import Layout
from stoa.bridging.model_outputs import ModelNotes, Prescored, spread
from stoa.bridging.normalised import refit_normalised, side_weights
from stoa.bridging.preprocessing import MIN_PER_NOTE
from stoa.bridging.prescoring import layout_of
from stoa.bridging.reputation import DILIGENCE, Reputation, score_reputation
from stoa.bridging.reputation_descent import Alone
from stoa.bridging.rules import NoteSignals, apply_rules
from stoa.bridging.scorers import Penalties, ScorerConfig, Topic
from stoa.bridging.side_counts import sampled_counts, side_counts
from stoa.bridging.tag_ratios import TagAggregates, tag_aggregates
from stoa.note_records import NOT_HELPFUL_TAGS, NotesData, RatingTable, Status

SAMPLED_RATIO = 10.0
"""Ratings a note that the pass over population-sampled ratings is regularised for."""

WHOLE_PASS, SAMPLED_PASS = "all", "population_sampled"

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
    layout: Layout | None  # None: no rating counts
    raters: OwnRaters  # by whom the notes were fitted
    intercept: Column
    factor: Column


@dataclass(frozen=True, slots=True)
class FinalModel:
    """A model ready for final scoring: its constants and what prescoring left.

    With `whole` it scores some notes as if all others were there (`final_record`).
    """

    config: ScorerConfig
    prescored: Prescored
    n_notes: int
    n_raters: int
    gaussian: GaussianConfig | None = None
    whole: Whole | None = None

    @property
    def ratio(self) -> float:
        """Ratings a note in the last fit of prescoring."""
        return self.prescored.n_ratings / self.prescored.n_notes

    @property
    def number(self) -> int | None:
        """What a model of a family writes beside its columns: its group, or its topic."""
        if self.config.prefix == "topic":
            return int(self.config.scope.topic or Topic.UNASSIGNED)
        return self.config.group

    @property
    def penalties(self) -> Penalties:
        """Of the notes' fit; a Gaussian model's factors are those of a plain one."""
        return self.config.penalties if self.gaussian is None else Penalties()

    def rater(self, name: str) -> Column:
        """One of prescoring's columns over all raters."""
        raters = self.prescored.raters
        return spread(getattr(raters, name), raters.id, self.n_raters)

    def counting(self, ratings: RatingTable) -> RatingTable:
        """Ratings by helpful raters with parameters, on notes with enough ratings (step 1)."""
        often = np.bincount(ratings.note, minlength=self.n_notes) >= MIN_PER_NOTE
        return ratings.take(often[ratings.note] & self.may_count()[ratings.rater])

    def may_count(self) -> NDArray[np.bool_]:
        """(n_raters,) who has parameters and, where the model asks for it, is helpful."""
        counts = ~np.isnan(self.rater("intercept"))
        if self.config.uses_reputation:
            counts &= self.rater("above_threshold") == 1
        return counts

    def run(self, name: str, author: NDArray[np.int32], ratings: RatingTable) -> Pass:
        """Fits the notes of some ratings (step 2); without any that count nothing is fitted."""
        counting = self.counting(ratings)
        nowhere = np.full(self.n_notes, np.nan, dtype=np.float32)
        if len(counting) == 0:
            return Pass(counting, None, _nobody(self.prescored.mu), nowhere, nowhere)
        layout = layout_of(counting)
        raters, intercept, factor = self._solve(name, layout)
        intercept = spread(intercept, layout.note, self.n_notes)
        factor = spread(factor, layout.note, self.n_notes)
        if self.gaussian is not None:
            curves = gaussian_notes(
                counting, author, self.rater("factor"), self.gaussian.crh, self.gaussian.crnh
            )
            intercept = curves.intercept
            factor = np.where(np.isnan(factor), curves.lean, factor)
        return Pass(counting, layout, raters, intercept, factor)

    def ratio_of(self, name: str) -> float:
        """Ratings a note that a pass is regularised for."""
        return SAMPLED_RATIO if name == SAMPLED_PASS else self.ratio

    def _solve(self, name: str, layout: Layout) -> tuple[OwnRaters, Column, Column]:
        raters, ratio = self._raters(layout), self.ratio_of(name)
        if self.config.normalised is None or self.gaussian is not None:
            notes = solve_notes(
                layout, self.penalties, raters.mu, raters.intercept, raters.factor, ratio=ratio
            )
            return raters, *notes
        if self.whole is not None:
            own = self.whole.own_raters[name]
            rows = np.searchsorted(own.rater, layout.rater)
            weighed = layout.weighted(np.ones(layout.n_notes), own.weight[rows])
            notes = solve_notes(
                weighed, self.penalties, own.mu, own.intercept[rows], own.factor[rows], ratio=ratio
            )
            return own, *notes
        # The second fit of the normalised loss is a fresh model: nothing is frozen in it.
        side, config = raters.factor, self.config.normalised
        start = Start(rater_intercept=raters.intercept, rater_factor=side)
        found = refit_normalised(layout, self.penalties, config, side, start, ratio=ratio)
        own = OwnRaters(
            layout.rater,
            found.rater_intercept,
            found.rater_factor,
            side_weights(layout, side, config)[1],
            found.mu,
        )
        return own, found.note_intercept, found.note_factor

    def _raters(self, layout: Layout) -> OwnRaters:
        """Prescoring's raters, as far as they are in a layout."""
        raters = self.prescored.raters
        rows = np.searchsorted(raters.id, layout.rater)
        weight = np.ones(len(rows))
        return OwnRaters(
            layout.rater, raters.intercept[rows], raters.factor[rows], weight, self.prescored.mu
        )


def _nobody(mu: float) -> OwnRaters:
    none = np.zeros(0, dtype=np.float32)
    return OwnRaters(np.zeros(0, dtype=np.int32), none, none, none.astype(np.float64), mu)


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
    hears = heard(model.config.scope, ratings, data.contributors, topic)
    mine = ratings.take(hears.rows)
    passes = run_passes(model, data.notes.author, mine, flags)
    if passes[WHOLE_PASS].layout is None and model.whole is None:
        return None
    inside = in_groups(model.config.scope, data.contributors)
    speaks = hears.notes & captured(model.config.scope, ratings, inside, model.n_notes)
    record = _judge(model, data, mine, passes, speaks)
    if keep is not None:
        keep(record)
    return record.notes


def run_passes(
    model: FinalModel, author: NDArray[np.int32], mine: RatingTable, flags: Flags
) -> Mapping[str, Pass]:
    """The pass that decides and the three that check, by name."""
    parts = {
        WHOLE_PASS: mine,
        "no_high_volume": mine.take(~flags.high_volume[mine.rater]),
        "no_correlated": mine.take(~flags.correlated[mine.rater]),
        SAMPLED_PASS: mine.take(mine.sampled),
    }
    return {name: model.run(name, author, part) for name, part in parts.items()}


def _judge(
    model: FinalModel,
    data: NotesData,
    mine: RatingTable,
    passes: Mapping[str, Pass],
    speaks: NDArray[np.bool_],
) -> FinalRecord:
    """Bounds, diligence, counts and rules on the pass over all ratings (steps 3 to 5)."""
    n_notes, whole = model.n_notes, passes[WHOLE_PASS]
    present = _present(model, whole)
    fitted = _fitted_factor(model, present)
    extremes = _extremes(model, whole)
    low, high = _bounds(model, whole, extremes)
    diligence = score_reputation(
        whole.ratings, _learned(model), data.notes.id, DILIGENCE, model.ratio, _alone(model)
    )
    sides = side_counts(mine, fitted, n_notes)
    scale = None if model.whole is None else model.whole.tag_scale
    tags = tag_aggregates(mine, whole.factor, fitted, scale)
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
        no_high_volume=passes["no_high_volume"].intercept,
        no_correlated=passes["no_correlated"].intercept,
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

    notes = ModelNotes(
        scorer=model.config.name,
        intercept=said(whole.intercept),
        factor=said(whole.factor),
        intercept_min=said(low),
        intercept_max=said(np.full(n_notes, np.nan, dtype=np.float32) if high is None else high),
        no_high_volume=said(passes["no_high_volume"].intercept),
        no_correlated=said(passes["no_correlated"].intercept),
        population_sampled=said(passes[SAMPLED_PASS].intercept),
        status=np.where(speaks, outcome.status, Status.NONE).astype(np.int8),
        active_rules=np.where(speaks, outcome.active_rules, 0).astype(np.uint32),
        filter_tags=np.where(speaks, outcome.filter_tags, 0).astype(np.uint16),
        n_final_round_ratings=said(n_final),
        extra=_extra(mine, fitted, tags, incorrect, diligence.intercept, speaks),
    )
    refits = model.config.normalised is not None and model.gaussian is None
    shared = Whole(
        n_ratings=len(whole.ratings),
        extremes=extremes,
        tag_scale=tags.scale,
        diligence_steps=diligence.n_steps,
        present=present,
        own_raters={name: p.raters for name, p in passes.items()} if refits else {},
    )
    return FinalRecord(
        model.config, model.prescored.scorer, model.number, model.whole or shared, signals, notes
    )


def _present(model: FinalModel, whole: Pass) -> NDArray[np.bool_]:
    """(n_raters,) who has a rating that counts."""
    if model.whole is not None:
        return model.whole.present
    present = np.zeros(model.n_raters, dtype=np.bool_)
    if whole.layout is not None:
        present[whole.layout.rater] = True
    return present


def _alone(model: FinalModel) -> tuple[Alone, Alone] | None:
    if model.whole is None:
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
