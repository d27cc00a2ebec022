"""What one model's fits and counts say of raters and notes, as the compact columns it hands on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.bridging.factorisation import Fit
from stoa.bridging.helpfulness import Helpfulness
from stoa.bridging.incorrect import TagHabits
from stoa.bridging.layout import Layout
from stoa.bridging.model_outputs import NoteOutput, RaterOutput, spread
from stoa.bridging.reputation import Reputation
from stoa.note_records import RatingTable


@dataclass(frozen=True, slots=True)
class FirstFit:
    """The fit on all raters, and the ratings it was made of."""

    train: RatingTable
    layout: Layout
    fit: Fit


@dataclass(frozen=True, slots=True)
class Fits:
    """Both fits; they are one where a model does not ask who is helpful."""

    first: FirstFit
    final: RatingTable  # of the last fit
    layout: Layout
    last: Fit


def rater_columns(
    fits: Fits, diligence: Reputation, habits: TagHabits, scores: Helpfulness | None
) -> RaterOutput:
    """Everybody whom the last fit or the counts know (spec 7, step 12).

    Args:
        fits: both fits.
        diligence: the diligence model, over all raters.
        habits: who says that notes are incorrect, over all raters.
        scores: how helpful raters are; None for a model that does not ask.
    """
    n_raters = len(diligence.rater_factor)
    is_known = np.zeros(n_raters, dtype=np.bool_)
    is_known[fits.layout.rater] = True
    if scores is not None:
        is_known |= scores.above_threshold >= 0
    rater = np.flatnonzero(is_known).astype(np.int32)
    unknown = np.full(n_raters, np.nan)

    def score(name: str) -> NDArray[np.float64]:
        return (unknown if scores is None else getattr(scores, name))[rater]

    def fitted(layout: Layout, column: NDArray[np.float32]) -> NDArray[np.float32]:
        return spread(column, layout.rater, n_raters)[rater]

    above = np.full(n_raters, -1, dtype=np.int8) if scores is None else scores.above_threshold
    first, last = fits.first, fits.last
    return RaterOutput(
        id=rater,
        intercept=fitted(fits.layout, last.rater_intercept),
        factor=fitted(fits.layout, last.rater_factor),
        first_intercept=fitted(first.layout, first.fit.rater_intercept),
        first_factor=fitted(first.layout, first.fit.rater_factor),
        crh_crnh_ratio_difference=score("crh_crnh_ratio_difference"),
        mean_note_score=score("mean_note_score"),
        agree_ratio=score("agree_ratio"),
        penalised_ratio=score("penalised_ratio"),
        harassment_penalty=score("harassment_penalty"),
        above_threshold=above[rater],
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
    )


def note_columns(
    fits: Fits,
    diligence: Reputation,
    harassment: tuple[NDArray[np.float32], NDArray[np.float32]] | None,
) -> NoteOutput:
    """The notes of the last fit; `harassment` is (n_notes,) intercepts and factors, if asked."""
    note = fits.layout.note
    unknown = np.full(len(note), np.nan, dtype=np.float32)
    return NoteOutput(
        id=note,
        intercept=fits.last.note_intercept,
        factor=fits.last.note_factor,
        diligence_intercept=diligence.note_intercept[note],
        diligence_factor=diligence.note_factor[note],
        diligence_intercept_round2=diligence.note_intercept_round2[note],
        harassment_intercept=unknown if harassment is None else harassment[0][note],
        harassment_factor=unknown if harassment is None else harassment[1][note],
    )
