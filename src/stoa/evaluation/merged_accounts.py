"""Accounts that hold the histories of one, two or three people: interests that are unrelated.

Strangers under one name overstate how unrelated one person's interests are; the study says so.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from stoa.space.item_sequences import ItemSequences


def merge_people(
    sequences: ItemSequences, random: np.random.Generator, most: int = 3
) -> tuple[ItemSequences, NDArray[np.int64]]:
    """Accounts made of 1 to `most` people each, and how many people each holds.

    As many accounts of each size as the people allow. Two people's items are shuffled together,
    each one's in their own order; an item that both chose stands once, where it came first.
    """
    people = random.permutation(sequences.n_users)
    n_each = len(people) // (most * (most + 1) // 2)
    items: list[NDArray[np.int32]] = []
    sizes: list[int] = []
    used = 0
    for size in range(1, most + 1):
        for _ in range(n_each):
            items.append(_shuffled(sequences, people[used : used + size], random))
            sizes.append(size)
            used += size
    length = np.array([len(one) for one in items])
    end = np.cumsum(length)
    merged = ItemSequences(
        item=np.concatenate(items),
        start=end - length,
        end=end,
        item_id=sequences.item_id,
        user_id=np.arange(len(items)),
    )
    return merged, np.array(sizes)


def _shuffled(
    sequences: ItemSequences, people: NDArray[np.int64], random: np.random.Generator
) -> NDArray[np.int32]:
    parts = [sequences.item[sequences.start[p] : sequences.end[p]] for p in people]
    at = np.concatenate([np.sort(random.random(len(part))) for part in parts])
    together = np.concatenate(parts)[np.argsort(at, kind="stable")]
    _, first = np.unique(together, return_index=True)
    return together[np.sort(first)]
