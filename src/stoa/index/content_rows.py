"""Content vectors in two lengths: short ones for all that is done with them, long ones to map.

A learned ranker reads posts along axes of its own, which it finds among many channels of hashed
words (`space.text_axes`); everything else reads few. The few are the many, folded.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.index.rows import MemoryRows
from stoa.space.text_axes import folded


@dataclass(frozen=True, slots=True)
class ContentRows:
    """A `VectorRows` that takes long rows and gives short ones; `texts` gives the long ones."""

    short: MemoryRows
    texts: MemoryRows

    def put(self, posts: NDArray[np.int64], vectors: NDArray[np.float32]) -> None:
        """Writes long rows (n, texts.dim), and what they are in short.

        What is looked for at start are the short ones: they are written last.
        """
        self.texts.put(posts, vectors)
        self.short.put(posts, folded(vectors, self.short.dim))

    def get(self, posts: NDArray[np.int64]) -> NDArray[np.float32]:
        """Short rows, (n, short.dim)."""
        return self.short.get(posts)

    def remove(self, posts: NDArray[np.int64]) -> None:
        """Erases both."""
        self.texts.remove(posts)
        self.short.remove(posts)

    def drop_older(self, than: int) -> None:
        """Forgets both of posts with id < `than`."""
        self.texts.drop_older(than)
        self.short.drop_older(than)

    def flush(self) -> None:
        """Writes both to disk.

        Raises:
            StoreError: the disk refuses.
        """
        self.texts.flush()
        self.short.flush()
