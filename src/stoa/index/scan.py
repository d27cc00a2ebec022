"""Finds the best posts for many queries at once: choose lists, scan each once, rescore the best."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from stoa.index.codes import CodeSpace, PackedRows, query_codes
from stoa.index.quantiser import MOST_LISTS, Quantiser
from stoa.index.segment import FlatSegment, SealedSegment, Segment
from stoa.records import Matches
from stoa.space.columns import rank_in_group
from stoa.space.grouping import group_by_likeness
from stoa.space.maxsim import max_over_queries, top_k

_BLOCK_ROWS = 4096  # scanned at once: the codes and products stay in the second-level cache
_COPY_COST = 5
"""What fetching a row costs, in products of a row with a query."""
_SAMPLED = 32_768  # pairs of a group and a list that are looked at to rank the rest
_STAGES = (0.1, 0.2, 0.4, 0.7, 1.0)
"""Shares of the allowance at which a search looks whether it still finds anything."""

_LIST = np.int16  # holds the number of any list; NumPy sorts it by digits, many times faster
assert np.iinfo(_LIST).max >= MOST_LISTS

_NEVER = -np.inf


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanEffort:
    """What a search may spend; benchmarks/retrieval.py prints what the defaults buy."""

    groups: int = 48
    group_size: int = 8
    first_rows: int = 12  # rows scanned for each result wanted before pruning begins
    reach: float = 0.4  # how much of a list's reach a member is granted towards a query
    least_products: int = 16_000_000  # of a row with a query, that may always be spent
    products_a_row: float = 0.8  # more of them for each row of the index
    settled: float = 0.02  # share of the results that a stage may change and be the last
    rescored: float = 1.5  # results rescored exactly for each result wanted


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a search asks for."""

    queries: NDArray[np.float32]  # (q, dim)
    k: int
    newer_than: int
    exclude: NDArray[np.int64]  # sorted


@dataclass(frozen=True, slots=True)
class _Groups:
    """Queries in order of the groups that are scanned together."""

    packed: list[PackedRows]  # of each group
    first: NDArray[np.int64]  # row of each group's first query in `codes`
    longest: NDArray[np.float32]  # greatest length of a query in each group
    codes: NDArray[np.int8]
    unit: float  # score = product * unit


@dataclass(frozen=True, slots=True)
class _Found:
    """Rows that may be among the best: which segment and row, and the best product seen."""

    segment: NDArray[np.int64]
    row: NDArray[np.int64]
    score: NDArray[np.float32]


def search(
    segments: Sequence[Segment],
    quantisers: Mapping[int, Quantiser],
    space: CodeSpace,
    wanted: Wanted,
    effort: ScanEffort,
) -> Matches:
    """The k best posts by MaxSim over all queries; scores are exact for the posts returned."""
    rotated = space.rotate(wanted.queries)
    if len(rotated) == 0 or wanted.k <= 0:
        return _nothing()
    search_ = _Search(list(segments), quantisers, space, wanted, effort, rotated)
    found = search_.found()
    return _rescored(found, search_.segments, space, wanted, rotated)


class _Search:
    """One search over one view of the segments."""

    def __init__(
        self,
        segments: list[Segment],
        quantisers: Mapping[int, Quantiser],
        space: CodeSpace,
        wanted: Wanted,
        effort: ScanEffort,
        rotated: NDArray[np.float32],
    ) -> None:
        self.segments = segments
        self._quantisers = quantisers
        self._space = space
        self._wanted = wanted
        self._effort = effort
        self._groups = _grouped(rotated, space, effort)
        self._n = [segment.n for segment in segments]  # a flat one may grow meanwhile
        self._sorting = [
            segment.sorting if isinstance(segment, FlatSegment) else None for segment in segments
        ]
        # Of flat segments: rows in order of their lists, and where each list begins among them.
        self._by_list: dict[int, tuple[NDArray[np.int64], NDArray[np.int64]]] = {}
        self._kept: list[_Found] = []
        self._n_kept = 0
        self._bound = _NEVER  # the k-th best score so far: no worse row is kept
        self._rescored = int(wanted.k * effort.rescored) + 64

    def found(self) -> _Found:
        """Candidates, best first by approximate score, as many as are worth rescoring."""
        everything: list[int] = []
        by_quantiser: dict[int, list[int]] = {}
        for at, segment in enumerate(self.segments):
            if isinstance(segment, SealedSegment) and segment.mark.greatest <= (
                self._wanted.newer_than
            ):
                continue
            sorting = self._sorting[at]
            number = sorting.quantiser if sorting else segment.quantiser
            if number is None or number not in self._quantisers:
                everything.append(at)
            else:
                by_quantiser.setdefault(number, []).append(at)
        plans = [self._plan(number, ats) for number, ats in by_quantiser.items()]
        for at in everything:
            self._scan_all(at)
        for plan in plans:
            self._first_pass(plan)
        for plan in plans:
            self._second_pass(plan)
        self._prune(self._rescored)
        return self._kept[0] if self._kept else _none_found()

    # ------------------------------------------------------------------------- choosing lists

    def _plan(self, number: int, ats: list[int]) -> _Plan:
        quantiser, groups = self._quantisers[number], self._groups
        products = quantiser.packed(self._space).products(groups.codes)
        ends = pairwise([*groups.first.tolist(), len(groups.codes)])
        # One maximum a group: `reduceat` along the first axis takes five times as long.
        best = np.stack([products[a:b].max(axis=0) for a, b in ends]).astype(np.float32)
        size = np.zeros(quantiser.n_lists, dtype=np.int64)
        for at in ats:
            size += self._list_sizes(at, quantiser.n_lists)
        granted = np.float32(self._effort.reach) * groups.longest
        hope = best * np.float32(groups.unit) + granted[:, None] * quantiser.reach[None, :]
        hope = hope.astype(np.float32, copy=False)
        hope[:, size == 0] = _NEVER
        return _Plan(ats, hope, size)

    def _first_pass(self, plan: _Plan) -> None:
        """Scans the most hopeful lists, to learn a bound."""
        goal = self._effort.first_rows * self._wanted.k
        flat = plan.hope.ravel()
        sample = flat[:: max(1, flat.size // _SAMPLED)]
        n_pairs = max(64, goal * len(plan.size) // max(1, int(plan.size.sum())))
        n_above = min(len(sample), 1 + int(2 * n_pairs * len(sample) / flat.size))
        least = np.partition(sample, len(sample) - n_above)[len(sample) - n_above]
        order = np.flatnonzero((flat >= least) & (flat > _NEVER))
        order = order[np.argsort(-flat[order])]
        rows = np.cumsum(plan.size[order % len(plan.size)])
        self._scan_pairs(plan, order[: int(np.searchsorted(rows, goal)) + 1])

    def _second_pass(self, plan: _Plan) -> None:
        """Scans every list that may still hold a row above the bound, within the allowance.

        The most hopeful come first, in stages: a stage that changes hardly any of the best is the
        last, since what is left is less hopeful still.
        """
        effort = self._effort
        allowance = effort.least_products + effort.products_a_row * float(plan.size.sum())
        pairs = np.flatnonzero(plan.hope.ravel() > max(self._bound, -1e30))
        n_queries = np.array([packed.n + _COPY_COST for packed in self._groups.packed])
        order = np.argsort(-plan.hope.ravel()[pairs])
        pairs = pairs[order]
        spent = np.cumsum(plan.size[pairs % len(plan.size)] * n_queries[pairs // len(plan.size)])
        first, best = 0, self._best()
        for share in _STAGES:
            last = int(np.searchsorted(spent, share * allowance))
            self._scan_pairs(plan, pairs[first:last])
            self._prune(self._rescored)
            before, best, first = best, self._best(), last
            n_new = len(best) - len(np.intersect1d(before, best, assume_unique=True))
            if last >= len(pairs) or n_new <= effort.settled * self._wanted.k:
                break

    def _best(self) -> NDArray[np.int64]:
        """The rows that are among the best so far, each as one number."""
        if not self._kept:
            return np.zeros(0, dtype=np.int64)
        kept = self._kept[0]
        best = np.argsort(-kept.score, kind="stable")[: self._wanted.k]
        return (kept.segment << 40 | kept.row)[best]

    def _scan_pairs(self, plan: _Plan, pairs: NDArray[np.int64]) -> None:
        """Scans (group, list) pairs, group by group: a group's rows from all segments at once."""
        n_lists = len(plan.size)
        plan.hope.ravel()[pairs] = _NEVER  # each pair is scanned once
        group_of = pairs // n_lists
        for g in np.unique(group_of).tolist():
            chosen = pairs[group_of == g] % n_lists
            parts = [(at, self._rows_of(at, chosen)) for at in plan.ats]
            for block in _blocks(parts):
                self._scan_block(g, block)
            if self._n_kept > 4 * self._rescored:
                self._prune(self._rescored)

    def _scan_all(self, at: int) -> None:
        """Scans a whole segment with every group."""
        for block in _blocks([(at, np.arange(self._n[at]))]):
            for g in range(len(self._groups.packed)):
                self._scan_block(g, block)
            if self._n_kept > 4 * self._rescored:
                self._prune(self._rescored)

    # ------------------------------------------------------------------------------- scanning

    def _list_sizes(self, at: int, n_lists: int) -> NDArray[np.int64]:
        segment, sorting = self.segments[at], self._sorting[at]
        if sorting:
            near = sorting.near[: self._n[at]]
            size = np.bincount(near, minlength=n_lists)
            order = np.argsort(near.astype(_LIST), kind="stable")
            self._by_list[at] = order, np.concatenate(([0], np.cumsum(size)))
            return size
        assert isinstance(segment, SealedSegment)
        return np.diff(segment.start)

    def _rows_of(self, at: int, chosen: NDArray[np.int64]) -> NDArray[np.int64]:
        """Rows of a segment that stand in the chosen lists."""
        segment, sorting = self.segments[at], self._sorting[at]
        if sorting:
            order, start = self._by_list[at]
            return np.sort(order[_ranges(start[chosen], start[chosen + 1])])
        assert isinstance(segment, SealedSegment)
        return _ranges(segment.start[chosen], segment.start[chosen + 1])

    def _scan_block(self, g: int, block: list[tuple[int, NDArray[np.int64]]]) -> None:
        """Multiplies some rows with a group's queries and keeps what may be among the best."""
        packed, unit = self._groups.packed[g], self._groups.unit
        code = [self.segments[at].code.take(rows, axis=0) for at, rows in block]
        products = packed.products(code[0] if len(code) == 1 else np.concatenate(code))
        if self._bound == _NEVER:
            hit, best = np.arange(len(products)), products.max(axis=1)
        else:
            floor = np.int32(np.clip(self._bound / unit, -(2.0**30), 2.0**30))
            flat = np.flatnonzero(products.ravel() > floor)
            hit, best = flat // packed.n, products.ravel()[flat]
        end = np.cumsum([len(rows) for _, rows in block])
        cut = np.searchsorted(hit, np.concatenate(([0], end)))
        for part, (at, rows) in enumerate(block):
            here = slice(cut[part], cut[part + 1])
            if here.start < here.stop:
                local = rows[hit[here] - (end[part] - len(rows))]
                self._keep(at, local, best[here].astype(np.float32) * np.float32(unit))

    def _keep(self, at: int, rows: NDArray[np.int64], score: NDArray[np.float32]) -> None:
        """Keeps rows that the search is allowed to find."""
        segment = self.segments[at]
        post = segment.post[rows]
        kept = ~segment.dead[rows]
        kept &= post > self._wanted.newer_than
        kept &= ~_among(self._wanted.exclude, post)
        rows = rows[kept]
        self._kept.append(_Found(np.full(len(rows), at), rows, score[kept]))
        self._n_kept += len(rows)

    def _prune(self, n_best: int) -> None:
        """Keeps the best of each row, and the `n_best` best rows; raises the bound."""
        if not self._kept:
            return
        segment = np.concatenate([part.segment for part in self._kept])
        row = np.concatenate([part.row for part in self._kept])
        score = np.concatenate([part.score for part in self._kept])
        order = np.arange(len(score))
        if len(order) > 3 * n_best:
            order = np.argpartition(-score, 3 * n_best - 1)[: 3 * n_best]
        order = order[np.argsort(-score[order], kind="stable")]
        _, first = np.unique((segment << 40 | row)[order], return_index=True)
        order = order[first]
        if len(order) > n_best:
            order = order[np.argpartition(-score[order], n_best - 1)[:n_best]]
        self._kept = [_Found(segment[order], row[order], score[order])]
        self._n_kept = len(order)
        if len(order) >= self._wanted.k:
            kth = len(order) - self._wanted.k
            self._bound = float(np.partition(score[order], kth)[kth])


@dataclass(frozen=True, slots=True)
class _Plan:
    """Which lists of which segments may hold what a group of queries wants."""

    ats: list[int]
    hope: NDArray[np.float32]  # (groups, lists)
    size: NDArray[np.int64]  # (lists,)


def _grouped(rotated: NDArray[np.float32], space: CodeSpace, effort: ScanEffort) -> _Groups:
    number = group_by_likeness(rotated, effort.groups)
    order = np.argsort(number, kind="stable")
    place = rank_in_group(number[order])
    first = np.flatnonzero(place % effort.group_size == 0)
    codes, step = query_codes(rotated[order])
    length = np.linalg.norm(rotated[order], axis=1).astype(np.float32)
    ends = np.append(first[1:], len(order))
    return _Groups(
        packed=[
            PackedRows.of(codes[a:b], step)
            for a, b in zip(first.tolist(), ends.tolist(), strict=True)
        ],
        first=first,
        longest=np.maximum.reduceat(length, first),
        codes=codes,
        unit=step * space.step,
    )


def _blocks(
    parts: list[tuple[int, NDArray[np.int64]]],
) -> Iterator[list[tuple[int, NDArray[np.int64]]]]:
    """Rows of segments in blocks of equal size, so that small parts share one product."""
    block: list[tuple[int, NDArray[np.int64]]] = []
    room = _BLOCK_ROWS
    for at, rows in parts:
        first = 0
        while first < len(rows):
            taken = rows[first : first + room]
            block.append((at, taken))
            first, room = first + len(taken), room - len(taken)
            if room == 0:
                yield block
                block, room = [], _BLOCK_ROWS
    if block:
        yield block


def _ranges(begin: NDArray[np.int64], end: NDArray[np.int64]) -> NDArray[np.int64]:
    """All whole numbers of the ranges [begin, end), one range after the other."""
    length = end - begin
    total = int(length.sum())
    offset = np.cumsum(length) - length
    return np.repeat(begin - offset, length) + np.arange(total)


def _among(ordered: NDArray[np.int64], values: NDArray[np.int64]) -> NDArray[np.bool_]:
    if len(ordered) == 0:
        return np.zeros(len(values), dtype=np.bool_)
    at = np.minimum(np.searchsorted(ordered, values), len(ordered) - 1)
    return ordered[at] == values


def _rescored(
    found: _Found,
    segments: list[Segment],
    space: CodeSpace,
    wanted: Wanted,
    rotated: NDArray[np.float32],
) -> Matches:
    """Exact MaxSim of the candidates over all queries, one row a post, cut to k."""
    post = np.zeros(len(found.row), dtype=np.int64)
    code = np.zeros((len(found.row), space.width), dtype=np.int8)
    for at in np.unique(found.segment).tolist():
        here = np.flatnonzero(found.segment == at)
        post[here] = segments[at].post[found.row[here]]
        code[here] = segments[at].code[found.row[here]]
    vectors = code.astype(np.float32)
    norm = np.sqrt(np.einsum("nd,nd->n", vectors, vectors))
    vectors /= np.where(norm > 0, norm, 1)[:, None]
    score, query = max_over_queries(vectors, rotated)
    # A post that is being replaced may show both of its rows for an instant.
    newest = np.argsort(-found.segment << 40 | -found.row, kind="stable")
    _, first = np.unique(post[newest], return_index=True)
    once = newest[first]
    best = once[top_k(score[once], post[once], wanted.k)]
    return Matches(post[best], score[best], query[best])


def _none_found() -> _Found:
    empty = np.zeros(0, dtype=np.int64)
    return _Found(empty, empty, np.zeros(0, dtype=np.float32))


def _nothing() -> Matches:
    return Matches(
        np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32), np.zeros(0, dtype=np.int32)
    )
