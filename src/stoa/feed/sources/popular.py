"""What is popular here right now: for the logged-out and for readers of whom nothing is known."""

from __future__ import annotations

from dataclasses import dataclass

from stoa.feed.popularity import PopularNow
from stoa.feed.query import FeedQuery
from stoa.pipeline import Found


@dataclass(frozen=True, slots=True)
class Popular:
    """Posts by likes, reposts and replies for their age; nothing for a reader with vectors."""

    popular: PopularNow
    limit: int
    enough_vectors: int = 8  # from so many acts on, a reader's own vectors say more
    name: str = "popular"

    def find(self, query: FeedQuery) -> Found:
        """Posts, most popular first; none where nothing has been liked."""
        if len(query.vectors) >= self.enough_vectors:
            return Found.nothing()
        return Found(post=self.popular.top(query.now_us, query.oldest_us)[: self.limit])
