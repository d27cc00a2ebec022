"""The edge to SciPy and scikit-learn, which ship no types: `Any` ends here.

scikit-learn (and SciPy's optimiser) are imported where they are used, so that importing
`stoa.bridging` costs neither their time nor their memory.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

Sparse = Any
"""A `scipy.sparse.csr_array`."""

Floats = NDArray[np.float64]


def sparse_rows(
    data: NDArray[Any], column: NDArray[Any], start: NDArray[Any], shape: tuple[int, int]
) -> Sparse:
    """Compressed sparse rows of ready arrays, without a copy."""
    import scipy.sparse  # pyright: ignore[reportMissingTypeStubs]

    return cast(Any, scipy.sparse).csr_array((data, column, start), shape=shape)


def stack_rows(chunks: Sequence[Sparse], n_columns: int) -> Sparse:
    """Sparse rows one below the other; an empty list gives a matrix without rows."""
    import scipy.sparse  # pyright: ignore[reportMissingTypeStubs]

    sparse = cast(Any, scipy.sparse)
    return sparse.csr_array(sparse.vstack(chunks, format="csr") if chunks else (0, n_columns))


def minimise(loss: Callable[[Floats], tuple[float, Floats]], n: int) -> Floats:
    """Where a smooth function of n numbers is least, by L-BFGS from 0.

    The stopping rule is that of scikit-learn 1.0, which the published scorer was made with:
    gradient 1e-4, loss 2.2e-9 of itself, 1000 steps.
    """
    import scipy.optimize  # pyright: ignore[reportMissingTypeStubs]

    options = {"maxiter": 1000, "gtol": 1e-4, "ftol": 2.2e-9}
    minimize = cast(Any, scipy.optimize).minimize
    return minimize(loss, np.zeros(n), jac=True, method="L-BFGS-B", options=options).x


def kmeans_edges(values: Floats, n_bins: int) -> Floats:
    """Inner edges of bins, halfway between the centres that k-means reaches from even spacing.

    Fewer than n_bins - 1 where bins would have no width; none where all values are equal.
    """
    import sklearn.cluster  # pyright: ignore[reportMissingTypeStubs]

    low, high = float(values.min()), float(values.max())
    if low == high:
        return np.zeros(0)
    even = np.linspace(low, high, n_bins + 1)
    start = (even[1:] + even[:-1])[:, None] * 0.5
    kmeans = cast(Any, sklearn.cluster).KMeans(n_bins, init=start, n_init=1, random_state=0)
    with warnings.catch_warnings():
        # Fewer distinct values than bins is no trouble: the extra bins have no width.
        warnings.simplefilter("ignore")
        centre = np.sort(kmeans.fit(values[:, None]).cluster_centers_[:, 0])
    edges = np.concatenate([[low], (centre[1:] + centre[:-1]) * 0.5, [high]])
    wide = np.diff(edges, prepend=-np.inf) > 1e-8
    return edges[wide][1:-1]


def l1_logistic(
    held: NDArray[np.bool_], positive: NDArray[np.bool_], cost: float, seed: int
) -> tuple[Floats, float]:
    """Weights and intercept of |w|_1 + |b| + cost * sum log loss, by liblinear.

    Args:
        held: (k, n) which rows have each feature; all features are 0 or 1.
        positive: (n,) labels, both kinds present.
        cost: weight of the loss.
        seed: of the order in which liblinear visits features.
    """
    import scipy.sparse  # pyright: ignore[reportMissingTypeStubs]
    import sklearn.linear_model  # pyright: ignore[reportMissingTypeStubs]

    model = cast(Any, sklearn.linear_model).LogisticRegression(
        l1_ratio=1.0,
        C=cost,
        solver="liblinear",
        tol=1e-4,
        max_iter=2500,
        random_state=seed,
    )
    rows = cast(Any, scipy.sparse).csr_array(held.T, dtype=np.float64)
    model.fit(rows, positive)
    return model.coef_[0], float(model.intercept_[0])


def shuffled(n: int, seed: int) -> NDArray[np.int64]:
    """0..n-1 in the order of numpy's legacy generator, as the published scorer draws it."""
    return np.random.RandomState(seed).permutation(n)


@dataclass(frozen=True, slots=True)
class Trees:
    """Boosted trees as plain arrays over all nodes of all trees; a leaf leads to itself."""

    root: NDArray[np.int32]  # (n_trees,)
    feature: NDArray[np.int32]  # (n_nodes,)
    threshold: Floats  # go left at this value or below
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    value: Floats  # what a leaf adds to the log odds
    baseline: float

    def probability(self, x: Floats) -> Floats:
        """P(positive) of rows of features, (n,)."""
        log_odds = np.full(len(x), self.baseline)
        row = np.arange(len(x))
        for root in self.root:
            node = np.full(len(x), root, dtype=np.int32)
            while True:
                goes_left = x[row, self.feature[node]] <= self.threshold[node]
                below = np.where(goes_left, self.left[node], self.right[node])
                if np.array_equal(below, node):
                    break
                node = below
            log_odds += self.value[node]
        return 1 / (1 + np.exp(-log_odds))


def boosted_trees(x: Floats, positive: NDArray[np.bool_], seed: int) -> Trees:
    """Histogram gradient boosting: 200 trees of depth 5, rate 0.07, stopping early on a tenth.

    The published model standardises its features first, which no tree can notice.
    """
    import sklearn.ensemble  # pyright: ignore[reportMissingTypeStubs]

    model = cast(Any, sklearn.ensemble).HistGradientBoostingClassifier(
        max_iter=200,
        max_depth=5,
        learning_rate=0.07,
        random_state=seed,
        early_stopping=True,
        n_iter_no_change=10,
        validation_fraction=0.1,
    )
    model.fit(x, positive.astype(np.int64))
    nodes: list[Any] = [tree.nodes for (tree,) in model._predictors]
    start = np.cumsum([0, *(len(tree) for tree in nodes)])
    every = np.concatenate(nodes)
    base = np.repeat(start[:-1], [len(tree) for tree in nodes])
    leaf = every["is_leaf"].astype(np.bool_)
    itself = np.arange(len(every))
    return Trees(
        root=start[:-1].astype(np.int32),
        feature=np.where(leaf, 0, every["feature_idx"]).astype(np.int32),
        threshold=np.where(leaf, np.inf, every["num_threshold"]),
        left=np.where(leaf, itself, every["left"] + base).astype(np.int32),
        right=np.where(leaf, itself, every["right"] + base).astype(np.int32),
        value=every["value"].astype(np.float64),
        baseline=float(model._baseline_prediction[0, 0]),
    )
