"""Fits the heads of a pair encoder: a few numbers as they are, many pooled ones by their main axes.

The pooled numbers are far more than there are judged pairs. They are turned to their main axes
(on the pairs that are learnt from), each axis put on one scale, and a logistic regression with a
strong penalty is fitted over both; then the axes are folded back into weights of the numbers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.utils.extmath import randomized_svd

from stoa.grounding.forest import ForestConfig, fit_forest
from stoa.grounding.logistic import Linear, fit_logistic
from stoa.language_models.pair_heads import PairHead
from stoa.language_models.pair_trees import PairTrees

F64 = NDArray[np.float64]
_FAR = 5.0  # scales beyond which a number that is not pooled says no more


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadConfig:
    """How a head is fitted."""

    penalty: float = 500.0  # over the sum of squared weights, with n rows of mean weight 1


@dataclass(frozen=True, slots=True)
class Rows:
    """Numbers of pairs, (n, d), and which columns are pooled."""

    values: F64
    is_pooled: NDArray[np.bool_]
    for_support: NDArray[np.bool_] | None = None  # columns that say nothing of contradiction

    def only(self, chosen: NDArray[np.bool_]) -> Rows:
        """The rows that are chosen."""
        return Rows(self.values[chosen], self.is_pooled, self.for_support)

    def without_support(self) -> Rows:
        """The same with nothing in the columns that are for support alone."""
        if self.for_support is None:
            return self
        return Rows(np.where(self.for_support, 0.0, self.values), self.is_pooled)


@dataclass(frozen=True, slots=True)
class Scale:
    """Means and scales of columns, and the main axes (d, k) of those that are pooled."""

    means: F64
    scales: F64
    axes: F64


def fit_head(
    scale: Scale, rows: Rows, truth: NDArray[np.bool_], weight: F64, config: HeadConfig
) -> PairHead:
    """A head over all columns of `rows`.

    Args:
        scale: of the columns.
        rows: what is learnt from.
        truth: what is to be told of each.
        weight: how much each counts; scaled to mean 1.
        config: how.

    Raises:
        BadInput: all rows are of one class.
    """
    pooled, axes = rows.is_pooled, scale.axes
    most = np.where(pooled, np.inf, _FAR)
    scaled = np.clip((rows.values - scale.means) / scale.scales, -most, most)
    inner = np.hstack([scaled[:, ~pooled], scaled[:, pooled] @ axes])
    weight = weight / weight.mean()
    told = fit_logistic(inner, truth.astype(np.float64), weight, config.penalty)
    slope = told.weights / told.scales
    n_plain = int((~pooled).sum())
    weights = np.zeros(len(pooled))
    weights[~pooled] = slope[:n_plain]
    weights[pooled] = axes @ slope[n_plain:]
    intercept = told.intercept - float(told.means @ slope)
    return PairHead(scale.means, scale.scales, weights, most, intercept)


def fit_trees(rows: Rows, truth: NDArray[np.bool_], weight: F64, config: ForestConfig) -> PairTrees:
    """Trees over the columns of `rows` that are not pooled, for the same truth and weights."""
    columns = np.flatnonzero(~rows.is_pooled)
    grown = fit_forest(
        rows.values[:, columns], truth.astype(np.float64), weight / weight.mean(), config
    )
    return PairTrees(
        columns, grown.feature, grown.threshold, grown.left, grown.right, grown.value, grown.roots,
        np.array([grown.base]), grown.depth,
    )  # fmt: skip


def widened(line: Linear, rows: Rows) -> PairHead:
    """A head over the last columns of `rows` as one over all of them."""
    n = rows.values.shape[1]
    before = n - len(line.weights)
    return PairHead(
        np.concatenate([np.zeros(before), line.means]),
        np.concatenate([np.ones(before), line.scales]),
        np.concatenate([np.zeros(before), line.weights]),
        np.full(n, np.inf),
        line.intercept,
    )


def scale_of(rows: Rows, axes: int, seed: int) -> Scale:
    """The scale of rows whose labels nobody needs; `seed` is of the search for axes."""
    means, scales = rows.values.mean(axis=0), rows.values.std(axis=0)
    scales = np.where(scales < 1e-6, 1e6, scales)
    pooled = ((rows.values - means) / scales)[:, rows.is_pooled]
    return Scale(means, scales, _axes(pooled, axes, seed))


def _axes(scaled: F64, n_axes: int, seed: int) -> F64:
    """The main axes of the columns, (d, k); none where there are no columns."""
    k = min(n_axes, *scaled.shape)
    if k == 0:
        return np.zeros((scaled.shape[1], 0))
    _, _, turned = randomized_svd(scaled, k, n_iter="auto", random_state=seed)
    return turned.T


def balanced_weights(collection: NDArray[np.str_], truth: NDArray[np.bool_]) -> F64:
    """Weights by which both classes count the same within a collection.

    A collection as a whole counts as the root of its size, so that large ones do not decide
    alone. With equal classes one threshold, one half, is right for all collections.
    """
    weight = np.zeros(len(truth))
    for name in np.unique(collection):
        here = collection == name
        for outcome in (True, False):
            part = here & (truth == outcome)
            if part.any():
                weight[part] = here.sum() ** 0.5 / part.sum()
    return weight
