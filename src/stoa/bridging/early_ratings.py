"""Ratings given before the rater could know how the note would fare (spec 8.1)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from stoa.note_records import HOUR_MS, NO_TIME, NoteTable, RatingTable

PUBLIC_DELAY_MS = 48 * HOUR_MS
"""After two days the ratings of a note may have been published."""

TOMBSTONES_MS = 1_652_918_400_000
FIRST_RATINGS = 5


def early_ratings(
    notes: NoteTable, history_latest_status_ms: NDArray[np.int64], ratings: RatingTable
) -> NDArray[np.bool_]:
    """Which ratings may count for their rater, before the note's status is looked at.

    Args:
        notes: all notes.
        history_latest_status_ms: (n_notes,) time of the latest status other than NMR, or NO_TIME.
        ratings: any ratings.

    Returns:
        (n_ratings,) true within 48 hours of the note and before its latest status; on notes
        written before 19 May 2022 true for the first five within 48 hours.
    """
    created_ms = notes.created_ms[ratings.note]
    status_ms = history_latest_status_ms[ratings.note]
    prompt = ratings.at_ms - created_ms < PUBLIC_DELAY_MS
    is_old = created_ms < TOMBSTONES_MS
    unaware = (status_ms == NO_TIME) | (ratings.at_ms < status_ms)
    early = prompt & ~is_old & unaware
    early[_first_of_each_note(np.flatnonzero(prompt & is_old), ratings)] = True
    return early


def _first_of_each_note(rows: NDArray[np.int64], ratings: RatingTable) -> NDArray[np.int64]:
    """The first five of the given ratings of each note, by time and then by rater."""
    order = rows[np.lexsort((ratings.rater[rows], ratings.at_ms[rows], ratings.note[rows]))]
    note = ratings.note[order]
    starts = np.flatnonzero(np.diff(note, prepend=-1))
    place = np.arange(len(order)) - np.repeat(starts, np.diff(starts, append=len(order)))
    return order[place < FIRST_RATINGS]
