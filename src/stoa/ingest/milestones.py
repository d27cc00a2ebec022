"""When a post's vector is worth computing again: at its 1st, 3rd, 10th, 30th and 100th response."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

MILESTONES = (1, 3, 10, 30, 100)
"""Responses (replies, quotes, likes, reposts) at which a vector is recomputed, design.md 4."""

_SATURATED = np.iinfo(np.uint16).max


class ResponseCounts:
    """How many responses each post has had, as a column by post id, saturating at 65,535.

    >>> counts = ResponseCounts()
    >>> counts.add(np.array([7, 7, 9])).tolist()  # both reach their first
    [7, 9]
    >>> counts.add(np.array([9])).tolist()  # the second response is no milestone
    []
    """

    def __init__(self) -> None:
        self._count = np.zeros(1 << 16, dtype=np.uint16)

    def add(self, posts: NDArray[np.int64]) -> NDArray[np.int64]:
        """Counts one response for each mention; returns the ids that crossed a milestone."""
        if posts.size == 0:
            return posts
        ids, mentions = np.unique(posts, return_counts=True)
        self._grow(int(ids[-1]))
        before = self._count[ids].astype(np.int64)
        after = np.minimum(before + mentions, _SATURATED)
        self._count[ids] = after.astype(np.uint16)
        marks = np.asarray(MILESTONES)
        crossed = np.searchsorted(marks, after, "right") > np.searchsorted(marks, before, "right")
        return ids[crossed]

    def load(self, posts: NDArray[np.int64]) -> None:
        """Counts many mentions at start-up without asking about milestones."""
        self.add(posts)

    def forget(self, posts: NDArray[np.int64]) -> None:
        """Sets the counts of removed posts back to nothing."""
        inside = posts[posts < len(self._count)]
        self._count[inside] = 0

    def _grow(self, greatest: int) -> None:
        if greatest >= len(self._count):
            larger = np.zeros(max(greatest + 1, 2 * len(self._count)), dtype=np.uint16)
            larger[: len(self._count)] = self._count
            self._count = larger
