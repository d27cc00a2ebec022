"""Gives found posts their columns from the board, in a handful of gathers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.feed.board import Board
from stoa.feed.labels import LABELS, Mark
from stoa.feed.query import FeedQuery
from stoa.pipeline import Candidates, Merged

_OF_AUTHOR = int(LABELS | Mark.ACCOUNT_HIDDEN | Mark.ACCOUNT_KNOWN)


@dataclass(frozen=True, slots=True)
class BoardHydrator:
    """Reads candidates' columns from the board; an author's marks count for every post."""

    board: Board

    def hydrate(self, query: FeedQuery, merged: Merged) -> Candidates:
        """Candidates in the order of `merged.post`."""
        table = self.board.posts
        rows = table.rows(merged.post)
        author = table.author[rows].astype(np.int64)
        root, parent = table.root[rows], table.parent[rows]
        quote = table.quote[rows]
        author_marks = self.board.account_marks(author).astype(np.uint32) & np.uint32(_OF_AUTHOR)

        def author_of(posts: NDArray[np.int64]) -> NDArray[np.int64]:
            return table.author[table.rows(posts)].astype(np.int64)

        return Candidates(
            post=merged.post,
            sources=merged.sources,
            place=merged.place,
            co_engagement=merged.co_engagement,
            alike=merged.alike,
            reposter=merged.reposter,
            repost_row=merged.repost_row,
            author=author,
            at_us=table.at_us[rows],
            root=np.where(root > 0, root, np.where(parent > 0, parent, merged.post)),
            parent=parent,
            quote=quote,
            parent_author=author_of(parent),
            root_author=author_of(root),
            quote_author=author_of(quote),
            media=table.media[rows],
            language=table.language[rows],
            marks=table.marks[rows].astype(np.uint32) | author_marks,
            length=table.length[rows].astype(np.int32),
            likes=table.likes[rows].astype(np.int64),
            replies=table.replies[rows].astype(np.int64),
        )

    def again(self, query: FeedQuery, candidates: Candidates) -> Candidates:
        """The same candidates as the board knows them now."""
        return self.hydrate(
            query,
            Merged(
                post=candidates.post,
                sources=candidates.sources,
                place=candidates.place,
                co_engagement=candidates.co_engagement,
                alike=candidates.alike,
                reposter=candidates.reposter,
                repost_row=candidates.repost_row,
                n_found=len(candidates),
                n_reposts=0,
            ),
        )
