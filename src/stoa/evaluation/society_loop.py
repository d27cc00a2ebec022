"""One policy serves a society's residents for some days, and its truth says what that was worth."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from stoa.evaluation.slates import Slates
from stoa.evaluation.society_policies import LoggingPolicy
from stoa.evaluation.society_view import SocietyView, view_of
from stoa.ports import TextEncoder
from stoa.space.learning_log import LearningLog
from stoa.town.society import Society, SocietyConfig, SocietyTruth


@runtime_checkable
class Policy(Protocol):
    """Fills slates from what can be seen, and may learn when a day has ended."""

    @property
    def name(self) -> str:
        """Under which the log keeps what it showed."""
        ...

    def rank(self, view: SocietyView) -> Slates:
        """Slates for all of the view's sittings; `Slates.post` holds columns of the pool."""
        ...

    def learn(self, log: LearningLog) -> None:
        """Called before the first day served and after each day."""
        ...


@runtime_checkable
class Omniscient(Protocol):
    """A policy that may see the truth: a ceiling, never a contender."""

    def see(self, truth: SocietyTruth) -> None:
        """Called once, before the first day served."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyRun:
    """What a policy did for its residents over the days it served."""

    policy: str
    days: int
    unregretted_s: float  # true, per viewer-day; absent viewers count 0
    seconds: float  # of attention, per viewer-day
    last_day_active: float  # share of residents who were there on the last day
    regret_rate: float  # share of posts read that were regretted
    glad_rate: float  # share of posts read that one was glad of
    first_post_share: float  # of what was shown: authors' first posts
    reply_share: float  # of what was shown: replies
    bait_written: float  # share of bait among the last day's posts
    by_day: tuple[float, ...] = field(default=(), repr=False)  # unregretted_s of each day
    active_by_day: tuple[float, ...] = field(default=(), repr=False)  # share present, each day


def logged_society(config: SocietyConfig, encoder: TextEncoder | None = None) -> Society:
    """A society after its logged days: where every policy of a study begins (`fork` it)."""
    society = Society(config, encoder)
    logging = LoggingPolicy(seed=config.seed)
    for _ in range(config.logged_days):
        serve_day(society, logging)
    return society


def run(
    policy: Policy, config: SocietyConfig, days: int, start: Society | None = None
) -> PolicyRun:
    """Serves a society for some days after its logged days; the same arguments, the same result.

    Args:
        policy: what serves; it learns from the log before the first day and after each.
        config: the society.
        days: how many to serve.
        start: a society after its logged days, which is forked; made anew where not given.
    """
    society = start.fork() if start is not None else logged_society(config)
    first = society.day
    shown_before = len(society.log().impressions)
    if isinstance(policy, Omniscient):
        policy.see(society.truth)
    policy.learn(society.log())
    for _ in range(days):
        serve_day(society, policy)
        policy.learn(society.log())
    return _figures(policy.name, society, first, shown_before)


def serve_day(society: Society, policy: Policy, *, slots: int = 50) -> None:
    """One day: every round's sittings filled by the policy."""
    plan = society.begin_day(society.day)
    for round_ in plan.rounds:
        pool = society.pool(round_)
        if not len(round_.sittings) or not len(pool):
            continue
        view = view_of(society.log(), plan, round_, pool, slots)
        slates = policy.rank(view)
        post = np.where(slates.post >= 0, pool[np.maximum(slates.post, 0)], -1)
        society.show(
            round_.sittings,
            post,
            propensity=slates.propensity,
            explored=slates.explored,
            policy=policy.name,
        )
    society.end_day()


def _figures(name: str, society: Society, first: int, shown_before: int) -> PolicyRun:
    truth = society.truth
    days = [day for day in truth.days if day.day >= first]
    log = society.log()
    shown = log.impressions.post[shown_before:]
    _, debuts = np.unique(log.posts.author, return_index=True)
    read = sum(float(day.read.sum()) for day in days)
    arrived = [int(day.arrived.sum()) for day in days]
    return PolicyRun(
        policy=name,
        days=len(days),
        unregretted_s=truth.unregretted_s_a_day(first),
        seconds=sum(float(day.seconds.sum()) for day in days) / max(sum(arrived), 1),
        last_day_active=float(truth.active()[-1]),
        regret_rate=truth.regret_rate(first),
        glad_rate=sum(float(day.glad.sum()) for day in days) / max(read, 1.0),
        first_post_share=_share(np.isin(shown, debuts)),
        reply_share=_share(log.posts.parent[shown] >= 0),
        bait_written=society.bait_written(society.day - 1),
        active_by_day=tuple(truth.active()[first:].tolist()),
        by_day=tuple(
            float(day.unregretted_s.sum()) / max(n, 1) for day, n in zip(days, arrived, strict=True)
        ),
    )


def _share(flags: NDArray[np.bool_]) -> float:
    return float(flags.mean()) if len(flags) else 0.0
