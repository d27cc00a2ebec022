"""Which posts answer which: a sample of answers for each post, and the post that each answers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from stoa.records import NO_ID, Post, PostColumns, as_ids
from stoa.space.engagements import Engagements

REPLIES_SAMPLED = 8


class Answers:
    """Replies and quotes by post id. One thread writes, any number read."""

    def __init__(self) -> None:
        self._replies = Engagements(sample=REPLIES_SAMPLED, recent=1)
        self._parent = np.zeros(1 << 16, dtype=np.int64)

    def note(self, post: Post) -> list[int]:
        """Remembers whom a post answers; returns the posts it responds to."""
        answered: list[int] = [p for p in (post.parent, post.quote) if p]
        if answered:
            ids = as_ids(answered)
            self._replies.add(np.full(len(ids), post.id, dtype=np.int64), ids)
        if post.parent:
            self._set_parents(as_ids([post.id]), as_ids([post.parent]))
        return answered

    def load(self, columns: PostColumns) -> NDArray[np.int64]:
        """Takes in many posts at start; returns the posts they respond to, each mention."""
        mentioned: list[NDArray[np.int64]] = []
        for target in (columns.parent, columns.quote):
            answering = target != NO_ID
            if answering.any():
                self._replies.add(columns.id[answering], target[answering])
                mentioned.append(target[answering])
        answering = columns.parent != NO_ID
        self._set_parents(columns.id[answering], columns.parent[answering])
        return np.concatenate([as_ids([]), *mentioned])

    def sampled(self, posts: NDArray[np.int64]) -> NDArray[np.int64]:
        """Answers to posts, uniform sample, shape (n, 8); NO_ID pads."""
        return self._replies.engagers_of(posts)

    def parents(self, posts: NDArray[np.int64]) -> NDArray[np.int64]:
        """The post that each answers, (n,); NO_ID where none."""
        known = posts < len(self._parent)
        parents = np.zeros(len(posts), dtype=np.int64)
        parents[known] = self._parent[posts[known]]
        return parents

    def _set_parents(self, posts: NDArray[np.int64], parents: NDArray[np.int64]) -> None:
        if posts.size == 0:
            return
        greatest = int(posts.max())
        if greatest >= len(self._parent):
            larger = np.zeros(max(greatest + 1, 2 * len(self._parent)), dtype=np.int64)
            larger[: len(self._parent)] = self._parent
            self._parent = larger
        self._parent[posts] = parents
