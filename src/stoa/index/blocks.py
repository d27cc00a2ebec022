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
        order, row, parts = in_blocks(posts)
        ordered = np.zeros(len(posts), dtype=np.int64)
        for number, first, last in parts:
            block = self._blocks.get(number)
            if block is not None:
                ordered[first:last] = block[row[first:last]]
        found = np.empty_like(ordered)
        found[order] = ordered
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


def in_blocks(
    posts: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.int64], list[tuple[int, int, int]]]:
    """Posts brought in order of their blocks: the order, and each one's row in its block.

    Beside them the blocks' numbers, each with the first and last (past the end) of its posts in
    that order. Posts of one block keep their order, so that of twins the last write holds.
    """
    number = posts >> BLOCK_BITS
    order = np.argsort(number, kind="stable")
    number = number[order]
    cut = np.flatnonzero(number[1:] != number[:-1]) + 1
    first = [0, *cut.tolist()] if len(posts) else []
    last = [*first[1:], len(posts)]
    numbers = number[first].tolist()
    return order, posts[order] & (BLOCK_ROWS - 1), list(zip(numbers, first, last, strict=False))


def by_block(posts: NDArray[np.int64]) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """Numbers of the blocks that hold posts, each with the positions in `posts`, in order."""
    order, _, parts = in_blocks(posts)
    for number, first, last in parts:
        yield number, order[first:last]
