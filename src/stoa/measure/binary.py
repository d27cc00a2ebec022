"""How well probabilities foretell what is so or not so."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LEAST_PROB = 1e-6
"""No prediction is surer than this: one certain mistake would cost more than all else."""


def auroc(score: Floats, truth: NDArray[np.bool_]) -> float:
    """How probably something true scores above something false; ties count half, NaN for none.

    >>> auroc(np.array([0.1, 0.4, 0.4, 0.9]), np.array([False, False, True, True]))
    0.875
    """
    _, place, count = np.unique(score, return_inverse=True, return_counts=True)
    rank = (np.cumsum(count) - (count - 1) / 2)[place]
    n_true = int(truth.sum())
    n_false = len(truth) - n_true
    if not n_true or not n_false:
        return float("nan")
    return float((rank[truth].sum() - n_true * (n_true + 1) / 2) / (n_true * n_false))


def log_loss(prob: Floats, truth: NDArray[np.bool_]) -> float:
    """Mean of -log of the probability given to what came true; NaN for nothing.

    >>> round(log_loss(np.array([0.5, 0.5]), np.array([True, False])), 4)
    0.6931
    """
    if not len(truth):
        return float("nan")
    prob = np.clip(prob, LEAST_PROB, 1 - LEAST_PROB)
    return float(-np.log(np.where(truth, prob, 1 - prob)).mean())
