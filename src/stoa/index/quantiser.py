"""The coarse quantiser that all segments share: which of some thousand lists a vector is in."""

from __future__ import annotations

from dataclasses import dataclass, field

import faiss
import numpy as np
from numpy.typing import NDArray

from stoa.index.codes import CodeSpace, PackedRows
from stoa.space.quantise import unit_rows

_POINTS_PER_LIST = 32  # to train on
_ROUNDS = 5
_LEAST_NEAR = 12  # cells whose lists are compared when a vector is assigned,
_NEAR_SHARE = 8  # or one cell of so many
_BLOCK_ROWS = 4096
MOST_LISTS = 32_767


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedLists:
    """Centroids as codes: of the cells, and of each cell's lists."""

    cells: PackedRows
    lists: list[PackedRows]
    reach: NDArray[np.float32]
    """(cells,) the root mean square of the part of a list's centroid that lies off its cell's."""


@dataclass(frozen=True, slots=True)
class Quantiser:
    """Lists in two levels: cells, each with a run of lists; all rows are unit vectors.

    `reach` (lists,) is the greatest part of a member's length that lies off its centroid,
    typically: the root mean square over the training sample.
    """

    number: int
    trained_on: int  # rows the index held when it was trained
    cells: NDArray[np.float32]  # (cells, dim)
    first: NDArray[np.int64]  # (cells + 1,) first list of each cell
    lists: NDArray[np.float32]  # (lists, dim)
    reach: NDArray[np.float32]  # (lists,)
    _packed: list[PackedLists] = field(default_factory=list, compare=False, repr=False)

    def packed(self, space: CodeSpace) -> PackedLists:
        """Cells and lists ready to be multiplied; made once, for every search."""
        if not self._packed:
            codes = np.split(space.encode(self.lists), self.first[1:-1])
            cell = np.repeat(self.cells, np.diff(self.first), axis=0)
            off = 1 - np.minimum(np.einsum("nd,nd->n", self.lists, cell), 1.0) ** 2
            made = PackedLists(
                cells=PackedRows.of(space.encode(self.cells), space.step),
                lists=[PackedRows.of(part, space.step) for part in codes],
                reach=np.sqrt([part.mean() for part in np.split(off, self.first[1:-1])]).astype(
                    np.float32
                ),
            )
            self._packed.append(made)
        return self._packed[0]

    @property
    def n_lists(self) -> int:
        """How many lists there are."""
        return len(self.lists)

    def assign(self, vectors: NDArray[np.float32]) -> NDArray[np.int32]:
        """The list of each row: the nearest in the cells that are nearest to it."""
        assigned = np.empty(len(vectors), dtype=np.int32)
        for start in range(0, len(vectors), _BLOCK_ROWS):
            block = vectors[start : start + _BLOCK_ROWS]
            assigned[start : start + len(block)] = _assign(
                block, self.cells, self.first, self.lists
            )
        return assigned


def n_lists_for(n_rows: int) -> int:
    """Eight times the square root: short lists prune best where a page brings 256 queries."""
    return int(np.clip(8 * np.sqrt(max(n_rows, 1)), 16, MOST_LISTS))


def train(sample: NDArray[np.float32], n_lists: int, number: int, trained_on: int) -> Quantiser:
    """Learns lists from a sample: k-means in two levels to begin, then joint rounds over all.

    The joint rounds are what a search lives on: lists learned cell by cell alone lose a third
    of the recall at the same cost. The same sample gives the same lists.
    """
    sample = unit_rows(sample)
    lists = _begin(sample, min(n_lists, len(sample)))
    cells, first, lists = _in_cells(lists)
    for _ in range(_ROUNDS):
        near = _assign(sample, cells, first, lists)
        sums = np.zeros_like(lists)
        np.add.at(sums, near, sample)
        lists = np.where(np.any(sums != 0, axis=1, keepdims=True), unit_rows(sums), lists)
        cells, first, lists = _in_cells(lists)
    near = _assign(sample, cells, first, lists)
    cosine = np.minimum(np.einsum("nd,nd->n", sample, lists[near]), 1.0)
    count = np.bincount(near, minlength=len(lists))
    squares = np.bincount(near, 1 - cosine**2, len(lists))
    overall = float(np.mean(1 - cosine**2))
    reach = np.sqrt((squares + 4 * overall) / (count + 4)).astype(np.float32)
    return Quantiser(number, trained_on, cells, first, lists, reach)


def _begin(sample: NDArray[np.float32], n_lists: int) -> NDArray[np.float32]:
    """Lists learned cell by cell: cheap, and a good place to start from."""
    cells = _k_means(sample, _n_cells(n_lists))
    cell = np.argmax(sample @ cells.T, axis=1)
    parts: list[NDArray[np.float32]] = []
    for number in range(len(cells)):
        members = sample[cell == number]
        if len(members):
            parts.append(_k_means(members, max(1, round(n_lists * len(members) / len(sample)))))
    return np.concatenate(parts)


def _in_cells(
    lists: NDArray[np.float32],
) -> tuple[NDArray[np.float32], NDArray[np.int64], NDArray[np.float32]]:
    """Cells over lists, the first list of each cell, and the lists in order of their cells."""
    cells = _k_means(lists, _n_cells(len(lists)))
    cell = np.argmax(lists @ cells.T, axis=1)
    order = np.argsort(cell, kind="stable")
    count = np.bincount(cell, minlength=len(cells))
    kept = count > 0
    return cells[kept], np.concatenate(([0], np.cumsum(count[kept]))), lists[order]


def _n_cells(n_lists: int) -> int:
    return int(np.clip(2 ** round(np.log2(np.sqrt(n_lists) / 1.5)), 2, 128))


def training_size(n_lists: int) -> int:
    """Rows worth sampling to train so many lists."""
    return n_lists * _POINTS_PER_LIST


def _k_means(sample: NDArray[np.float32], k: int) -> NDArray[np.float32]:
    if len(sample) <= k:
        return sample
    faiss.omp_set_num_threads(1)  # serving threads must not be starved by a training
    means = faiss.Kmeans(
        sample.shape[1],
        k,
        niter=_ROUNDS,
        spherical=True,
        seed=1,
        min_points_per_centroid=1,
        max_points_per_centroid=1024,
    )
    means.train(np.ascontiguousarray(sample))
    return np.asarray(means.centroids, dtype=np.float32)


def _assign(
    vectors: NDArray[np.float32],
    cells: NDArray[np.float32],
    first: NDArray[np.int64],
    lists: NDArray[np.float32],
) -> NDArray[np.int32]:
    """Nearest list of each row among the lists of its nearest cells, cell by cell."""
    near = vectors @ cells.T
    n_near = min(max(_LEAST_NEAR, len(cells) // _NEAR_SHARE), len(cells))
    chosen = np.argpartition(-near, n_near - 1, axis=1)[:, :n_near]
    best = np.full(len(vectors), -np.inf, dtype=np.float32)
    assigned = np.zeros(len(vectors), dtype=np.int32)
    wants = np.zeros((len(cells), len(vectors)), dtype=np.bool_)
    wants[chosen.ravel(), np.repeat(np.arange(len(vectors)), n_near)] = True
    for cell in np.flatnonzero(wants.any(axis=1)).tolist():
        rows = np.flatnonzero(wants[cell])
        products = vectors[rows] @ lists[first[cell] : first[cell + 1]].T
        winner = products.argmax(axis=1)
        score = products[np.arange(len(rows)), winner]
        better = score > best[rows]
        best[rows[better]] = score[better]
        assigned[rows[better]] = first[cell] + winner[better]
    return assigned
