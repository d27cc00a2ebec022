"""A town as whole cohorts: days of sittings that a policy fills with slates."""

from __future__ import annotations

import copy
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from stoa.errors import BadInput
from stoa.ports import TextEncoder
from stoa.records import DAY_US, SECOND_US, EventKind
from stoa.space.learning_log import ImpressionColumns, LearningLog
from stoa.town.society.accounts import make_accounts
from stoa.town.society.background import first_follows, live
from stoa.town.society.config import SocietyConfig
from stoa.town.society.incentives import Incentives
from stoa.town.society.journal import Journal
from stoa.town.society.kinds import people_model
from stoa.town.society.observed import Observed, observe
from stoa.town.society.people import Experience
from stoa.town.society.publishing import draft_posts, draft_replies, merged, publish
from stoa.town.society.shelf import Drafts, Shelf
from stoa.town.society.sitting import Passage, Sittings, go_down
from stoa.town.society.today import Today
from stoa.town.society.truth import SocietyTruth, TrueDay
from stoa.town.society.visits import joined, sit_down, who_comes
from stoa.town.society.world import Rows, World

_PUBLIC = (EventKind.LIKE, EventKind.REPOST, EventKind.REPLY)
_WARM_DAYS = 2  # lived by the background before day 0, so that there is something to show


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """Sittings that begin at about the same time and share a pool of posts.

    A viewer sits at most once in a round.
    """

    number: int
    at_us: int
    sittings: NDArray[np.int64]  # rows of the day's sittings


@dataclass(frozen=True, slots=True, kw_only=True)
class DayPlan:
    """Who sits down when on one day."""

    day: int
    viewer: Rows  # of each sitting of the day
    start_us: NDArray[np.int64]
    session: Rows  # number that a sitting's impressions bear in the log
    rounds: tuple[Round, ...]


class Society:
    """People, posts and days from a seed; everything but what policies serve is fixed by it.

    A day: `begin_day`, then for each of the plan's rounds `pool` and `show` (whole, or in parts),
    then `end_day`. `log()` tells what could be observed up to now.
    """

    def __init__(self, config: SocietyConfig, encoder: TextEncoder | None = None) -> None:
        self.config = config
        self._encoder = encoder
        accounts = make_accounts(config)
        self._world = World(config, accounts, people_model(config), Shelf(encoder))
        self._journal = Journal()
        self._incentives = Incentives(self._world)
        self.truth = SocietyTruth(self._world, self._journal.ledger)
        self._memory = self._world.model.fresh_memory(config.residents)
        self._replies: list[Drafts] = []
        self._now_us = config.start_us - _WARM_DAYS * DAY_US
        self._sessions = 0
        self._day = -_WARM_DAYS
        self._plan: DayPlan | None = None
        for day in range(-_WARM_DAYS, 0):
            self._world.set_day(day)
            self._live_until(config.start_us + (day + 1) * DAY_US)
        self._day = 0
        if not config.strangers:
            self._journal.act(first_follows(self._world))

    @property
    def day(self) -> int:
        """The day that is going on, or that begins next."""
        return self._day

    @property
    def now_us(self) -> int:
        """Up to when the society has lived."""
        return self._now_us

    def fork(self) -> Society:
        """An independent copy: what is served in one is not known in the other."""
        shared = (self._world.accounts, self._world.model, self._encoder)
        return copy.deepcopy(self, {id(part): part for part in shared})

    def begin_day(self, day: int) -> DayPlan:
        """Who comes today and when; days follow each other from 0 on.

        Raises:
            BadInput: another day is due, or the last one has not ended.
        """
        if day != self._day or self._plan is not None:
            raise BadInput("day", day, f"end the day that is going on, then begin day {self._day}")
        self._world.set_day(day)
        present, arrived = who_comes(self._world, self._memory)
        self._today = Today(self.config.residents, present, arrived)
        rounds_s = sit_down(self._world, present, self._sessions)
        self._sessions += sum(map(len, rounds_s))
        whole = [np.full(len(s), i) for i, s in enumerate(rounds_s)]
        self._sits = joined(rounds_s)
        number = np.concatenate(whole)
        self._plan = DayPlan(
            day=day,
            viewer=self._sits.viewer,
            start_us=self._sits.start_us,
            session=self._sits.number,
            rounds=tuple(
                Round(number=i, at_us=self.config.round_us(day, i),
                      sittings=np.flatnonzero(number == i))
                for i in range(len(self.config.rounds_h))
            ),
        )  # fmt: skip
        return self._plan

    def pool(self, round_: Round) -> Rows:
        """Lives on until the round begins; the posts that can then be shown: a run of rows.

        What was shown in earlier rounds is in the log from now on.
        """
        self._going_on()
        self._live_until(round_.at_us)
        oldest_us = round_.at_us - self.config.alive_h * 3_600 * SECOND_US
        return self._world.shelf.rows_between(oldest_us, round_.at_us)

    def show(
        self,
        sittings: NDArray[np.int64],
        slate: Rows,
        *,
        propensity: NDArray[np.float32] | None = None,
        explored: NDArray[np.bool_] | None = None,
        policy: str = "",
    ) -> ImpressionColumns:
        """Puts slates before people and returns what could be observed of it.

        Args:
            sittings: rows of today's plan, shape (n,), all of one round.
            slate: post rows in the order shown, shape (n, slots); -1 ends a slate early.
            propensity: chance with which each post was put there; NaN or none where unknown.
            explored: put there by chance, not by the policy's best guess.
            policy: name under which the log keeps it.

        Returns:
            Showings, in no promised order; those after somebody left are absent. They stand in
            `log()` once the next round, or the end of the day, has come.

        Raises:
            BadInput: shapes do not fit, a post is not out yet, or a viewer appears twice.
        """
        self._going_on()
        slate = np.asarray(slate, dtype=np.int32)
        sits = self._checked(sittings, slate)
        known = np.full(slate.shape, np.nan) if propensity is None else propensity
        chosen = np.zeros(slate.shape, dtype=np.bool_) if explored is None else explored
        for name, given in (("propensity", known), ("explored", chosen)):
            if np.shape(given) != slate.shape:
                raise BadInput(name, np.shape(given), f"give the slate's shape, {slate.shape}")
        passage = go_down(self._world, sits, slate, self._seen(sits.viewer, slate))
        observed = observe(self._world, passage)
        at = (passage.sitting, passage.position)
        columns = _impressions(self.config, passage, observed)
        columns |= {
            "session": sits.number[passage.sitting],
            "propensity": np.asarray(known, dtype=np.float32)[at],
            "explored": np.asarray(chosen, dtype=np.bool_)[at],
            "policy": np.full(len(passage), self._journal.policy(policy), dtype=np.int16),
        }
        seen = ImpressionColumns(**columns, delayed=np.full(len(passage), -1, dtype=np.int8))
        self._journal.show(seen, passage, observed)
        self._remember(passage, observed)
        return seen

    def end_day(self) -> TrueDay:
        """Lives on until midnight; people remember the day, authors learn from it."""
        self._going_on()
        day = self._today.day(self._day)
        self._live_until(self.config.start_us + (self._day + 1) * DAY_US)
        self.truth.days.append(day)
        who = slice(0, self.config.residents)
        accounts = self._world.accounts
        self._memory = self._world.model.remember(self._memory, Experience(
            present=day.present, seconds=day.seconds, regretted_s=day.regretted_s,
            read=day.read, glad=day.glad, regretted=day.regretted,
            self_control=accounts.self_control[who], leaning=accounts.leaning[who],
        ))  # fmt: skip
        # Whoever has not arrived yet remembers nothing.
        fresh = self._world.model.fresh_memory(self.config.residents)
        self._memory = np.where(day.arrived[:, None], self._memory, fresh)
        self._incentives.learn(self._journal, self._now_us)
        self._day += 1
        self._plan = None
        return day

    def log(self) -> LearningLog:
        """Everything that could be observed up to now; cheap, since its columns are views.

        Rows are only ever added, so `log().impressions.post[n:]` are those after the first n.
        """
        return self._journal.log(self._world.shelf, self.config.accounts, self._now_us)

    def text(self, post: int) -> str:
        """Words of a post."""
        return self._world.shelf.text[post]

    def bait_written(self, day: int) -> float:
        """Share of bait among what was written unprompted on a day; NaN where nothing was."""
        from_us = self.config.start_us + day * DAY_US
        rows = self._world.shelf.rows_between(from_us, from_us + DAY_US)
        unprompted = rows[self._world.shelf.public["parent"][rows] < 0]
        bait = self._world.shelf.hidden["bait"][unprompted] > 0
        return float(bait.mean()) if len(bait) else float("nan")

    def _going_on(self) -> None:
        if self._plan is None:
            raise BadInput("day", self._day, "begin the day first")

    def _checked(self, sittings: NDArray[np.int64], slate: Rows) -> Sittings:
        rows = np.asarray(sittings, dtype=np.int64)
        if slate.ndim != 2 or len(slate) != len(rows):
            raise BadInput("slate", slate.shape, f"give {len(rows)} rows of slots")
        if len(rows) and not 0 <= rows.min() <= rows.max() < len(self._sits):
            raise BadInput("sittings", rows.tolist()[:3], "give rows of today's plan")
        if slate.size and slate.max() >= len(self._world.shelf):
            raise BadInput("slate", int(slate.max()), "show posts of the pool")
        sits = self._sits.at(rows)
        if len(np.unique(sits.viewer)) != len(rows):
            raise BadInput("sittings", "a viewer twice", "show one round at a time")
        return sits

    def _seen(self, viewer: Rows, slate: Rows) -> NDArray[np.bool_]:
        """Whether each post was shown to that viewer before, within the time a post lives."""
        log = self._journal.impressions
        oldest_us = self._now_us - self.config.alive_h * 3_600 * SECOND_US
        start = int(np.searchsorted(log["at_us"], oldest_us))
        shown = log["viewer"][start:].astype(np.int64) << 32 | log["post"][start:]
        return np.isin(viewer[:, None].astype(np.int64) << 32 | np.maximum(slate, 0), shown)

    def _remember(self, passage: Passage, observed: Observed) -> None:
        """Adds a passage to the day, to what was read lately, and to the answers to be written."""
        world, read = self._world, passage.read
        self._today.add(passage)
        topic = world.shelf.hidden["topic"][passage.post[read]]
        np.add.at(world.recent, (passage.viewer[read], topic), 1.0)
        reply = np.flatnonzero(observed.acts & np.uint32(1 << EventKind.REPLY))
        at_us = passage.at_us[reply] + ((passage.seconds[reply] + 30.0) * 1e6).astype(np.int64)
        self._replies.append(draft_replies(
            world.accounts, world.shelf, passage.viewer[reply], passage.post[reply], at_us
        ))  # fmt: skip

    def _live_until(self, to_us: int) -> None:
        """Publishes what is written, lets the background read it, and settles the log."""
        from_us = self._now_us
        if to_us <= from_us:
            return
        day = self._world.day
        number = int((from_us - self.config.start_us) // (3_600 * SECOND_US)) % 24
        n = round(self.config.posts_a_day * (to_us - from_us) / DAY_US)
        window = (day, number, from_us, to_us)
        parts = [draft_posts(self._world.accounts, self._incentives.shares(), window, n)]
        if self._replies:
            waiting = merged([_within(part, from_us, to_us) for part in self._replies])
            due = int(np.searchsorted(waiting.at_us, to_us, side="right"))
            parts.append(waiting.rows(slice(0, due)))
            self._replies = [waiting.rows(slice(due, None))]
        publish(self._world.shelf, merged(parts), self.config.seed)
        random = np.random.default_rng([self.config.seed, 23, day + 1_000, number])
        acts = live(self._world, (from_us, to_us), self._hot(from_us), random)
        self._journal.act(acts)
        answered = acts.kind == EventKind.REPLY
        self._replies.append(draft_replies(
            self._world.accounts, self._world.shelf, acts.account[answered], acts.post[answered],
            acts.at_us[answered] + 60 * SECOND_US,
        ))  # fmt: skip
        self._journal.settle(to_us)
        self._now_us = to_us

    def _hot(self, now_us: int) -> Rows:
        """Posts that the public acts of the last twelve hours fell on, as often as they did."""
        acts = self._journal.acts
        start = int(np.searchsorted(acts["at_us"], now_us - DAY_US // 2))
        return acts["post"][start:][np.isin(acts["kind"][start:], _PUBLIC)]


def _within(drafts: Drafts, from_us: int, to_us: int) -> Drafts:
    """Drafts that come out after a moment; those that are late, spread evenly up to another."""
    late_us = from_us + 1 + drafts.key % (to_us - from_us)
    at_us = np.where(drafts.at_us <= from_us, late_us, drafts.at_us)
    return replace(drafts, at_us=at_us)


def _impressions(config: SocietyConfig, passage: Passage, observed: Observed) -> dict[str, NDArray]:
    n = len(passage)
    return {
        "at_us": passage.at_us,
        "viewer": passage.viewer,
        "post": passage.post,
        "position": passage.position,
        "surface": np.zeros(n, dtype=np.int8),
        "seconds": passage.seconds,
        "acts": observed.acts,
        "asked": observed.asked,
        "ask_rate": np.full(n, config.survey_share, dtype=np.float32),
        "answer": observed.answer,
    }
