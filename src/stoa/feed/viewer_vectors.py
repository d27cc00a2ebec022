"""A viewer as many vectors, one per meaningful act, each traceable to the act it came from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from stoa.records import (
    DAY_US,
    NEGATIVE_EVENTS,
    NO_ID,
    EventKind,
    HistoryEvent,
    as_ids,
)
from stoa.space.generation import Generation


def _default_weights() -> dict[EventKind, float]:
    # Kept within a factor of two: the match is a maximum over vectors, so a heavier act does not
    # add to a lighter one, it silences it.
    return {
        EventKind.GLAD: 1.25,
        EventKind.SHOW_MORE: 1.2,
        EventKind.REPOST: 1.05,
        EventKind.LIKE: 1.0,
        EventKind.REPLY: 1.0,
        EventKind.QUOTE: 1.0,
        EventKind.FOLLOW: 0.8,
        EventKind.CLICK: 0.7,
        EventKind.DWELL: 0.8,
        EventKind.REGRET: 1.2,
        EventKind.REPORT: 1.2,
        EventKind.SHOW_LESS: 1.0,
        EventKind.BLOCK: 1.0,
        EventKind.MUTE: 0.9,
        EventKind.NOT_INTERESTED: 0.9,
        EventKind.HIDE: 0.8,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class VectorConfig:
    """How acts become vectors."""

    weights: Mapping[EventKind, float] = field(default_factory=_default_weights)
    limit: int = 512
    half_life_days: float = 14.0
    floor: float = 0.6  # what an old act's vector keeps of its weight
    long_look_s: float = 20.0  # a look this long counts in full as interest
    short_look_s: float = 5.0  # a shorter one says nothing
    positions: int = 256  # newest events that give a vector each in a learned space
    level: float = 0.7  # score of the last post found, about: see `feed.learned_viewer`


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewerVectors:
    """Unit vectors with weights, of what the viewer was glad of and of what not.

    `vectors` has shape (n, dim) and `against` (m, dim); the columns beside them name the acts.
    """

    vectors: NDArray[np.float32]
    weights: NDArray[np.float32]  # of act, age and slider
    sliders: NDArray[np.float32]  # the reader's own weight, 1 where not touched
    posts: NDArray[np.int64]  # the act's post
    kinds: tuple[EventKind, ...]
    at_us: NDArray[np.int64]
    against: NDArray[np.float32]
    against_weights: NDArray[np.float32]
    against_posts: NDArray[np.int64]

    @property
    def queries(self) -> NDArray[np.float32]:
        """Rows for the index: vectors times their weights."""
        return self.vectors * self.weights[:, None]

    def __len__(self) -> int:
        return len(self.posts)


def no_vectors(dim: int) -> ViewerVectors:
    """A viewer of whom nothing is known."""
    return ViewerVectors(
        vectors=np.zeros((0, dim), dtype=np.float32),
        weights=np.zeros(0, dtype=np.float32),
        sliders=np.zeros(0, dtype=np.float32),
        posts=as_ids([]),
        kinds=(),
        at_us=as_ids([]),
        against=np.zeros((0, dim), dtype=np.float32),
        against_weights=np.zeros(0, dtype=np.float32),
        against_posts=as_ids([]),
    )


def viewer_vectors(
    history: Sequence[HistoryEvent],
    sliders: Mapping[int, float],
    now_us: int,
    space: Generation,
    config: VectorConfig,
) -> ViewerVectors:
    """The vectors of a history (newest first): post vector, weighed by act, age and slider.

    One vector a post: its weightiest glad act, or, where the viewer came to regret it, a vector
    that ranking holds against posts alike. A slider at 0 removes a vector of either sort.
    """
    glad, sorry = weighed_acts(history, sliders, now_us, config)
    acts = [*glad, *sorry]
    if not acts:
        return no_vectors(space.index.dim)
    posts = as_ids([event.post for event, _ in acts])
    vectors = space.vectors(posts)
    known = np.flatnonzero(np.abs(vectors).sum(axis=1) > 0)
    for_it, against = known[known < len(glad)], known[known >= len(glad)]
    weights = np.array([weight for _, weight in acts], dtype=np.float32)
    return ViewerVectors(
        vectors=vectors[for_it],
        weights=weights[for_it],
        sliders=np.array([sliders.get(int(p), 1.0) for p in posts[for_it]], dtype=np.float32),
        posts=posts[for_it],
        kinds=tuple(acts[i][0].kind for i in for_it),
        at_us=as_ids([acts[i][0].at_us for i in for_it]),
        against=vectors[against],
        against_weights=weights[against],
        against_posts=posts[against],
    )


def weighed_acts(
    history: Iterable[HistoryEvent], sliders: Mapping[int, float], now_us: int, config: VectorConfig
) -> tuple[list[tuple[HistoryEvent, float]], list[tuple[HistoryEvent, float]]]:
    """Acts that the viewer was glad of, and regretted ones, each with its weight; one a post."""
    glad: dict[int, tuple[HistoryEvent, float]] = {}
    sorry: dict[int, tuple[HistoryEvent, float]] = {}
    for event in history:
        weight = _weight(event, now_us, config) * sliders.get(event.post, 1.0)
        if weight <= 0 or event.post == NO_ID:
            continue
        side = sorry if event.kind in NEGATIVE_EVENTS else glad
        if event.post not in side or side[event.post][1] < weight:
            side[event.post] = (event, weight)
    kept = [act for post, act in glad.items() if post not in sorry]
    return kept[: config.limit], list(sorry.values())[: config.limit]


def _weight(event: HistoryEvent, now_us: int, config: VectorConfig) -> float:
    weight = config.weights.get(event.kind, 0.0)
    if event.kind is EventKind.DWELL:
        looked = event.seconds or 0.0
        if looked < config.short_look_s:
            return 0.0
        weight *= min(looked / config.long_look_s, 1.0)
    age_days = max(now_us - event.at_us, 0) / DAY_US
    return weight * (config.floor + (1 - config.floor) * 0.5 ** (age_days / config.half_life_days))
