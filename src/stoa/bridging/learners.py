"""The edge to SciPy and scikit-learn, which ship no types: `Any` ends here.

scikit-learn (and SciPy's optimiser) are imported where they are used, so that importing
`stoa.bridging` costs neither their time nor their memory.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

Sparse = Any
"""A `scipy.sparse.csr_array`."""

Floats = NDArray[np.float64]


def _library(name: str) -> Any:
    return import_module(name)


def sparse_rows(
    data: NDArray[Any], column: NDArray[Any], start: NDArray[Any], shape: tuple[int, int]
) -> Sparse:
    """Compressed sparse rows of ready arrays, without a copy."""
    return _library("scipy.sparse").csr_array((data, column, start), shape=shape)


def stack_rows(chunks: Sequence[Sparse], n_columns: int) -> Sparse:
    """Sparse rows one below the other; an empty list gives a matrix without rows."""
    sparse = _library("scipy.sparse")
    return sparse.csr_array(sparse.vstack(chunks, format="csr") if chunks else (0, n_columns))


def minimise(loss: Callable[[Floats], tuple[float, Floats]], n: int) -> Floats:
    """Where a smooth function of n numbers is least, by L-BFGS from 0.

    The stopping rule is that of scikit-learn 1.0, which the published scorer was made with:
    gradient 1e-4, loss 2.2e-9 of itself, 1000 steps.
    """
    options = {"maxiter": 1000, "gtol": 1e-4, "ftol": 2.2e-9}
    minimize = _library("scipy.optimize").minimize
    return minimize(loss, np.zeros(n), jac=True, method="L-BFGS-B", options=options).x


def kmeans_edges(values: Floats, n_bins: int) -> Floats:
    """Inner edges of bins, halfway between the centres that k-means reaches from even spacing.

    Fewer than n_bins - 1 where bins would have no width; none where all values are equal.
    """
    low, high = float(values.min()), float(values.max())
    if low == high:
        return np.zeros(0)
    even = np.linspace(low, high, n_bins + 1)
    start = (even[1:] + even[:-1])[:, None] * 0.5
    kmeans = _library("sklearn.cluster").KMeans(n_bins, init=start, n_init=1, random_state=0)
    with warnings.catch_warnings():
        # Fewer distinct values than bins is no trouble: the extra bins have no width.
        warnings.simplefilter("ignore")
        centre = np.sort(kmeans.fit(values[:, None]).cluster_centers_[:, 0])
    edges = np.concatenate([[low], (centre[1:] + centre[:-1]) * 0.5, [high]])
    wide = np.diff(edges, prepend=-np.inf) > 1e-8
    return edges[wide][1:-1]


def l1_logistic(
    x: NDArray[Any], positive: NDArray[np.bool_], cost: float, seed: int
) -> tuple[Floats, float]:
    """Weights and intercept of |w|_1 + |b| + cost * sum log loss, by liblinear.

    Args:
        x: (n, k) features.
        positive: (n,) labels, both kinds present.
        cost: weight of the loss.
        seed: of the order in which liblinear visits features.
    """
    model = _library("sklearn.linear_model").LogisticRegression(
        l1_ratio=1.0,
        C=cost,
        solver="liblinear",
        tol=1e-4,
        max_iter=2500,
        random_state=seed,
    )
    model.fit(x, positive)
    return model.coef_[0], float(model.intercept_[0])


def shuffled(n: int, seed: int) -> NDArray[np.int64]:
    """0..n-1 in the order of numpy's legacy generator, as the published scorer draws it."""
    return np.random.RandomState(seed).permutation(n)
