"""Record keys as the AT Protocol makes them from times, many at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_DIGITS = np.frombuffer(b"234567abcdefghijklmnopqrstuvwxyz", dtype=np.uint8)
_SHIFTS = np.arange(60, -1, -5, dtype=np.int64)


def revisions(at_us: NDArray[np.int64], clock_id: NDArray[np.int64]) -> NDArray[np.int64]:
    """Integers that order records: 53 bits of microseconds, then 10 bits of clock id."""
    return (at_us << 10) | (clock_id & 1023)


def tids(revision: NDArray[np.int64]) -> list[str]:
    """Revisions as 13 characters of sortable base 32 (AT Protocol, record keys).

    >>> tids(np.array([(1790000001225425 << 10) | 48]))
    ['3mvzvh5l6ql3k']
    """
    digits = _DIGITS[(revision[:, None] >> _SHIFTS) & 31]
    rows = np.ascontiguousarray(digits).view("S13").ravel()
    return [row.decode("ascii") for row in rows.tolist()]
