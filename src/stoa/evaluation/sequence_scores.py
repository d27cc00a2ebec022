# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# (JAX leaves parts of its own signatures untyped.)
"""All items scored for users by a tower: from the last position, and from all of them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Protocol

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from stoa.measure.full_ranking import full_ranks
from stoa.space.item_sequences import ItemSequences
from stoa.space.sequence_model import SequenceConfig, item_vectors, viewer_vectors
from stoa.space.transformer import Array, Params, unit

AT_ONCE = 256
"""Users scored together: their scores of all items stay within some tens of megabytes."""


class Scorer(Protocol):
    """Scores every item for some users."""

    def scores(self, users: NDArray[np.int64], history: ItemSequences) -> NDArray[np.float32]:
        """(len(users), n_items), higher is better, from what `history` does not hide."""
        ...


class TowerScores:
    """A trained tower as scorers: `scores` by the last position, `all_positions` by each."""

    def __init__(
        self, params: Params, attributes: NDArray[np.int32], config: SequenceConfig
    ) -> None:
        self._params, self._config = params, config
        self._attributes = jnp.asarray(attributes)
        every = jnp.arange(len(attributes))
        items = unit(item_vectors(params, every, self._attributes))
        self._items = np.asarray(items * jnp.exp(params["scale"]))

    def scores(self, users: NDArray[np.int64], history: ItemSequences) -> NDArray[np.float32]:
        """Logits by the last position's vector."""
        vectors, n = self._vectors(users, history)
        return vectors[np.arange(len(users)), n - 1] @ self._items.T

    def all_positions(
        self, users: NDArray[np.int64], history: ItemSequences
    ) -> NDArray[np.float32]:
        """The best logit over a user's positions: what finding by each vector in turn gives."""
        vectors, n = self._vectors(users, history)
        real = np.arange(vectors.shape[1]) < n[:, None]
        flat, first = vectors[real], np.cumsum(n) - n
        return np.maximum.reduceat(flat @ self._items.T, first, axis=0)

    def _vectors(
        self, users: NDArray[np.int64], history: ItemSequences
    ) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Vectors of each position, (len(users), length, width), and how many are real."""
        windows, n = history.windows(users, self._config.length)
        # One shape, one compiled function.
        padded = np.resize(windows, (AT_ONCE, windows.shape[1])) if len(users) else windows
        vectors = _read(self._params, jnp.asarray(padded), self._attributes, self._config)
        return np.asarray(vectors)[: len(users)], n


@partial(jax.jit, static_argnames="config")
def _read(params: Params, windows: Array, attributes: Array, config: SequenceConfig) -> Array:
    def one(window: Array) -> Array:
        item = jnp.maximum(window, 0)
        vectors = item_vectors(params, item, attributes[item])
        segment = jnp.where(window >= 0, 0, -1)
        return viewer_vectors(params, vectors, segment, jnp.arange(len(window)), config)

    return jax.vmap(one)(windows)


def ranks_of(
    scorer: Scorer, history: ItemSequences, users: NDArray[np.int64] | None = None
) -> NDArray[np.int64]:
    """Rank of each user's next item among all that `history` does not show as seen."""
    return blended_ranks((scorer,), ((1.0,),), history, users)[0]


def blended_ranks(
    scorers: Sequence[Scorer],
    weights: Sequence[Sequence[float]],
    history: ItemSequences,
    users: NDArray[np.int64] | None = None,
) -> NDArray[np.int64]:
    """Ranks by weighted sums of scores, a row for each choice of weights, (choices, users)."""
    users = np.arange(history.n_users) if users is None else users
    target = history.next_item()
    ranks = np.zeros((len(weights), len(users)), np.int64)
    for first in range(0, len(users), AT_ONCE):
        some = users[first : first + AT_ONCE]
        seen_user, seen_item = history.pairs(some)
        scores = [one.scores(some, history) for one in scorers]
        for i, choice in enumerate(weights):
            total = sum((w * s for w, s in zip(choice, scores, strict=True) if w), np.float32(0))
            found = full_ranks(np.asarray(total), target[some], seen_user, seen_item)
            ranks[i, first : first + len(some)] = found
    return ranks
