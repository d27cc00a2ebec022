"""Ratings as compressed sparse rows, by note and by rater, so that one product sums either way.

A factorisation needs sums over the ratings of each note and of each rater. Both orders are kept
(16 bytes a rating: 800 MB for 50 million), cut into blocks of whole rows small enough for a
core's cache. A row is always summed within one block, in the order of ids, so neither the order
in which ratings arrive nor the number of threads changes a bit of any result.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array  # pyright: ignore[reportMissingTypeStubs]  # SciPy ships none

from stoa.bridging.draws import mix

Floats = NDArray[np.float64]

BLOCK_RATINGS = 1 << 18
"""Ratings a block aims at: indices and ones of a block fill 3 MB, and a product over it (0.2 ms)
dwarfs the call."""

_KNUTH = np.uint64(0x9E3779B97F4A7C15)
_LOW_BITS = np.uint64((1 << 54) - 1)


@dataclass(frozen=True, slots=True)
class Rows:
    """The ratings grouped by one side: row r holds `start[r]:start[r + 1]`."""

    start: NDArray[np.int32]  # (n_rows + 1,)
    other: NDArray[np.int32]  # (n_ratings,) row of the other side, ascending within a row
    value: NDArray[np.float32]  # (n_ratings,)
    weight: NDArray[np.float32] | None  # (n_ratings,); None: every rating weighs one
    n_others: int

    def __len__(self) -> int:
        return len(self.start) - 1

    @property
    def n_ratings(self) -> int:
        """How many ratings there are."""
        return len(self.other)

    def blocks(self) -> Iterator[tuple[int, int]]:
        """Consecutive ranges of whole rows, each of about `BLOCK_RATINGS` ratings or one row."""
        row = 0
        while row < len(self):
            target = int(self.start[row]) + BLOCK_RATINGS
            end = int(np.searchsorted(self.start, target, side="right")) - 1
            end = min(max(end, row + 1), len(self))
            yield row, end
            row = end

    def sums(
        self,
        plain: Sequence[Floats],
        times_value: Sequence[Floats] = (),
        *,
        n_threads: int = 1,
    ) -> tuple[Floats, Floats]:
        """Sums of `w x[other]` and of `w y x[other]` over the ratings of each row.

        Args:
            plain: vectors x over the other side, summed as they are.
            times_value: vectors x over the other side, summed times the rating's value.
            n_threads: how many blocks are summed at once; SciPy lets go of the interpreter.

        Returns:
            Arrays (len(plain), n_rows) and (len(times_value), n_rows).
        """
        out = np.empty((len(plain), len(self)))
        out_value = np.empty((len(times_value), len(self)))
        blocks = list(self.blocks())
        longest = max((int(self.start[b] - self.start[a]) for a, b in blocks), default=0)
        ones = np.ones(longest) if self.weight is None else None

        def fill(block: tuple[int, int]) -> None:
            first, end = block
            a, b = int(self.start[first]), int(self.start[end])
            if ones is not None:
                weight = ones[: b - a]
            else:
                assert self.weight is not None
                weight = self.weight[a:b].astype(np.float64)
            start, other = self.start[first : end + 1] - a, self.other[a:b]
            shape = (end - first, self.n_others)
            matrix: Any = csr_array((weight, other, start), shape=shape)
            for row, x in zip(out, plain, strict=True):
                row[first:end] = matrix @ x
            if times_value:
                matrix = csr_array((weight * self.value[a:b], other, start), shape=shape)
                for row, x in zip(out_value, times_value, strict=True):
                    row[first:end] = matrix @ x

        if n_threads > 1 and len(blocks) > 1:
            with ThreadPoolExecutor(n_threads) as pool:
                list(pool.map(fill, blocks))
        else:
            for block in blocks:
                fill(block)
        return out, out_value

    def totals(self) -> tuple[Floats, Floats]:
        """Sum of weights and sum of weight times value, row by row."""
        ones = np.ones(self.n_others)
        weight, value = self.sums((ones,), (ones,))
        return weight[0], value[0]


@dataclass(frozen=True, slots=True)
class Layout:
    """A table of ratings made ready for fitting. Notes and raters are its own compact rows."""

    note: NDArray[np.int32]  # (n_notes,) the caller's ids, ascending
    rater: NDArray[np.int32]  # (n_raters,) the caller's ids, ascending
    by_note: Rows
    by_rater: Rows
    rater_seed: NDArray[np.uint64]  # (n_raters,) where a fit without a start begins

    @classmethod
    def of(
        cls,
        note: NDArray[np.integer],
        rater: NDArray[np.integer],
        value: NDArray[np.floating],
        *,
        weight: NDArray[np.floating] | None = None,
        seed: NDArray[np.uint64] | None = None,
    ) -> Layout:
        """Ratings in any order. A (note, rater) pair should occur once.

        Args:
            note: ids of notes, small non-negative integers (rows of a table).
            rater: ids of raters, likewise.
            value: what the rater said, by convention in 0..1.
            weight: how much each rating counts; every one the same if None.
            seed: a number a rating that does not depend on any id, such as its time; the start
                of a fit is made of it. Without it the values and the notes' popularity serve.

        >>> layout = Layout.of(np.array([7, 3, 7]), np.array([5, 5, 0]), np.array([1.0, 0.0, 0.5]))
        >>> layout.note.tolist(), layout.by_note.other.tolist(), layout.by_note.value.tolist()
        ([3, 7], [1, 0, 1], [0.0, 0.5, 1.0])
        """
        notes, note = _compact(note)
        raters, rater = _compact(rater)
        value = value.astype(np.float32, copy=False)
        rater_seed = _rater_seeds(note, rater, value, seed, len(raters))
        by_note, by_rater = _both_ways(
            (note, len(notes)),
            (rater, len(raters)),
            value,
            None if weight is None else weight.astype(np.float32, copy=False),
        )
        return cls(notes, raters, by_note, by_rater, rater_seed)

    @property
    def n_notes(self) -> int:
        """How many notes have a rating."""
        return len(self.note)

    @property
    def n_raters(self) -> int:
        """How many raters rated."""
        return len(self.rater)

    @property
    def n_ratings(self) -> int:
        """How many ratings there are."""
        return self.by_note.n_ratings

    def weighted(self, note: Floats, rater: Floats) -> Layout:
        """The same ratings, each weighing `note[n] * rater[u]`; the index arrays are shared."""

        def weights(rows: Rows, own: Floats, others: Floats) -> NDArray[np.float32]:
            return (np.repeat(own, np.diff(rows.start)) * others[rows.other]).astype(np.float32)

        return replace(
            self,
            by_note=replace(self.by_note, weight=weights(self.by_note, note, rater)),
            by_rater=replace(self.by_rater, weight=weights(self.by_rater, rater, note)),
        )


def _rater_seeds(
    note: NDArray[np.int32],
    rater: NDArray[np.int32],
    value: NDArray[np.float32],
    seed: NDArray[np.uint64] | None,
    n_raters: int,
) -> NDArray[np.uint64]:
    """One number a rater: the sum, in whatever order, of scrambled numbers of its ratings."""
    total = np.zeros(n_raters, dtype=np.uint64)
    popularity = np.bincount(note).astype(np.uint64) * _KNUTH if seed is None else None
    for a in range(0, len(note), BLOCK_RATINGS):
        part = slice(a, a + BLOCK_RATINGS)
        if seed is not None:
            bits = seed[part]
        else:
            assert popularity is not None
            bits = popularity[note[part]] + value[part].view(np.uint32)
        np.add.at(total, rater[part], mix(bits))
    if seed is not None:
        return mix(total)
    # Where everything is symmetric only a name can tell raters apart; it weighs 1 in 500.
    rank = mix(np.arange(n_raters, dtype=np.uint64))
    return (mix(total) & ~_LOW_BITS) | (rank & _LOW_BITS)


def _compact(ids: NDArray[np.integer]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """The ids that occur, ascending, and each entry's place among them."""
    present = np.bincount(ids) > 0 if len(ids) else np.zeros(0, dtype=bool)
    unique = np.flatnonzero(present).astype(np.int32)
    if len(unique) == len(present):
        return unique, ids.astype(np.int32, copy=False)
    place = np.cumsum(present, dtype=np.int32) - np.int32(1)
    return unique, place[ids]


def _both_ways(
    notes: tuple[NDArray[np.int32], int],
    raters: tuple[NDArray[np.int32], int],
    value: NDArray[np.float32],
    weight: NDArray[np.float32] | None,
) -> tuple[Rows, Rows]:
    """Rows by note and by rater; two counting sorts, one where notes come in order already."""
    (note, n_notes), (rater, n_raters) = notes, raters
    same_note = note[1:] == note[:-1]
    if not bool(np.all(np.where(same_note, rater[1:] > rater[:-1], note[1:] > note[:-1]))):
        # Turned twice, rows come out by (note, rater).
        order = _turned(
            _turned(np.arange(len(note), dtype=np.int32), rater, n_raters), note, n_notes
        )
        note, rater, value = note[order], rater[order], value[order]
        weight = None if weight is None else weight[order]
    start = _starts(note, n_notes)
    if weight is None:
        matrix: Any = csr_array((value, rater, start), shape=(n_notes, n_raters)).tocsc()
        turned = Rows(matrix.indptr, matrix.indices, matrix.data, None, n_notes)
    else:
        order = _turned(np.arange(len(note), dtype=np.int32), rater, n_raters)
        turned = Rows(_starts(rater, n_raters), note[order], value[order], weight[order], n_notes)
    return Rows(start, rater, value, weight, n_raters), turned


def _starts(row: NDArray[np.int32], n_rows: int) -> NDArray[np.int32]:
    start = np.zeros(n_rows + 1, dtype=np.int32)
    np.cumsum(np.bincount(row, minlength=n_rows), out=start[1:])
    return start


def _turned(order: NDArray[np.int32], key: NDArray[np.int32], n_keys: int) -> NDArray[np.int32]:
    """`order` sorted by `key[order]`, equals as they were; SciPy's transposition counts in C."""
    start = np.arange(len(order) + 1, dtype=np.int32)
    matrix: Any = csr_array((order, key[order], start), shape=(len(order), n_keys))
    return matrix.tocsc().data
