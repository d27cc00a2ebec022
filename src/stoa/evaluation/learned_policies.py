"""Policies that rank by what a shared ranker believes: each turns the same beliefs into a value."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from stoa.evaluation.belief_fit import Beliefs, Told, fit_beliefs
from stoa.evaluation.composition import CompositionConfig, Shortlisted, compose_shortlists
from stoa.evaluation.served_memory import RelearnConfig, ServedMemory
from stoa.evaluation.shared_ranker import SharedRanker
from stoa.evaluation.shortlists import ShortlistConfig, histories, shortlists
from stoa.evaluation.slates import Slates
from stoa.evaluation.society_policies import chance_of
from stoa.evaluation.society_view import SocietyView
from stoa.evaluation.standing import Standing
from stoa.ranking.predictions import PostFacts
from stoa.ranking.presets import X2026Config, t2023_heavy, x2026_dwell_regret, x2026_weighted
from stoa.ranking.readout import Readout, predictions
from stoa.ranking.value import ValueConfig, keep_me_well, unregretted
from stoa.records import EventKind
from stoa.space.learning_log import LearningLog

Floats = NDArray[np.float64]

OURS = ("unregretted", "keep_me_well")
"""Policies that explore."""
LEARNED = (
    *OURS, "likes_only", "seconds_only", "x2026_weighted", "x2026_dwell_regret", "t2023_heavy",
)  # fmt: skip

_ENOUGH = 500  # showings; with fewer, nothing is learned again
_X2026 = X2026Config(cold_start=False)  # who is small cannot be told from a log


@dataclass(slots=True, kw_only=True)
class LearnedPolicy:
    """Shortlists, asks the ranker, values by a rule of `LEARNED`, and lays slates out."""

    name: str
    ranker: SharedRanker
    kappa: float = 1.0
    seed: int = 0
    shortlist: ShortlistConfig = field(default_factory=ShortlistConfig)
    composition: CompositionConfig = field(default_factory=CompositionConfig)
    relearn: RelearnConfig = field(default_factory=RelearnConfig)
    _standing: Standing | None = None
    _beliefs: Beliefs | None = None  # the ranker's, until it has learned from its own log
    _told: Told | None = None
    _memory: ServedMemory = field(default_factory=ServedMemory)
    _days: int = -1  # served; -1 before the first call of `learn`

    @property
    def beliefs(self) -> Beliefs:
        """What stands between the ranker's outputs and a value now."""
        return self._beliefs or self.ranker.beliefs

    def rank(self, view: SocietyView) -> Slates:
        """Slates of what is worth most by the rule."""
        met = histories(view, self.ranker.config.sittings, self.shortlist.remembered_days)
        if self._standing is None:
            self._standing = self.ranker.standing.fork()
        self._standing.advance(view.log, view.at_us)
        column = shortlists(view, self._standing, self.beliefs.first, self.shortlist)
        outputs, evidence = self.ranker.read(view, met, self._standing, column)
        pool = self._standing.described(view)
        read = self.beliefs.of(outputs, evidence, pool.rows(np.maximum(column, 0).ravel()))
        value = self._value(read, view, column).reshape(column.shape)
        listed = listed_posts(view, column, value)
        composition = self.composition
        if self.name in OURS:
            composition = replace(composition, subject_wear=self.beliefs.subject_wear)
            listed = replace(
                listed,
                subject=self._standing.vectors[view.pool[np.maximum(column, 0)]],
                read=(1.0 - read.skip).reshape(column.shape),
            )
        chance = chance_of(self.seed, view)
        made = compose_shortlists(listed, view.slots, composition, chance)
        if self.relearn.every_days:
            self._memory.keep(view, column, made, outputs, evidence)
        return made

    def learn(self, log: LearningLog) -> None:
        """Every few days fits beliefs again, on the log as it has become under this policy.

        The weights of the ranker and of the space stay what they were; what is known of posts and
        viewers grows with every round.
        """
        self._days += 1
        if self._days == 0:
            self._memory.seen = len(log.impressions)
        if not self.relearn.every_days or self._days % self.relearn.every_days or not self._days:
            return
        served = self._memory.told(log)
        if served is None or self._standing is None or len(served) < _ENOUGH:
            return
        told = (self._told or self.ranker.told).and_then(served)
        self._told = told.only(slice(-self.relearn.most, None))
        noise, unseen = self.beliefs.noise, min(len(served), len(self._told) // 2)
        self._beliefs = fit_beliefs(log, self._standing, self._told, noise, unseen)

    def _value(self, read: Readout, view: SocietyView, column: NDArray[np.int32]) -> Floats:
        if self.name in OURS:
            rule = unregretted if self.name == "unregretted" else keep_me_well
            config = ValueConfig(kappa=self.kappa, worth_s=self.beliefs.worth_s)
            return rule(read, config).value
        if self.name == "likes_only":
            return read.action(EventKind.LIKE)
        if self.name == "seconds_only":
            return read.seconds
        return published(self.name, read, facts_of(view, column))


def listed_posts(view: SocietyView, column: NDArray[np.int32], value: Floats) -> Shortlisted:
    """Shortlists with what composition asks of each post."""
    post = view.pool[np.maximum(column, 0)]
    posts = view.log.posts
    return Shortlisted(
        column=column, value=value, author=posts.author[post], conversation=posts.root[post]
    )


def facts_of(view: SocietyView, column: NDArray[np.int32]) -> PostFacts:
    """What published formulas ask beside predictions, (sittings * size,).

    Every post has an author of its own here: repetition is discounted when slates are laid out,
    for all policies alike.
    """
    safe = np.maximum(column, 0)
    plain = PostFacts.plain(column.size)
    return replace(
        plain,
        followed=np.take_along_axis(view.followed(), safe, axis=1).ravel(),
        is_reply=(view.log.posts.parent[view.pool[safe]] >= 0).ravel(),
    )


def published(name: str, read: Readout, facts: PostFacts) -> Floats:
    """A published formula on our ranker's predictions; lift and author discounts left out."""
    made = predictions(read)
    if name == "x2026_weighted":
        return x2026_weighted(made, facts, _X2026)
    if name == "t2023_heavy":
        return t2023_heavy(made, facts)
    assert name == "x2026_dwell_regret", name
    return x2026_dwell_regret(made, facts, _X2026)
