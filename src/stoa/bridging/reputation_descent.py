"""Gradient descent on a rating model in which raters have a reputation (spec 9).

    z(u, n) = e_n * e_u + b_n * rep_u + b_u + g

The published fit takes Adam steps and stops well before the optimum, so where it stops is part of
its answer: the schedule is followed step by step, in float32, with sparse sums for gradients.
Everything runs in blocks of ratings, so memory stays bounded beyond the ratings themselves.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array  # pyright: ignore[reportMissingTypeStubs]  # SciPy ships none

Column = NDArray[np.float32]
Name = Literal[
    "note_factor", "note_intercept", "rater_factor", "rater_intercept", "reputation", "bias"
]

TERMS: tuple[tuple[Name, Name], ...] = (
    ("note_factor", "rater_factor"),
    ("note_intercept", "reputation"),
)
"""The products of z: what the note brings, what the rater brings."""

BLOCK = 1 << 18
RATERS_TO_RATINGS = 4
"""A block has at least so many ratings a rater: each costs a pass over all raters."""

DECAY_MEAN, DECAY_SQUARE, FLOOR = 0.9, 0.999, 1e-8
"""Adam's constants (Kingma and Ba 2015)."""


@dataclass(frozen=True, slots=True)
class Parameters:
    """All there is to learn; notes (n_notes,), raters (n_raters,), the bias g (1,)."""

    note_factor: Column
    note_intercept: Column
    rater_factor: Column
    rater_intercept: Column
    reputation: Column
    bias: Column


@dataclass(frozen=True, slots=True)
class Cells:
    """The ratings of one fit by note, on compact rows. All arrays (n_ratings,)."""

    note: NDArray[np.int32]  # ascending, every row present
    rater: NDArray[np.int32]
    target: Column
    is_logistic: bool  # z is a logit; else the loss is squared

    def __len__(self) -> int:
        return len(self.note)


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """How far descent goes."""

    tolerance: float  # stop when the loss changed by less ...
    every: int  # ... over so many epochs
    rate: float = 0.2
    epochs: int = 300


@dataclass(frozen=True, slots=True)
class Alone:
    """A larger descent, seen from some of its notes: with raters fixed they go on alone."""

    n_ratings: int
    n_steps: int


@dataclass(frozen=True, slots=True)
class _Block:
    """Ratings `rows`, which hold the notes `notes` whole."""

    rows: slice
    notes: slice
    n_of_note: NDArray[np.int64]
    residuals: Column  # the data of `by_note` and `by_rater`
    by_note: Any  # sparse (notes, n_raters)
    by_rater: Any  # its transpose, the same memory


def descend(
    cells: Cells,
    start: Parameters,
    free: Sequence[Name],
    weight: Column,
    penalty: Mapping[Name, float],
    schedule: Schedule,
) -> Parameters:
    """Parameters after the published schedule; arguments as of `descend_counting`."""
    return descend_counting(cells, start, free, weight, penalty, schedule)[0]


def descend_counting(
    cells: Cells,
    start: Parameters,
    free: Sequence[Name],
    weight: Column,
    penalty: Mapping[Name, float],
    schedule: Schedule,
    alone: Alone | None = None,
) -> tuple[Parameters, int]:
    """Parameters after the published schedule, and how many steps it took.

    Args:
        cells: what was rated.
        start: where descent starts; parameters not in `free` stay there.
        free: what is learned.
        weight: (n_ratings,) of each rating in the data loss, which is a mean.
        penalty: factor of the sum of squares of each parameter.
        schedule: step size and when to stop.
        alone: of the descent that these ratings are a part of; it says when to stop.
    """
    n_ratings = len(cells) if alone is None else alone.n_ratings
    loss = _Loss(cells, start, frozenset(free), weight / np.float32(n_ratings), penalty)
    now = start
    moments: dict[Name, tuple[Column, Column]] = {
        name: (np.zeros_like(getattr(start, name)), np.zeros_like(getattr(start, name)))
        for name in free
    }
    last = np.inf
    n_steps = 0
    for epoch in range(schedule.epochs + 1 if alone is None else alone.n_steps):
        is_checked = alone is None and epoch % schedule.every == 0
        value, gradient = loss.evaluate(now, is_checked)
        if is_checked:
            if abs(last - value) < schedule.tolerance:
                break
            last = value
        n_steps = epoch + 1
        now = _step(now, gradient, moments, schedule.rate, n_steps)
    return now, n_steps


def _step(
    now: Parameters,
    gradient: Mapping[Name, Column],
    moments: Mapping[Name, tuple[Column, Column]],
    rate: float,
    n_steps: int,
) -> Parameters:
    """One Adam step; updates `moments`."""
    length = np.float32(rate / (1 - DECAY_MEAN**n_steps))
    unbias = np.float32(1 / np.sqrt(1 - DECAY_SQUARE**n_steps))
    moved: dict[Name, Column] = {}
    for name, slope in gradient.items():
        mean, square = moments[name]
        mean += np.float32(1 - DECAY_MEAN) * (slope - mean)
        square *= np.float32(DECAY_SQUARE)
        square += np.float32(1 - DECAY_SQUARE) * slope * slope
        moved[name] = getattr(now, name) - length * mean / (np.sqrt(square) * unbias + FLOOR)
    return replace(now, **moved)


@dataclass(frozen=True, slots=True)
class _Work:
    """Memory that blocks take turns in; each as long as the largest block."""

    z: Column
    product: Column
    rater: NDArray[np.intp]


def _take(column: Column, row: NDArray[np.intp], out: Column) -> Column:
    """`column[row]` into `out`; rows are in range, and saying so spares a copy."""
    return np.take(column, row, out=out, mode="clip")


@dataclass(slots=True)
class _Loss:
    """The loss and its gradient; what `free` leaves fixed is computed once."""

    cells: Cells
    start: Parameters
    free: frozenset[Name]
    weight: Column  # over the number of ratings
    penalty: Mapping[Name, float]
    blocks: list[_Block] = field(init=False)
    terms: list[tuple[Name, Name]] = field(init=False)
    fixed: Column = field(init=False)  # (n_ratings,) the part of z that does not change
    against: Column = field(init=False)  # weight * target
    work: _Work = field(init=False)

    def __post_init__(self) -> None:
        self.blocks = list(_cut(self.cells, len(self.start.rater_factor)))
        self.terms = [term for term in TERMS if not self.free.isdisjoint(term)]
        self.fixed = self._fixed_part()
        self.against = self.weight * self.cells.target
        n = max(len(block.residuals) for block in self.blocks)
        z, product = np.empty((2, n), dtype=np.float32)
        self.work = _Work(z, product, np.empty(n, dtype=np.intp))

    def _fixed_part(self) -> Column:
        start, note, rater = self.start, self.cells.note, self.cells.rater
        fixed = np.zeros(len(note), dtype=np.float32)
        for of_note, of_rater in TERMS:
            if self.free.isdisjoint((of_note, of_rater)):
                fixed += getattr(start, of_note)[note] * getattr(start, of_rater)[rater]
        if "rater_intercept" not in self.free:
            fixed += start.rater_intercept[rater]
        return fixed

    def evaluate(self, now: Parameters, with_value: bool) -> tuple[float, Mapping[Name, Column]]:
        """The loss, or 0 unless `with_value`, and the gradient of all that is free."""
        gradient: dict[Name, Column] = {
            name: np.float32(2 * self.penalty.get(name, 0.0)) * getattr(now, name)
            for name in sorted(self.free)
        }
        value = 0.0
        if with_value:
            for name, factor in self.penalty.items():
                value += factor * float(np.sum(getattr(now, name).astype(np.float64) ** 2))
        for block in self.blocks:
            z = self._predict(block, now)
            if with_value:
                value += self._data_loss(block, z)
            self._differentiate(block, z)
            _collect(block, now, gradient)
        return value, gradient

    def _predict(self, block: _Block, now: Parameters) -> Column:
        """The z of a block, in memory that the next block uses again."""
        n = len(block.residuals)
        z, product, rater = self.work.z[:n], self.work.product[:n], self.work.rater[:n]
        rater[:] = self.cells.rater[block.rows]
        np.add(self.fixed[block.rows], now.bias, out=z)
        for of_note, of_rater in self.terms:
            _take(getattr(now, of_rater), rater, product)
            product *= np.repeat(getattr(now, of_note)[block.notes], block.n_of_note)
            z += product
        if "rater_intercept" in self.free:
            z += _take(now.rater_intercept, rater, product)
        return z

    def _data_loss(self, block: _Block, z: Column) -> float:
        target = self.cells.target[block.rows]
        if self.cells.is_logistic:
            losses = np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z))) - z * target
        else:
            losses = (z - target) ** 2
        return float(np.dot(self.weight[block.rows].astype(np.float64), losses))

    def _differentiate(self, block: _Block, z: Column) -> None:
        """Turns z into the derivative of the loss by z; destroys z."""
        weight, against, slope = self.weight[block.rows], self.against[block.rows], block.residuals
        if not self.cells.is_logistic:
            z *= weight
            np.subtract(z, against, out=slope)
            slope *= 2
            return
        np.negative(z, out=z)
        with np.errstate(over="ignore"):  # a logit below -88 has probability 0
            np.exp(z, out=z)
        z += 1
        np.divide(weight, z, out=slope)
        slope -= against


def _collect(block: _Block, now: Parameters, gradient: dict[Name, Column]) -> None:
    """Adds a block's share to the gradient."""
    for of_note, of_rater in TERMS:
        if of_note in gradient:
            gradient[of_note][block.notes] += block.by_note @ getattr(now, of_rater)
        if of_rater in gradient:
            gradient[of_rater] += block.by_rater @ getattr(now, of_note)[block.notes]
    if "rater_intercept" in gradient:
        ones = np.ones(len(block.n_of_note), dtype=np.float32)
        gradient["rater_intercept"] += block.by_rater @ ones
    if "bias" in gradient:
        gradient["bias"] += block.residuals.sum()


def _cut(cells: Cells, n_raters: int) -> Iterator[_Block]:
    """Blocks of whole notes."""
    note, n_ratings = cells.note, len(cells)
    size = max(BLOCK, RATERS_TO_RATINGS * n_raters)
    at = 0
    while at < n_ratings:
        last = note[min(at + size, n_ratings) - 1]
        end = int(np.searchsorted(note, [last], side="right")[0])
        n_of_note = np.bincount(note[at:end] - note[at])
        pointers = np.concatenate(([0], np.cumsum(n_of_note))).astype(np.int32)
        residuals = np.empty(end - at, dtype=np.float32)
        shape = (len(n_of_note), n_raters)
        by_note: Any = csr_array((residuals, cells.rater[at:end], pointers), shape=shape)
        notes = slice(int(note[at]), int(last) + 1)
        yield _Block(slice(at, end), notes, n_of_note, residuals, by_note, by_note.T)
        at = end
