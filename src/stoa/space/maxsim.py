"""Exact late interaction: the best of several queries for every post, and the best posts of all."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_BLOCK_ROWS = 4096
"""Rows compared at once: 4096 x 256 products are 4 MiB, which a processor's cache holds."""


def max_over_queries(
    vectors: NDArray[np.float32], queries: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
    """For each row of `vectors` (n, d): max over `queries` (q, d) of <query, row>, and which.

    Without queries every row scores minus infinity and names query -1. Source: MaxSim of
    Khattab and Zaharia (2020), with the roles of query and document exchanged.

    >>> max_over_queries(np.eye(2, dtype=np.float32), np.array([[0, 2]], dtype=np.float32))[0]
    array([0., 2.], dtype=float32)
    """
    n = len(vectors)
    score = np.full(n, -np.inf, dtype=np.float32)
    query = np.full(n, -1, dtype=np.int32)
    if len(queries) == 0:
        return score, query
    for start in range(0, n, _BLOCK_ROWS):
        products = vectors[start : start + _BLOCK_ROWS] @ queries.T
        best = products.argmax(axis=1)
        query[start : start + len(best)] = best
        score[start : start + len(best)] = products[np.arange(len(best)), best]
    return score, query


def top_k(score: NDArray[np.float32], tie: NDArray[np.int64], k: int) -> NDArray[np.int64]:
    """Rows of the k greatest scores, best first; equal scores in falling order of `tie`.

    Rows of score minus infinity are left out.

    >>> top_k(np.array([1.0, 3.0, 3.0], dtype=np.float32), np.array([5, 6, 7]), 2).tolist()
    [2, 1]
    """
    rows = np.flatnonzero(score > -np.inf)
    if k <= 0:
        return rows[:0]
    if len(rows) > k:
        least = np.partition(score[rows], len(rows) - k)[len(rows) - k]
        above = rows[score[rows] > least]
        level = rows[score[rows] == least]
        level = level[np.argsort(-tie[level], kind="stable")][: k - len(above)]
        rows = np.concatenate([above, level])
    return rows[np.lexsort((-tie[rows], -score[rows]))]


def search_exact(
    vectors: NDArray[np.float32], queries: NDArray[np.float32], k: int
) -> tuple[NDArray[np.int64], NDArray[np.float32], NDArray[np.int32]]:
    """Rows of the k best vectors, their scores, and the query that reached each."""
    score, query = max_over_queries(vectors, queries)
    best = top_k(score, np.arange(len(vectors)), k)
    return best, score[best], query[best]
