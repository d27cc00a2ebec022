"""The map of a reader's vectors: a plane, clusters, and a name for each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from stoa.feed.interest_names import interest_names
from stoa.feed.outcome import VectorPoint
from stoa.feed.viewer_vectors import ViewerVectors
from stoa.records import PostId

_MOST_CLUSTERS = 8


def vector_map(
    mine: ViewerVectors,
    sliders: Mapping[int, float],
    texts: Mapping[int, str],
    elsewhere: Iterable[str] = (),
) -> tuple[VectorPoint, ...]:
    """One point a vector, in the order of `mine`: place, cluster and the cluster's words.

    `elsewhere` are texts of the square at large, so that a word that is common there names none.
    """
    n = len(mine)
    if n == 0:
        return ()
    place = _plane(mine.vectors)
    cluster = _clusters(mine.vectors, min(_MOST_CLUSTERS, max(1, round(np.sqrt(n / 2)))))
    said = [texts.get(int(post), "") for post in mine.posts]
    names = interest_names(cluster, said, elsewhere)
    return tuple(
        VectorPoint(
            event_post=PostId(int(mine.posts[i])),
            kind=mine.kinds[i],
            at_us=int(mine.at_us[i]),
            weight=float(sliders.get(int(mine.posts[i]), 1.0)),
            x=float(place[i, 0]),
            y=float(place[i, 1]),
            cluster=int(cluster[i]),
            cluster_name=names[int(cluster[i])],
        )
        for i in range(n)
    )


def _plane(vectors: NDArray[np.float32]) -> NDArray[np.float64]:
    """The two directions of greatest variance, scaled into -1..1; shape (n, 2)."""
    centred = vectors.astype(np.float64) - vectors.mean(axis=0)
    _, _, directions = np.linalg.svd(centred, full_matrices=False)
    place = np.zeros((len(vectors), 2))
    k = min(2, len(directions))
    # A direction is only known up to its sign: the largest part is made positive.
    axes = directions[:k]
    signs = np.sign(axes[np.arange(k), np.abs(axes).argmax(axis=1)])
    place[:, :k] = centred @ (axes * signs[:, None]).T
    reach = np.abs(place).max()
    return place / reach if reach > 1e-9 else np.zeros_like(place)


def _clusters(vectors: NDArray[np.float32], k: int) -> NDArray[np.int64]:
    """k-means on the sphere, seeded by the farthest points, so the same on every call."""
    chosen = [0]
    nearest = vectors @ vectors[0]
    while len(chosen) < k:
        chosen.append(int(nearest.argmin()))
        nearest = np.maximum(nearest, vectors @ vectors[chosen[-1]])
    centres = vectors[chosen]
    belongs = np.full(len(vectors), -1)
    for _ in range(20):
        now = (vectors @ centres.T).argmax(axis=1)
        if (now == belongs).all():
            break
        belongs = now
        for cluster in range(k):
            members = vectors[belongs == cluster]
            if len(members):
                centre = members.sum(axis=0)
                centres[cluster] = centre / max(float(np.linalg.norm(centre)), 1e-9)
    # Numbered by size, so that cluster 0 is the reader's greatest interest.
    sizes = np.bincount(belongs, minlength=k)
    order = np.argsort(-sizes, kind="stable")
    number = np.empty(k, dtype=np.int64)
    number[order] = np.arange(k)
    return number[belongs]
