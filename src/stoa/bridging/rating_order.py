"""One order for ratings, so that sums come out the same however a table was put together."""

from __future__ import annotations

import numpy as np

from stoa.note_records import RatingTable


def in_canonical_order(ratings: RatingTable) -> RatingTable:
    """The ratings by (note, rater); the table itself where it is so already."""
    key = ratings.note.astype(np.int64) << 32
    key |= ratings.rater
    if np.all(key[1:] >= key[:-1]):
        return ratings
    return ratings.take(np.argsort(key, kind="stable"))
