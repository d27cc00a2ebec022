"""The edge to SciPy and scikit-learn, which ship no types: `Any` ends here.

scikit-learn (and SciPy's optimiser) are imported where they are used, so that importing
`stoa.bridging` costs neither their time nor their memory.
"""

from __future__ import annotations

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
