"""A checksum of rows from which a row can be taken out without reading the others."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_MULTIPLIER_SEED = 64_003  # part of the format on disk
_BLOCK_ROWS = 1 << 16


def rows_checksum(
    codes: NDArray[np.int8], rows: NDArray[np.int64] | None = None, *, first: int = 0
) -> int:
    """Sum modulo 2**64 over rows i and words j of word[i, j] * odd[j] * (2 i + 1).

    Odd factors make every change of one word visible. Linear: the checksum after rows became
    zero is the checksum before less that of `rows`, and parts add up when each is told the place
    of its `first` row. `codes` is (n, 8 m) and contiguous.
    """
    words = codes.view(np.uint64)
    odd = np.random.default_rng(_MULTIPLIER_SEED).integers(
        0, 1 << 63, words.shape[1], dtype=np.uint64
    ) * np.uint64(2) + np.uint64(1)
    total = np.uint64(0)
    places = np.arange(len(words)) if rows is None else rows
    for start in range(0, len(places), _BLOCK_ROWS):
        at = places[start : start + _BLOCK_ROWS]
        block = words[at[0] : at[-1] + 1] if rows is None else words[at]
        weight = (at + first).astype(np.uint64) * np.uint64(2) + np.uint64(1)
        with np.errstate(over="ignore"):
            part = ((block * odd).sum(axis=1, dtype=np.uint64) * weight).sum(dtype=np.uint64)
            total = total + part
    return int(total)
