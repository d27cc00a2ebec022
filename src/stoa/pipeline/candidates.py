"""The posts a reading may hold, as columns: what filters and rankers look at."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """Distinct posts as a struct of arrays, all of length n; NO_ID where there is none.

    `marks` are bits whose meaning the feed defines; the runner never reads them.
    """

    post: NDArray[np.int64]
    sources: NDArray[np.uint16]  # bit i: source i of the pipeline brought it
    place: NDArray[np.float32]  # best place in a source, 0 is its first
    co_engagement: NDArray[np.float32]
    alike: NDArray[np.int32]
    reposter: NDArray[np.int64]
    repost_row: NDArray[np.int64]
    author: NDArray[np.int64]
    at_us: NDArray[np.int64]
    root: NDArray[np.int64]  # the post's own id where it opens a conversation
    parent: NDArray[np.int64]
    quote: NDArray[np.int64]
    parent_author: NDArray[np.int64]
    root_author: NDArray[np.int64]
    quote_author: NDArray[np.int64]
    media: NDArray[np.uint8]
    language: NDArray[np.uint16]
    marks: NDArray[np.uint32]
    length: NDArray[np.int32]
    likes: NDArray[np.int64]
    replies: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.post)

    def take(self, rows: NDArray[np.int64] | NDArray[np.bool_]) -> Candidates:
        """The candidates of some rows, in that order, or of a mask."""
        return Candidates(**{f.name: getattr(self, f.name)[rows] for f in fields(self)})

    def joined(self, more: Candidates) -> Candidates:
        """These candidates, and others after them."""
        if not len(self):
            return more
        return Candidates(
            **{
                f.name: np.concatenate([getattr(self, f.name), getattr(more, f.name)])
                for f in fields(self)
            }
        )
