"""Lays out a reading: authors and conversations kept apart, and honest chances for new posts."""

from __future__ import annotations

import heapq
import random
from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class SlateConfig:
    """How repetition costs. A k-th repetition costs `cost * (1 - decay**k)`.

    The shape is the author diversity of x-algorithm (decay 0.5). Where scores may be negative the
    cost is in units of the score; where they are values in seconds, a share of the value.
    """

    author_cost: float = 0.25
    conversation_cost: float = 0.5
    decay: float = 0.5
    of_value: bool = False  # costs are shares; scores below zero are left as they are


def shares_of_value() -> SlateConfig:
    """Repetition where scores are seconds: an author's second post is worth .85 of its value.

    In six simulated towns that was worth 2 s a reader and day more than .7 (`live-day.md`).
    """
    return SlateConfig(author_cost=0.3, conversation_cost=0.8, of_value=True)


@dataclass(frozen=True, slots=True)
class Placed:
    """A post given a position: its row, and the exact chance it had of getting there."""

    row: int
    propensity: float
    explored: bool
    passed: int  # better-scored posts still waiting when it was placed
    value: float  # its score with the discounts that held there


class Slate:
    """Places posts one by one, greedily, deterministic for a seed; call `extend` as pages need.

    Each position is an exploration slot with probability `exploration` while explorers remain,
    and then takes one of them uniformly; else it takes the post of greatest discounted score.
    So a post has, at a position and given those before it, the propensity
    `(1 - e) * [it is the greedy choice] + e * [it is an explorer] / n_explorers`, and these sum
    to 1 over all that remain.
    """

    def __init__(
        self,
        score: NDArray[np.float64],
        author: NDArray[np.int64],
        conversation: NDArray[np.int64],
        explorers: NDArray[np.bool_],
        *,
        exploration: float,
        seed: int,
        config: SlateConfig | None,
    ) -> None:
        """Rows stand best first; `config=None` keeps their order as it is."""
        self._score: list[float] = score.tolist()
        self._author: list[int] = author.tolist()
        self._conversation: list[int] = conversation.tolist()
        self._exploration = exploration
        self._config = config
        self._chance = random.Random(seed)
        self._explorers: list[int] = np.flatnonzero(explorers).tolist()
        self._explorer_at = {row: i for i, row in enumerate(self._explorers)}
        self._times: dict[tuple[str, int], int] = defaultdict(int)
        self._is_placed = bytearray(len(self._score))
        self._first_waiting = 0
        self._heap = [(-value, row) for row, value in enumerate(self._score)]
        heapq.heapify(self._heap)
        self.placed: list[Placed] = []

    def __len__(self) -> int:
        """How many posts there are to place."""
        return len(self._score)

    def extend(self, n: int) -> None:
        """Places posts until `n` are placed or none is left."""
        while len(self.placed) < min(n, len(self._score)):
            self._place()

    def propensities(self) -> dict[int, float]:
        """The chance of every post that may take the next position; they sum to 1."""
        greedy = self._greedy()
        if greedy is None:
            return {}
        e = self._exploration if self._explorers else 0.0
        chances = dict.fromkeys(self._explorers, e / max(len(self._explorers), 1))
        chances[greedy] = chances.get(greedy, 0.0) + 1.0 - e
        return chances

    def _place(self) -> None:
        greedy = self._greedy()
        assert greedy is not None, "extend() stops when nothing is left"
        e = self._exploration if self._explorers else 0.0
        row, share = greedy, 0.0
        explored = e > 0 and self._chance.random() < e
        if explored:
            row = self._explorers[self._chance.randrange(len(self._explorers))]
        if row in self._explorer_at:
            share = e / len(self._explorers)
        propensity = share + (1.0 - e if row == greedy else 0.0)
        value = self._discounted(row)
        self._take(row)
        while self._first_waiting < row and self._is_placed[self._first_waiting]:
            self._first_waiting += 1
        passed = max(row - self._first_waiting, 0)
        self.placed.append(Placed(row, propensity, explored and row != greedy, passed, value))

    def _take(self, row: int) -> None:
        self._is_placed[row] = 1
        at = self._explorer_at.pop(row, None)
        if at is not None:
            last = self._explorers.pop()
            if last != row:
                self._explorers[at] = last
                self._explorer_at[last] = at
        self._times["author", self._author[row]] += 1
        self._times["conversation", self._conversation[row]] += 1

    def _greedy(self) -> int | None:
        """The waiting row of greatest discounted score; discounts only grow, so stale is lazy."""
        while self._heap:
            negated, row = self._heap[0]
            if self._is_placed[row]:
                heapq.heappop(self._heap)
                continue
            now = self._discounted(row)
            if -negated <= now:
                return row
            heapq.heapreplace(self._heap, (-now, row))
        return None

    def worth_at(self, score: float, author: int, conversation: int) -> NDArray[np.float64]:
        """What a post would be worth at each place laid out so far, (n placed,).

        Discounted as any post is, for what stands before that place.
        """
        worth = np.full(len(self.placed), score)
        if not self._times.get(("author", author)) and not self._times.get(
            ("conversation", conversation)
        ):
            return worth
        times = [0, 0]
        for place, placed in enumerate(self.placed):
            worth[place] = discounted(score, times[0], times[1], self._config)
            times[0] += self._author[placed.row] == author
            times[1] += self._conversation[placed.row] == conversation
        return worth

    def _discounted(self, row: int) -> float:
        author = self._times.get(("author", self._author[row]), 0)
        conversation = self._times.get(("conversation", self._conversation[row]), 0)
        return discounted(self._score[row], author, conversation, self._config)


def discounted(
    score: float, n_author: int, n_conversation: int, config: SlateConfig | None
) -> float:
    """A score after so many posts of its author and of its conversation.

    >>> discounted(10.0, 1, 0, SlateConfig(author_cost=0.6, of_value=True))
    7.0
    """
    if config is None:
        return score
    by_author = config.author_cost * (1.0 - config.decay**n_author)
    by_conversation = config.conversation_cost * (1.0 - config.decay**n_conversation)
    if config.of_value:
        return score * (1.0 - by_author) * (1.0 - by_conversation) if score > 0 else score
    return score - by_author - by_conversation
