"""Which lists are worth scanning for which queries: how near a row of each may come."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.index.codes import CodeSpace, PackedRows, query_codes
from stoa.index.quantiser import Quantiser
from stoa.space.grouping import equal_groups

NEVER = -np.inf
"""The hope of a list that is not worth a look, or was scanned."""

_FOUR = 4  # rows packed together cost as much as the next multiple of it
_LEAST_CELLS = 4  # opened for a group before a bound is known,
_CELL_SHARE = 16  # or one of so many
_CELL_REACH = 0.35  # how much of a cell's reach a row is granted towards a query


@dataclass(frozen=True, slots=True)
class QueryGroups:
    """Queries in groups of one size, each multiplied with a row in one step."""

    codes: NDArray[np.int8]  # (groups, size, width)
    packed: list[PackedRows]  # of each group
    longest: NDArray[np.float32]  # (groups,) greatest length of a query in each
    unit: float  # score = product * unit

    @property
    def size(self) -> int:
        """Queries a group, repeated ones counted."""
        return self.codes.shape[1]

    @classmethod
    def of(cls, rotated: NDArray[np.float32], space: CodeSpace, size: int) -> QueryGroups:
        """Groups queries (q, width), q >= 1, as the codes see them."""
        size = min(size, -(-len(rotated) // _FOUR) * _FOUR)
        rows = equal_groups(rotated, size)
        codes, step = query_codes(rotated)
        grouped = codes[rows]
        return cls(
            codes=grouped,
            packed=[PackedRows.of(group, step) for group in grouped],
            longest=np.linalg.norm(rotated, axis=1)[rows].max(axis=1).astype(np.float32),
            unit=step * space.step,
        )


class Hopes:
    """Hopes of lists (groups, lists), in products of codes, filled in cell by cell.

    A list's hope is the greatest product of its centroid with a query of the group, and beyond
    it a part of what a typical member, of length 1, has off the centroid. A cell's is alike.
    """

    def __init__(
        self, quantiser: Quantiser, space: CodeSpace, groups: QueryGroups, reach: float
    ) -> None:
        self._groups = groups
        self._first = quantiser.first.tolist()
        self._packed = quantiser.packed(space)
        granted = (groups.longest / np.float32(groups.unit))[:, None]
        self._granted, self._reach = np.float32(reach) * granted, quantiser.reach
        n_groups, size, width = groups.codes.shape
        products = self._packed.cells.products(groups.codes.reshape(-1, width))
        self._near = products.reshape(n_groups, size, -1).max(axis=1).astype(np.float32)
        self._near += np.float32(_CELL_REACH) * granted * self._packed.reach
        self._closed = np.ones(self._near.shape, dtype=np.bool_)
        self.lists = np.full((n_groups, quantiser.n_lists), NEVER, dtype=np.float32)
        """(groups, lists): `NEVER` in cells that were not opened."""

    def open_nearest(self) -> None:
        """Opens the cells nearest to each group."""
        n_cells = self._near.shape[1]
        n_near = min(max(_LEAST_CELLS, n_cells // _CELL_SHARE), n_cells)
        least = np.partition(self._near, n_cells - n_near, axis=1)[:, n_cells - n_near]
        self._open(self._near >= least[:, None])

    def open_above(self, bound: float) -> bool:
        """Opens the cells that may hold a row whose product with the group is above a bound.

        Returns whether any was closed.
        """
        return self._open(self._near > bound)

    def _open(self, wanted: NDArray[np.bool_]) -> bool:
        wanted = wanted & self._closed
        self._closed &= ~wanted
        _, size, width = self._groups.codes.shape
        cells, groups = np.nonzero(np.ascontiguousarray(wanted.T))
        cut = np.flatnonzero(np.diff(cells, prepend=-1))
        for a, b in zip(cut.tolist(), [*cut[1:].tolist(), len(cells)], strict=False):
            cell, chosen = int(cells[a]), groups[a:b]
            packed = self._packed.lists[cell]
            here = slice(self._first[cell], self._first[cell + 1])
            products = packed.products(self._groups.codes.take(chosen, axis=0).reshape(-1, width))
            best = products.reshape(len(chosen), size, packed.n).max(axis=1).astype(np.float32)
            best += self._granted[chosen] * self._reach[here]
            self.lists[chosen, here] = best
        return len(cells) > 0
