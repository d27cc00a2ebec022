"""What the accounts you follow wrote and reposted, newest first; replies like anything else."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stoa.feed.board import Board
from stoa.feed.query import FeedQuery
from stoa.pipeline import Found


@dataclass(frozen=True, slots=True)
class Followed:
    """Newest posts and reposts of followed accounts."""

    board: Board
    limit: int
    depth: int = 32
    name: str = "followed"

    def find(self, query: FeedQuery) -> Found:
        """Posts by the time they were written or reposted, newest first."""
        if len(query.follows) == 0:
            return Found.nothing()
        own = self.board.author_chain(query.follows, self.depth)
        table, reposts = self.board.posts, self.board.reposts
        rows = reposts.newest_of(query.follows, self.depth)
        post = np.concatenate([own, reposts.posts_at(rows)])
        at_us = np.concatenate([table.at_us[table.rows(own)], reposts.times_at(rows)])
        reposter = np.concatenate([np.zeros_like(own), reposts.actors_at(rows)])
        row = np.concatenate([np.zeros_like(own), rows])
        newest = np.argsort(-at_us, kind="stable")
        newest = newest[at_us[newest] >= query.oldest_us][: self.limit]
        return Found(post=post[newest], reposter=reposter[newest], repost_row=row[newest])
