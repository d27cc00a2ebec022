"""Boosted trees as plain arrays: fitted by scikit-learn, judged by NumPy, kept as numbers."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class ForestConfig:
    """How trees are grown. The values were chosen by cross-validation over the public sets."""

    trees: int = 150
    depth: int = 4
    rate: float = 0.04
    leaf_rows: int = 25  # at least
    penalty: float = 5.0
    features: float = 0.3  # share of the features that each split may choose from
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Forest:
    """Trees under each other in five arrays; a leaf leads to itself.

    `roots` are the trees' first nodes. A row goes left where its feature is at most `threshold`.
    """

    feature: NDArray[np.int64]
    threshold: NDArray[np.float64]
    left: NDArray[np.int64]
    right: NDArray[np.int64]
    value: NDArray[np.float64]
    roots: NDArray[np.int64]
    base: float
    depth: int

    def __call__(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """The logits of n rows: shape (n,)."""
        node = np.broadcast_to(self.roots, (len(rows), len(self.roots)))
        for _ in range(self.depth):
            found = np.take_along_axis(rows, self.feature[node], axis=1)
            node = np.where(found <= self.threshold[node], self.left[node], self.right[node])
        return self.value[node].sum(axis=1) + self.base

    def arrays(self) -> dict[str, tuple[float, ...]]:
        """Everything as named rows of numbers, for a file."""
        told = {
            name: tuple(float(x) for x in getattr(self, name))
            for name in ("feature", "threshold", "left", "right", "value", "roots")
        }
        return told | {"shape": (self.base, float(self.depth))}

    @classmethod
    def of(cls, arrays: dict[str, tuple[float, ...]]) -> Forest:
        """The forest that `arrays` told of."""
        whole = {
            name: np.array(arrays[name], dtype=np.int64)
            for name in ("feature", "left", "right", "roots")
        }
        return cls(
            threshold=np.array(arrays["threshold"]),
            value=np.array(arrays["value"]),
            base=arrays["shape"][0],
            depth=int(arrays["shape"][1]),
            **whole,
        )


def fit_forest(
    rows: NDArray[np.float64],
    truth: NDArray[np.float64],
    weight: NDArray[np.float64],
    config: ForestConfig,
) -> Forest:
    """Trees for weighted log loss by gradient boosting; equal input and seed give equal trees."""
    # scikit-learn has no types, and tells of its trees only through private fields.
    boosting: Any = import_module("sklearn.ensemble").HistGradientBoostingClassifier
    grown: Any = boosting(
        max_iter=config.trees,
        learning_rate=config.rate,
        max_depth=config.depth,
        min_samples_leaf=config.leaf_rows,
        l2_regularization=config.penalty,
        max_features=config.features,
        max_bins=63,
        early_stopping=False,
        random_state=config.seed,
    ).fit(rows, truth, sample_weight=weight)
    parts: list[NDArray[Any]] = [trees[0].nodes for trees in grown._predictors]
    firsts = np.cumsum([0, *(len(part) for part in parts)])[:-1]
    nodes = np.concatenate(parts)
    own = np.arange(len(nodes))
    offset = np.repeat(firsts, [len(part) for part in parts])
    leaf = nodes["is_leaf"].astype(bool)
    return Forest(
        feature=np.where(leaf, 0, nodes["feature_idx"]).astype(np.int64),
        threshold=np.where(leaf, 0.0, nodes["num_threshold"]).astype(np.float64),
        left=np.where(leaf, own, nodes["left"] + offset).astype(np.int64),
        right=np.where(leaf, own, nodes["right"] + offset).astype(np.int64),
        value=np.where(leaf, nodes["value"], 0.0).astype(np.float64),
        roots=firsts.astype(np.int64),
        base=float(np.ravel(grown._baseline_prediction)[0]),
        depth=config.depth,
    )
