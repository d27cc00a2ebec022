"""What each user chose, in the order of time, as columns: items and users are rows here."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

NO_ATTRIBUTE = 0
"""The first attribute row stands for "none"; real ones begin at 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemSequences:
    """Every user's items; user u has `item[start[u]:end[u]]`, earliest first.

    `start` and `end` may leave some of `item` out: `without_last` hides the newest items so.
    """

    item: NDArray[np.int32]  # (n_interactions,) item rows
    start: NDArray[np.int64]  # (n_users,)
    end: NDArray[np.int64]  # (n_users,)
    item_id: NDArray[np.int64]  # (n_items,) what an item row is called outside
    user_id: NDArray[np.int64]  # (n_users,)

    @property
    def n_users(self) -> int:
        """Users, shortened or not."""
        return len(self.start)

    @property
    def n_items(self) -> int:
        """Items, those that are hidden now included: all of them are ranked."""
        return len(self.item_id)

    def without_last(self, n: int) -> ItemSequences:
        """The same users without their newest `n` items."""
        end = np.maximum(self.end - n, self.start)
        return ItemSequences(
            item=self.item, start=self.start, end=end, item_id=self.item_id, user_id=self.user_id
        )

    def next_item(self) -> NDArray[np.int32]:
        """The item behind the last one that is not hidden, (n_users,): what is to be foretold."""
        return self.item[self.end]

    def windows(
        self, users: NDArray[np.int64], length: int
    ) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """Newest `length` items of some users from the left, (users, length), and how many.

        What is left of a row holds -1.
        """
        end = self.end[users]
        first = np.maximum(self.start[users], end - length)
        n = end - first
        column = np.arange(length)
        place = np.minimum(first[:, None] + column, max(len(self.item) - 1, 0))
        return np.where(column < n[:, None], self.item[place], -1).astype(np.int32), n

    def pairs(
        self, users: NDArray[np.int64] | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """What some users (all) chose, in order: place of the user in `users`, and item row."""
        start, end = (
            (self.start, self.end) if users is None else (self.start[users], self.end[users])
        )
        n = end - start
        user = np.repeat(np.arange(len(n)), n)
        within = np.arange(len(user)) - np.repeat(np.cumsum(n) - n, n)
        return user, self.item[start[user] + within]

    def counts(self) -> NDArray[np.int64]:
        """How often each item was chosen, (n_items,)."""
        return np.bincount(self.pairs()[1], minlength=self.n_items)


def no_attributes(n_items: int) -> NDArray[np.int32]:
    """A table that gives no item an attribute, (n_items, 0)."""
    return np.zeros((n_items, 0), np.int32)
