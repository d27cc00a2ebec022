"""Which notes teach and which ask whether a helpful note will lose its status (spec 14)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.note_records import (
    DAY_MS,
    MINUTE_MS,
    NO_TIME,
    Classification,
    NoteTable,
    RatingTable,
    Status,
    StatusHistory,
)

FIRST_POST = 1_825_679_568_688_054_351
"""Since this post (19 August 2024) the history says when a note first entered the window."""

SEEN_AFTER_MS = 15 * MINUTE_MS
LEAST_RATINGS = 5
RECENT_MS = DAY_MS


@dataclass(frozen=True, slots=True)
class FlipRows:
    """Notes as they stood at some moment. Arrays (n,); a note may come more than once."""

    note: NDArray[np.int64]  # row in NoteTable
    cutoff_ms: NDArray[np.int64] | None  # what came later is unknown; None: all is known

    def __len__(self) -> int:
        return len(self.note)


def training_rows(
    notes: NoteTable, history: StatusHistory, ratings: RatingTable
) -> tuple[FlipRows, NDArray[np.bool_]]:
    """Every note whose end is known, twice, by note; and whether it lost its status.

    The first row of a note is as of the earlier of its first entry into the window and its
    first status, the second as of the later; both 15 minutes before, but never before its fifth
    rating (its last, with fewer).
    """
    n_ratings = np.bincount(ratings.note, minlength=len(notes))
    may = (notes.classification != Classification.DELETED) & (notes.post > FIRST_POST)
    may &= n_ratings > 0
    window, first = history.first_window_ms, history.first_status_ms
    was_helpful = history.first_status == Status.CURRENTLY_RATED_HELPFUL
    may &= (window != NO_TIME) | was_helpful
    stays, flips = _ends(history, was_helpful)
    note = np.flatnonzero(may & (stays | flips))
    fewest = _time_of_fifth(ratings, note, len(notes))
    # NO_TIME is the least of all times: the later of two ignores it, the earlier must not.
    later = np.maximum(window[note], first[note])
    earlier = np.minimum(
        np.where(window[note] == NO_TIME, later, window[note]),
        np.where(first[note] == NO_TIME, later, first[note]),
    )
    cutoff = np.maximum(np.column_stack([earlier, later]) - SEEN_AFTER_MS, fewest[:, None])
    return FlipRows(np.repeat(note, 2), cutoff.ravel()), np.repeat(flips[note], 2)


def _ends(
    history: StatusHistory, was_helpful: NDArray[np.bool_]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which notes locked as helpful, and which were or nearly were helpful and locked otherwise.

    A note that only ScoringDriftGuard holds as helpful teaches nothing.
    """
    guarded = np.char.startswith(history.decided_by.astype(str), "ScoringDriftGuard")
    stays = (history.locked == Status.CURRENTLY_RATED_HELPFUL) & ~guarded
    lost = (history.locked == Status.NEEDS_MORE_RATINGS) | (
        history.locked == Status.CURRENTLY_RATED_NOT_HELPFUL
    )
    nearly = (history.first_window_ms != NO_TIME) & (history.first_status == Status.NONE)
    return stays, lost & (was_helpful | nearly)


def _time_of_fifth(
    ratings: RatingTable, note: NDArray[np.int64], n_notes: int
) -> NDArray[np.int64]:
    """When each note had its fifth rating, or its last where it has fewer; (len(note),)."""
    asked = np.zeros(n_notes, dtype=np.bool_)
    asked[note] = True
    rows = np.flatnonzero(asked[ratings.note])
    rows = rows[np.lexsort((ratings.at_ms[rows], ratings.note[rows]))]
    start = np.searchsorted(ratings.note[rows], note)
    end = np.searchsorted(ratings.note[rows], note, side="right")
    return ratings.at_ms[rows[np.minimum(start + LEAST_RATINGS, end) - 1]]


def asking_notes(notes: NoteTable, history: StatusHistory, now_ms: int) -> NDArray[np.bool_]:
    """Notes in the window or helpful since a day at most, and all on their posts; (n_notes,)."""
    since = now_ms - RECENT_MS
    helpful = history.current == Status.CURRENTLY_RATED_HELPFUL
    helpful &= (history.first_status_ms >= since) | (history.latest_status_ms >= since)
    asked = (history.window_ms > 0) | helpful
    known = (notes.classification != Classification.DELETED) & (notes.post > 0)
    return known & np.isin(notes.post, np.unique(notes.post[asked & known]))
