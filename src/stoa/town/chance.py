"""Chance without a stream: uniform numbers that belong to a (seed, person, post, purpose).

Because a draw depends only on whom it concerns, showing the same post to the same person under
two policies meets the same luck, and comparisons between policies are paired.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_GOLDEN = 0x9E3779B97F4A7C15
_MASK = (1 << 64) - 1


def uniforms(seed: int, salt: str, *keys: NDArray[np.int64] | int) -> NDArray[np.float64]:
    """Numbers in (0, 1), one for each row of the broadcast keys.

    The mixing function is SplitMix64's finaliser (Steele, Lea, Flood, 2014), applied once a key.
    """
    state = np.asarray(_start(seed, salt), dtype=np.uint64)
    for key in keys:
        state = _mix(state ^ np.asarray(key, dtype=np.int64).astype(np.uint64))
    return ((state >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53


def normals(seed: int, salt: str, *keys: NDArray[np.int64] | int) -> NDArray[np.float64]:
    """Standard normal numbers by the Box-Muller transform of two uniforms."""
    radius = np.sqrt(-2.0 * np.log(uniforms(seed, salt + "/radius", *keys)))
    return radius * np.cos(2.0 * np.pi * uniforms(seed, salt + "/angle", *keys))


def _start(seed: int, salt: str) -> int:
    state = seed & _MASK
    for byte in salt.encode():
        state = ((state ^ byte) * 0x100000001B3 + _GOLDEN) & _MASK
    return state


def _mix(state: NDArray[np.uint64]) -> NDArray[np.uint64]:
    with np.errstate(over="ignore"):
        state = state + np.uint64(_GOLDEN)
        state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return state ^ (state >> np.uint64(31))
