"""Columns by post id in blocks, so that old ids give their memory back and gaps cost little."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

BLOCK_BITS = 16
BLOCK_ROWS = 1 << BLOCK_BITS
"""Posts a block: 8.6 MB of 128-d codes, so a small square stays small and old blocks go often."""


class SlotTable:
    """A whole number for each post id, 0 where none was set.

    >>> table = SlotTable()
    >>> table.set(np.array([7, 70_000]), np.array([1, 2]))
    >>> table.get(np.array([70_000, 8, 7])).tolist()
    [2, 0, 1]
    """

    def __init__(self) -> None:
        self._blocks: dict[int, NDArray[np.int64]] = {}

    def get(self, posts: NDArray[np.int64]) -> NDArray[np.int64]:
        """The numbers of posts."""
        found = np.zeros(len(posts), dtype=np.int64)
        for number, at in by_block(posts):
            block = self._blocks.get(number)
            if block is not None:
                found[at] = block[posts[at] & (BLOCK_ROWS - 1)]
        return found

    def set(self, posts: NDArray[np.int64], values: NDArray[np.int64]) -> None:
        """Sets the numbers of posts."""
        for number, at in by_block(posts):
            block = self._blocks.get(number)
            if block is None:
                block = self._blocks[number] = np.zeros(BLOCK_ROWS, dtype=np.int64)
            block[posts[at] & (BLOCK_ROWS - 1)] = values[at]

    def keys(self) -> NDArray[np.int64]:
        """Posts whose number is not 0, in order of id."""
        found = [np.flatnonzero(self._blocks[n]) + (n << BLOCK_BITS) for n in sorted(self._blocks)]
        return np.concatenate(found) if found else np.zeros(0, dtype=np.int64)

    def drop_below(self, post: int) -> None:
        """Gives back the blocks that hold only ids below `post`."""
        for number in [n for n in self._blocks if (n + 1) << BLOCK_BITS <= post]:
            del self._blocks[number]


def by_block(posts: NDArray[np.int64]) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """Numbers of the blocks that hold posts, each with the positions in `posts`, in order."""
    posts_block = posts >> BLOCK_BITS
    if posts_block.size == 0:
        return
    if (posts_block == posts_block[0]).all():
        yield int(posts_block[0]), np.arange(len(posts))
        return
    order = np.argsort(posts_block, kind="stable")  # stable: the last write of a post holds
    numbers, start = np.unique(posts_block[order], return_index=True)
    yield from zip(numbers.tolist(), np.split(order, start[1:]), strict=True)
