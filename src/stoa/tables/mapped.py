"""A column on disk, mapped into memory and held against sums of its bytes as it is looked at.

The sums are of blocks, so that looking at a few rows of a hundred million reads no more than the
blocks they lie in, and a bit that flipped there is still found.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from stoa.errors import BadKept

Array = NDArray[Any]
BLOCK_BYTES = 1 << 20
FEW_BLOCKS = 4
"""A column of so few is checked whole before it is searched: that takes a few milliseconds."""


def block_sums(array: Array) -> list[int]:
    """The CRC-32 of each MiB of an array's bytes; it must be contiguous.

    >>> block_sums(np.zeros(0)), len(block_sums(np.zeros(200_000)))
    ([], 2)
    """
    if array.nbytes == 0:
        return []
    whole = array.data.cast("B")
    return [zlib.crc32(whole[a : a + BLOCK_BYTES]) for a in range(0, len(whole), BLOCK_BYTES)]


@dataclass(slots=True)
class MappedColumn:
    """A column whose blocks are checked when they are first looked at.

    Raises, from every method:
        BadKept: bytes are not those that were written.
    """

    array: Array  # (n, ...) over the map, not writeable
    sums: Sequence[int]  # by `block_sums`
    name: str  # of the file, for people
    mend: str
    _seen: NDArray[np.bool_] = field(init=False)

    def __post_init__(self) -> None:
        self._seen = np.zeros(len(self.sums), dtype=np.bool_)

    @property
    def n_checked(self) -> int:
        """How many blocks were looked at so far."""
        return int(self._seen.sum())

    def whole(self) -> Array:
        """All rows, mapped."""
        return self.rows(slice(None))

    def rows(self, rows: slice) -> Array:
        """Consecutive rows, mapped."""
        first, end, _ = rows.indices(len(self.array))
        if end > first:
            width = self._row_bytes
            last = (end * width - 1) // BLOCK_BYTES
            self._check(np.arange(first * width // BLOCK_BYTES, last + 1))
        return self.array[rows]

    def take(self, rows: NDArray[np.integer]) -> Array:
        """Rows by number, in memory."""
        if len(rows):
            start = rows.astype(np.int64) * self._row_bytes
            ends = np.concatenate([start, start + self._row_bytes - 1])  # of rows, not of blocks
            self._check(np.unique(ends // BLOCK_BYTES))
        return self.array[rows]

    def search(self, wanted: Array, side: Literal["left", "right"] = "left") -> NDArray[np.int64]:
        """`np.searchsorted` of an ascending column, looking at a few rows for each wanted value."""
        if len(self.sums) <= FEW_BLOCKS:
            return np.searchsorted(self.whole(), wanted, side)
        low = np.zeros(len(wanted), dtype=np.int64)
        high = np.full(len(wanted), len(self.array), dtype=np.int64)
        while len(open_ := np.flatnonzero(low < high)):
            middle = (low[open_] + high[open_]) // 2
            found, value = self.take(middle), wanted[open_]
            before = found < value if side == "left" else found <= value
            low[open_[before]] = middle[before] + 1
            high[open_[~before]] = middle[~before]
        return low

    @property
    def _row_bytes(self) -> int:
        return self.array.nbytes // len(self.array)

    def _check(self, blocks: NDArray[np.integer]) -> None:
        """Holds blocks that were not looked at yet against their sums."""
        new = blocks[~self._seen[blocks]].tolist()
        whole = self.array.data.cast("B")
        for block in new:
            found = zlib.crc32(whole[block * BLOCK_BYTES : (block + 1) * BLOCK_BYTES])
            if found != self.sums[block]:
                mend = f"its bytes were changed after they were written; {self.mend}"
                raise BadKept(f"sum of {self.name}", found, mend)
            self._seen[block] = True
