"""Policies that need no learning: newest first, most liked first, and the one that logs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.evaluation.slates import Slates, greedy_slates, sampled_slates
from stoa.evaluation.society_view import SocietyView
from stoa.records import EventKind
from stoa.space.learning_log import LearningLog

_POPULAR = (EventKind.LIKE, EventKind.REPOST, EventKind.REPLY)


def chance_of(seed: int, view: SocietyView) -> np.random.Generator:
    """Random numbers of one round, the same every time."""
    return np.random.default_rng([seed, 31, view.day, view.round])


def engagement(view: SocietyView) -> NDArray[np.float64]:
    """Public acts on each post of the pool so far, shape (pool,)."""
    acts, low = view.log.acts, int(view.pool[0])
    start = int(np.searchsorted(acts.at_us, view.log.posts.at_us[low]))
    column = acts.post[start:] - low
    counted = np.isin(acts.kind[start:], _POPULAR) & (column >= 0) & (column < len(view.pool))
    return np.bincount(column[counted], minlength=len(view.pool)).astype(np.float64)


def age_h(view: SocietyView) -> NDArray[np.float64]:
    """Age of each post of the pool in hours, shape (pool,)."""
    return (view.at_us - view.log.posts.at_us[view.pool]) / 3.6e9


@dataclass(frozen=True, slots=True, kw_only=True)
class Chronological:
    """Newest first: those of followed authors, then all others."""

    seed: int = 0
    explore: float = 0.0
    name: str = "chronological"

    def rank(self, view: SocietyView) -> Slates:
        """The newest that a viewer has not been shown."""
        score = view.masked(1_000.0 * view.followed() - age_h(view)[None, :])
        return greedy_slates(score, view.slots, self.explore, chance_of(self.seed, view))

    def learn(self, log: LearningLog) -> None:
        """Nothing to learn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Popular:
    """Most likes, reposts and replies first, the same for everybody, fading with age."""

    seed: int = 0
    explore: float = 0.0
    half_life_h: float = 12.0
    name: str = "popular"

    def rank(self, view: SocietyView) -> Slates:
        """The most popular that a viewer has not been shown."""
        heat = (engagement(view) + 0.01) * 0.5 ** (age_h(view) / self.half_life_h)
        score = view.masked(heat[None, :])
        return greedy_slates(score, view.slots, self.explore, chance_of(self.seed, view))

    def learn(self, log: LearningLog) -> None:
        """Nothing to learn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggingPolicy:
    """Draws slates by follows, popularity and recency, with known chances: makes a first log."""

    seed: int = 0
    explore: float = 0.08  # share of slots given to any post, all equally likely
    half_life_h: float = 8.0
    name: str = "random"

    def rank(self, view: SocietyView) -> Slates:
        """A sample of the pool: followed authors', popular and new posts, and a little of all."""
        recency = 0.5 ** (age_h(view) / self.half_life_h)
        heat = np.sqrt(engagement(view)) * recency + 1e-6
        followed = view.followed() * recency
        followed = followed / np.maximum(followed.sum(axis=1, keepdims=True), 1e-9)
        weight = 0.4 * followed + 0.4 * heat / heat.sum() + 0.2 * recency / recency.sum()
        weight = np.where(view.fresh, weight, 0.0)
        return sampled_slates(weight, view.slots, self.explore, chance_of(self.seed, view))

    def learn(self, log: LearningLog) -> None:
        """Nothing to learn."""
