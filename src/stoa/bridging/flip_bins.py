"""Numbers of the flip model cut into bins, and which bins occurring together may be features.

Every measured column becomes one of at most ten bins, whose edges lie halfway between k-means
centres (spec 14). A *product* is a set of one to four bins of different columns and is 1 for rows
in all of them. There are a million products; they are counted column set by column set and never
laid out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, combinations

import numpy as np
from numpy.typing import NDArray

from stoa.bridging.flip_features import N_CELLS, N_SETS, N_STATS, N_TAGS, FlipFeatures
from stoa.bridging.learners import kmeans_edges

Floats = NDArray[np.float64]

NO_SHARE = -0.25
NO_STAT = -1.0
RARE = 0.001
"""Least variance p (1 - p) of a product that is not a plain bin."""

_SIZES = {"shares": 66, "cells": 27, "stats": 21, "bursts": 24, "delay": 1, "peers": 5, "deep": 5}
"""Columns of each family; `deep` are the counts of peers under a second logarithm."""

_N_BINS = {
    "shares": 10, "cells": 7, "stats": 10, "bursts": 5, "delay": 10, "peers": 4, "deep": 4,
}  # fmt: skip
_CAPS = {"shares": 0.99, "bursts": 0.999, "delay": 0.999, "peers": 0.9999}
"""Quantile of the training rows at which a family's columns are cut off."""

MOST_BINS = max(_N_BINS.values())
N_COLUMNS = sum(_SIZES.values())


def _columns(family: str) -> list[int]:
    names = list(_SIZES)
    first = sum(_SIZES[name] for name in names[: names.index(family)])
    return list(range(first, first + _SIZES[family]))


@dataclass(frozen=True, slots=True)
class Bins:
    """How numbers are cut; plain arrays, learned from training rows."""

    cap: Floats  # (149,) greatest value of a column; inf where it has none
    used: NDArray[np.bool_]  # (149,) columns with more than one value
    edges: Floats  # (149, 9) inner edges, ascending, filled up with inf


def learn_bins(features: FlipFeatures) -> Bins:
    """Caps and edges from training rows."""
    raw = _raw(features)
    cap = np.full(N_COLUMNS, np.inf)
    used = np.ones(N_COLUMNS, dtype=np.bool_)
    for family, quantile in _CAPS.items():
        for column in _columns(family):
            known = raw[~np.isnan(raw[:, column]), column]
            # A share that is the same wherever it is known tells nothing.
            used[column] = len(known) > 0 and (family != "shares" or known.min() < known.max())
            cap[column] = np.quantile(known, quantile) if len(known) else np.inf
    values = _values(raw, cap)
    edges = np.full((N_COLUMNS, MOST_BINS - 1), np.inf)
    for family, n_bins in _N_BINS.items():
        for column in _columns(family):
            inner = kmeans_edges(values[:, column], n_bins)
            edges[column, : len(inner)] = inner
    return Bins(cap, used & np.isfinite(edges[:, 0]), edges)


def cut(bins: Bins, features: FlipFeatures) -> NDArray[np.int8]:
    """The bin of each row in each column, (149, n)."""
    values = _values(_raw(features), bins.cap)
    return np.stack(
        [
            np.searchsorted(bins.edges[column], values[:, column], side="right").astype(np.int8)
            for column in range(N_COLUMNS)
        ]
    )


def _raw(features: FlipFeatures) -> Floats:
    """All measured columns side by side, (n, 149); peers' counts twice."""
    delay = features.delay_ms[:, None]
    return np.hstack(
        [
            *(features.shares, features.cells, features.stats, features.bursts),
            *(delay, features.peers, features.peers),
        ]
    )


def _values(raw: Floats, cap: Floats) -> Floats:
    """Columns filled, cut off at their caps, and on the scale they are binned on."""
    values = raw.copy()
    shares, stats, bursts = _columns("shares"), _columns("stats"), _columns("bursts")
    delay, peers, deep = _columns("delay"), _columns("peers"), _columns("deep")
    values[:, shares] = np.nan_to_num(raw[:, shares], nan=NO_SHARE)
    values[:, stats] = np.nan_to_num(raw[:, stats], nan=NO_STAT)
    np.minimum(values, cap, out=values)
    counts = [column for i, column in enumerate(bursts) if i % 8 < 4]
    for columns in (_columns("cells"), counts, peers):
        values[:, columns] = np.log2(1 + np.maximum(values[:, columns], 0))
    values[:, delay] = np.log2(np.maximum(values[:, delay], 1))
    values[:, deep] = np.log2(1 + values[:, peers])
    return values


@dataclass(frozen=True, slots=True)
class Products:
    """Some products. Arrays (k, 4); unused places hold column -1."""

    column: NDArray[np.int16]
    bin: NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.column)

    def take(self, rows: NDArray[np.int64] | NDArray[np.bool_]) -> Products:
        """Some of them, in the order given."""
        return Products(self.column[rows], self.bin[rows])

    def hold(self, binned: NDArray[np.int8]) -> NDArray[np.bool_]:
        """Whether rows are in all bins of each product, (k, n)."""
        held = np.ones((len(self), binned.shape[1]), dtype=np.bool_)
        for i, (columns, bins) in enumerate(zip(self.column, self.bin, strict=True)):
            for column, value in zip(columns, bins, strict=True):
                if column >= 0:
                    held[i] &= binned[column] == value
        return held


def no_products() -> Products:
    """The empty list of products."""
    return Products(np.zeros((0, 4), dtype=np.int16), np.zeros((0, 4), dtype=np.int8))


_ColumnSets = Iterator[tuple[str, tuple[int, ...], bool]]
"""Family, columns, and whether rare products are left out."""


def _plain_sets() -> _ColumnSets:
    """Single columns."""
    for family in ("shares", "cells", "bursts", "delay", "peers", "stats"):
        for column in _columns(family):
            yield family, (column,), family == "stats"


def _crossed_sets() -> _ColumnSets:
    """Two to four columns.

    Products of three cells of one set of ratings need no second mention, though the published
    pipeline holds several copies of each: equal columns share one weight.
    """
    cells, stats = _columns("cells"), _columns("stats")
    for first in range(0, len(stats), N_STATS):
        for pair in combinations(stats[first : first + N_STATS], 2):
            yield "stats", pair, True
    for pair in combinations(_columns("deep"), 2):
        yield "deep", pair, True
    for size in (2, 3):
        for group in combinations(cells, size):
            yield "cells", group, True
    for first in range(0, len(cells), N_CELLS):
        for group in combinations(cells[first : first + N_CELLS], 4):
            yield "cells", group, True


@dataclass(frozen=True, slots=True)
class _ColumnSet:
    columns: tuple[int, ...]
    radix: int
    able: NDArray[np.int64]  # flat positions that may be features


class ProductSpace:
    """All products that could ever weigh anything on some training rows."""

    def __init__(
        self, bins: Bins, binned: NDArray[np.int8], positive: NDArray[np.bool_], least: float
    ) -> None:
        """Counts every product once.

        Args:
            bins: says which columns vary.
            binned: (149, n).
            positive: (n,) labels.
            least: a product weighs nothing unless more rows than this of one label hold it.
        """
        self._binned = binned
        self._sets: list[_ColumnSet] = []
        weight = positive.astype(np.float64)
        crossed = _not_rare(binned)
        for family, columns, no_rare in chain(_plain_sets(), _crossed_sets()):
            if not bins.used[list(columns)].all():
                continue
            radix = _N_BINS[family]
            index = self._index(columns, radix)
            size = radix ** len(columns)
            count = np.bincount(index, minlength=size)
            n_positive = np.bincount(index, weights=weight, minlength=size)
            able = np.maximum(n_positive, count - n_positive) > least
            share = count / len(positive)
            able &= share * (1 - share) > (RARE if no_rare else 0.0)
            able = np.flatnonzero(able)
            if family == "cells" and len(columns) > 1:
                digits = np.stack(np.unravel_index(able, (radix,) * len(columns)))
                able = able[crossed[np.array(columns)[:, None], digits].all(axis=0)]
            if len(able):
                self._sets.append(_ColumnSet(columns, radix, able))

    def _index(self, columns: tuple[int, ...], radix: int) -> NDArray[np.intp]:
        index = self._binned[columns[0]].astype(np.intp)
        for column in columns[1:]:
            index = index * radix + self._binned[column]
        return index

    def steepest(self, residual: Floats, least: float, most: int) -> Products:
        """Products whose residuals sum to more than `least`, at most `most`, steepest first."""
        slope: list[Floats] = []
        place: list[NDArray[np.int64]] = []
        owner: list[NDArray[np.int64]] = []
        for i, some in enumerate(self._sets):
            index = self._index(some.columns, some.radix)
            sums = np.bincount(index, weights=residual, minlength=int(some.able[-1]) + 1)
            steep = np.abs(sums[some.able])
            chosen = np.flatnonzero(steep > least)
            if len(chosen):
                slope.append(steep[chosen])
                place.append(some.able[chosen])
                owner.append(np.full(len(chosen), i, dtype=np.int64))
        if not slope:
            return no_products()
        order = np.argsort(-np.concatenate(slope), kind="stable")[:most]
        return self._named(np.concatenate(owner)[order], np.concatenate(place)[order])

    def _named(self, owner: NDArray[np.int64], place: NDArray[np.int64]) -> Products:
        column = np.full((len(owner), 4), -1, dtype=np.int16)
        digit = np.full((len(owner), 4), -1, dtype=np.int8)
        for i, (o, p) in enumerate(zip(owner, place, strict=True)):
            some: _ColumnSet = self._sets[int(o)]
            n = len(some.columns)
            column[i, :n] = some.columns
            digit[i, :n] = np.unravel_index(p, (some.radix,) * n)
        return Products(column, digit)


def _not_rare(binned: NDArray[np.int8]) -> NDArray[np.bool_]:
    """Which bins vary enough to be crossed, (149, 10)."""
    n = binned.shape[1]
    share = np.stack([np.bincount(column, minlength=MOST_BINS) for column in binned]) / n
    return share * (1 - share) > RARE


assert _SIZES["shares"] == N_SETS * N_TAGS
