"""Several users in one row: sequences are short, and padding each would waste most of the work."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.space.item_sequences import ItemSequences

EMPTY = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedRows:
    """Rows of items of several users side by side; all arrays are (n_rows, row)."""

    item: NDArray[np.int32]  # item rows, EMPTY where a row is not filled
    segment: NDArray[np.int32]  # which of the row's users, EMPTY likewise
    place: NDArray[np.int32]  # of the item in its stretch, from 0

    def __len__(self) -> int:
        return len(self.item)

    def take(self, rows: NDArray[np.int64]) -> PackedRows:
        """Some of the rows."""
        return PackedRows(item=self.item[rows], segment=self.segment[rows], place=self.place[rows])


def stretches(sequences: ItemSequences, longest: int) -> NDArray[np.int64]:
    """Starts and ends of stretches of at most `longest` items, (n, 2), in the order of users.

    A longer sequence is cut from its end, and a stretch begins with the item that the one before
    it ends with, so that no pair of neighbours is lost. Under two items there is nothing to
    foretell: such users have no stretch.
    """
    n = sequences.end - sequences.start
    step = longest - 1
    n_pieces = np.where(n >= 2, -(-(n - 1) // step), 0)
    user = np.repeat(np.arange(len(n)), n_pieces)
    before = np.cumsum(n_pieces) - n_pieces
    piece = np.arange(len(user)) - before[user]
    end = sequences.end[user] - piece * step
    return np.stack([np.maximum(sequences.start[user], end - longest), end], axis=1)


def pack(item: NDArray[np.int32], parts: NDArray[np.int64], row: int) -> PackedRows:
    """Rows of stretches in the order given; one that no longer fits a row opens the next.

    Args:
        item: (n,) item rows.
        parts: (n_parts, 2) starts and ends in `item`; none is longer than a row.
        row: places in a row.
    """
    length = parts[:, 1] - parts[:, 0]
    assert not len(length) or int(length.max()) <= row
    at_row, at_column, at_segment = _seats(length.tolist(), row)
    n_rows = int(at_row[-1]) + 1 if len(at_row) else 0
    part = np.repeat(np.arange(len(parts)), length)
    within = np.arange(len(part)) - np.repeat(np.cumsum(length) - length, length)
    seat = at_row[part] * row + at_column[part] + within
    return PackedRows(
        item=_laid(seat, item[parts[part, 0] + within], EMPTY, (n_rows, row)),
        segment=_laid(seat, at_segment[part], EMPTY, (n_rows, row)),
        place=_laid(seat, within, 0, (n_rows, row)),
    )


def _seats(
    length: list[int], row: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Row, first column and number within the row of every stretch."""
    seats = np.zeros((len(length), 3), np.int64)
    this_row, used, number = 0, 0, 0
    for i, n in enumerate(length):
        if used + n > row:
            this_row, used, number = this_row + 1, 0, 0
        seats[i] = this_row, used, number
        used, number = used + n, number + 1
    return seats[:, 0], seats[:, 1], seats[:, 2]


def _laid(
    seat: NDArray[np.int64], value: NDArray[np.integer], empty: int, shape: tuple[int, int]
) -> NDArray[np.int32]:
    flat = np.full(shape[0] * shape[1], empty, np.int32)
    flat[seat] = value
    return flat.reshape(shape)
