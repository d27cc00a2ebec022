"""What the tower must beat: what is popular, and what most often came next."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from stoa.space.item_sequences import ItemSequences


class Popularity:
    """Every user is shown what was chosen most, in training."""

    name = "popularity"

    def __init__(self, known: ItemSequences) -> None:
        self._count = known.counts().astype(np.float32)

    def scores(self, users: NDArray[np.int64], history: ItemSequences) -> NDArray[np.float32]:
        """Scores of all items, (len(users), n_items); the same for everyone."""
        return np.repeat(self._count[None], len(users), axis=0)


class Transitions:
    """What came right after the user's last item most often, in training; then what is popular."""

    name = "transitions"

    def __init__(self, known: ItemSequences) -> None:
        user, item = known.pairs()
        same = user[1:] == user[:-1]
        ones = np.ones(int(same.sum()), np.float32)
        pair = (item[:-1][same], item[1:][same])
        shape = (known.n_items, known.n_items)
        self._count = sparse.csr_matrix((ones, pair), shape=shape)
        popular = known.counts().astype(np.float32)
        # Under 1, so that it only orders items that followed equally often.
        self._popular = popular / (1.0 + popular.max(initial=0.0))

    def scores(self, users: NDArray[np.int64], history: ItemSequences) -> NDArray[np.float32]:
        """Scores of all items, (len(users), n_items), after each user's last item in `history`."""
        last = history.item[history.end[users] - 1]
        return self._count[last].toarray() + self._popular
