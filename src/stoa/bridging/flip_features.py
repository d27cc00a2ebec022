"""What the flip model looks at: who rated a note and its peers, how, and how fast (spec 14).

Peers are the other notes on the same post. Ratings come in three sets: the note's own, those of
misleading peers, and those of peers that call the post not misleading.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.bridging.flip_rows import FlipRows
from stoa.note_records import (
    MINUTE_MS,
    NO_TIME,
    SNOWFLAKE_EPOCH_MS,
    TAGS,
    Classification,
    NoteTable,
    RatingTable,
    Status,
    StatusHistory,
)

N_SETS = 3
N_TAGS = len(TAGS)
N_CELLS = 9
N_STATS = 7
MINUTES = (1, 5, 15, 60)
SIDE = np.float32(0.3)
"""Raters with factors beyond this stand on a side."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Entries:
    """A sparse table of ones: `row[i]` has `code[i]`; sorted by row, no pair twice."""

    row: NDArray[np.int64]
    code: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class FlipFeatures:
    """Raw features of n rows; NaN where there is nothing to measure. Sets come one by one."""

    author: NDArray[np.int32]  # (n,) row in Contributors
    shares: Floats  # (n, 66) share of each tag, per set
    cells: Floats  # (n, 27) ratings by side of the rater and level, per set
    stats: Floats  # (n, 21) factors of raters who found it helpful, per set
    bursts: Floats  # (n, 24) counts, then shares, of first, densest and latest minutes
    delay_ms: Floats  # (n,) from post to note
    peers: Floats  # (n, 5) all, misleading, not misleading, were helpful, entered the window
    levels: tuple[Entries, ...]  # per set; code = rater * 3 + level
    tags: tuple[Entries, ...]  # per set; code = rater * 22 + tag


@dataclass(frozen=True, slots=True)
class _Seen:
    """Ratings as rows see them: `rating[i]` is seen by `row[i]`."""

    row: NDArray[np.int64]
    rating: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class FlipSources:
    """What features are made of; `factor` (n_raters,) is NaN for raters without one."""

    notes: NoteTable
    history: StatusHistory
    ratings: RatingTable
    factor: NDArray[np.float32]


def flip_features(sources: FlipSources, rows: FlipRows) -> FlipFeatures:
    """Raw features of rows, each as of its cutoff."""
    notes, ratings = sources.notes, sources.ratings
    peers = _peers(notes, rows)
    kind = notes.classification[peers.rating]
    own = _Seen(np.arange(len(rows), dtype=np.int64), rows.note)
    misleading = _some(peers, kind == Classification.MISLEADING)
    not_misleading = _some(peers, kind == Classification.NOT_MISLEADING)
    by_note = _ratings_by_note(ratings, [rows.note, peers.rating], len(notes))
    sets = [
        _ratings_on(pairs, rows, ratings, by_note) for pairs in (own, misleading, not_misleading)
    ]
    n = len(rows)
    post_ms = (notes.post[rows.note] >> 22) + SNOWFLAKE_EPOCH_MS
    return FlipFeatures(
        author=notes.author[rows.note],
        shares=np.hstack([_tag_shares(seen, ratings, n) for seen in sets]),
        cells=np.hstack([_cells(seen, sources, n) for seen in sets]),
        stats=np.hstack([_helpful_factors(seen, sources, n) for seen in sets]),
        bursts=_bursts(sets[0], notes, ratings, rows),
        delay_ms=(notes.created_ms[rows.note] - post_ms).astype(np.float64),
        peers=_peer_counts(peers, sources, rows),
        levels=tuple(_levels(seen, ratings) for seen in sets),
        tags=tuple(_tags(seen, ratings) for seen in sets),
    )


def _some(seen: _Seen, which: NDArray[np.bool_]) -> _Seen:
    return _Seen(seen.row[which], seen.rating[which])


def _spans(start: NDArray[np.int64], end: NDArray[np.int64]) -> _Seen:
    """All of start[r]..end[r]-1, with the r each belongs to."""
    length = end - start
    row = np.repeat(np.arange(len(start), dtype=np.int64), length)
    offset = np.arange(int(length.sum()), dtype=np.int64) - np.repeat(
        np.cumsum(length) - length, length
    )
    return _Seen(row, start[row] + offset)


def _peers(notes: NoteTable, rows: FlipRows) -> _Seen:
    """Other notes on the post of each row; `rating` holds rows of NoteTable here."""
    known = np.flatnonzero((notes.classification != Classification.DELETED) & (notes.post > 0))
    by_post = known[np.argsort(notes.post[known], kind="stable")]
    post = notes.post[by_post]
    asked = notes.post[rows.note]
    spans = _spans(np.searchsorted(post, asked), np.searchsorted(post, asked, side="right"))
    peers = _Seen(spans.row, by_post[spans.rating])
    return _some(peers, peers.rating != rows.note[peers.row])


@dataclass(frozen=True, slots=True)
class _ByNote:
    """Ratings of the notes that matter: those of note n are rating[start[n]:start[n + 1]]."""

    rating: NDArray[np.int64]
    start: NDArray[np.int64]  # (n_notes + 1,)


def _ratings_by_note(ratings: RatingTable, notes: list[NDArray[np.int64]], n_notes: int) -> _ByNote:
    matters = np.zeros(n_notes, dtype=np.bool_)
    for some in notes:
        matters[some] = True
    rating = np.flatnonzero(matters[ratings.note])
    note = ratings.note[rating]
    start = np.zeros(n_notes + 1, dtype=np.int64)
    np.cumsum(np.bincount(note, minlength=n_notes), out=start[1:])
    return _ByNote(rating[np.argsort(note, kind="stable")], start)


def _ratings_on(pairs: _Seen, rows: FlipRows, ratings: RatingTable, by_note: _ByNote) -> _Seen:
    """Ratings of the notes paired with each row, up to its cutoff."""
    spans = _spans(by_note.start[pairs.rating], by_note.start[pairs.rating + 1])
    seen = _Seen(pairs.row[spans.row], by_note.rating[spans.rating])
    if rows.cutoff_ms is None:
        return seen
    return _some(seen, ratings.at_ms[seen.rating] <= rows.cutoff_ms[seen.row])


def _tag_shares(seen: _Seen, ratings: RatingTable, n: int) -> Floats:
    """Share of ratings with each tag, (n, 22)."""
    tags = ratings.tags[seen.rating]
    total = np.bincount(seen.row, minlength=n).astype(np.float64)
    total[total == 0] = np.nan
    counts = [
        np.bincount(seen.row[(tags >> np.uint32(bit)) & np.uint32(1) == 1], minlength=n)
        for bit in range(N_TAGS)
    ]
    return np.column_stack(counts) / total[:, None]


def _cells(seen: _Seen, sources: FlipSources, n: int) -> Floats:
    """Ratings by side (left, middle, right) and level, (n, 9)."""
    factor = sources.factor[sources.ratings.rater[seen.rating]]
    side = (factor >= -SIDE).astype(np.int64) + (factor > SIDE)
    cell = seen.row * N_CELLS + side * 3 + sources.ratings.level[seen.rating]
    counts = np.bincount(cell[~np.isnan(factor)], minlength=n * N_CELLS)
    return counts.reshape(n, N_CELLS).astype(np.float64)


def _helpful_factors(seen: _Seen, sources: FlipSources, n: int) -> Floats:
    """Greatest and mean |factor| on each side, deviation, and sums of both sides; (n, 7)."""
    factor = sources.factor[sources.ratings.rater[seen.rating]].astype(np.float64)
    counted = (sources.ratings.level[seen.rating] == 2) & ~np.isnan(factor)
    row, factor = seen.row[counted], factor[counted]
    right = factor > 0
    high = np.full(n, -np.inf)
    low = np.full(n, np.inf)
    np.maximum.at(high, row[right], factor[right])
    np.minimum.at(low, row[~right], factor[~right])
    greatest = np.where(np.isfinite(high), high, np.nan)
    least = np.where(np.isfinite(low), np.abs(low), np.nan)
    mean_right = _mean(row[right], factor[right], n)
    mean_left = np.abs(_mean(row[~right], factor[~right], n))
    mean = _mean(row, factor, n)
    count = np.bincount(row, minlength=n).astype(np.float64)
    square = np.bincount(row, weights=(factor - mean[row]) ** 2, minlength=n)
    deviation = np.sqrt(square / np.where(count > 1, count - 1, np.nan))
    return np.column_stack(
        [
            *(greatest, least, mean_right, mean_left, deviation),
            *(greatest + least, mean_right + mean_left),
        ]
    )


def _mean(row: NDArray[np.int64], value: Floats, n: int) -> Floats:
    count = np.bincount(row, minlength=n).astype(np.float64)
    count[count == 0] = np.nan
    return np.bincount(row, weights=value, minlength=n) / count


def _bursts(own: _Seen, notes: NoteTable, ratings: RatingTable, rows: FlipRows) -> Floats:
    """Ratings in the first, the densest and the latest 1, 5, 15, 60 minutes, (n, 24).

    Without cutoffs the present is the time of the latest rating seen.
    """
    n = len(rows)
    at_ms = ratings.at_ms[own.rating]
    age = at_ms - notes.created_ms[rows.note][own.row]
    if rows.cutoff_ms is None:
        ago = (at_ms.max() if len(at_ms) else 0) - at_ms
    else:
        ago = rows.cutoff_ms[own.row] - at_ms
    total = np.maximum(np.bincount(own.row, minlength=n), 1)[:, None]
    first = [np.bincount(own.row[age < m * MINUTE_MS], minlength=n) for m in MINUTES]
    densest = [_densest(own.row, at_ms // MINUTE_MS, m, n) for m in MINUTES]
    latest = [np.bincount(own.row[ago < m * MINUTE_MS], minlength=n) for m in MINUTES]
    counts = [np.column_stack(part) for part in (first, densest, latest)]
    pieces = [piece for part in counts for piece in (part, part / total)]
    return np.hstack(pieces).astype(np.float64)


def _densest(
    row: NDArray[np.int64], minute: NDArray[np.int64], length: int, n: int
) -> NDArray[np.int64]:
    """Most ratings of each row in any window of `length` whole minutes, (n,)."""
    order = np.lexsort((minute, row))
    row, minute = row[order], minute[order]
    if not len(row):
        return np.zeros(n, dtype=np.int64)
    # A window that starts with a rating is never worse than one that does not.
    first = int(minute.min())
    span = int(minute.max()) - first + length + 1
    key = row * span + (minute - first)
    inside = np.searchsorted(key, key + length) - np.arange(len(key))
    most = np.zeros(n, dtype=np.int64)
    np.maximum.at(most, row, inside)
    return most


def _peer_counts(peers: _Seen, sources: FlipSources, rows: FlipRows) -> Floats:
    """Peers: all, misleading, not misleading, misleading ones once helpful or in the window."""
    notes, history = sources.notes, sources.history
    window, first = history.first_window_ms, history.first_status_ms
    helpful = history.first_status == Status.CURRENTLY_RATED_HELPFUL
    entered = window != NO_TIME
    if rows.cutoff_ms is None:
        in_window, was_helpful = entered[peers.rating], helpful[peers.rating]
    else:
        cutoff = rows.cutoff_ms[peers.row]
        there = notes.created_ms[peers.rating] <= cutoff
        peers, cutoff = _some(peers, there), cutoff[there]
        in_window = entered[peers.rating] & (window[peers.rating] <= cutoff)
        was_helpful = helpful[peers.rating] & (first[peers.rating] <= cutoff)
    kind = notes.classification[peers.rating]
    misleading = kind == Classification.MISLEADING
    every = np.ones(len(kind), dtype=np.bool_)
    groups = (every, misleading, ~misleading, misleading & was_helpful, misleading & in_window)
    counts = [np.bincount(peers.row[group], minlength=len(rows)) for group in groups]
    return np.column_stack(counts).astype(np.float64)


def _levels(seen: _Seen, ratings: RatingTable) -> Entries:
    code = ratings.rater[seen.rating].astype(np.int64) * 3 + ratings.level[seen.rating]
    return _entries(seen.row, code)


def _tags(seen: _Seen, ratings: RatingTable) -> Entries:
    tags = ratings.tags[seen.rating]
    rater = ratings.rater[seen.rating].astype(np.int64)
    has = [np.flatnonzero((tags >> np.uint32(bit)) & np.uint32(1)) for bit in range(N_TAGS)]
    row = np.concatenate([seen.row[i] for i in has])
    code = np.concatenate([rater[i] * N_TAGS + bit for bit, i in enumerate(has)])
    return _entries(row, code)


def _entries(row: NDArray[np.int64], code: NDArray[np.int64]) -> Entries:
    if not len(row):
        return Entries(row, code)
    span = int(code.max()) + 1
    pair = np.unique(row * span + code)
    return Entries(pair // span, pair % span)
