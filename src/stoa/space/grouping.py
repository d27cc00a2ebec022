"""Groups a viewer's many vectors by likeness, so that a search may share its work among them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from stoa.space.quantise import unit_rows


def group_by_likeness(
    vectors: NDArray[np.float32], n_groups: int, near: float = 0.98
) -> NDArray[np.int64]:
    """Group number (n,) of each row, at most `n_groups` of them, numbered from 0 without a gap.

    Farthest-point leaders (Gonzalez 1985): a new group opens at the row that is least like any
    leader so far, until every row has cosine >= `near` with one or `n_groups` are open. So the
    interest that stands most apart is grouped on its own first, and none is averaged away.

    >>> group_by_likeness(np.array([[1, 0], [0, 1], [1, 0.01]], dtype=np.float32), 8).tolist()
    [0, 1, 0]
    """
    if len(vectors) == 0:
        return np.zeros(0, dtype=np.int64)
    unit = unit_rows(vectors)
    group = np.zeros(len(unit), dtype=np.int64)
    nearest = unit @ unit[0]
    for number in range(1, n_groups):
        leader = int(nearest.argmin())
        if nearest[leader] >= near:
            break
        likeness = unit @ unit[leader]
        group[likeness > nearest] = number
        np.maximum(nearest, likeness, out=nearest)
        group[leader] = number  # also when it is a zero row
        nearest[leader] = 1.0
    return np.unique(group, return_inverse=True)[1].reshape(-1)


def equal_groups(vectors: NDArray[np.float32], size: int) -> NDArray[np.int64]:
    """Rows in groups of `size` that are alike, (groups, size); the last may repeat its first row.

    The row whose `size` nearest are nearest of all takes them first; then the next of those that
    are left. What stands alone comes last and shares a group with others that do.

    >>> equal_groups(np.array([[1, 0], [0, 1], [1, 0.01], [0.01, 1]], np.float32), 2).tolist()
    [[0, 2], [1, 3]]
    """
    n = len(vectors)
    groups = np.zeros((-(-n // size), size), dtype=np.int64)
    if n == 0:
        return groups
    unit = unit_rows(vectors)
    likeness = unit @ unit.T
    near = np.partition(likeness, n - min(size, n), axis=1)[:, n - min(size, n) :].sum(axis=1)
    free = np.ones(n, dtype=np.bool_)
    group = 0
    for leader in np.argsort(-near, kind="stable").tolist():
        if not free[leader]:
            continue
        row = likeness[leader]
        row[leader] = np.inf  # also when it is a zero row
        taken = np.argsort(-row, kind="stable")[: min(size, n - group * size)]
        groups[group] = leader
        groups[group, : len(taken)] = taken
        free[taken] = False
        likeness[:, taken] = -np.inf
        group += 1
    return groups
