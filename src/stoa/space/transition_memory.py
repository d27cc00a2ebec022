"""What came after an item before, remembered as counts: it knows pairs by heart, and nothing else.

A tower generalises and forgets rare pairs; counts do the opposite, so the two add up. Scores are
sequential rules (Kamehkhosh, Jannach and Ludewig 2017): an item that came d places after another
counts 1/d for the pair, and a user's older items speak more softly.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import scipy.sparse  # pyright: ignore[reportMissingTypeStubs]  # SciPy ships none
from numpy.typing import NDArray

from stoa.space.item_sequences import ItemSequences


@dataclass(frozen=True, slots=True, kw_only=True)
class TransitionConfig:
    """How far pairs reach. Chosen on the items before the last of two shops, on a wide plateau."""

    reach: int = 10  # places between the two items of a pair, at most
    fade: float = 0.5  # what each older item of a user counts of the one after it
    recent: int = 4  # newest items of a user that speak
    steepness: float = 3.0  # of log(1 + steepness * count): from about 1/3 on more says little


class TransitionMemory:
    """Counts of ordered pairs, kept sparse; `scores` looks them up for users."""

    def __init__(self, known: ItemSequences, config: TransitionConfig) -> None:
        self._config = config
        self._counts = pair_counts(known, config.reach)

    def scores(self, users: NDArray[np.int64], history: ItemSequences) -> NDArray[np.float32]:
        """log(1 + steepness * count) of every item after each user's newest, (users, n_items).

        The count is the sum over the newest items, the j-th newest times fade^j. 0 for an item
        that never came after any of them.
        """
        config = self._config
        window, n = history.windows(users, config.recent)
        age = n[:, None] - 1 - np.arange(window.shape[1], dtype=np.int64)
        user, column = np.nonzero(age >= 0)
        worth = (config.fade ** age[user, column]).astype(np.float32)
        newest = _summed(worth, user, window[user, column], (len(users), history.n_items))
        found = newest @ self._counts
        found.data = np.log1p(config.steepness * found.data)
        return found.toarray()


def pair_counts(known: ItemSequences, reach: int) -> Any:
    """1/d for each pair of a user's items d places apart, summed; sparse, (n_items, n_items)."""
    user, item = known.pairs()
    worth, before, after = [np.zeros(0, np.float32)], [item[:0]], [item[:0]]
    for distance in range(1, min(reach, len(item) - 1) + 1):
        same = user[distance:] == user[:-distance]
        worth.append(np.full(int(same.sum()), 1.0 / distance, np.float32))
        before.append(item[:-distance][same])
        after.append(item[distance:][same])
    shape = (known.n_items, known.n_items)
    return _summed(np.concatenate(worth), np.concatenate(before), np.concatenate(after), shape)


def _summed(
    worth: NDArray[np.float32],
    row: NDArray[np.integer],
    column: NDArray[np.integer],
    shape: tuple[int, int],
) -> Any:
    """A `scipy.sparse.csr_array`; what stands twice is summed."""
    return cast(Any, scipy.sparse).csr_array((worth, (row, column)), shape=shape)
