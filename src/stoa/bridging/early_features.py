"""What the early look sees of a note's first ratings (spec 15).

Factors of the raters, level by level; tags; the same with the factors of the note's topic; and
how the author's other notes have fared.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from stoa.note_records import DAY_MS, NO_TIME, TAGS, NoteTable, RatingTable, Status, StatusHistory

LEVELS = (2, 0, 1)
"""Helpful, not helpful, somewhat helpful: the published order of columns."""

QUANTILES = (0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95)
WINDOWS_DAYS = (14, 90)
STATUSES = (
    Status.CURRENTLY_RATED_HELPFUL,
    Status.CURRENTLY_RATED_NOT_HELPFUL,
    Status.NEEDS_MORE_RATINGS,
)

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class EarlySources:
    """What an early look is made of. Factors are NaN for raters without one."""

    notes: NoteTable
    history: StatusHistory
    ratings: RatingTable
    in_core: NDArray[np.bool_]  # (n_raters,) enrolled in a group of the core model
    final_factor: NDArray[np.float32]  # (n_raters,) core, final round
    first_factor: NDArray[np.float32]  # (n_raters,) core, first round
    topic: NDArray[np.int8]  # (n_notes,) Topic
    topic_factor: NDArray[np.float32]  # (6, n_raters) of each topic's model; NaN where none


def without_factors(sources: EarlySources) -> EarlySources:
    """The same without any rater's factor, so that tags alone are learned from.

    Quirk: when the published scorer runs its models one after the other, rater ids of different
    types never match here, and this is what it learns from. Run in parallel, they match.
    """
    return replace(
        sources,
        final_factor=np.full_like(sources.final_factor, np.nan),
        first_factor=np.full_like(sources.first_factor, np.nan),
        topic_factor=np.full_like(sources.topic_factor, np.nan),
    )


@dataclass(frozen=True, slots=True)
class Seen:
    """Ratings that rows see: row[i] sees rating[i]; of those `scored` by final-round raters."""

    row: Rows
    rating: Rows
    scored: NDArray[np.bool_]  # counts in the second half of the columns
    every: NDArray[np.bool_]  # counts in the first half


def early_features(
    sources: EarlySources, note: Rows, seen: Seen, as_of_ms: Rows, n_ratings: Rows
) -> Floats:
    """Features of rows, (n, 141), in the published order of columns.

    Args:
        sources: the data.
        note: (n,) row in NoteTable of each row.
        seen: ratings the rows are judged by.
        as_of_ms: (n,) when each row looks at its author's other notes.
        n_ratings: (n,) the N of each row.
    """
    n = len(note)
    rater = sources.ratings.rater[seen.rating]
    final = sources.final_factor[rater]
    factor = np.where(np.isnan(final), sources.first_factor[rater], final).astype(np.float64)
    of_topic = sources.topic_factor[sources.topic[note][seen.row], rater].astype(np.float64)
    of_topic[sources.topic[note][seen.row] == 0] = np.nan
    level, tags = sources.ratings.level[seen.rating], sources.ratings.tags[seen.rating]
    blocks: list[Floats] = []
    for some in (seen.every, seen.scored):
        row = seen.row[some]
        blocks.append(_factors(row, factor[some], level[some], n, shapes=True))
        blocks.append(_tag_counts(row, tags[some], n))
    for some in (seen.every, seen.scored):
        blocks.append(_factors(seen.row[some], of_topic[some], level[some], n, shapes=False))
    blocks.append(_author(sources, note, as_of_ms))
    blocks.append(n_ratings[:, None].astype(np.float64))
    return np.hstack(blocks)


def _tag_counts(row: Rows, tags: NDArray[np.uint32], n: int) -> Floats:
    counts = [
        np.bincount(row[(tags >> np.uint32(bit)) & np.uint32(1) == 1], minlength=n)
        for bit in range(len(TAGS))
    ]
    return np.column_stack(counts).astype(np.float64)


def _factors(row: Rows, factor: Floats, level: NDArray[np.int8], n: int, *, shapes: bool) -> Floats:
    """Mean, deviation and count of factors per level, with `shapes` their shape too."""
    blocks: list[Floats] = []
    for value in LEVELS:
        counted = (level == value) & ~np.isnan(factor)
        order = np.lexsort((factor[counted], row[counted]))
        groups = _Groups.of(row[counted][order], factor[counted][order], n)
        blocks.append(groups.moments())
        if shapes:
            blocks.append(groups.shape())
    return np.hstack(blocks)


@dataclass(frozen=True, slots=True)
class _Groups:
    """Sorted values of each of n rows; 0 stands for what cannot be said of too few values."""

    row: Rows
    value: Floats
    count: Rows
    start: Rows
    mean: Floats

    @classmethod
    def of(cls, row: Rows, value: Floats, n: int) -> _Groups:
        count = np.bincount(row, minlength=n)
        start = np.cumsum(count) - count
        mean = np.bincount(row, weights=value, minlength=n) / np.maximum(count, 1)
        return cls(row, value, count, start, mean)

    def power(self, exponent: int) -> Floats:
        """Sum of powers of differences from the mean."""
        apart = (self.value - self.mean[self.row]) ** exponent
        sums = np.bincount(self.row, weights=apart, minlength=len(self.count))
        return sums.astype(np.float64)

    def moments(self) -> Floats:
        """Mean, standard deviation (n - 1) and count, (n, 3)."""
        deviation = np.sqrt(self.power(2) / np.maximum(self.count - 1, 1))
        return np.column_stack([self.mean, deviation, self.count]).astype(np.float64)

    def shape(self) -> Floats:
        """Seven quantiles, the inter-quartile range, the skewness, (n, 9)."""
        quantiles = [self.quantile(q) for q in QUANTILES]
        spread = quantiles[4] - quantiles[2]
        return np.column_stack([*quantiles, spread, self.skewness()])

    def quantile(self, q: float) -> Floats:
        """By linear interpolation."""
        filled = self.count > 0
        at = self.start[filled] + (self.count[filled] - 1) * q
        low = np.floor(at).astype(np.int64)
        high = np.minimum(low + 1, self.start[filled] + self.count[filled] - 1)
        whole = np.zeros(len(self.count))
        whole[filled] = self.value[low] + (self.value[high] - self.value[low]) * (at - low)
        return whole

    def skewness(self) -> Floats:
        """Adjusted Fisher-Pearson coefficient; 0 for fewer than three values or no spread."""
        square, cube = self.power(2), self.power(3)
        enough = (self.count >= 3) & (square >= 1e-14)
        n = self.count[enough].astype(np.float64)
        whole = np.zeros(len(self.count))
        whole[enough] = n * np.sqrt(n - 1) / (n - 2) * cube[enough] / square[enough] ** 1.5
        return whole


def _author(sources: EarlySources, note: Rows, as_of_ms: Rows) -> Floats:
    """The author's other notes by window and status, labelled before `as_of_ms`; (n, 6)."""
    history, author = sources.history, sources.notes.author.astype(np.int64)
    labelled = np.flatnonzero(history.current_ms != NO_TIME)
    when = history.current_ms[labelled]
    blocks: list[NDArray[np.int64]] = []
    for days in WINDOWS_DAYS:
        since_ms = as_of_ms - days * DAY_MS
        own_ms = history.current_ms[note]
        own_counts = (own_ms != NO_TIME) & (own_ms >= since_ms) & (own_ms < as_of_ms)
        for status in STATUSES:
            chosen = history.current[labelled] == status
            order = np.lexsort((when[chosen], author[labelled][chosen]))
            times = when[chosen][order]
            writer = author[labelled][chosen][order]
            count = _between(writer, times, author[note], since_ms, as_of_ms)
            blocks.append(count - (own_counts & (history.current[note] == status)))
    return np.column_stack(blocks).astype(np.float64)


def _between(writer: Rows, times: Rows, asked: Rows, since_ms: Rows, before_ms: Rows) -> Rows:
    """How many of a writer's times are in [since, before), sorted by writer and time."""
    if not len(times):
        return np.zeros(len(asked), dtype=np.int64)
    first = int(times.min())
    span = int(times.max()) - first + 2
    key = writer * span + (times - first)
    low = np.searchsorted(key, asked * span + np.clip(since_ms - first, 0, span - 1))
    high = np.searchsorted(key, asked * span + np.clip(before_ms - first, 0, span - 1))
    return high - low
