"""A generation: an index, and the one model that made every vector in it. Never a mix of two."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.ports import VectorIndex, VectorRows
from stoa.space.post_tower import encode_posts, unknown_posts
from stoa.space.space_model import SpaceModel

FIRST_VERSION = ""
"""Version of vectors that nothing learned: words, bent by the conversation with fixed weights."""


@dataclass(frozen=True, slots=True)
class Generation:
    """Vectors that may be compared with each other; whoever holds one compares within it."""

    version: str  # of the learned space, or FIRST_VERSION
    index: VectorIndex
    outside: Callable[[NDArray[np.int64]], NDArray[np.float32]]
    """Vectors (n, dim) of posts that the index does not hold; zero where nothing is known."""

    model: SpaceModel | None = None  # None: the first version's

    def vectors(self, posts: NDArray[np.int64]) -> NDArray[np.float32]:
        """Vectors of posts, (n, dim): as the index holds them, else as they can still be made."""
        vectors, found = self.index.vectors(posts)
        if not found.all():
            vectors = vectors.copy()
            vectors[~found] = self.outside(posts[~found])
        return vectors


def first_generation(index: VectorIndex, rows: VectorRows) -> Generation:
    """The first version's: a post that the index let go is known by its words alone."""
    return Generation(FIRST_VERSION, index, rows.get)


def words_alone(space: Generation, content: NDArray[np.float32]) -> NDArray[np.float32]:
    """Where words (n, text) would lie in a space if nothing else were known; zero for none."""
    if space.model is None:
        return content
    shape = space.model.config.post
    unknown = unknown_posts(len(content), shape)._replace(text=content)
    made = encode_posts(space.model.params["post_tower"], shape, unknown)
    return np.where(content.any(axis=1, keepdims=True), made, np.float32(0))


class GenerationSeat:
    """The generation that serves: one reference, replaced whole.

    Any thread may read while one replaces. A reading keeps the generation that it was made with,
    so that its vectors of the viewer and of posts stay comparable.
    """

    def __init__(self, generation: Generation) -> None:
        self._generation = generation

    @property
    def generation(self) -> Generation:
        """The one that serves."""
        return self._generation

    def take(self, generation: Generation) -> None:
        """Puts another in its place."""
        self._generation = generation
