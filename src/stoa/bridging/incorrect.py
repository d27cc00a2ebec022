"""How surprising it is that like-minded raters call a note incorrect (spec 8.6).

Some raters call everything incorrect: a note's count is set against how often its voters do.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.note_records import NOT_HELPFUL_BITS, RatingTable, tag_bit

FACTOR_LIMIT = np.float32(0.4)
"""Factors further out are treated as if they were here."""

INTERVAL = np.float32(0.3)
"""A voter is nearer to the note than this."""

INCORRECT = np.uint32(tag_bit("notHelpfulIncorrect"))


@dataclass(frozen=True, slots=True)
class TagHabits:
    """How each rater tags; (n_raters,), NaN for who never gave a not-helpful tag."""

    incorrect: NDArray[np.float64]  # incorrectTagRatingsMadeByRater
    total: NDArray[np.float64]  # totalRatingsMadeByRater


def tag_habits(ratings: RatingTable, n_raters: int) -> TagHabits:
    """Ratings with a not-helpful tag, and those among them that say incorrect (spec 7, step 12)."""
    tagged = ratings.rater[(ratings.tags & np.uint32(NOT_HELPFUL_BITS)) != 0]
    total = np.bincount(tagged, minlength=n_raters).astype(np.float64)
    said = ratings.rater[(ratings.tags & INCORRECT) != 0]
    incorrect = np.bincount(said, minlength=n_raters).astype(np.float64)
    never = total == 0
    total[never] = incorrect[never] = np.nan
    return TagHabits(incorrect, total)


@dataclass(frozen=True, slots=True)
class IncorrectAggregates:
    """Who calls a note incorrect; (n_notes,), NaN where no near rater gave a tag."""

    incorrect: NDArray[np.float64]  # notHelpfulIncorrect_interval
    rate_sum: NDArray[np.float64]  # p_incorrect_user_interval
    voters: NDArray[np.float64]  # num_voters_interval
    tf_idf: NDArray[np.float64]  # tf_idf_incorrect_interval


def incorrect_aggregates(
    ratings: RatingTable,
    note_factor: NDArray[np.floating],
    rater_factor: NDArray[np.floating],
    habits: TagHabits,
) -> IncorrectAggregates:
    """tf-idf of notHelpfulIncorrect: count / ln(1 + sum of the voters' own rates).

    Args:
        ratings: all that reached the model.
        note_factor: (n_notes,), NaN for notes outside the fit.
        rater_factor: (n_raters,), NaN for raters outside the fit.
        habits: of prescoring; a rater without habits counts with rate 0.
    """
    n_notes = len(note_factor)
    near = _is_near(ratings, note_factor, rater_factor)
    near &= (ratings.tags & np.uint32(NOT_HELPFUL_BITS)) != 0
    note, rater = ratings.note[near], ratings.rater[near]
    voters = np.bincount(note, minlength=n_notes).astype(np.float64)
    rate = np.nan_to_num(habits.incorrect / habits.total)
    rate_sum = np.bincount(note, rate[rater], minlength=n_notes).astype(np.float64)
    said = (ratings.tags[near] & INCORRECT) != 0
    incorrect = np.bincount(note[said], minlength=n_notes).astype(np.float64)
    nobody = voters == 0
    voters[nobody] = rate_sum[nobody] = incorrect[nobody] = np.nan
    with np.errstate(invalid="ignore", divide="ignore"):
        tf_idf = incorrect / np.log1p(rate_sum)
    return IncorrectAggregates(incorrect, rate_sum, voters, tf_idf)


def _is_near(
    ratings: RatingTable, note_factor: NDArray[np.floating], rater_factor: NDArray[np.floating]
) -> NDArray[np.bool_]:
    """Within the interval; False where a factor is missing. In float32, as published."""
    notes = np.clip(note_factor.astype(np.float32), -FACTOR_LIMIT, FACTOR_LIMIT)
    raters = np.clip(rater_factor.astype(np.float32), -FACTOR_LIMIT, FACTOR_LIMIT)
    return np.abs(raters[ratings.rater] - notes[ratings.note]) < INTERVAL
