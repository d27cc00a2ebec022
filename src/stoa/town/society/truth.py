"""What only a society knows: what posts truly do to people, and what days were worth to them.

Learned policies may not read it; the oracle of a study may.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.town.society.growing import GrowingColumns
from stoa.town.society.people import Expectation
from stoa.town.society.world import Rows, SessionState, World

Real = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrueDay:
    """One day of every resident, shape (residents,) each; zeros where absent."""

    day: int
    arrived: NDArray[np.bool_]  # has an account by now, present or not
    present: NDArray[np.bool_]
    shown: Real  # posts that passed the eyes
    read: Real
    regretted: Real  # of those read
    glad: Real  # of those read
    seconds: Real  # of attention, on posts read
    unregretted_s: Real

    @property
    def regretted_s(self) -> Real:
        """Seconds of attention that were regretted."""
        return self.seconds - self.unregretted_s


class SocietyTruth:
    """Days as they truly were, showings as they truly were, and what is to be expected."""

    def __init__(self, world: World, ledger: GrowingColumns) -> None:
        self._world = world
        self._ledger = ledger
        self.days: list[TrueDay] = []

    def expect(self, viewers: Rows, posts: Rows) -> tuple[Real, Real]:
        """Expected seconds T and regret R of fresh meetings, at the start of a sitting today.

        Rows broadcast: `expect(viewers[:, None], posts)` gives every pair.
        """
        expected = self.expect_all(viewers, posts)
        return expected.seconds, expected.regret

    def expect_all(self, viewers: Rows, posts: Rows, repeats: float = 0.0) -> Expectation:
        """Everything that is to be expected of fresh meetings; rows broadcast.

        `repeats` is how many posts of each one's topic have been read before in the sitting.
        """
        state = SessionState.beginning(repeats)
        return self._world.model.expect(self._world.meet(viewers, posts, state))

    def showings(self, name: str) -> NDArray:
        """What is true of each row of the log's impressions.

        `name` is one of expected_s, regret_prob, glad_prob, regretted, glad, read.
        """
        return self._ledger[name]

    def post(self, name: str) -> NDArray:
        """What is true of each post: topic, quality, bait, manner, full_s or key."""
        return self._world.shelf.hidden[name]

    def unregretted_s_a_day(self, from_day: int = 0) -> float:
        """True unregretted seconds per viewer-day from that day on; absent viewers count 0."""
        days = [day for day in self.days if day.day >= from_day]
        total = sum(float(day.unregretted_s.sum()) for day in days)
        return total / max(sum(int(day.arrived.sum()) for day in days), 1)

    def active(self) -> NDArray[np.float64]:
        """Share of the residents arrived who were present, for each day so far."""
        return np.array([day.present.sum() / max(day.arrived.sum(), 1) for day in self.days])

    def regret_rate(self, from_day: int = 0) -> float:
        """Share of the posts read that were regretted."""
        days = [day for day in self.days if day.day >= from_day]
        read = sum(float(day.read.sum()) for day in days)
        return sum(float(day.regretted.sum()) for day in days) / max(read, 1.0)
