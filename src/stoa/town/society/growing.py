"""Columns that only grow at their end, so that a view of what is there costs nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from stoa.errors import BadInput


class GrowingColumns:
    """Named columns of equal length; rows are added at the end and never moved or changed."""

    def __init__(self, **kinds: tuple[type[np.generic], int]) -> None:
        """`kinds` gives each column's type and width; width 0 means one number a row."""
        self._n = 0
        self._columns: dict[str, NDArray[Any]] = {
            name: np.zeros((64, width) if width else 64, dtype=kind)
            for name, (kind, width) in kinds.items()
        }

    def __len__(self) -> int:
        return self._n

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns."""
        return tuple(self._columns)

    def __getitem__(self, name: str) -> NDArray[Any]:
        """The rows there are, read-only; later rows never change an older view."""
        view = self._columns[name][: self._n]
        view.flags.writeable = False
        return view

    def add(self, **rows: NDArray[Any]) -> None:
        """Adds rows, all columns at once.

        Raises:
            BadInput: a column is missing, unknown or of another length.
        """
        if rows.keys() != self._columns.keys():
            raise BadInput("columns", sorted(rows), f"give all of {sorted(self._columns)}")
        lengths = {len(column) for column in rows.values()}
        if len(lengths) != 1:
            raise BadInput("rows", sorted(lengths), "give columns of one length")
        end = self._n + lengths.pop()
        for name, values in rows.items():
            column = self._columns[name]
            if end > len(column):
                roomier = np.zeros((2 * end, *column.shape[1:]), dtype=column.dtype)
                roomier[: self._n] = column[: self._n]
                self._columns[name] = column = roomier
            column[self._n : end] = values
        self._n = end
