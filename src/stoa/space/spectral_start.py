"""Item vectors to begin with: items that were chosen near each other start near each other.

The leading eigenvectors of the normalised graph of co-occurrence (Belkin and Niyogi 2003), so that
learning need not find from nothing what counting already shows.
"""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import scipy.sparse  # pyright: ignore[reportMissingTypeStubs]  # SciPy ships none
from numpy.typing import NDArray

from stoa.space.item_sequences import ItemSequences
from stoa.space.transition_memory import pair_counts

REACH = 5
"""Places between two items that still count as near, each 1 / distance."""

NOISE = 0.3
"""Length of the random part beside the unit spectral one: equal neighbours must not stay equal."""


ROUNDS, SPARE = 10, 16
"""Of the iteration, and directions it carries beyond those asked for."""


def spectral_start(known: ItemSequences, width: int, random: np.random.Generator) -> NDArray[Any]:
    """Unit vectors of all items, (n_items, width), float32.

    Of D^-1/2 (A + A^T) D^-1/2, with A the pairs within reach, the `width` eigenvectors of largest
    magnitude, each times the root of it. Items with no neighbour, and channels beyond the number
    of items, are random.
    """
    n = known.n_items
    vectors = np.zeros((n, width))
    leading = _leading(_scaled_graph(known), min(width, n), random)
    vectors[:, : leading.shape[1]] = leading
    vectors = _unit(vectors) + NOISE * random.normal(size=(n, width)) / width**0.5
    return _unit(vectors).astype(np.float32)


def _scaled_graph(known: ItemSequences) -> Any:
    pairs = pair_counts(known, REACH)
    near = (pairs + pairs.T).astype(np.float64)
    # One more than the sum: a rare item's few neighbours are not to be taken for all it has.
    root = (np.asarray(near.sum(axis=1)).ravel() + 1.0) ** -0.5
    scale = cast(Any, scipy.sparse).diags_array(root)
    return scale @ near @ scale


def _leading(matrix: Any, k: int, random: np.random.Generator) -> NDArray[np.float64]:
    """Leading eigenvectors of a symmetric matrix times the roots of |eigenvalues|, (n, k).

    By subspace iteration from a random start (Halko, Martinsson and Tropp 2011): near enough for
    a start, and unlike Lanczos' method it cannot fail where many eigenvalues are equal.
    """
    n = matrix.shape[0]
    basis = random.normal(size=(n, min(k + SPARE, n)))
    for _ in range(ROUNDS):
        basis = np.linalg.qr(matrix @ basis)[0]
    value, inner = np.linalg.eigh(basis.T @ (matrix @ basis))
    largest = np.argsort(-np.abs(value), kind="stable")[:k]
    return (basis @ inner[:, largest]) * np.sqrt(np.abs(value[largest]))


def _unit(x: NDArray[np.float64]) -> NDArray[np.float64]:
    return x / np.maximum(np.linalg.norm(x, axis=1, keepdims=True), 1e-9)
