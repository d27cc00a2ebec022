"""Columns that grow block by block, and the rule for rows that stand in a file twice."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from stoa.errors import BadTable

Column = NDArray[Any]
"""A column whose type its name tells."""


class GrowingColumns:
    """Named columns collected from blocks; each is joined once, and its parts are let go."""

    def __init__(self) -> None:
        self._parts: dict[str, list[Column]] = {}

    def add(self, **columns: Column) -> None:
        """The columns of one more block, all of one length."""
        for name, part in columns.items():
            self._parts.setdefault(name, []).append(part)

    def __len__(self) -> int:
        return sum(map(len, next(iter(self._parts.values()), [])))

    def joined(self, name: str, dtype: type[np.generic]) -> Column:
        """One whole column; may be asked for once."""
        parts = self._parts.pop(name, [])
        return np.concatenate(parts) if parts else np.empty(0, dtype=dtype)


def objects(values: list[str]) -> NDArray[np.object_]:
    """Texts as an array."""
    column = np.empty(len(values), dtype=np.object_)
    column[:] = values
    return column


def without_duplicates(
    kind: str, key_name: str, keys: NDArray[np.int64], columns: dict[str, Column]
) -> tuple[NDArray[np.int64], int]:
    """Rows ordered by key, one a key, and how many equal ones were left out.

    Raises:
        BadTable: two rows with one key differ.
    """
    order = np.argsort(keys, kind="stable")
    twice = np.flatnonzero(keys[order[1:]] == keys[order[:-1]]) + 1
    for name, column in columns.items():
        differs = column[order[twice]] != column[order[twice - 1]]
        if differs.any():
            at = int(order[twice[int(differs.argmax())]])
            mend = f"{name} differs between two rows of it; keep one row for each {key_name}"
            raise BadTable(kind, int(keys[at]), mend, column=key_name)
    keep = np.ones(len(order), dtype=np.bool_)
    keep[twice] = False
    return order[keep], len(twice)
