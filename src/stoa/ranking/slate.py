"""Slates for many sittings at once: the best by discounted value, and honest chances for others.

`feed.compose` lays out one reading, page by page; a study of policies lays out thousands, and it
explores as the learned feed does. At each slot, with probability e, a post is drawn from what is
left by

    q  ~  (1 - f) softmax(U / temperature) + f uniform over posts never shown

else the post of greatest discounted value is taken. So the chance of a post at a slot, given those
before it, is (1 - e) [it is the greedy choice] + e q, and over all posts these sum to 1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.errors import BadInput

Floats = NDArray[np.float64]
Ints = NDArray[np.integer]


@dataclass(frozen=True, slots=True, kw_only=True)
class ManySlatesConfig:
    """How repetition is discounted, `(1 - floor) decay**k + floor` at the k-th, and explored."""

    exploration: float = 0.05  # e: share of slots
    temperature_s: float = 2.0
    fresh: float = 0.3  # f: of explored slots go to posts never shown, where there are any
    author_decay: float = 0.5
    conversation_decay: float = 0.3
    topic_decay: float = 0.9
    floor: float = 0.1
    considered: int = 300  # best posts that the greedy choice looks at

    def __post_init__(self) -> None:
        for name in ("exploration", "fresh", "author_decay", "conversation_decay", "topic_decay"):
            if not 0.0 <= getattr(self, name) <= 1.0:
                raise BadInput(name, getattr(self, name), "give a share from 0 to 1")
        if not self.temperature_s > 0:
            raise BadInput("temperature_s", self.temperature_s, "give seconds above 0")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """What can be shown in s sittings: n posts, the same for all of them."""

    value: Floats  # (s, n) of each post to each viewer; -inf where it must not be shown
    author: Ints  # (n,)
    conversation: Ints  # (n,)
    topic: Ints  # (n,)
    never_shown: NDArray[np.bool_]  # (n,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Slates:
    """Columns of posts of the pool in the order shown; (s, slots), -1 where none was left."""

    post: NDArray[np.int64]
    propensity: Floats  # exact, given what stands before; NaN where none
    explored: NDArray[np.bool_]


class ManySlates:
    """Places a post in every sitting's next slot, again and again."""

    def __init__(self, pool: Pool, config: ManySlatesConfig, random: np.random.Generator) -> None:
        """Everything is drawn from `random`."""
        self._pool, self._config, self._random = pool, config, random
        s, n = len(pool.value), len(pool.author)
        self._allowed = np.isfinite(pool.value)
        self._weight = _exploring(pool, self._allowed, config)
        self._sums = np.cumsum(self._weight, axis=1)
        self._remaining = self._weight.sum(axis=1)
        self._placed = np.zeros((s, n), dtype=bool)
        best = min(config.considered, n)
        top = np.argpartition(-np.where(self._allowed, pool.value, -np.inf), best - 1, axis=1)
        self._top = np.sort(top[:, :best], axis=1)  # ties go to the earlier column
        self._value = np.take_along_axis(
            np.where(self._allowed, pool.value, -np.inf), self._top, axis=1
        )
        self._open = np.isfinite(self._value)
        self._factor = np.ones_like(self._value)
        self._keys = [
            (key[self._top], key, decay, np.zeros(self._value.shape, dtype=np.int32))
            for key, decay in (
                (pool.author, config.author_decay),
                (pool.conversation, config.conversation_decay),
                (pool.topic, config.topic_decay),
            )
            if decay < 1.0
        ]

    def chances(self) -> Floats:
        """The chance of every post at every sitting's next slot, (s, n); rows sum to 1 or 0."""
        made = self._config.exploration * self._left()
        greedy, any_left = self._greedy()
        rows = np.flatnonzero(any_left)
        can = self._can_explore()[rows]
        made[rows, greedy[rows]] += np.where(can, 1.0 - self._config.exploration, 1.0)
        return made

    def place(self) -> tuple[NDArray[np.int64], Floats, NDArray[np.bool_]]:
        """Fills the next slot: posts (s,), their exact propensities, and which were explored."""
        greedy, any_left = self._greedy()
        e, rows = self._config.exploration, np.arange(len(greedy))
        can = self._can_explore()
        explores = (self._random.random(len(greedy)) < e) & can
        chosen = np.where(explores, self._drawn(explores), greedy)
        left = np.maximum(self._remaining, 1e-300)
        by_chance = np.where(can, e * self._weight[rows, chosen] / left, 0.0)
        by_choice = np.where(chosen == greedy, np.where(can, 1.0 - e, 1.0), 0.0)
        propensity = np.where(any_left, by_chance + by_choice, np.nan)
        self._take(rows[any_left], chosen[any_left])
        return (
            np.where(any_left, chosen, -1),
            propensity,
            explores & any_left & (chosen != greedy),
        )

    def _left(self) -> Floats:
        """Where exploration would go, (s, n); rows sum to 1, or are 0 where it cannot."""
        weight = np.where(self._placed, 0.0, self._weight)
        can = self._can_explore()[:, None]
        return np.where(can, weight / np.maximum(self._remaining, 1e-300)[:, None], 0.0)

    def _can_explore(self) -> NDArray[np.bool_]:
        return self._remaining > 1e-9

    def _greedy(self) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """The column of greatest discounted value in each sitting, and whether there is one.

        When all considered posts are placed, the best of the others follows undiscounted.
        """
        # A discount must never raise a value: those below zero stay as they are.
        now = np.where(self._value > 0, self._value * self._factor, self._value)
        now = np.where(self._open, now, -np.inf)
        rows = np.arange(len(now))
        best = now.argmax(axis=1)
        greedy, found = self._top[rows, best], self._open[rows, best]
        for row in np.flatnonzero(~found):
            rest = np.where(self._allowed[row] & ~self._placed[row], self._pool.value[row], -np.inf)
            greedy[row] = rest.argmax()
            found[row] = bool(np.isfinite(rest[greedy[row]]))
        return greedy, found

    def _drawn(self, explores: NDArray[np.bool_]) -> NDArray[np.int64]:
        """A post by its exploring weight where asked for; what is placed is drawn again."""
        drawn = np.zeros(len(explores), dtype=np.int64)
        open_rows = np.flatnonzero(explores)
        for _ in range(50):
            if not len(open_rows):
                return drawn
            wish = self._random.random(len(open_rows)) * self._sums[open_rows, -1]
            column = (self._sums[open_rows] <= wish[:, None]).sum(axis=1)
            drawn[open_rows] = np.minimum(column, self._placed.shape[1] - 1)
            bad = self._placed[open_rows, drawn[open_rows]]
            bad |= self._weight[open_rows, drawn[open_rows]] <= 0
            open_rows = open_rows[bad]
        for row in open_rows:
            left = np.where(self._placed[row], 0.0, self._weight[row])
            drawn[row] = self._random.choice(len(left), p=left / left.sum())
        return drawn

    def _take(self, rows: NDArray[np.int64], chosen: NDArray[np.int64]) -> None:
        self._placed[rows, chosen] = True
        self._remaining[rows] -= self._weight[rows, chosen]
        self._open[rows] &= self._top[rows] != chosen[:, None]
        factor = np.ones((len(rows), self._value.shape[1]))
        for top_key, key, decay, times in self._keys:
            times[rows] += top_key[rows] == key[chosen][:, None]
            floor = self._config.floor
            factor *= (1.0 - floor) * decay ** times[rows] + floor
        self._factor[rows] = factor


def _exploring(pool: Pool, allowed: NDArray[np.bool_], config: ManySlatesConfig) -> Floats:
    """Exploring weights that sum to 1 in every sitting that has a post, (s, n)."""
    value = np.where(allowed, pool.value, -np.inf)
    top = value.max(axis=1, keepdims=True, initial=-np.inf)
    scaled = (value - np.where(np.isfinite(top), top, 0.0)) / config.temperature_s
    soft = np.where(allowed, np.exp(scaled), 0.0)
    soft = soft / np.maximum(soft.sum(axis=1, keepdims=True), 1e-300)
    fresh = (allowed & pool.never_shown[None, :]).astype(np.float64)
    n_fresh = fresh.sum(axis=1, keepdims=True)
    share = np.where(n_fresh > 0, config.fresh, 0.0)
    return (1.0 - share) * soft + share * fresh / np.maximum(n_fresh, 1.0)


def compose_many(
    pool: Pool, slots: int, config: ManySlatesConfig, random: np.random.Generator
) -> Slates:
    """Slates of `slots` posts for every sitting of the pool.

    Raises:
        BadInput: columns of the pool that do not fit its values.
    """
    s, n = pool.value.shape
    for name in ("author", "conversation", "topic", "never_shown"):
        if getattr(pool, name).shape != (n,):
            raise BadInput(name, getattr(pool, name).shape, f"give one for each of {n} posts")
    post = np.full((s, slots), -1, dtype=np.int64)
    propensity = np.full((s, slots), np.nan)
    explored = np.zeros((s, slots), dtype=bool)
    if n == 0 or s == 0:
        return Slates(post=post, propensity=propensity, explored=explored)
    slates = ManySlates(pool, config, random)
    for slot in range(slots):
        post[:, slot], propensity[:, slot], explored[:, slot] = slates.place()
    return Slates(post=post, propensity=propensity, explored=explored)
