"""The index without disk or approximation: the twin that tests and small squares use."""

from __future__ import annotations

import threading

import numpy as np
from numpy.typing import NDArray

from stoa.index.shapes import as_posts, as_vectors
from stoa.records import Matches
from stoa.space.columns import grown
from stoa.space.maxsim import max_over_queries, top_k


class MemoryIndex:
    """A `VectorIndex` that compares every query with every post.

    >>> index = MemoryIndex(dim=2)
    >>> index.put(np.array([7, 8]), np.eye(2, dtype=np.float32))
    >>> index.match(np.array([[0.0, 1.0]], dtype=np.float32), 1).post.tolist()
    [8]
    """

    def __init__(self, dim: int = 128) -> None:
        self.dim = dim
        self._lock = threading.Lock()
        self._row: dict[int, int] = {}
        self._post = np.zeros(256, dtype=np.int64)
        self._vector = np.zeros((256, dim), dtype=np.float32)
        self._newest = 0

    def put(self, posts: NDArray[np.int64], vectors: NDArray[np.float32]) -> None:
        """Adds unit vectors, or replaces those of posts already here; the last of twins holds."""
        posts, vectors = as_posts(posts), as_vectors(vectors, self.dim)
        with self._lock:
            rows = [self._row.setdefault(post, len(self._row)) for post in posts.tolist()]
            self._post = grown(self._post, len(self._row))
            self._vector = grown(self._vector, len(self._row))
            self._post[rows] = posts
            self._vector[rows] = vectors
            self._newest = max([self._newest, *posts.tolist()])

    def remove(self, posts: NDArray[np.int64]) -> None:
        """Makes posts unfindable at once; ids that are not here are ignored."""
        with self._lock:
            for post in as_posts(posts).tolist():
                self._forget(post)

    def match(
        self,
        queries: NDArray[np.float32],
        k: int,
        *,
        newer_than: int = 0,
        exclude: NDArray[np.int64] | None = None,
    ) -> Matches:
        """The k posts with the greatest max over queries of <query, post>, exactly."""
        queries = as_vectors(queries, self.dim)
        with self._lock:
            n = len(self._row)
            post, vector = self._post[:n].copy(), self._vector[:n].copy()
        kept = post > newer_than
        if exclude is not None and len(exclude):
            kept &= ~np.isin(post, exclude)
        post = post[kept]
        score, query = max_over_queries(vector[kept], queries)
        best = top_k(score, post, k)
        return Matches(post[best], score[best], query[best])

    def vectors(self, posts: NDArray[np.int64]) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
        """Vectors of posts, shape (n, dim), and which were found; rows not found are zero."""
        with self._lock:
            rows = np.array([self._row.get(post, -1) for post in posts.tolist()], dtype=np.int64)
            found = rows >= 0
            vectors = np.zeros((len(rows), self.dim), dtype=np.float32)
            vectors[found] = self._vector[rows[found]]
        return vectors, found

    def holds(self, posts: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which of these posts are here."""
        return np.array([post in self._row for post in np.asarray(posts).tolist()], dtype=np.bool_)

    def held(self) -> NDArray[np.int64]:
        """All posts that are here, in order of id."""
        with self._lock:
            return np.array(sorted(self._row), dtype=np.int64)

    def drop_older(self, than: int) -> int:
        """Forgets posts with id < `than`; returns how many."""
        with self._lock:
            old = [post for post in self._row if post < than]
            for post in old:
                self._forget(post)
        return len(old)

    def flush(self) -> None:
        """Does nothing: there is no disk."""

    def newest(self) -> int:
        """Greatest post id ever put: nothing here needs a rebuild but an empty index."""
        return self._newest

    def __len__(self) -> int:
        return len(self._row)

    def _forget(self, post: int) -> None:
        """Moves the last row into the place of a post that goes."""
        row = self._row.pop(post, None)
        if row is None:
            return
        last = len(self._row)
        if row != last:
            self._post[row] = self._post[last]
            self._vector[row] = self._vector[last]
            self._row[int(self._post[row])] = row
        self._vector[last] = 0
