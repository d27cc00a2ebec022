"""What retrieval finds when every way of searching may do the same work.

Items lie in lists around centres, as in an inverted file. A search opens lists, nearest centre
first, and compares a vector with all that lies in them. One vector may open `budget` lists; m
vectors share the same budget, each opens its part, and where there are more vectors than lists to
open the weightiest go first. So a viewer of many vectors pays for them with narrower searches.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.space.quantise import unit_rows

_ROUNDS = 6
"""Of Lloyd's algorithm; lists need to be fair, not optimal."""

BUDGET_SHARE = 0.25
"""Lists that one vector may open: a quarter, where an inverted file finds nearly all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lists:
    """Items by the list they lie in."""

    centre: NDArray[np.float32]  # (n_lists, width) unit
    of_item: NDArray[np.int32]  # (n_items,)

    @property
    def budget(self) -> int:
        """Lists that may be opened for one viewer."""
        return max(1, round(BUDGET_SHARE * len(self.centre)))


def make_lists(items: NDArray[np.float32], seed: int) -> Lists:
    """Lists of some 50 items each by spherical k-means (Dhillon & Modha 2001)."""
    random = np.random.default_rng([seed, 9])
    n_lists = max(1, len(items) // 50)
    centre = items[random.choice(len(items), n_lists, replace=False)]
    member = np.zeros(len(items), dtype=np.int64)
    for _ in range(_ROUNDS):
        member = (items @ centre.T).argmax(axis=1)
        summed = np.zeros_like(centre)
        np.add.at(summed, member, items)
        empty = np.bincount(member, minlength=n_lists) == 0
        summed[empty] = items[random.choice(len(items), int(empty.sum()))]
        centre = unit_rows(summed)
    member = (items @ centre.T).argmax(axis=1)
    return Lists(centre=centre, of_item=member.astype(np.int32))


@dataclass(frozen=True, slots=True)
class Found:
    """Scores of all items for one viewer; minus infinity for what was not looked at."""

    exact: NDArray[np.float32]  # (n_items,) by comparing with everything
    within_budget: NDArray[np.float32]  # (n_items,)
    compared: int  # products that the budget bought


def search(
    vectors: NDArray[np.float32],
    weights: NDArray[np.float32],
    items: NDArray[np.float32],
    lists: Lists,
) -> Found:
    """Best weighed cosine over a viewer's vectors (m, width), with and without a budget."""
    product = items @ vectors.T + weights
    order = np.argsort(-weights, kind="stable")[: lists.budget]
    each = max(1, lists.budget // len(order))
    near = np.argsort(-(vectors[order] @ lists.centre.T), axis=1, kind="stable")[:, :each]
    opened = np.zeros((len(lists.centre), len(vectors)), dtype=bool)
    opened[near, order[:, None]] = True
    looked = opened[lists.of_item]
    found = np.where(looked, product, -np.inf)
    return Found(product.max(axis=1), found.max(axis=1), int(looked.sum()))
