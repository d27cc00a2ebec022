"""How often two raters meet: pair counts over posts, with bounded memory.

Ratings stand in an order in which everybody whom a rating meets is one run of rows. Pairs are
made for some raters at a time, so that memory is bounded by `MOST_PAIRS` whatever the number of
ratings, and every pair is made once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MOST_PAIRS = 1_000_000
"""Meetings held at once, some 80 bytes each while they are counted; those of one rater are always
held together."""


@dataclass(frozen=True, slots=True)
class Meetings:
    """Ratings and whom each meets: rows `first` to `stop` of the same table. Arrays (n_rows,)."""

    rater: NDArray[np.int32]
    post: NDArray[np.int64]  # 0 .. n_posts - 1
    first: NDArray[np.int64]
    stop: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class PairCounts:
    """Pairs of raters, left < right, and on how many posts they met. Arrays (n_pairs,)."""

    left: NDArray[np.int64]
    right: NDArray[np.int64]
    count: NDArray[np.int64]


def pair_counts(meetings: Meetings, most_pairs: int = MOST_PAIRS) -> Iterator[PairCounts]:
    """All pairs that meet on some post, each in one of the blocks given, ordered by (left, right).

    A pair that meets on several notes of a post meets once there.
    """
    if not len(meetings.rater):
        return
    by_rater = np.argsort(meetings.rater, kind="stable")
    n_met = (meetings.stop - meetings.first)[by_rater]
    last_of_rater = np.flatnonzero(np.diff(meetings.rater[by_rater], append=-1))
    total = np.cumsum(n_met)[last_of_rater]
    n_raters = int(meetings.rater.max()) + 1
    n_posts = int(meetings.post.max()) + 1
    most_raters = max(1, np.iinfo(np.int64).max // (n_raters * n_posts))
    start, i = 0, 0
    while i < len(last_of_rater):
        before = int(total[i - 1]) if i else 0
        end = max(i + 1, int(np.searchsorted(total, before + most_pairs, side="right")))
        base = int(meetings.rater[by_rater[start]])
        reach = meetings.rater[by_rater[last_of_rater[i:end]]] < base + most_raters
        end = i + int(np.count_nonzero(reach))
        stop = int(last_of_rater[end - 1]) + 1
        yield _counted(meetings, by_rater[start:stop], base, n_raters, n_posts)
        start, i = stop, end


def _counted(
    meetings: Meetings, rows: NDArray[np.int64], base: int, n_raters: int, n_posts: int
) -> PairCounts:
    """Pairs whose left rater is one of some rows, which are all rows of raters from `base`."""
    n_met = meetings.stop[rows] - meetings.first[rows]
    here = np.repeat(rows, n_met)
    there = np.arange(len(here)) - np.repeat(np.cumsum(n_met) - n_met, n_met)
    there += np.repeat(meetings.first[rows], n_met)
    left, right = meetings.rater[here], meetings.rater[there]
    forward = right > left
    key = left[forward].astype(np.int64) - base
    key *= n_raters
    key += right[forward]
    key *= n_posts
    key += meetings.post[here[forward]]
    pair = sorted_unique(key) // n_posts
    first = np.flatnonzero(np.diff(pair, prepend=-1))
    count = np.diff(first, append=len(pair))
    left, right = np.divmod(pair[first], n_raters)
    return PairCounts(left + base, right, count)


def sorted_unique(values: NDArray[np.int64]) -> NDArray[np.int64]:
    """Distinct values, ascending; sorts in place."""
    values.sort()
    if not len(values):
        return values
    new = np.empty(len(values), dtype=np.bool_)
    new[0] = True
    np.not_equal(values[1:], values[:-1], out=new[1:])
    return values[new]
