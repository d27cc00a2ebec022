"""Posts near any of your vectors: all of them are matched, none is averaged away."""

from __future__ import annotations

from dataclasses import dataclass

from stoa.feed.query import FeedQuery
from stoa.pipeline import Found


@dataclass(frozen=True, slots=True)
class VectorMatches:
    """The posts with the greatest maximum over the viewer's weighted vectors."""

    limit: int
    name: str = "vectors"

    def find(self, query: FeedQuery) -> Found:
        """Posts by similarity, nearest first."""
        if len(query.vectors) == 0:
            return Found.nothing()
        matches = query.space.index.match(
            query.vectors.queries,
            self.limit,
            newer_than=query.after,
            exclude=query.excluded,
        )
        return Found(post=matches.post)
