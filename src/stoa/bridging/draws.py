"""Random numbers that belong to what was rated and when, not to a row's place or name.

Each row has a 64-bit seed of its own, so the same note gets the same draw in any order of rows,
beside any other notes and under any naming of ids.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri  # pyright: ignore[reportMissingTypeStubs]  # SciPy ships none

_GAMMA = np.uint64(0x9E3779B97F4A7C15)
_MIX = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))


def mix(values: NDArray[np.integer]) -> NDArray[np.uint64]:
    """A well-spread hash of each number (splitmix64, Steele, Lea and Flood 2014)."""
    z = values.astype(np.uint64) + _GAMMA
    z = (z ^ (z >> np.uint64(30))) * _MIX[0]
    z = (z ^ (z >> np.uint64(27))) * _MIX[1]
    return z ^ (z >> np.uint64(31))


def seeds_of_ratings(
    row: NDArray[np.integer], at_ms: NDArray[np.int64], level: NDArray[np.integer], n_rows: int
) -> NDArray[np.uint64]:
    """A seed per row from the times of its ratings, in whatever order; (n_rows,).

    Times tell rows apart, and nothing else does where they can: so a rating that is changed moves
    no start. Where all ratings of a row came at one time, their levels are mixed in: else rows
    would share one draw where everybody rates at once, as in a file without times of day.

    >>> level = np.array([2, 0, 2])
    >>> a = seeds_of_ratings(np.array([0, 0, 1]), np.array([5, 9, 5]), level, 2)
    >>> b = seeds_of_ratings(np.array([0, 1, 0]), np.array([9, 5, 5]), level, 2)
    >>> bool((a == b).all()), bool(a[0] != a[1])
    (True, True)
    """
    seeds = np.zeros(n_rows, dtype=np.uint64)
    np.add.at(seeds, row, mix(at_ms))
    alike = _of_one_time(row, at_ms, n_rows)[row]
    if alike.any():
        np.add.at(seeds, row[alike], mix(mix(at_ms[alike]) + level[alike].astype(np.uint64)))
    return seeds


def _of_one_time(
    row: NDArray[np.integer], at_ms: NDArray[np.int64], n_rows: int
) -> NDArray[np.bool_]:
    """(n_rows,) rows of several ratings, all of one time."""
    some = np.zeros(n_rows, dtype=np.int64)
    some[row] = at_ms  # the last of each row
    differs = np.zeros(n_rows, dtype=np.bool_)
    differs[row[at_ms != some[row]]] = True
    return ~differs & (np.bincount(row, minlength=n_rows) > 1)


def normal_draws(seed: NDArray[np.uint64], stream: int) -> NDArray[np.float32]:
    """One N(0, 1) draw per row; another `stream` gives independent ones."""
    bits = mix(seed ^ mix(np.array([stream]))) >> np.uint64(11)
    return ndtri((bits.astype(np.float64) + 0.5) * 2.0**-53).astype(np.float32)
