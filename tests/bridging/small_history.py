"""A handful of notes, their history and ratings, written down by hand or drawn."""

import numpy as np

from stoa.bridging.flip_features import FlipSources
from stoa.bridging.flip_rows import FIRST_POST
from stoa.note_records import (
    NO_TIME,
    SNOWFLAKE_EPOCH_MS,
    NoteTable,
    RatingTable,
    Status,
    StatusHistory,
)

CRH = Status.CURRENTLY_RATED_HELPFUL
CRNH = Status.CURRENTLY_RATED_NOT_HELPFUL
NMR = Status.NEEDS_MORE_RATINGS
MINUTE = 60_000
DAY = 86_400_000
POST = FIRST_POST + (1 << 22)
POST_MS = (POST >> 22) + SNOWFLAKE_EPOCH_MS


def notes_of(*, created_ms, post=None, classification=None, author=None):
    n = len(created_ms)
    return NoteTable(
        id=np.arange(n, dtype=np.int64),
        author=np.array(author if author is not None else range(n), dtype=np.int32),
        created_ms=np.array(created_ms, dtype=np.int64),
        post=np.array(post if post is not None else [POST] * n, dtype=np.int64),
        classification=np.array(
            classification if classification is not None else [1] * n, dtype=np.int8
        ),
        summary=np.full(n, "", dtype=object),
    )


def history_of(n, **columns):
    fields = {}
    for name in StatusHistory.__slots__:
        empty = NO_TIME if name.endswith("_ms") or name == "final_output_minute" else 0
        fields[name] = np.full(n, empty, dtype=np.int64)
    fields["known"] = np.ones(n, dtype=bool)
    fields["decided_by"] = np.full(n, "", dtype=object)
    for name, values in columns.items():
        fields[name] = np.array(values, dtype=fields[name].dtype)
    return StatusHistory(**fields)


def ratings_of(rows):
    """Rows are (note, rater, time, level, tags)."""
    note, rater, at_ms, level, tags = zip(*rows, strict=True) if rows else ((),) * 5
    return RatingTable(
        note=np.array(note, dtype=np.int32),
        rater=np.array(rater, dtype=np.int32),
        at_ms=np.array(at_ms, dtype=np.int64),
        level=np.array(level, dtype=np.int8),
        tags=np.array(tags, dtype=np.uint32),
        sampled=np.zeros(len(rows), dtype=bool),
    )


def drawn(n_notes=80, n_raters=60, seed=3):
    """Notes of which those that left raters dislike flip; two notes a post."""
    rng = np.random.default_rng(seed)
    factor = np.where(np.arange(n_raters) % 2, 0.8, -0.8).astype(np.float32)
    flips = rng.random(n_notes) < 0.5
    rows = []
    for note in range(n_notes):
        raters = rng.choice(n_raters, 20, replace=False)
        for k, rater in enumerate(raters):
            likes = factor[rater] > 0 or not flips[note] or rng.random() < 0.2
            tags = (1 << int(rng.integers(0, 9))) if likes else (1 << int(rng.integers(9, 22)))
            rows.append((note, rater, POST_MS + DAY + k * MINUTE, 2 if likes else 0, tags))
    first = np.full(n_notes, POST_MS + DAY + 45 * MINUTE)
    sources = FlipSources(
        notes=notes_of(
            created_ms=np.full(n_notes, POST_MS + DAY),
            post=POST + np.arange(n_notes) // 2,
            author=np.arange(n_notes) % 7,
        ),
        history=history_of(
            n_notes,
            first_status=np.full(n_notes, CRH),
            first_status_ms=first,
            current=np.full(n_notes, CRH),
            current_ms=first,
            latest_status_ms=first,
            locked=np.where(flips, NMR, CRH),
        ),
        ratings=ratings_of(sorted(rows)),
        factor=factor,
    )
    return sources, flips
