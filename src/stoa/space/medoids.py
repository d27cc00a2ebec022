"""Interests older than the tower's window: one post for each cluster of what was once liked."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from stoa.space.projection import cluster

_MOST_CLUSTERED = 2_048
"""Clustering compares all pairs: 2,048 rows are 16 MiB of products. Beyond, the newest count."""


def older_interests(
    vectors: NDArray[np.float32], n_most: int = 128
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows (k,) of the events that stand for older interests, and how many events each stands for.

    k-medoids under the cosine over post vectors, oldest first (`projection.cluster`), about one
    medoid for sqrt(2 n) events but never more than `n_most`: a medoid is a post the viewer
    really liked, so a reader can see it, weigh it or take it away, which a mean does not allow.

    Args:
        vectors: (n, d) vectors of posts the viewer was glad of, oldest first.
        n_most: most medoids.
    """
    n = len(vectors)
    skipped = max(n - _MOST_CLUSTERED, 0)
    n_clusters = min(n_most, n, max(1, round((2 * (n - skipped)) ** 0.5)))
    member, medoid = cluster(vectors[skipped:], n_clusters if n else 0)
    size = np.bincount(member, minlength=len(medoid)) if len(medoid) else medoid
    return medoid + skipped, size.astype(np.int64)
