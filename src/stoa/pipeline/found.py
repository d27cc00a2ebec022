"""What sources bring, and how the same post found twice becomes one candidate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stoa.records import NO_ID


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Posts of one source, best first, with what the source knows of each.

    Columns left out are taken as zero. A post may stand twice, e.g. reposted by two accounts.
    """

    post: NDArray[np.int64]
    co_engagement: NDArray[np.float32] | None = None
    alike: NDArray[np.int32] | None = None  # accounts behind the co-engagement
    reposter: NDArray[np.int64] | None = None  # NO_ID where the author's own post was found
    repost_row: NDArray[np.int64] | None = None
    is_fill: bool = False  # enters the pool only where the other sources leave room

    @classmethod
    def nothing(cls) -> Found:
        """No post at all."""
        return cls(post=np.zeros(0, dtype=np.int64))


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """Distinct posts in order of id, with all that the sources said; arrays of length n."""

    post: NDArray[np.int64]
    sources: NDArray[np.uint16]  # bit i: source i brought it
    place: NDArray[np.float32]  # best place in any source as a share of its list; fill adds 1
    co_engagement: NDArray[np.float32]
    alike: NDArray[np.int32]
    reposter: NDArray[np.int64]
    repost_row: NDArray[np.int64]
    n_found: int  # rows that all sources brought
    n_reposts: int  # of the rows merged away, those that were reposts


def merge(found: Sequence[Found]) -> Merged:
    """Joins the lists of all sources; a followed author's own post wins over reposts of it.

    >>> m = merge([Found(post=np.array([4, 2])), Found(post=np.array([2]))])
    >>> m.post.tolist(), m.sources.tolist(), m.n_found
    ([2, 4], [3, 1], 3)
    """
    post = np.concatenate([f.post for f in found]) if found else np.zeros(0, dtype=np.int64)
    bit = np.concatenate(
        [np.full(len(f.post), 1 << i, dtype=np.uint16) for i, f in enumerate(found)]
        or [np.zeros(0, dtype=np.uint16)]
    )
    place = np.concatenate(
        [np.arange(len(f.post), dtype=np.float32) / max(len(f.post), 1) + f.is_fill for f in found]
        or [np.zeros(0, dtype=np.float32)]
    )
    reposter = _column(found, "reposter", np.int64)
    # The first row of each post is kept: its author's own where a source that knows of reposts
    # says so, else a repost; sources that know nothing of reposts have no say.
    silent = np.concatenate(
        [np.full(len(f.post), f.reposter is None) for f in found] or [np.zeros(0, dtype=bool)]
    )
    order = np.lexsort((place, np.where(silent, 2, reposter != NO_ID), post))
    post, reposter = post[order], reposter[order]
    changes = np.append(True, post[1:] != post[:-1])[: len(post)]
    starts = np.flatnonzero(changes)
    kept = order[starts]
    return Merged(
        post=post[starts],
        sources=_reduce(np.bitwise_or, bit[order], starts),
        place=_reduce(np.minimum, place[order], starts),
        co_engagement=_reduce(
            np.maximum, _column(found, "co_engagement", np.float32)[order], starts
        ),
        alike=_reduce(np.maximum, _column(found, "alike", np.int32)[order], starts),
        reposter=reposter[starts],
        repost_row=_column(found, "repost_row", np.int64)[kept],
        n_found=len(post),
        n_reposts=int((reposter != NO_ID).sum() - (reposter[starts] != NO_ID).sum()),
    )


def _reduce(function: np.ufunc, column: NDArray[Any], starts: NDArray[np.int64]) -> NDArray[Any]:
    return function.reduceat(column, starts) if len(starts) else column[:0]


def _column(found: Sequence[Found], name: str, dtype: type[np.generic]) -> NDArray[Any]:
    columns: list[NDArray[Any] | None] = [getattr(f, name) for f in found]
    return np.concatenate(
        [
            np.zeros(len(f.post), dtype=dtype) if column is None else column.astype(dtype)
            for f, column in zip(found, columns, strict=True)
        ]
        or [np.zeros(0, dtype=dtype)]
    )
