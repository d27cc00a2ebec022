"""Policies that read the truth: the ceiling, and what published weights do with perfect heads."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.evaluation.slates import Slates, greedy_slates
from stoa.evaluation.society_policies import chance_of
from stoa.evaluation.society_view import SocietyView
from stoa.ranking.presets import X2026_WEIGHTS
from stoa.space.learning_log import LearningLog
from stoa.town.society import SocietyTruth
from stoa.town.society.people import Expectation

RULES = ("value", "likes", "seconds", "x2026")

_SHORTLIST, _LEVELS = 200, 10
_HEADS = {
    "like": "favourite", "repost": "repost", "reply": "reply", "follow": "follow_author",
    "click": "post_click", "share": "share", "profile_click": "profile_click",
}  # fmt: skip
_EXPLICIT = {"not_interested": 0.03, "mute_author": 0.008, "block_author": 0.005, "report": 0.003}
"""How often what is read and regretted is marked so; as `observed` draws it."""


@dataclass(slots=True, kw_only=True)
class Oracle:
    """Ranks by a rule over true expectations of fresh meetings."""

    rule: str = "value"
    kappa: float = 3.0  # what a regretted second costs, in unregretted ones
    seed: int = 0
    explore: float = 0.0
    composes: bool = False  # counts what earlier slots take from later ones of their topic
    name: str = "oracle"
    _truth: SocietyTruth | None = None

    def see(self, truth: SocietyTruth) -> None:
        """Opens the door."""
        self._truth = truth

    def rank(self, view: SocietyView) -> Slates:
        """The best by the rule that a viewer has not been shown."""
        assert self._truth is not None, "run() opens the truth to an oracle"
        expected = self._truth.expect_all(view.viewer[:, None], view.pool[None, :])
        score = view.masked(rule_score(self.rule, expected, self.kappa))
        if self.composes:
            score = self._composed(view, score)
        return greedy_slates(score, view.slots, self.explore, chance_of(self.seed, view))

    def _composed(self, view: SocietyView, score: NDArray[np.floating]) -> NDArray[np.floating]:
        """Scores that put each row in greedy order: best next, given what stands before it.

        What is expected to be read of a topic by then is rounded down to a whole number; only the
        best `_SHORTLIST` of each row, alone, take part.
        """
        assert self._truth is not None
        width = min(_SHORTLIST, score.shape[1])
        short = np.argpartition(-score, width - 1, axis=1)[:, :width]
        posts, fresh = view.pool[short], np.isfinite(np.take_along_axis(score, short, axis=1))
        levels = [self._truth.expect_all(view.viewer[:, None], posts, n) for n in range(_LEVELS)]
        worth = np.stack([rule_score(self.rule, e, self.kappa) for e in levels])
        worth[:, ~fresh] = -np.inf
        order = greedy_order(
            worth, np.stack([e.stop for e in levels]), self._truth.post("topic")[posts], view.slots
        )
        ranked = np.full(score.shape, -np.inf)
        first = np.take_along_axis(short, order, axis=1)
        np.put_along_axis(ranked, first, -np.arange(order.shape[1], dtype=float)[None, :], axis=1)
        return np.where(np.isfinite(score), ranked, -np.inf)

    def learn(self, log: LearningLog) -> None:
        """Nothing left to learn."""


def greedy_order(
    worth: NDArray[np.floating], stop: NDArray[np.floating], topic: NDArray[np.integer], k: int
) -> NDArray[np.int64]:
    """The next best column k times over, shape (rows, k).

    Args:
        worth: of each column after 0, 1, ... posts of its topic were read, (levels, rows, n).
        stop: chance that it is read, the same shape.
        topic: of each column, (rows, n).
        k: how many to choose.
    """
    levels, rows, n = worth.shape
    read = np.zeros((rows, n))
    every = np.arange(rows)
    left = np.ones((rows, n), dtype=np.bool_)
    chosen = np.zeros((rows, min(k, n)), dtype=np.int64)
    for slot in range(chosen.shape[1]):
        level = np.minimum(read.astype(np.int64), levels - 1)
        now = np.take_along_axis(worth, level[None], axis=0)[0]
        best = np.where(left, now, -np.inf).argmax(axis=1)
        chosen[:, slot] = best
        left[every, best] = False
        gain = stop[level[every, best], every, best]
        read += (topic == topic[every, best][:, None]) * gain[:, None]
    return chosen


def rule_score(rule: str, expected: Expectation, kappa: float) -> NDArray[np.floating]:
    """Scores of true expectations under one of `RULES`.

    value: U = T (1 - (1 + kappa) R), design.md 5; x2026: the published weights of 2026 on those
    heads that a society has.
    """
    if rule == "likes":
        return expected.stop * expected.like
    if rule == "seconds":
        return expected.seconds
    if rule == "value":
        return expected.seconds * (1.0 - (1.0 + kappa) * expected.regret)
    assert rule == "x2026", rule
    total = X2026_WEIGHTS["dwell"] * expected.stop + X2026_WEIGHTS["dwell_s"] * expected.seconds
    total = total + X2026_WEIGHTS["not_dwelled"] * (1.0 - expected.stop)
    for act, head in _HEADS.items():
        total = total + X2026_WEIGHTS[head] * expected.stop * getattr(expected, act)
    for head, share in _EXPLICIT.items():
        total = total + X2026_WEIGHTS[head] * share * expected.stop * expected.regret
    return total
