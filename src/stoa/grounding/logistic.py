"""Logistic regression with an L2 penalty, by Newton's method: small, exact and seedless."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.errors import BadInput

_MOST_STEPS = 50


@dataclass(frozen=True, slots=True)
class Linear:
    """logit = (x - means) / scales @ weights + intercept."""

    means: NDArray[np.float64]
    scales: NDArray[np.float64]
    weights: NDArray[np.float64]
    intercept: float

    def __call__(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """The logits of n rows of d features: shape (n,)."""
        return ((rows - self.means) / self.scales) @ self.weights + self.intercept


def sigmoid(logit: NDArray[np.float64]) -> NDArray[np.float64]:
    """1 / (1 + e^-logit), without overflow."""
    return 1.0 / (1.0 + np.exp(-np.clip(logit, -40.0, 40.0)))


def fit_logistic(
    rows: NDArray[np.float64],
    truth: NDArray[np.float64],
    weight: NDArray[np.float64],
    penalty: float,
) -> Linear:
    """The weights that minimise weighted log loss + penalty / 2 * |weights|^2.

    Columns are put on one scale first, so that the penalty is fair to all; a column that never
    changes gets no weight. The intercept is not penalised.

    Args:
        rows: features, n x d.
        truth: 0 or 1 a row.
        weight: how much each row counts, at least 0.
        penalty: over the sum of the weights' scale, above 0.

    Raises:
        BadInput: all rows that count are of one class.
    """
    counted = truth[weight > 0]
    if len(counted) == 0 or counted.min() == counted.max():
        raise BadInput("truth", len(counted), "give rows of both classes")
    means = np.average(rows, axis=0, weights=weight)
    scales = np.sqrt(np.average((rows - means) ** 2, axis=0, weights=weight))
    scales = np.where(scales < 1e-6, 1e12, scales)
    inside = np.column_stack([(rows - means) / scales, np.ones(len(rows))])
    ridge = np.full(inside.shape[1], penalty)
    ridge[-1] = 1e-9
    found = np.zeros(inside.shape[1])
    for _ in range(_MOST_STEPS):
        prob = sigmoid(inside @ found)
        slope = inside.T @ (weight * (prob - truth)) + ridge * found
        bend = (inside * (weight * prob * (1 - prob))[:, None]).T @ inside + np.diag(ridge)
        step = np.linalg.solve(bend, slope)
        found -= step
        if np.abs(step).max() < 1e-9:
            break
    return Linear(means, scales, found[:-1], float(found[-1]))
