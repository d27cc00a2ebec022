"""One ranking out of several."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

RRF_K = 60
"""How fast a place loses its worth (Cormack, Clarke and Buettcher 2009, who found 60)."""


def reciprocal_rank_fusion(
    rankings: Sequence[NDArray[np.int64]],
    weights: Sequence[float] | None = None,
    k: int = RRF_K,
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Keys and their sums of weight / (k + rank), best first, ties by key.

    Ranks count from 1; a ranking that does not hold a key adds nothing (Cormack et al. 2009).

    Args:
        rankings: keys of each list, best first; of a key that stands twice the first counts.
        weights: of each list, 1 where left out.
        k: see `RRF_K`.

    >>> keys, scores = reciprocal_rank_fusion([np.array([7, 8]), np.array([8, 9])])
    >>> keys.tolist()
    [8, 7, 9]
    """
    worth: defaultdict[int, float] = defaultdict(float)
    for weight, ranking in zip(weights or [1.0] * len(rankings), rankings, strict=True):
        for rank, key in enumerate(dict.fromkeys(ranking.tolist()), start=1):
            worth[key] += weight / (k + rank)
    ordered = sorted(worth, key=lambda key: (-worth[key], key))
    scores = np.array([worth[key] for key in ordered], dtype=np.float64)
    return np.array(ordered, dtype=np.int64), scores
