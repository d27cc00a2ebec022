"""What a policy may look at when it fills slates: the log so far, the pool, and who sits down."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.records import DAY_US, EventKind
from stoa.space.learning_log import LearningLog
from stoa.town.society import DayPlan, Round

_REMEMBERED_US = 3 * DAY_US  # longer than a post lives


@dataclass(frozen=True, slots=True, kw_only=True)
class SocietyView:
    """One round of sittings, as a feed would know it."""

    log: LearningLog  # up to the round's beginning
    day: int
    at_us: int
    viewer: NDArray[np.int32]  # of each sitting
    start_us: NDArray[np.int64]
    pool: NDArray[np.int32]  # posts that can be shown: a run of rows of the log's posts
    fresh: NDArray[np.bool_]  # (sittings, pool): not shown to that viewer yet, and not their own
    slots: int
    round: int

    def followed(self) -> NDArray[np.bool_]:
        """Whether the viewer has followed the post's author, shape (sittings, pool)."""
        acts, author = self.log.acts, self.log.posts.author
        row_of = np.full(self.log.n_accounts, -1)
        row_of[self.viewer] = np.arange(len(self.viewer))
        rows = np.flatnonzero(acts.kind == EventKind.FOLLOW)
        row = row_of[acts.account[rows]]
        ties = np.zeros((len(self.viewer), self.log.n_accounts), dtype=np.bool_)
        ties[row[row >= 0], author[acts.post[rows[row >= 0]]]] = True
        return ties[:, author[self.pool]]

    def masked(self, score: NDArray[np.floating]) -> NDArray[np.floating]:
        """Scores, with -inf for what is not fresh; `score` broadcasts to (sittings, pool)."""
        return np.where(self.fresh, score, -np.inf)


def view_of(
    log: LearningLog, plan: DayPlan, round_: Round, pool: NDArray[np.int32], slots: int
) -> SocietyView:
    """The view of one round."""
    viewer = plan.viewer[round_.sittings]
    return SocietyView(
        log=log,
        day=plan.day,
        at_us=round_.at_us,
        viewer=viewer,
        start_us=plan.start_us[round_.sittings],
        pool=pool,
        fresh=_fresh(log, viewer, pool, round_.at_us),
        slots=slots,
        round=round_.number,
    )


def _fresh(
    log: LearningLog, viewer: NDArray[np.int32], pool: NDArray[np.int32], at_us: int
) -> NDArray[np.bool_]:
    fresh = log.posts.author[pool][None, :] != viewer[:, None]
    row_of = np.full(log.n_accounts, -1)
    row_of[viewer] = np.arange(len(viewer))
    start = int(np.searchsorted(log.impressions.at_us, at_us - _REMEMBERED_US))
    row = row_of[log.impressions.viewer[start:]]
    column = log.impressions.post[start:] - pool[0]
    there = (row >= 0) & (column >= 0)
    fresh[row[there], column[there]] = False
    return fresh
