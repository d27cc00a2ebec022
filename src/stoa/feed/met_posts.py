"""What a viewer did, one row for each time they met a post: what the learned ranker reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.records import NO_ID, SECOND_US, HistoryEvent, as_ids

SAME_MEETING_US = 3_600 * SECOND_US
"""Acts on one post nearer to each other are one meeting, as in training."""


@dataclass(frozen=True, slots=True)
class MetPosts:
    """Newest first; all of length n."""

    post: NDArray[np.int64]
    acts: NDArray[np.uint32]  # bit 1 << EventKind
    seconds: NDArray[np.float32]  # NaN where no look was measured
    at_us: NDArray[np.int64]  # of the newest act

    def __len__(self) -> int:
        return len(self.post)


def met_posts(history: Sequence[HistoryEvent], limit: int = 128) -> MetPosts:
    """Joins the acts of a history, newest first, that were on one post at one time.

    >>> from stoa.records import EventKind, PostId
    >>> liked = HistoryEvent(EventKind.LIKE, PostId(7), 20)
    >>> looked = HistoryEvent(EventKind.DWELL, PostId(7), 10, 4.0)
    >>> met = met_posts([liked, looked])
    >>> len(met), float(met.seconds[0])
    (1, 4.0)
    """
    rows: list[tuple[int, int, float, int]] = []
    for event in history:
        if event.post == NO_ID:
            continue
        bit = 1 << int(event.kind)
        looked = event.seconds if event.seconds is not None else float("nan")
        if rows and rows[-1][0] == event.post and rows[-1][3] - event.at_us <= SAME_MEETING_US:
            post, acts, seconds, at_us = rows[-1]
            rows[-1] = (post, acts | bit, _sum(seconds, looked), at_us)
            continue
        if len(rows) == limit:
            break
        rows.append((event.post, bit, looked, event.at_us))
    return MetPosts(
        post=as_ids([row[0] for row in rows]),
        acts=np.array([row[1] for row in rows], dtype=np.uint32),
        seconds=np.array([row[2] for row in rows], dtype=np.float32),
        at_us=as_ids([row[3] for row in rows]),
    )


def no_meetings() -> MetPosts:
    """Of a viewer of whom nothing is known."""
    return met_posts(())


def _sum(a: float, b: float) -> float:
    if a != a:
        return b
    return a if b != b else a + b
