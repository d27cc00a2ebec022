"""What the two sides of the factor axis say of a note (spec 11, 12.4).

Negative factors are one side, zero and positive ones the other. Raters without a factor (NaN) are
on neither.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.note_records import RatingTable


@dataclass(frozen=True, slots=True)
class SideCounts:
    """Ratings of each note by side; (n_notes,). Means are of helpfulNum, NaN without ratings."""

    n_negative: NDArray[np.int64]
    n_positive: NDArray[np.int64]
    mean_negative: NDArray[np.float32]
    mean_positive: NDArray[np.float32]
    net_min_helpful: NDArray[np.int64]  # helpful less not helpful on the side that has less of it
    net_min_helpful_ratio: NDArray[np.float32]  # of all these ratings; 0 without any

    @property
    def min_sign_count(self) -> NDArray[np.int64]:
        """Ratings on the smaller side."""
        return np.minimum(self.n_negative, self.n_positive)


def side_counts(
    ratings: RatingTable, rater_factor: NDArray[np.floating], n_notes: int
) -> SideCounts:
    """Counts and means of both sides; `rater_factor` (n_raters,) is that of the fit at hand."""
    cells = _count_cells(ratings, rater_factor, n_notes)
    totals = cells.sum(axis=2)
    with np.errstate(invalid="ignore"):
        means = ((cells[:, :, 1] * 0.5 + cells[:, :, 2]) / totals).astype(np.float32)
    net = np.maximum(0, (cells[:, :, 2] - cells[:, :, 0]).min(axis=1))
    whole = totals.sum(axis=1)
    ratio = (net / np.maximum(whole, 1)).astype(np.float32)
    return SideCounts(totals[:, 0], totals[:, 1], means[:, 0], means[:, 1], net, ratio)


def _count_cells(
    ratings: RatingTable, rater_factor: NDArray[np.floating], n_notes: int
) -> NDArray[np.int64]:
    """(n_notes, 2 sides, 3 levels)."""
    side = (rater_factor >= 0).astype(np.int8)
    seen = ~np.isnan(rater_factor[ratings.rater])
    note, rater, level = ratings.note[seen], ratings.rater[seen], ratings.level[seen]
    cell = (note.astype(np.int64) * 2 + side[rater]) * 3 + level
    return np.bincount(cell, minlength=n_notes * 6).reshape(n_notes, 2, 3)


@dataclass(frozen=True, slots=True)
class SampledCounts:
    """Population-sampled ratings of each note by side; (n_notes,)."""

    n_negative: NDArray[np.int64]
    n_positive: NDArray[np.int64]


def sampled_counts(
    ratings: RatingTable, rater_factor: NDArray[np.floating], n_notes: int
) -> SampledCounts:
    """Ratings the platform asked a sample of raters for, by side (spec 16, rule 14)."""
    totals = _count_cells(ratings.take(ratings.sampled), rater_factor, n_notes).sum(axis=2)
    return SampledCounts(totals[:, 0], totals[:, 1])


def topic_confident(
    ratings: RatingTable,
    rater_factor: NDArray[np.floating],
    intercept: NDArray[np.floating],
    more_than: int = 4,
) -> NDArray[np.bool_]:
    """Notes of a topic with enough ratings on both sides (spec 12.4); (n_notes,).

    Args:
        ratings: all of the phase.
        rater_factor: (n_raters,) of the topic's model.
        intercept: (n_notes,) of the topic's model, NaN for notes it does not score.
        more_than: 0 for the topic InDimensionTwo.
    """
    totals = _count_cells(ratings, rater_factor, len(intercept)).sum(axis=2)
    return (totals > more_than).all(axis=1) & ~np.isnan(intercept)
