"""The first ranking: match, co-engagement, recency, ties and seconds; nothing is learned yet."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

TERMS = (
    "match",
    "second",
    "co_engagement",
    "recency",
    "followed",
    "popularity",
    "attention",
    "against",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstVersionConfig:
    """Weights of the terms; each term lies in 0..1 before its weight.

    Co-engagement and ties were weighed in the town (seeds 101-104, which no table uses): without
    co-engagement a third of the true unregretted seconds was gone, beyond 1.0 little was won.
    Seconds were weighed on seeds 100-104 (docs/decisions/0006-seconds-in-the-first-version.md).
    """

    match: float = 1.0
    second: float = 0.3  # a second act that agrees, so that one odd like does not rule
    co_engagement: float = 1.0
    co_engagement_half: float = 0.5  # co-engagement that gives half of the term
    recency: float = 0.15
    recency_half_life_h: float = 12.0
    followed: float = 0.35
    popularity: float = 0.3  # only where nothing is known of the viewer
    popularity_half: float = 1.0
    against: float = 1.0
    against_from: float = 0.2  # similarities below are the noise of any two texts
    attention_power: float = 1.0  # of the seconds expected of a kind; 0 looks at no seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """What the first version reads of each candidate; arrays of shape (n,)."""

    top: NDArray[np.float32]  # greatest weighted similarity to a viewer vector
    second: NDArray[np.float32]  # second greatest, of another act
    against: NDArray[np.float32]  # greatest weighted similarity to what was regretted
    co_engagement: NDArray[np.float32]
    age_s: NDArray[np.float64]
    followed: NDArray[np.bool_]  # written or reposted by somebody the viewer follows
    popularity: NDArray[np.float64]  # zero where the viewer has vectors
    attention: NDArray[np.float64]  # seconds expected of its kind, as a share of the mean look


@dataclass(frozen=True, slots=True, kw_only=True)
class Similarities:
    """How near candidates are to a viewer's vectors; arrays of shape (n,)."""

    top: NDArray[np.float32]
    second: NDArray[np.float32]


def similarities(posts: NDArray[np.float32], queries: NDArray[np.float32]) -> Similarities:
    """The greatest and second greatest <query, post>, of shapes (n, dim) and (q, dim).

    Zero where there are too few queries.

    >>> found = similarities(np.eye(2, dtype=np.float32), np.eye(2, dtype=np.float32))
    >>> found.top.tolist(), found.second.tolist()
    ([1.0, 1.0], [0.0, 0.0])
    """
    n = len(posts)
    nothing = np.zeros(n, dtype=np.float32)
    if len(queries) == 0 or n == 0:
        return Similarities(top=nothing, second=nothing)
    products = posts @ queries.T
    best = products.argmax(axis=1)
    row = np.arange(n)
    top = products[row, best].copy()
    if len(queries) == 1:
        return Similarities(top=top, second=nothing)
    products[row, best] = -np.inf
    return Similarities(top=top, second=products.max(axis=1))


def score(
    features: Features, config: FirstVersionConfig
) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
    """Scores of shape (n,) and their terms of shape (n, 8), named by `TERMS`; the sum scores.

    `(match + second + co_engagement + recency + followed + popularity) * attention - against`:
    what speaks for a post stands for the chance that it is read, and that times the seconds
    expected of a post of its kind is what design.md 5 calls E[T], up to a factor. So an answer
    of six words and a long post compete by seconds, and nothing is taken from either for being
    what it is. The term named `attention` is what this factor adds or takes.
    """
    co = np.maximum(features.co_engagement, 0)
    popular = np.maximum(features.popularity, 0)
    beyond = (features.against - config.against_from) / (1 - config.against_from)
    half_lives = features.age_s / (3600 * config.recency_half_life_h)
    interest = (
        config.match * np.maximum(features.top, 0),
        config.second * np.maximum(features.second, 0),
        config.co_engagement * co / (co + config.co_engagement_half),
        config.recency * 0.5**half_lives,
        config.followed * features.followed,
        config.popularity * popular / (popular + config.popularity_half),
    )
    attention = np.sum(interest, axis=0) * (features.attention**config.attention_power - 1.0)
    regret = -config.against * np.maximum(beyond, 0)
    terms = np.stack([*interest, attention, regret], axis=1).astype(np.float32)
    return terms.sum(axis=1, dtype=np.float64), terms
