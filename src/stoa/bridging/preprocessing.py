"""Which ratings count, and whose come in unusual numbers (spec 3, steps 3 and 5)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.note_records import DAY_MS, Classification, NotesData, NoteTable, RatingTable

NOT_MISLEADING_FROM_MS = 1_664_755_200_000
"""Notes that call a post not misleading count if created after 3 October 2022, when the form for
writing them changed."""

FEWEST_NOTES = 200
"""With fewer notes some steps of the published scorer do nothing (spec 3, 4.3)."""

HIGH_VOLUME_DAYS = (7, 28)
HIGH_VOLUME_PERCENTILE = 99.9
MIN_PER_RATER = 10
MIN_PER_NOTE = 5


@dataclass(frozen=True, slots=True)
class Preprocessed:
    """Ratings that count, and the raters of unusual volume."""

    ratings: RatingTable
    high_volume: NDArray[np.bool_]  # (n_raters,)


def preprocess(data: NotesData) -> Preprocessed:
    """Steps 3 and 5 in their order: volume is counted before ratings are left out."""
    high_volume = high_volume_raters(data.ratings, len(data.contributors))
    return Preprocessed(counted_ratings(data.notes, data.ratings), high_volume)


def counts_ratings(notes: NoteTable) -> NDArray[np.bool_]:
    """Notes whose ratings count, (n_notes,): misleading, deleted, or of the newer form.

    A note of the table that is deleted stands in the history, so its ratings count.
    """
    newer = notes.created_ms > NOT_MISLEADING_FROM_MS
    return (notes.classification != Classification.NOT_MISLEADING) | newer


def counted_ratings(notes: NoteTable, ratings: RatingTable) -> RatingTable:
    """Ratings on notes whose ratings count (step 5)."""
    kept = counts_ratings(notes)[ratings.note]
    return ratings if kept.all() else ratings.take(kept)


def is_live(notes: NoteTable) -> NDArray[np.bool_]:
    """Notes that are in the notes file, (n_notes,)."""
    return notes.classification != Classification.DELETED


def high_volume_raters(ratings: RatingTable, n_raters: int) -> NDArray[np.bool_]:
    """Raters with more ratings than all but one in a thousand, of 7 or of 28 days (step 3).

    Days are counted back from the newest rating. Nobody, when fewer than 200 notes are rated.
    """
    flagged = np.zeros(n_raters, dtype=np.bool_)
    if np.count_nonzero(np.bincount(ratings.note)) < FEWEST_NOTES:
        return flagged
    newest = int(ratings.at_ms.max())
    for days in HIGH_VOLUME_DAYS:
        recent = ratings.rater[ratings.at_ms > newest - days * DAY_MS]
        counts = np.bincount(recent, minlength=n_raters)
        threshold = np.percentile(counts[counts > 0], HIGH_VOLUME_PERCENTILE)
        flagged |= counts > threshold
    return flagged


def filter_ratings(
    note: NDArray[np.int32],
    rater: NDArray[np.int32],
    min_per_rater: int = MIN_PER_RATER,
    min_per_note: int = MIN_PER_NOTE,
) -> NDArray[np.bool_]:
    """Ratings that stay when thin notes, then thin raters, then thin notes again are dropped.

    One pass: a rater may end with fewer than min_per_rater ratings.

    >>> note, rater = np.array([0, 0, 1], dtype=np.int32), np.array([0, 1, 0], dtype=np.int32)
    >>> filter_ratings(note, rater, min_per_rater=1, min_per_note=2).tolist()
    [True, True, False]
    """
    kept = _of_frequent(note, np.ones(len(note), dtype=np.bool_), min_per_note)
    kept = _of_frequent(rater, kept, min_per_rater)
    return _of_frequent(note, kept, min_per_note)


def _of_frequent(who: NDArray[np.int32], kept: NDArray[np.bool_], least: int) -> NDArray[np.bool_]:
    """Of the kept rows, those whose `who` has at least so many kept rows."""
    if not len(who):
        return kept
    counts = np.bincount(who[kept], minlength=int(who.max()) + 1)
    return kept & (counts >= least)[who]
