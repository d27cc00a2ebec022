"""One policy serves the town's people for some days, and the town says what that was worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from stoa.encoders.hashed import HashedEncoder
from stoa.errors import BadInput
from stoa.evaluation.study_square import open_study
from stoa.feed.config import FeedConfig
from stoa.feed.outcome import Page, PageItem
from stoa.ports import TextEncoder
from stoa.records import DAY_US, SECOND_US, Batch, ViewerEvent, ViewerSettings, as_ids
from stoa.town import Reading, Session, Town, TownConfig, TrueReading
from stoa.town.reading import PUBLIC_KINDS

POLICIES = ("first_version", "chronological", "popular")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedLoopConfig:
    """A study: how large a town, how long a past, and who is served for how many days."""

    people: int = 600
    past_days: int = 3  # lived before the first page is served
    days: int = 2
    residents: int = 60  # people who read through the feed; the others live on without it
    page: int = 30
    most_pages: int = 10  # in one sitting
    asked_share: float = 0.02  # of the posts shown, "glad you saw this?"
    feed: FeedConfig = field(default_factory=FeedConfig)

    def __post_init__(self) -> None:
        if self.residents > self.people:
            raise BadInput("residents", self.residents, f"give at most {self.people}, the people")
        if self.days < 1:
            raise BadInput("days", self.days, "give at least 1")


@dataclass(frozen=True, slots=True)
class PolicyDays:
    """What a policy did for its residents, summed over all their days."""

    policy: str
    viewer_days: int
    truth: TrueReading
    replies_shown: int
    unliked_shown: int  # posts that nobody had liked or answered when they were shown

    @property
    def unregretted_s(self) -> float:
        """True unregretted seconds per viewer-day: what the feed is for."""
        return self.truth.unregretted_seconds / self.viewer_days

    @property
    def seconds(self) -> float:
        """Seconds of attention per viewer-day."""
        return self.truth.seconds / self.viewer_days

    @property
    def regret_rate(self) -> float:
        """Share of the posts read that were regretted."""
        return self.truth.regretted / max(self.truth.read, 1)

    @property
    def reply_share(self) -> float:
        """Share of the posts shown that were replies."""
        return self.replies_shown / max(self.truth.shown, 1)

    @property
    def unliked_share(self) -> float:
        """Share of the posts shown that nobody had liked or answered yet."""
        return self.unliked_shown / max(self.truth.shown, 1)


def run_policy(
    policy: str, seed: int, config: ClosedLoopConfig, encoder: TextEncoder | None = None
) -> PolicyDays:
    """Serves a policy to the town of that seed; the same arguments give the same result.

    The town, the residents, their visits and their luck with each post are the same for every
    policy; what the feed learns from their reactions is its own.
    """
    return _Study(policy, seed, config, encoder or HashedEncoder()).run()


class _TownTime:
    """A clock that the study moves."""

    def __init__(self, now_us: int) -> None:
        self.set_us = now_us

    def now_us(self) -> int:
        return self.set_us


class _Study:
    def __init__(
        self, policy: str, seed: int, config: ClosedLoopConfig, encoder: TextEncoder
    ) -> None:
        self._policy = policy
        self._config = config
        self._town = Town(TownConfig(seed=seed, people=config.people))
        self._clock = _TownTime(self._town.start_us)
        self._square = open_study(seed, self._clock, encoder, config.feed)
        self._random = np.random.default_rng([seed, 6])
        self._truth = TrueReading()
        self._replies = self._unliked = 0

    def run(self) -> PolicyDays:
        config = self._config
        for batch in self._town.history(config.past_days):
            self._clock.set_us = batch.changes[-1].at_us
            self._square.intake.take(batch)
        residents = self._residents()
        for did in residents:
            self._settle(did)
        now_us = self._town.start_us + config.past_days * DAY_US
        for at_us, did in self._visits(residents):
            self._square.intake.take(self._town.step(now_us, at_us))
            now_us = at_us
            self._sit_down(did, at_us)
        return PolicyDays(
            policy=self._policy,
            viewer_days=config.residents * config.days,
            truth=self._truth,
            replies_shown=self._replies,
            unliked_shown=self._unliked,
        )

    def _residents(self) -> list[str]:
        """Accounts that still live here, drawn by the seed alone."""
        everyone = self._town.inhabitants(limit=1_000)
        last_day = self._config.past_days + self._config.days
        staying = [p.did for p in everyone if self._town.visits(p.did, last_day)]
        chosen = self._random.choice(len(staying), self._config.residents, replace=False)
        return [staying[i] for i in sorted(chosen.tolist())]

    def _settle(self, did: str) -> None:
        """A resident tells the square which languages they read, as every app asks."""
        viewer = self._square.store.intern_account(did)
        languages = self._town.inhabitant(did).languages
        self._square.store.save_settings(viewer, ViewerSettings(languages=languages))

    def _visits(self, residents: Sequence[str]) -> list[tuple[int, str]]:
        first = self._config.past_days
        days = range(first, first + self._config.days)
        return sorted(
            (at_us, did) for did in residents for day in days
            for at_us in self._town.visits(did, day)
        )  # fmt: skip

    def _sit_down(self, did: str, at_us: int) -> None:
        """One sitting: pages until the person leaves."""
        session = Session(started_us=at_us)
        cursor: str | None = None
        for _ in range(self._config.most_pages):
            self._clock.set_us = at_us + round(session.elapsed_s * SECOND_US)
            page = self._square.feed.page(
                did, limit=self._config.page, cursor=cursor, policy=self._policy
            )
            if page.items:
                session = self._read(did, page, session)
            cursor = page.cursor
            if session.left or cursor is None:
                return

    def _read(self, did: str, page: Page, session: Session) -> Session:
        """One page: the person reads it, then the square and the network hear of it."""
        uris = self._square.store.uris([item.post for item in page.items])
        shown = [uris[item.post] for item in page.items]
        asked = {uri for uri in shown if self._random.random() < self._config.asked_share}
        reading = self._town.read(did, shown, self._clock.set_us, session, asked)
        self._truth += reading.truth
        self._count(page.items[: reading.truth.shown])
        elapsed_us = round(reading.session.elapsed_s * SECOND_US)
        self._clock.set_us = session.started_us + elapsed_us
        self._tell(did, dict(zip(shown, page.items, strict=True)), reading, page.policy)
        return reading.session

    def _count(self, shown: Sequence[PageItem]) -> None:
        self._replies += sum(item.parent is not None for item in shown)
        table = self._square.board.posts
        rows = table.rows(as_ids([item.post for item in shown]))
        self._unliked += int(((table.likes[rows] == 0) & (table.replies[rows] == 0)).sum())

    def _tell(
        self, did: str, item_of: Mapping[str, PageItem], reading: Reading, policy: str
    ) -> None:
        viewer = self._square.store.intern_account(did)
        events = [
            ViewerEvent(
                viewer=viewer,
                kind=reaction.kind,
                post=item_of[reaction.uri].post,
                at_us=reaction.at_us,
                seconds=reaction.seconds,
                position=item_of[reaction.uri].position,
                propensity=item_of[reaction.uri].propensity,
                policy=policy,
                surface="town",
            )
            for reaction in reading.reactions
            if reaction.kind not in PUBLIC_KINDS  # those arrive as changes, as on a network
        ]
        self._square.acts.record(events)
        if reading.changes:
            self._square.intake.take(Batch(changes=reading.changes))
