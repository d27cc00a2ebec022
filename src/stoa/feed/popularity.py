"""Popular now: one list for everybody, renewed every few seconds."""

from __future__ import annotations

import threading

import numpy as np
from numpy.typing import NDArray

from stoa.feed.board import Board
from stoa.feed.labels import Mark
from stoa.feed.post_table import PostTable
from stoa.ranking.popularity import popularity
from stoa.records import SECOND_US, as_ids

_SLICE = 1 << 18


class PopularNow:
    """Keeps the most popular posts; not every page scans millions of posts.

    The list is renewed when the board has changed and time has passed, or when the board has
    taken `batches` since (a file's clock may stand still while the board still fills).
    """

    def __init__(
        self, board: Board, *, keep: int = 3000, every_s: float = 10.0, batches: int = 200
    ) -> None:
        self._board = board
        self._keep = keep
        self._every_us = int(every_s * SECOND_US)
        self._batches = batches
        self._lock = threading.Lock()
        self._made: tuple[int, int] | None = None  # (now_us, board version)
        self._posts: NDArray[np.int64] = as_ids([])

    def top(self, now_us: int, oldest_us: int) -> NDArray[np.int64]:
        """Live posts somebody engaged with, most popular first."""
        with self._lock:
            if self._is_stale(now_us):
                self._posts = self._count(now_us, oldest_us)
                self._made = (now_us, self._board.version)
            return self._posts

    def _is_stale(self, now_us: int) -> bool:
        if self._made is None:
            return True
        made_us, version = self._made
        behind = self._board.version - version
        few = len(self._posts) < 50 and behind > 0  # a young square: look every time
        return few or behind >= self._batches or (behind > 0 and now_us - made_us > self._every_us)

    def _count(self, now_us: int, oldest_us: int) -> NDArray[np.int64]:
        table = self._board.posts
        rows = np.concatenate(
            [
                _most_touched(table, start, min(start + _SLICE, table.n_rows), self._keep)
                for start in range(0, table.n_rows, _SLICE)
            ]
        )
        alive = (table.marks[rows] & (Mark.ALIVE | Mark.HIDDEN)) == Mark.ALIVE
        rows = rows[alive & (table.at_us[rows] >= oldest_us)]
        score = popularity(table.likes[rows], table.replies[rows], table.at_us[rows], now_us)
        order = np.argsort(-score, kind="stable")[: self._keep]
        return rows[order] + table.base


def _most_touched(table: PostTable, start: int, end: int, keep: int) -> NDArray[np.int64]:
    """Rows of a slice with most engagements: some `keep` or more of them, never an untouched one.

    Posts of a slice are of like age, so age cannot turn their order around by much. The
    threshold comes from a sample, which spares the sorting of every count.
    """
    counts = table.likes[start:end] + table.replies[start:end]
    sample = np.sort(counts[:: max(1, len(counts) // 4096)])
    spare = int(len(sample) * 2 * keep / max(len(counts), 1)) + 1
    threshold = max(int(sample[-spare]) if spare < len(sample) else 0, 1)
    return np.flatnonzero(counts >= threshold) + start
