"""One ranking out of several: by places (RRF), or by scores where one list is far better."""

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


def score_fusion(
    leading: NDArray[np.float64], other: NDArray[np.float64], weight: float
) -> NDArray[np.float64]:
    """(n,) scores leading / max + weight * other / max, both at least 0.

    The convex combination of Bruch, Gai and Ingber (2023), less its scale. Where one list is much
    the better, places throw away how sure it was, and fusing by them loses against it alone
    (measured in `evaluation.retrieval_study`); scores keep it.

    >>> score_fusion(np.array([4.0, 2.0]), np.array([0.1, 0.2]), 0.2).tolist()
    [1.1, 0.7]
    """
    return _of_best(leading) + weight * _of_best(other)


def _of_best(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    best = float(np.max(scores, initial=0.0))
    return np.maximum(scores, 0.0) / best if best > 0 else np.zeros(len(scores))
