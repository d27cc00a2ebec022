"""Small made-up tables for laws."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st

from stoa.note_records import NO_POST, TAGS, Classification, NoteTable, RatingTable

START_MS = 1_700_000_000_000


@dataclass(frozen=True)
class Square:
    """Some raters, some notes, some ratings, and factors for all of them (never 0)."""

    ratings: RatingTable
    notes: NoteTable
    note_factor: np.ndarray
    rater_factor: np.ndarray

    def shuffled(self, seed: int) -> RatingTable:
        return self.ratings.take(np.random.default_rng(seed).permutation(len(self.ratings)))


def make_notes(created_ms: np.ndarray, author: np.ndarray) -> NoteTable:
    n = len(created_ms)
    return NoteTable(
        id=np.arange(n, dtype=np.int64) + (1 << 60) + 1,
        author=author.astype(np.int32),
        created_ms=created_ms.astype(np.int64),
        post=np.full(n, NO_POST, dtype=np.int64),
        classification=np.full(n, Classification.MISLEADING, dtype=np.int8),
        summary=np.full(n, "", dtype=object),
    )


def make_ratings(rows: list[tuple[int, int, int]], tags: int = 0) -> RatingTable:
    """Ratings from (note, rater, level), an hour apart."""
    note, rater, level = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    return RatingTable(
        note=note.astype(np.int32),
        rater=rater.astype(np.int32),
        at_ms=START_MS + 3_600_000 * np.arange(len(note)),
        level=level.astype(np.int8),
        tags=np.full(len(note), tags, dtype=np.uint32),
        sampled=np.zeros(len(note), dtype=bool),
    )


def join(*tables: RatingTable) -> RatingTable:
    names = ("note", "rater", "at_ms", "level", "tags", "sampled")
    return RatingTable(*(np.concatenate([getattr(t, name) for t in tables]) for name in names))


@st.composite
def squares(draw: st.DrawFn, most_raters: int = 12, most_notes: int = 8) -> Square:
    """The last rater has no factor (NaN) and the last note neither."""
    n_raters = draw(st.integers(2, most_raters))
    n_notes = draw(st.integers(2, most_notes))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    given = rng.random((n_notes, n_raters)) < draw(st.floats(0.0, 1.0))
    note, rater = np.nonzero(given)
    n = len(note)
    ratings = RatingTable(
        note=note.astype(np.int32),
        rater=rater.astype(np.int32),
        at_ms=START_MS + rng.integers(0, 4 * 86_400_000, n),
        level=rng.integers(0, 3, n).astype(np.int8),
        tags=(rng.integers(0, 1 << len(TAGS), n) & rng.integers(0, 1 << len(TAGS), n)).astype(
            np.uint32
        ),
        sampled=rng.random(n) < 0.3,
    )
    created = START_MS + rng.integers(-86_400_000, 86_400_000, n_notes)
    notes = make_notes(created, rng.integers(0, n_raters, n_notes))

    def factors(count: int) -> np.ndarray:
        values = rng.uniform(0.05, 0.9, count) * rng.choice((-1, 1), count)
        values[-1] = np.nan
        return values.astype(np.float32)

    return Square(ratings, notes, factors(n_notes), factors(n_raters))
