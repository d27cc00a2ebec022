"""The newest posts of all: they fill a reading where nothing better is known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stoa.feed.board import Board
from stoa.feed.labels import Mark
from stoa.feed.query import FeedQuery
from stoa.pipeline import Found
from stoa.space.columns import among


@dataclass(frozen=True, slots=True)
class Recent:
    """The newest live posts, taken only where other sources leave room."""

    board: Board
    limit: int
    name: str = "recent"

    def find(self, query: FeedQuery) -> Found:
        """Posts, newest first."""
        table = self.board.posts
        found: list[np.ndarray] = []
        lowest = max(1, query.after + 1 - table.base)
        end, missing = table.n_rows, self.limit
        while missing > 0 and end > lowest:
            start = max(lowest, end - 4 * self.limit)
            rows = np.arange(end - 1, start - 1, -1, dtype=np.int64)
            posts = rows[table.marks[rows] & Mark.ALIVE > 0] + table.base
            found.append(posts[~among(posts, query.excluded)][:missing])
            missing -= len(found[-1])
            end = start
        return Found(post=np.concatenate(found), is_fill=True) if found else Found.nothing()
