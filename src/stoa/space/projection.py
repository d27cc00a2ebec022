"""A viewer's vectors as a map: two dimensions to draw, and clusters to name."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from stoa.space.quantise import unit_rows


def to_plane(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Coordinates (n, 2) by principal components, scaled into [-1, 1].

    The same vectors give the same map: each axis points to where its greatest coordinate, by
    size, is positive. Fewer than two distinct vectors lie in the middle.

    >>> to_plane(np.array([[2, 0], [-1, 0], [-1, 0]], dtype=np.float32))[:, 0].tolist()
    [1.0, -0.5, -0.5]
    """
    n = len(vectors)
    plane = np.zeros((n, 2), dtype=np.float32)
    if n < 2:
        return plane
    centred = vectors.astype(np.float64) - vectors.mean(axis=0, dtype=np.float64)
    left, singular, _ = np.linalg.svd(centred, full_matrices=False)
    n_axes = min(2, len(singular))
    coordinates = left[:, :n_axes] * singular[:n_axes]
    furthest = np.abs(coordinates).argmax(axis=0)
    coordinates *= np.where(coordinates[furthest, np.arange(n_axes)] < 0, -1.0, 1.0)
    spread = np.abs(coordinates).max()
    if spread > 1e-9:
        plane[:, :n_axes] = coordinates / spread
    return plane


def cluster(
    vectors: NDArray[np.float32], n_clusters: int, rounds: int = 20
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Cluster (n,) of each vector, and the row (k,) of the vector in the middle of each cluster.

    k-medoids under the cosine (alternating, Park and Jun 2009), begun from the most central
    vector and then, again and again, the one least like any chosen. Deterministic. There may be
    fewer clusters than asked, never an empty one; clusters are numbered from the largest.
    """
    n = len(vectors)
    if n == 0 or n_clusters < 1:
        empty = np.zeros(0, dtype=np.int64)
        return np.zeros(n, dtype=np.int64), empty
    unit = unit_rows(vectors)
    likeness = unit @ unit.T
    medoid = _spread_out(likeness, min(n_clusters, n))
    for _ in range(rounds):
        member = likeness[:, medoid].argmax(axis=1)
        member[medoid] = np.arange(len(medoid))
        central = [_most_central(likeness, np.flatnonzero(member == c)) for c in range(len(medoid))]
        moved = np.array(central, dtype=np.int64)
        if (moved == medoid).all():
            break
        medoid = moved
    member = likeness[:, medoid].argmax(axis=1)
    member[medoid] = np.arange(len(medoid))
    order = np.argsort(-np.bincount(member, minlength=len(medoid)), kind="stable")
    return np.argsort(order)[member], medoid[order]


def _spread_out(likeness: NDArray[np.float32], k: int) -> NDArray[np.int64]:
    chosen = [int(likeness.sum(axis=1).argmax())]
    nearest = likeness[chosen[0]].copy()
    while len(chosen) < k:
        furthest = int(nearest.argmin())
        if nearest[furthest] > 1 - 1e-6:
            break  # all that is left equals something chosen
        chosen.append(furthest)
        np.maximum(nearest, likeness[furthest], out=nearest)
        nearest[furthest] = 2.0
    return np.array(chosen, dtype=np.int64)


def _most_central(likeness: NDArray[np.float32], members: NDArray[np.int64]) -> int:
    return int(members[likeness[np.ix_(members, members)].sum(axis=1).argmax()])
