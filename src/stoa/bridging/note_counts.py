"""Counts over all ratings of a phase, note by note (spec 16.4, 19)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.note_records import DAY_MS, HELPFUL_TAGS, TAGS, RatingTable

RECENT_MS = 28 * DAY_MS


@dataclass(frozen=True, slots=True)
class NoteCounts:
    """How often each note was rated. Arrays (n_notes, ...), row by row with `NoteTable`."""

    ratings: NDArray[np.int64]
    ratings_last_28_days: NDArray[np.int64]
    population_sampled: NDArray[np.int64]
    tags: NDArray[np.int32]  # (n_notes, 22), in the order of TAGS

    @property
    def helpful_tags(self) -> NDArray[np.int32]:
        """(n_notes, 9), in the order of HELPFUL_TAGS."""
        return self.tags[:, : len(HELPFUL_TAGS)]

    @property
    def not_helpful_tags(self) -> NDArray[np.int32]:
        """(n_notes, 13), in the order of NOT_HELPFUL_TAGS."""
        return self.tags[:, len(HELPFUL_TAGS) :]


def count_ratings(ratings: RatingTable, n_notes: int, now_ms: int) -> NoteCounts:
    """Counts the ratings that reached this phase (after post selection similarity)."""
    recent = ratings.at_ms > now_ms - RECENT_MS
    return NoteCounts(
        ratings=np.bincount(ratings.note, minlength=n_notes),
        ratings_last_28_days=np.bincount(ratings.note[recent], minlength=n_notes),
        population_sampled=np.bincount(ratings.note[ratings.sampled], minlength=n_notes),
        tags=count_tags(ratings, n_notes),
    )


def count_tags(ratings: RatingTable, n_notes: int) -> NDArray[np.int32]:
    """(n_notes, 22): ratings of each note that carry each tag, in the order of TAGS."""
    counts = np.zeros((n_notes, len(TAGS)), dtype=np.int32)
    for bit in range(len(TAGS)):
        tagged = (ratings.tags & np.uint32(1 << bit)) != 0
        counts[:, bit] = np.bincount(ratings.note[tagged], minlength=n_notes)
    return counts
