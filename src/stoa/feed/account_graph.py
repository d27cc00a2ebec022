"""Who follows or blocks whom, compactly: sorted runs that merge as they grow."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class _Run:
    """Edges sorted by (actor, subject), each pair once; `holds` is False for a taken-back edge."""

    actor: NDArray[np.uint32]
    subject: NDArray[np.uint32]
    holds: NDArray[np.bool_]

    def of(self, actor: int) -> tuple[NDArray[np.uint32], NDArray[np.bool_]]:
        """Subjects of one actor and whether each edge holds."""
        # A key of the column's own type: any other would convert the whole column.
        key = np.uint32(actor)
        start = int(np.searchsorted(self.actor, key, side="left"))
        end = int(np.searchsorted(self.actor, key, side="right"))
        return self.subject[start:end], self.holds[start:end]


class AccountGraph:
    """Directed edges between accounts, 9 bytes each, changed live and read by actor.

    New edges wait in a small dictionary, become a sorted run, and runs of like size merge, so
    that a change costs amortised O(log n) and a look-up a few binary searches.
    One thread writes, many read.

    >>> graph = AccountGraph()
    >>> graph.put(1, 5); graph.put(1, 3); graph.take_back(1, 5)
    >>> graph.of(1).tolist()
    [3]
    """

    def __init__(self, *, pending: int = 50_000) -> None:
        self._limit = pending
        self._pending: dict[int, list[tuple[int, bool]]] = {}
        self._n_pending = 0
        self._runs: tuple[_Run, ...] = ()

    def load(self, actor: NDArray[np.int64], subject: NDArray[np.int64]) -> None:
        """Adds many edges at once."""
        if len(actor):
            self._push(_sorted_run(actor, subject, np.ones(len(actor), dtype=bool)))

    def put(self, actor: int, subject: int) -> None:
        """Adds an edge; an edge already here stays."""
        self._note(actor, subject, True)

    def take_back(self, actor: int, subject: int) -> None:
        """Removes an edge; an unknown one is ignored."""
        self._note(actor, subject, False)

    def clear(self, actor: int) -> None:
        """Removes every edge of an actor."""
        for subject in self.of(actor).tolist():
            self._note(actor, subject, False)

    def of(self, actor: int) -> NDArray[np.int64]:
        """Subjects of an actor's edges, ascending."""
        pending = list(self._pending.get(actor, ()))
        found: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        for run in self._runs:
            subject, holds = run.of(actor)
            if len(subject) == 0:
                continue
            if not holds.all():
                found = np.setdiff1d(found, subject[~holds].astype(np.int64))
            found = np.union1d(found, subject[holds].astype(np.int64))
        if not pending:
            return found
        members = set(found.tolist())
        for subject, holds in pending:
            (members.add if holds else members.discard)(subject)
        return np.array(sorted(members), dtype=np.int64)

    def __len__(self) -> int:
        """Edges and taken-back edges held; an upper bound on the edges that hold."""
        return self._n_pending + sum(len(run.actor) for run in self._runs)

    def _note(self, actor: int, subject: int, holds: bool) -> None:
        self._pending.setdefault(actor, []).append((subject, holds))
        self._n_pending += 1
        if self._n_pending >= self._limit:
            self._settle()

    def _settle(self) -> None:
        rows = [(a, s, h) for a, changes in self._pending.items() for s, h in changes]
        columns = np.array(rows, dtype=np.int64)
        self._push(_sorted_run(columns[:, 0], columns[:, 1], columns[:, 2].astype(bool)))
        # A reader between these two lines applies the same changes twice: no harm.
        self._pending = {}
        self._n_pending = 0

    def _push(self, run: _Run) -> None:
        runs = [*self._runs, run]
        while len(runs) > 1 and len(runs[-2].actor) < 2 * len(runs[-1].actor):
            newer, older = runs.pop(), runs.pop()
            merged = _sorted_run(
                np.concatenate([older.actor, newer.actor]),
                np.concatenate([older.subject, newer.subject]),
                np.concatenate([older.holds, newer.holds]),
            )
            if not runs:  # nothing below that a taken-back edge could still hide
                kept = merged.holds
                merged = _Run(merged.actor[kept], merged.subject[kept], kept[kept])
            runs.append(merged)
        self._runs = tuple(runs)


def _sorted_run(
    actor: NDArray[np.integer], subject: NDArray[np.integer], holds: NDArray[np.bool_]
) -> _Run:
    """Sorts edges; of equal pairs the last one given holds."""
    key = (actor.astype(np.uint64) << np.uint64(32)) | subject.astype(np.uint64)
    order = np.argsort(key, kind="stable")
    key = key[order]
    last = np.append(key[1:] != key[:-1], True)
    order = order[last]
    return _Run(
        actor[order].astype(np.uint32), subject[order].astype(np.uint32), holds[order].copy()
    )
