"""Another generation of vectors under way: made beside the one that serves, and in step."""

from __future__ import annotations

import threading

import numpy as np
from numpy.typing import NDArray

from stoa.ingest.first_vectors import FirstVectors
from stoa.ingest.learned_vectors import LearnedVectors
from stoa.ports import VectorRows
from stoa.records import as_ids
from stoa.space.generation import Generation


class Reencoding:
    """Encodes posts again while the square goes on.

    A post that changes while it is encoded is left for later, and one that is removed meanwhile
    stays out: `changed` and `gone` are told under the lock that `encode` puts vectors under.
    """

    def __init__(
        self,
        generation: Generation,
        maker: FirstVectors | LearnedVectors,
        rows: VectorRows,
        lock: threading.RLock,
    ) -> None:
        self.generation = generation
        self.maker = maker
        self._rows = rows
        self._lock = lock
        self._waiting: set[int] = set()  # changed since they were encoded last
        self._unsettled: set[int] = set()  # changed or removed since the block under way began

    def changed(self, posts: NDArray[np.int64]) -> None:
        """Posts have other vectors now; the caller holds the lock."""
        self._waiting.update(posts.tolist())
        self._unsettled.update(posts.tolist())

    def gone(self, posts: NDArray[np.int64]) -> None:
        """Posts were removed; the caller holds the lock."""
        self._waiting.difference_update(posts.tolist())
        self._unsettled.update(posts.tolist())
        self.generation.index.remove(posts)

    def encode(self, posts: NDArray[np.int64]) -> None:
        """Makes and puts the vectors of some posts; those without content stay out."""
        with self._lock:
            self._unsettled.clear()
        content = self._rows.get(posts)
        known = content.any(axis=1)
        posts = posts[known]
        if not len(posts):
            return
        vectors = self.maker.made(posts, content[known])
        with self._lock:
            settled = ~np.isin(posts, as_ids(sorted(self._unsettled)))
            self.generation.index.put(posts[settled], vectors[settled])

    def take_waiting(self) -> NDArray[np.int64]:
        """Posts to encode again, which are not waiting any more."""
        with self._lock:
            waiting = as_ids(sorted(self._waiting))
            self._waiting.clear()
        return waiting

    @property
    def n_waiting(self) -> int:
        """How many posts changed since they were encoded last."""
        return len(self._waiting)

    def catch_up(self) -> None:
        """Encodes everything that waits; the caller holds the lock, so that nothing is added."""
        self.encode(self.take_waiting())
