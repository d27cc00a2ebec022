"""What the accounts that like what you like have liked since: the strongest cheap signal."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.feed.board import Board
from stoa.feed.query import FeedQuery
from stoa.pipeline import Found
from stoa.records import NO_ID
from stoa.space.columns import among


@dataclass(frozen=True, slots=True)
class CoEngaged:
    """Two steps through the engagement samples: your glad posts, their engagers, their posts.

    A post weighs the sum over accounts of what each shares with the viewer, divided by the
    square root of its own popularity, as in cosine item neighbours: what everybody likes says
    little about you.
    """

    board: Board
    limit: int
    seeds: int
    accounts: int
    name: str = "co_engagement"

    def find(self, query: FeedQuery) -> Found:
        """Posts by weight, greatest first."""
        account, weight = self._alike(query)
        if len(account) == 0:
            return Found.nothing()
        posts = self.board.engagements.recent_posts_of(account)
        flat, sharing = posts.ravel(), np.repeat(weight, posts.shape[1])
        usable = flat > query.after
        post, inverse = np.unique(flat[usable], return_inverse=True)
        total = np.bincount(inverse, weights=sharing[usable], minlength=len(post))
        alike = np.bincount(inverse, minlength=len(post))
        new = ~among(post, query.excluded)
        post, total, alike = post[new], total[new], alike[new]
        table = self.board.posts
        total = total / np.sqrt(table.likes[table.rows(post)] + 2.0)
        best = np.argsort(-total, kind="stable")[: self.limit]
        return Found(
            post=post[best],
            co_engagement=total[best].astype(np.float32),
            alike=alike[best].astype(np.int32),
        )

    def _alike(self, query: FeedQuery) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Accounts that engaged with the viewer's glad posts, and how much they share."""
        engagers = self.board.engagements.engagers_of(query.glad[: self.seeds])
        known = engagers != NO_ID
        share = 1.0 / np.sqrt(np.maximum(known.sum(axis=1), 1))
        account, inverse = np.unique(engagers[known], return_inverse=True)
        shares = np.broadcast_to(share[:, None], engagers.shape)[known]
        weight = np.bincount(inverse, weights=shares, minlength=len(account)).astype(np.float64)
        others = (account != query.viewer) & ~among(account, query.blocked)
        account, weight = account[others], weight[others]
        best = np.argsort(-weight, kind="stable")[: self.accounts]
        return account[best], weight[best]
