"""int8 codes for unit vectors: a quarter of the memory, an error too small to change an order."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_STEPS = 127  # symmetric: -128 is never used, so that a code and its negative are both codes


def quantise(
    vectors: NDArray[np.float32],
) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Codes (n, d) and one scale a row (n,), so that vector ~ code * scale.

    Symmetric, scale = max |component| / 127; a zero row has scale 0. The error of a component
    is at most half a scale.

    >>> codes, scale = quantise(np.array([[1.0, -0.5]], dtype=np.float32))
    >>> codes.tolist()
    [[127, -64]]
    """
    largest = np.abs(vectors).max(axis=1, initial=0.0)
    factor = np.zeros_like(largest)
    np.divide(_STEPS, largest, out=factor, where=largest > 1e-30)
    codes = np.rint(vectors * factor[:, None]).astype(np.int8)
    return codes, (largest / _STEPS).astype(np.float32)


def dequantise(codes: NDArray[np.int8], scale: NDArray[np.float32]) -> NDArray[np.float32]:
    """Vectors (n, d) from codes and scales."""
    return codes.astype(np.float32) * scale[:, None]


def unit_rows(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Rows divided by their norm; zero rows stay zero."""
    norm = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return (vectors / np.where(norm > 0, norm, 1)).astype(np.float32)
