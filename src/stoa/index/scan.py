"""Finds the best posts for many queries at once: choose lists, scan in stages, rescore the best."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from stoa.index.codes import CodeSpace
from stoa.index.hopes import NEVER, Hopes, QueryGroups
from stoa.index.listed import ListedRows
from stoa.index.quantiser import Quantiser
from stoa.index.segment import FlatSegment, SealedSegment, Segment, Sorting
from stoa.records import Matches
from stoa.space.columns import among
from stoa.space.maxsim import max_over_queries, top_k

_BLOCK_ROWS = 4096
_LEAST_ROWS = 16_384  # of a first stage, for a search that wants few results
_NO_BOUND = -(1 << 30)  # below any product
_HITS = 3  # looked up at once, for each row that is kept
_MOST_DECAY = 0.95  # a stage is taken to find so much of what the one before it found, at most


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanEffort:
    """What a search may spend; benchmarks/retrieval.py prints what the defaults buy."""

    group_size: int = 8  # queries that choose lists and meet rows together
    reach: float = 0.3  # how much of a list's reach a member is granted towards a query
    first_rows: int = 16  # rows of the first stage for each result wanted
    growth: float = 1.0  # rows of a later stage, as a share of all that were scanned before
    unfound: float = 0.015  # share of the results that a search may leave, by its guess
    least_products: int = 16_000_000  # of a row with a query, that may always be spent
    products_a_row: float = 0.8  # more of them for each row of the index
    rescored: float = 1.2  # results rescored exactly for each result wanted


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a search asks for."""

    queries: NDArray[np.float32]  # (q, dim)
    k: int
    newer_than: int
    exclude: NDArray[np.int64]  # sorted


@dataclass(frozen=True, slots=True)
class _Found:
    """Rows that may be among the best, each once, and the best product seen of each."""

    segment: NDArray[np.int64]
    row: NDArray[np.int64]
    product: NDArray[np.int32]

    def take(self, at: NDArray[np.int64]) -> _Found:
        return _Found(self.segment[at], self.row[at], self.product[at])


@dataclass(frozen=True, slots=True)
class _Plan:
    """Which lists of which segments may hold what a group of queries wants."""

    listed: ListedRows
    hope: NDArray[np.float32]  # (groups, lists)


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
    search_ = _Search(list(segments), space, wanted, effort, rotated)
    found = search_.found(quantisers)
    return _rescored(found, search_.segments, space, wanted, rotated)


class _Search:
    """One search over one view of the segments."""

    def __init__(
        self,
        segments: list[Segment],
        space: CodeSpace,
        wanted: Wanted,
        effort: ScanEffort,
        rotated: NDArray[np.float32],
    ) -> None:
        self.segments = segments
        self._space = space
        self._wanted = wanted
        self._effort = effort
        self._groups = QueryGroups.of(rotated, space, effort.group_size)
        self._seen: list[tuple[int, Sorting | None]] = [
            (segment.n, segment.sorting if isinstance(segment, FlatSegment) else None)
            for segment in segments
        ]
        self._hits: list[_Found] = []  # since the last pruning: not yet looked up
        self._kept = _none_found()
        self._bound = _NO_BOUND  # the k-th best product so far: no worse row is kept
        self._n_best = int(wanted.k * effort.rescored) + 64

    def found(self, quantisers: Mapping[int, Quantiser]) -> _Found:
        """Candidates, as many as are worth rescoring."""
        by_quantiser: dict[int, list[int]] = {}
        for at, segment in enumerate(self.segments):
            if isinstance(segment, SealedSegment) and segment.mark.greatest <= (
                self._wanted.newer_than
            ):
                continue
            sorting = self._seen[at][1]
            number = sorting.quantiser if sorting else segment.quantiser
            if number is None or number not in quantisers:
                self._scan_all(at)
            else:
                by_quantiser.setdefault(number, []).append(at)
        for number, ats in by_quantiser.items():
            self._scan_listed(quantisers[number], ats)
        return self._kept

    # ------------------------------------------------------------------------- choosing lists

    def _scan_listed(self, quantiser: Quantiser, ats: list[int]) -> None:
        """Scans lists that may hold a row above the bound, the most hopeful first, in stages.

        Each stage is as long as all before it together. What a stage finds shrinks about as
        geometrically, so the last two tell how much is left unfound; that, an allowance, or a
        bound above all hope ends the search.
        """
        effort = self._effort
        listed = ListedRows(self.segments, ats, self._seen, quantiser.n_lists)
        hopes = Hopes(quantiser, self._space, self._groups, effort.reach)
        allowance = effort.least_products + effort.products_a_row * float(listed.size.sum())
        plan = _Plan(listed, hopes.lists)
        hopes.open_nearest()
        scanned, found = 0, list[float]()
        while scanned * self._groups.size < allowance:
            stage = scanned * effort.growth or max(effort.first_rows * self._wanted.k, _LEAST_ROWS)
            pairs, n_rows = self._most_hopeful(plan, int(stage))
            if len(pairs):
                self._scan_pairs(plan, pairs)
                scanned += n_rows
                found.append(self._prune() / self._wanted.k)
                if self._is_settled(found):
                    return
            if not hopes.open_above(self._bound) and not len(pairs):
                return

    def _is_settled(self, found: Sequence[float]) -> bool:
        """Whether little is left unfound, given the share of the results that each stage found."""
        if self._bound == _NO_BOUND or len(found) < 3:
            return False
        *_, before, new = found
        decay = min(new / before, _MOST_DECAY) if before else 0.0
        return new * decay / (1 - decay) <= self._effort.unfound

    def _most_hopeful(self, plan: _Plan, n_rows: int) -> tuple[NDArray[np.int64], int]:
        """(group, list) pairs of about so many rows, by group, and how many rows they have."""
        hope, size = plan.hope.ravel(), plan.listed.size
        pairs = np.flatnonzero(hope > self._bound)
        if len(pairs) == 0:
            return pairs, 0
        most = 64 + 2 * n_rows * len(size) // max(1, int(size.sum()))
        if len(pairs) > most:
            pairs = pairs[np.argpartition(-hope[pairs], most)[:most]]
        pairs = pairs[np.argsort(-hope[pairs])]
        rows = np.cumsum(size[pairs % len(size)])
        n_pairs = min(int(np.searchsorted(rows, n_rows)) + 1, len(pairs))
        hope[pairs[:n_pairs]] = NEVER  # each is scanned once
        return np.sort(pairs[:n_pairs]), int(rows[n_pairs - 1])

    # ------------------------------------------------------------------------------- scanning

    def _scan_pairs(self, plan: _Plan, pairs: NDArray[np.int64]) -> None:
        """Scans pairs in order: a group's rows from all segments at once."""
        n_lists = len(plan.listed.size)
        runs = plan.listed.runs(pairs // n_lists, pairs % n_lists)
        found: list[NDArray[np.int64]] = []
        product: list[NDArray[np.int32]] = []
        done = 0
        for group, code in plan.listed.blocks(runs):
            row, best = self._above(self._groups.packed[group].products(code))
            found.append(row + done)
            product.append(best)
            done += len(code)
        if found:
            segment, place = runs.places(np.concatenate(found))
            row = plan.listed.rows(segment, place)
            self._hits.append(_Found(segment, row, np.concatenate(product)))

    def _scan_all(self, at: int) -> None:
        """Scans a whole segment with every group."""
        segment, n = self.segments[at], self._seen[at][0]
        for first in range(0, n, _BLOCK_ROWS):
            code = segment.code[first : min(n, first + _BLOCK_ROWS)]
            for packed in self._groups.packed:
                row, product = self._above(packed.products(code))
                self._hits.append(_Found(np.full(len(row), at), row + first, product))
            self._prune()

    def _above(self, products: NDArray[np.int32]) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """Rows of products (rows, queries) above the bound, and the products."""
        if self._bound == _NO_BOUND:
            # Along short rows a maximum takes six times as long as along their transpose.
            return np.arange(len(products)), np.ascontiguousarray(products.T).max(axis=0)
        flat = products.ravel()
        hit = np.flatnonzero(flat > self._bound)
        return hit // products.shape[1], flat[hit]

    def _prune(self) -> int:
        """Takes in the hits, keeps the best rows, raises the bound; how many of the k are new."""
        if not self._hits:
            return 0
        hits = _joined(self._hits)
        self._hits = []
        most = _HITS * self._n_best
        if len(hits.row) > 2 * most:
            # The greatest products first: nearly always they hold enough rows of different posts.
            above = np.argpartition(-hits.product, most)
            n_new = self._take_in(hits.take(above[:most]))
            if self._bound != _NO_BOUND:
                return n_new
            hits = hits.take(above[most:])
        return self._take_in(hits)

    def _take_in(self, hits: _Found) -> int:
        n_old = len(self._kept.row)
        together = _joined([self._kept, hits])
        key = together.segment << 40 | together.row
        order = np.argsort(key, kind="stable")  # stable: where a row stands twice, its old place
        first = np.flatnonzero(np.diff(key[order], prepend=-1))
        best = np.maximum.reduceat(together.product[order], first) if len(first) else hits.product
        kept = replace(together.take(order[first]), product=best)
        is_new = order[first] >= n_old
        allowed = np.flatnonzero(~is_new | self._allowed(kept))
        kept, is_new = kept.take(allowed), is_new[allowed]
        k = self._wanted.k
        if len(is_new) > self._n_best:
            top = np.argpartition(-kept.product, self._n_best - 1)[: self._n_best]
            kept, is_new = kept.take(top), is_new[top]
        if len(is_new) >= k:
            kth = len(is_new) - k
            self._bound = int(np.partition(kept.product, kth)[kth])
            is_new = is_new[kept.product >= self._bound]
        self._kept = kept
        return int(is_new.sum())

    def _allowed(self, found: _Found) -> NDArray[np.bool_]:
        """Whether the search is allowed to find each row."""
        allowed = np.ones(len(found.row), dtype=np.bool_)
        for at in np.unique(found.segment).tolist():
            here = np.flatnonzero(found.segment == at)
            segment, rows = self.segments[at], found.row[here]
            post = segment.post[rows]
            allowed[here] = ~segment.dead[rows] & (post > self._wanted.newer_than)
            allowed[here] &= ~among(post, self._wanted.exclude)
        return allowed


def _joined(parts: Sequence[_Found]) -> _Found:
    return _Found(
        np.concatenate([part.segment for part in parts]),
        np.concatenate([part.row for part in parts]),
        np.concatenate([part.product for part in parts]),
    )


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
    return _Found(empty, empty, np.zeros(0, dtype=np.int32))


def _nothing() -> Matches:
    return Matches(
        np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32), np.zeros(0, dtype=np.int32)
    )
