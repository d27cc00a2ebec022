"""What like-minded raters blame a note for, each tag as a share of their weight (spec 8.5)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.note_records import HELPFUL_TAGS, NOT_HELPFUL_TAGS, RatingTable

NEAR_PERCENTILE = 40
"""The distance that halves a rating's weight is this percentile of all distances."""

FALL = 5
"""How steeply weight falls with distance."""


@dataclass(frozen=True, slots=True)
class TagAggregates:
    """Not-helpful tags of each note, near raters weighing more.

    Columns of the two tables are NOT_HELPFUL_TAGS. Notes without a rating by a rater of the fit
    are NaN throughout.
    """

    rating_weight: NDArray[np.float64]  # (n_notes,)
    adjusted: NDArray[np.float64]  # (n_notes, 13)
    adjusted_ratio: NDArray[np.float64]  # (n_notes, 13), in 0..1
    scale: TagScale


@dataclass(frozen=True, slots=True)
class TagScale:
    """What distances are measured in: shared by all notes of a fit. NaN where nothing is known."""

    note_mean: float
    note_spread: float
    rater_mean: float
    rater_spread: float
    near: float  # s: the distance that halves a weight


def tag_aggregates(
    ratings: RatingTable,
    note_factor: NDArray[np.floating],
    rater_factor: NDArray[np.floating],
    scale: TagScale | None = None,
) -> TagAggregates:
    """Weighted tag counts of every note.

        d = |f_u - f_n| of standardised factors,   weight = 1 / (1 + (d / s)^5)

    with s the 40th percentile of d over `ratings`.

    Args:
        ratings: all that reached the model, helpful raters or not.
        note_factor: (n_notes,), NaN for notes outside the fit.
        rater_factor: (n_raters,), NaN for raters outside the fit; the mean and spread are taken
            over the others, so pass no rater that was not fitted.
        scale: of the whole fit, where these are some of its notes only.
    """
    n_notes = len(note_factor)
    of_notes = _moments(note_factor) if scale is None else (scale.note_mean, scale.note_spread)
    of_raters = _moments(rater_factor) if scale is None else (scale.rater_mean, scale.rater_spread)
    notes, raters = _standardise(note_factor, *of_notes), _standardise(rater_factor, *of_raters)
    distance = np.abs(raters[ratings.rater] - notes[ratings.note])
    fitted = ~np.isnan(distance)
    note, tags = ratings.note[fitted], ratings.tags[fitted]
    near = _near(distance[fitted]) if scale is None else scale.near
    weight = _weight(distance[fitted], near)
    total = np.bincount(note, weight, minlength=n_notes).astype(np.float64)
    total[np.bincount(note, minlength=n_notes) == 0] = np.nan
    adjusted = np.empty((n_notes, len(NOT_HELPFUL_TAGS)))
    for column in range(len(NOT_HELPFUL_TAGS)):
        bit = np.uint32(1 << (len(HELPFUL_TAGS) + column))
        tagged = np.flatnonzero(tags & bit)
        adjusted[:, column] = np.bincount(note[tagged], weight[tagged], minlength=n_notes)
    adjusted[np.isnan(total)] = np.nan
    return TagAggregates(
        total, adjusted, adjusted / total[:, None], TagScale(*of_notes, *of_raters, near)
    )


def _moments(factor: NDArray[np.floating]) -> tuple[float, float]:
    """Mean and standard deviation over the rows that have a factor."""
    known = factor[~np.isnan(factor)].astype(np.float64)
    return (float(known.mean()), float(known.std())) if len(known) else (np.nan, np.nan)


def _standardise(factor: NDArray[np.floating], mean: float, spread: float) -> NDArray[np.float32]:
    with np.errstate(invalid="ignore", divide="ignore"):
        return ((factor - np.float64(mean)) / np.float64(spread)).astype(np.float32)


def _near(distance: NDArray[np.float32]) -> float:
    return float(np.percentile(distance, NEAR_PERCENTILE)) if len(distance) else np.nan


def _weight(distance: NDArray[np.float32], near: float) -> NDArray[np.float64]:
    with np.errstate(invalid="ignore", divide="ignore"):
        return 1.0 / (1.0 + (distance / near).astype(np.float64) ** FALL)


def tag_thresholds(
    aggregates: TagAggregates, is_crh: NDArray[np.bool_], percentile: int
) -> NDArray[np.float64]:
    """The share of each tag that so many percent of helpful notes stay below (spec 7, step 10).

    Args:
        aggregates: of the last fit of prescoring.
        is_crh: (n_notes,) notes that the first fit's statuses call helpful.
        percentile: 95, or 90 in group 14.

    Returns:
        (13,) in the order of NOT_HELPFUL_TAGS; zeros where no note is helpful.
    """
    ratios = aggregates.adjusted_ratio[is_crh & ~np.isnan(aggregates.rating_weight)]
    if len(ratios) == 0:
        return np.zeros(len(NOT_HELPFUL_TAGS))
    return np.quantile(ratios, percentile / 100, axis=0)
