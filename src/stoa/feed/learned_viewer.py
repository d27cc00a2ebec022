"""A viewer in the learned space: one vector for every event, and medoids of what is older.

A position is trained with a weight added to its cosine. The index multiplies, so a weight w
becomes the factor c / (c - w): then max_j <f_j v_j, z> >= c exactly where
max_j (<v_j, z> + w_j) >= c. With c near the score of the last post found, the same posts are found.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from stoa.feed.viewer_vectors import VectorConfig, ViewerVectors, no_vectors, weighed_acts
from stoa.records import NO_ID, EventKind, HistoryEvent, as_ids
from stoa.space.generation import Generation
from stoa.space.learning_log import ActColumns
from stoa.space.medoids import older_interests
from stoa.space.space_model import SpaceModel
from stoa.space.viewer_history import GLAD_KINDS, REGRET_KINDS, Met, met_of
from stoa.space.viewer_tower import History, viewer_vectors

_HOUR_US = 3_600_000_000


def learned_vectors(
    history: Sequence[HistoryEvent],
    sliders: Mapping[int, float],
    now_us: int,
    space: Generation,
    config: VectorConfig,
) -> ViewerVectors:
    """The vectors of a history (newest first) in a learned space, one a post, newest first.

    What a reader took away (slider 0) is not even read. Posts that were regretted are read, and
    never searched with.
    """
    assert space.model is not None
    kept = [e for e in history if e.post != NO_ID and sliders.get(int(e.post), 1.0) > 0]
    met, posts = _events(kept)
    vectors = space.vectors(posts)
    known = np.flatnonzero(vectors[met.post].any(axis=1)) if len(posts) else as_ids([])
    met = met.take(known)
    event, found, weight = _positions(space.model, met, vectors, now_us, config)
    sorry = np.isin(met.post, met.post[np.isin(met.kind, [int(k) for k in REGRET_KINDS])])
    event, found, weight = _one_a_post(event, found, weight, met, sorry)
    mine = posts[met.post[event]]
    slider = np.array([sliders.get(int(post), 1.0) for post in mine], dtype=np.float32)
    against = _against(kept, sliders, now_us, space, config)
    return ViewerVectors(
        vectors=found,
        weights=slider * (config.level / (config.level - weight)).astype(np.float32),
        sliders=slider,
        posts=mine,
        kinds=tuple(EventKind(kind) for kind in met.kind[event].tolist()),
        at_us=met.at_us[event],
        against=against.against,
        against_weights=against.against_weights,
        against_posts=against.against_posts,
    )


def _events(history: Sequence[HistoryEvent]) -> tuple[Met, NDArray[np.int64]]:
    """Events of acts, oldest first, as training reads them; `post` counts into the ids beside."""
    acts = list(reversed(history))
    posts, row = np.unique(as_ids([act.post for act in acts]), return_inverse=True)
    n = len(acts)
    seconds = [np.nan if act.seconds is None else act.seconds for act in acts]
    columns = ActColumns(
        at_us=as_ids([act.at_us for act in acts]),
        account=np.zeros(n, dtype=np.int32),
        post=row.astype(np.int32),
        kind=np.array([int(act.kind) for act in acts], dtype=np.int8),
        seconds=np.array(seconds, dtype=np.float32),
        surface=np.zeros(n, dtype=np.int8),
    )
    return met_of(columns), posts


def _positions(
    model: SpaceModel,
    met: Met,
    vectors: NDArray[np.float32],
    now_us: int,
    config: VectorConfig,
) -> tuple[NDArray[np.int64], NDArray[np.float32], NDArray[np.float32]]:
    """Events (m,), their vectors (m, d) and weights (m,) <= 0; older interests first."""
    shape = model.config.viewer
    n = len(met.post)
    split = max(0, n - min(config.positions, shape.longest))
    recent = met.take(np.arange(split, n))
    gap_us = np.diff(recent.at_us, prepend=recent.at_us[:1])
    history = History(
        vector=vectors[recent.post],
        kind=recent.kind.astype(np.int32),
        gap_s=(gap_us / 1e6).astype(np.float32),
        seconds=np.where(np.isnan(recent.seconds), -1, recent.seconds).astype(np.float32),
        surface=recent.surface.astype(np.int32),
        at_h=((recent.at_us - now_us) / _HOUR_US).astype(np.float32),
        segment=np.zeros(len(recent.post), dtype=np.int32),
    )
    made = viewer_vectors(model.params["viewer_tower"], shape, history, now_h=0.0)
    glad = np.isin(met.kind[:split], [int(kind) for kind in GLAD_KINDS])
    glad |= np.nan_to_num(met.seconds[:split]) >= model.config.gladness.long_look_s
    older = np.flatnonzero(glad)
    if not len(older):
        return made.events + split, made.vectors, made.weights
    old = vectors[met.post[older]]
    medoid, _ = older_interests(old, shape.medoids)
    medoid.sort()
    # As trusted as the oldest event that still has a position.
    weight = made.weights[:1] if len(made.weights) else np.zeros(1, dtype=np.float32)
    return (
        np.concatenate([older[medoid], made.events + split]),
        np.concatenate([old[medoid], made.vectors]),
        np.concatenate([np.repeat(weight, len(medoid)), made.weights]),
    )


def _one_a_post(
    event: NDArray[np.int64],
    found: NDArray[np.float32],
    weight: NDArray[np.float32],
    met: Met,
    sorry: NDArray[np.bool_],
) -> tuple[NDArray[np.int64], NDArray[np.float32], NDArray[np.float32]]:
    """Newest first, the newest event of each post, none of a post that was regretted."""
    order = np.flatnonzero(~sorry[event])[::-1]
    _, first = np.unique(met.post[event[order]], return_index=True)
    order = order[np.sort(first)]
    return event[order], found[order], weight[order]


def _against(
    history: Sequence[HistoryEvent],
    sliders: Mapping[int, float],
    now_us: int,
    space: Generation,
    config: VectorConfig,
) -> ViewerVectors:
    """What ranking holds against posts: the regretted posts' own vectors."""
    _, sorry = weighed_acts(history, sliders, now_us, config)
    posts = as_ids([event.post for event, _ in sorry])
    nothing = no_vectors(space.index.dim)
    if not len(posts):
        return nothing
    vectors = space.vectors(posts)
    known = vectors.any(axis=1)
    weights = np.array([weight for _, weight in sorry], dtype=np.float32)
    return replace(
        nothing, against=vectors[known], against_weights=weights[known],
        against_posts=posts[known],
    )  # fmt: skip
