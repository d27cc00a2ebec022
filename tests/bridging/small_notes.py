"""Notes and ratings as arrays, from rows in any order."""

import numpy as np

from stoa.note_records import NoteTable, RatingTable

DAY_0 = 1_780_000_000_000


def notes(n: int, *, created=None, post=None, classification=None, author=None) -> NoteTable:
    def column(values, default, dtype):
        return np.asarray(np.full(n, default) if values is None else values, dtype=dtype)

    return NoteTable(
        id=np.arange(n, dtype=np.int64) + 1,
        author=column(author, 0, np.int32),
        created_ms=column(created, DAY_0, np.int64),
        post=np.arange(n) if post is None else np.asarray(post, dtype=np.int64),
        classification=column(classification, 1, np.int8),
        summary=np.full(n, "", dtype=object),
    )


def ratings(rows, tags=0) -> RatingTable:
    """Rows of (note, rater, at_ms, level), put into canonical order."""
    rows = sorted(rows)
    note, rater, at, level = np.array(rows, dtype=np.int64).reshape(len(rows), 4).T
    return RatingTable(
        note=note.astype(np.int32),
        rater=rater.astype(np.int32),
        at_ms=at,
        level=level.astype(np.int8),
        tags=np.full(len(rows), tags, dtype=np.uint32),
        sampled=np.zeros(len(rows), dtype=np.bool_),
    )
