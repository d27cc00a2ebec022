"""Authors write more of what earned them attention (social reinforcement, docs/explanation)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from stoa.records import DAY_US, EventKind
from stoa.town.society.journal import Journal
from stoa.town.society.world import World

_WORTH = {EventKind.LIKE: 1.0, EventKind.REPOST: 2.0, EventKind.REPLY: 2.0}
_WORTH_A_SECOND = 1.0 / 30.0
_ELSEWHERE = 0.3  # weight of what the background does: the square's own readers count in full
_MOST_STEP = 1.0


class Incentives:
    """Each author's log-odds of writing bait, moved daily by what bait and plain posts earned."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.logit = world.accounts.baiting.astype(np.float64)

    def shares(self) -> NDArray[np.float64]:
        """Share of bait in what each account writes now, shape (accounts,)."""
        return 1.0 / (1.0 + np.exp(-self.logit))

    def learn(self, journal: Journal, now_us: int) -> float:
        """Moves all authors after a day; returns the step before each one's own readiness.

            logit_a += rate readiness_a clip(ln((bait's reward + 0.1) / (plain's + 0.1)), -1, 1)

        with rewards per post written in the last two days, from the acts of the last day.
        """
        world = self._world
        public, hidden = world.shelf.public, world.shelf.hidden
        posts = world.shelf.rows_between(now_us - 2 * DAY_US, now_us)
        if not len(posts):
            return 0.0
        start = int(np.searchsorted(journal.acts["at_us"], now_us - DAY_US))
        kind, account = journal.acts["kind"][start:], journal.acts["account"][start:]
        worth = np.zeros(len(kind))
        for counted, value in _WORTH.items():
            worth[kind == counted] = value
        dwell = kind == EventKind.DWELL
        worth[dwell] = journal.acts["seconds"][start:][dwell] * _WORTH_A_SECOND
        worth *= np.where(account < world.config.residents, 1.0, _ELSEWHERE)
        reward = np.bincount(
            journal.acts["post"][start:], weights=worth, minlength=len(world.shelf)
        )[posts]
        unprompted = public["parent"][posts] < 0
        bait = unprompted & (hidden["bait"][posts] > 0)
        plain = unprompted & ~bait
        if not bait.any() or not plain.any():
            return 0.0
        ratio = np.log((reward[bait].mean() + 0.1) / (reward[plain].mean() + 0.1))
        step = world.config.incentive * float(np.clip(ratio, -_MOST_STEP, _MOST_STEP))
        self.logit = np.clip(self.logit + step * world.accounts.follows_reward, -5.0, 2.0)
        return step
