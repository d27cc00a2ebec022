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
        return greedy_slates(score, view.slots, self.explore, chance_of(self.seed, view))

    def learn(self, log: LearningLog) -> None:
        """Nothing left to learn."""


def rule_score(rule: str, expected: Expectation, kappa: float) -> NDArray[np.float32]:
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
