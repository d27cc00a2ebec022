"""The rows of some segments by list, as one search sees them: read in runs, never one by one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.index.quantiser import MOST_LISTS
from stoa.index.segment import FlatSegment, SealedSegment, Segment, Sorting

_BLOCK_ROWS = 4096  # multiplied at once: codes and products stay in the second-level cache

_MOST_ROWS = 4 * _BLOCK_ROWS

_LIST = np.int16  # holds the number of any list; NumPy sorts it by digits, many times faster
assert np.iinfo(_LIST).max >= MOST_LISTS


@dataclass(frozen=True, slots=True)
class Runs:
    """Runs of rows of segments, one group of queries after the other."""

    group: NDArray[np.int64]
    segment: NDArray[np.int64]
    first: NDArray[np.int64]  # a run's first row, in its segment or in that segment's order by list
    last: NDArray[np.int64]  # past its end
    end: NDArray[np.int64]  # where each run ends among the rows of all

    def places(self, at: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Segment and place of rows, given by their number among the rows of all runs."""
        run = np.searchsorted(self.end, at, side="right")
        return self.segment[run], self.last[run] - (self.end[run] - at)


@dataclass(frozen=True, slots=True)
class _Part:
    """One segment's codes by list; `order` are the rows that a flat one's were taken from."""

    code: NDArray[np.int8]
    start: NDArray[np.int64]  # (lists + 1,)
    order: NDArray[np.int64] | None


class ListedRows:
    """Rows of segments that one quantiser sorts.

    Args:
        segments: all of a search's, by number.
        ats: numbers of those that this quantiser sorts.
        seen: rows and sorting of each as the search began: a flat segment may grow meanwhile.
        n_lists: of the quantiser.
    """

    def __init__(
        self,
        segments: Sequence[Segment],
        ats: Sequence[int],
        seen: Sequence[tuple[int, Sorting | None]],
        n_lists: int,
    ) -> None:
        self._parts: dict[int, _Part] = {}
        self.size = np.zeros(n_lists, dtype=np.int64)
        """(lists,) rows of each list."""
        for at in ats:
            segment, (n, sorting) = segments[at], seen[at]
            if isinstance(segment, SealedSegment):
                part = _Part(segment.code, segment.start, None)
            else:
                assert isinstance(segment, FlatSegment)
                assert sorting is not None
                near = sorting.near[:n]
                size = np.bincount(near, minlength=n_lists)
                order = np.argsort(near.astype(_LIST), kind="stable")
                start = np.concatenate(([0], np.cumsum(size)))
                # All of it at once: a flat segment is short, and each run has some rows of it.
                part = _Part(segment.code.take(order, axis=0), start, order)
            self._parts[at] = part
            self.size += np.diff(part.start)

    def runs(self, group: NDArray[np.int64], lists: NDArray[np.int64]) -> Runs:
        """All rows of some lists, each wanted by a group; groups must rise."""
        parts = self._parts.values()
        first = np.stack([part.start[lists] for part in parts], axis=1).ravel()
        last = np.stack([part.start[lists + 1] for part in parts], axis=1).ravel()
        held = np.flatnonzero(last > first)
        segment = np.array(list(self._parts))[held % len(parts)]
        first, last = first[held], last[held]
        return Runs(group[held // len(parts)], segment, first, last, np.cumsum(last - first))

    def blocks(self, runs: Runs) -> Iterator[tuple[int, NDArray[np.int8]]]:
        """Codes of all rows in order: of one group at a time, as many as one product takes."""
        if len(runs.end) == 0:
            return
        is_first = np.ones(len(runs.end), dtype=np.bool_)
        is_first[1:] = runs.group[1:] != runs.group[:-1]
        begin = runs.end - (runs.last - runs.first)
        of_group = begin[is_first][np.cumsum(is_first) - 1]
        part = (begin - of_group) // _BLOCK_ROWS
        is_first[1:] |= part[1:] != part[:-1]
        cut = np.flatnonzero(is_first).tolist()
        group = runs.group[cut].tolist()
        codes = {at: part.code for at, part in self._parts.items()}
        where = list(
            zip(runs.segment.tolist(), runs.first.tolist(), runs.last.tolist(), strict=True)
        )
        for number, a, b in zip(group, cut, [*cut[1:], len(where)], strict=True):
            code = [codes[segment][first:last] for segment, first, last in where[a:b]]
            whole = code[0] if len(code) == 1 else np.concatenate(code)
            for start in range(0, len(whole), _MOST_ROWS):  # a list of twins may be long
                yield number, whole[start : start + _MOST_ROWS]

    def rows(self, segment: NDArray[np.int64], place: NDArray[np.int64]) -> NDArray[np.int64]:
        """Rows of places, as `Runs` tells them."""
        row = place.copy()
        for at, part in self._parts.items():
            if part.order is not None:
                here = segment == at
                row[here] = part.order[place[here]]
        return row
