"""Posts nobody has engaged with yet, drawn by chance: no post needs a first like to be found."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stoa.feed.board import Board
from stoa.feed.labels import Mark
from stoa.feed.query import FeedQuery
from stoa.pipeline import Found
from stoa.space.columns import among


@dataclass(frozen=True, slots=True)
class Fresh:
    """A uniform draw among the newest posts without any like, repost or reply."""

    board: Board
    limit: int
    window: int
    name: str = "fresh"

    def find(self, query: FeedQuery) -> Found:
        """Posts in random order, the same for the same seed."""
        table = self.board.posts
        start = max(1, table.n_rows - self.window, query.after + 1 - table.base)
        end = table.n_rows
        untouched = (table.likes[start:end] == 0) & (table.replies[start:end] == 0)
        untouched &= (table.marks[start:end] & (Mark.ALIVE | Mark.HIDDEN)) == Mark.ALIVE
        if query.languages is not None:
            untouched &= query.languages[
                np.minimum(table.language[start:end], len(query.languages) - 1)
            ]
        posts = np.flatnonzero(untouched) + start + table.base
        posts = posts[~among(posts, query.excluded)]
        chance = np.random.default_rng(query.seed)
        return Found(post=chance.permutation(posts)[: self.limit])
