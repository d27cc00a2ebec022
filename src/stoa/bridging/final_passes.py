"""The fits of one model's final scoring: notes anew, raters as prescoring left them (spec 10)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.bridging.factorisation import Start, solve_notes
from stoa.bridging.final_record import OwnRaters, Whole
from stoa.bridging.gaussian import gaussian_notes
from stoa.bridging.gaussian_scorers import GaussianConfig
from stoa.bridging.layout import Layout
from stoa.bridging.model_outputs import Prescored, spread
from stoa.bridging.normalised import refit_normalised, side_weights
from stoa.bridging.preprocessing import MIN_PER_NOTE
from stoa.bridging.prescoring import layout_of
from stoa.bridging.scorers import Penalties, ScorerConfig, Topic
from stoa.note_records import RatingTable

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

    @property
    def refits(self) -> bool:
        """Whether each pass fits raters anew: group 14 alone does (spec 6)."""
        return self.config.normalised is not None and self.gaussian is None

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
        config = self.config.normalised
        if config is None or not self.refits:
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
        side = raters.factor
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
