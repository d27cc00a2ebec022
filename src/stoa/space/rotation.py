"""Fixed random rotations: they spread what a vector holds evenly over its coordinates."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def orthonormal(width: int, dim: int, seed: int) -> NDArray[np.float32]:
    """Basis of shape (width, dim): orthonormal columns, or rows when `width` is the smaller.

    Uniform over rotations (QR of a Gaussian matrix with the signs fixed, Mezzadri 2007). The
    bits depend on the linear algebra library in the last places only.
    """
    small, large = sorted((width, dim))
    gaussian = np.random.default_rng(seed).standard_normal((large, small))
    basis, triangle = np.linalg.qr(gaussian)
    basis = basis * np.sign(np.diagonal(triangle))
    return np.ascontiguousarray(basis if width >= dim else basis.T, dtype=np.float32)
