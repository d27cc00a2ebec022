"""Accounts as rows of a table of fixed size: two hashes each, so that few share both."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def account_rows(account: NDArray[np.integer], n_rows: int) -> NDArray[np.int32]:
    """Two rows below `n_rows` for every account key, shape (..., 2).

    Keys are whatever names an account for good (its id in the store); the same key has the same
    rows in every process. Mixing: splitmix64 (Steele et al. 2014) with two starts.

    >>> account_rows(np.array([7, 7, 8]), 1024).shape
    (3, 2)
    """
    key = account.astype(np.int64).astype(np.uint64)
    return np.stack([_mixed(key, start) % np.uint64(n_rows) for start in (1, 2)], axis=-1).astype(
        np.int32
    )


def _mixed(key: NDArray[np.uint64], start: int) -> NDArray[np.uint64]:
    x = key + np.uint64(start * 0x9E3779B97F4A7C15 % (1 << 64))
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))
