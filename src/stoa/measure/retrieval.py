"""How good a ranked list is: recall and discounted gain at k."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def recall_at_k(found: NDArray[np.int64], relevant: NDArray[np.int64], k: int) -> float:
    """Share of the relevant ids that are among the first k found; NaN when none is relevant.

    >>> recall_at_k(np.array([1, 2, 3]), np.array([3, 1]), k=2)
    0.5
    """
    wanted = np.unique(relevant)
    if len(wanted) == 0:
        return float("nan")
    return len(np.intersect1d(found[:k], wanted)) / len(wanted)


def ndcg_at_k(gain: NDArray[np.float64], ideal: NDArray[np.float64], k: int) -> float:
    """Discounted cumulative gain of a list over the best possible (Jarvelin and Kekalainen 2002).

    `gain` holds the gains of the list in its order; `ideal` those of everything there was, in
    any order. 0 when nothing there was has a positive gain.

    >>> ndcg_at_k(np.array([0.0, 1.0]), np.array([1.0, 0.0]), k=2)
    0.6309297535714575
    """
    best = _discounted(np.sort(ideal)[::-1], k)
    return _discounted(gain, k) / best if best > 0 else 0.0


def _discounted(gain: NDArray[np.float64], k: int) -> float:
    first = np.asarray(gain, dtype=np.float64)[:k]
    return float((first / np.log2(np.arange(2, len(first) + 2))).sum())
