"""A few hundred posts for each sitting, found cheaply: what learned policies then rank.

Most by the seconds that the first stage guesses, some by heat, by ties and by newness; never by
anything that only a society's truth knows. All policies that shortlist share them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.evaluation.society_policies import age_h, engagement
from stoa.evaluation.society_view import SocietyView
from stoa.evaluation.standing import Standing
from stoa.ranking.first_stage import FirstStage
from stoa.records import DAY_US, NEGATIVE_EVENTS, POSITIVE_EVENTS
from stoa.space.learning_log import NOBODY, ActColumns, LearningLog
from stoa.train.sittings import Meetings, SittingConfig, Sittings, history_rows, meetings_of

Floats = NDArray[np.float64]

_GLAD = np.uint32(sum(1 << int(kind) for kind in POSITIVE_EVENTS))
_SORRY = np.uint32(sum(1 << int(kind) for kind in NEGATIVE_EVENTS))


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortlistConfig:
    """How many posts a sitting is offered, and where they come from."""

    size: int = 160  # at least twice the slots, so that exploring has something to choose from
    popular: float = 0.05  # share of the size: most acted on for their age
    followed: float = 0.05  # newest of followed authors
    newest: float = 0.1  # of all; the rest by the first stage
    remembered_days: int = 12  # acts older than this are not looked at


@dataclass(frozen=True, slots=True, kw_only=True)
class Histories:
    """What the viewers of a round met of late, newest first."""

    meetings: Meetings
    row: NDArray[np.int64]  # (sittings, h) rows of `meetings`, NOBODY where padded
    weight: Floats  # (sittings, h) how much each speaks for posts like it; below 0 against

    @property
    def post(self) -> NDArray[np.int32]:
        """Posts met, (sittings, h); NOBODY where padded."""
        if len(self.meetings.post) == 0:
            return np.full(self.row.shape, NOBODY, dtype=np.int32)
        return np.where(self.row >= 0, self.meetings.post[self.row], NOBODY).astype(np.int32)


def histories(view: SocietyView, config: SittingConfig, remembered_days: int) -> Histories:
    """Meetings of the round's viewers within the days remembered, at most `config.history`."""
    meetings = meetings_of(
        _acts_of(view.log, view.viewer, view.at_us - remembered_days * DAY_US),
        view.log.n_accounts,
        config,
    )
    newest = meetings.first[view.viewer + 1]
    n = np.minimum(newest - meetings.first[view.viewer], config.history)
    sittings = Sittings(
        viewer=view.viewer,
        at_us=view.start_us,
        impression=np.zeros((len(newest), 0), dtype=np.int64),
        newest=newest,
        n_history=n,
    )
    row = history_rows(meetings, sittings, config.history)
    return Histories(meetings=meetings, row=row, weight=meeting_weights(meetings, row))


def _acts_of(log: LearningLog, viewer: NDArray[np.int32], from_us: int) -> ActColumns:
    start = int(np.searchsorted(log.acts.at_us, from_us))
    here = np.zeros(log.n_accounts, dtype=np.bool_)
    here[viewer] = True
    rows = start + np.flatnonzero(here[log.acts.account[start:]])
    return ActColumns(**{name: getattr(log.acts, name)[rows] for name in ActColumns.__slots__})


def meeting_weights(meetings: Meetings, row: NDArray[np.int64]) -> Floats:
    """How much each meeting speaks for posts like it, of `row`'s shape; 0 where padded."""
    if len(meetings.post) == 0:
        return np.zeros(row.shape)
    glad, sorry = (meetings.acts & _GLAD) != 0, (meetings.acts & _SORRY) != 0
    looked = np.log1p(np.nan_to_num(meetings.seconds)) / 3.0
    weight = np.where(sorry, -1.0, looked + glad)
    return np.where(row >= 0, weight[row], 0.0)


def shortlists(
    view: SocietyView, standing: Standing, first: FirstStage, config: ShortlistConfig
) -> NDArray[np.int32]:
    """Columns of the pool for each sitting, (sittings, size); -1 where there are no more."""
    followed = view.followed()
    guessed = first.every_pair(
        standing.told.evidence,
        view.viewer,
        standing.seeking(view),
        standing.described(view),
        followed,
    )
    new = -age_h(view)[None, :]
    heat = engagement(view)[None, :] * 0.5 ** (-new / 12.0)
    return drawn_up(
        view.fresh,
        min(config.size, len(view.pool)),
        (
            (config.popular, heat),
            (config.followed, np.where(followed, new, new - 1e3)),
            (config.newest, new),
            (1.0, guessed),
        ),
    )


def drawn_up(
    open_: NDArray[np.bool_], size: int, sources: tuple[tuple[float, Floats], ...]
) -> NDArray[np.int32]:
    """The best of each source in turn that no source before it took, (sittings, size).

    Args:
        open_: (sittings, pool) what may be shown.
        size: of each list.
        sources: a share of the size and scores, which broadcast to (sittings, pool); the last
            fills what is left.
    """
    left = open_.copy()
    parts: list[NDArray[np.int64]] = []
    for at, (share, score) in enumerate(sources):
        room = size - sum(part.shape[1] for part in parts)
        count = room if at == len(sources) - 1 else min(round(share * size), room)
        parts.append(_best(np.where(left, score, -np.inf), count))
        np.put_along_axis(left, np.maximum(parts[-1], 0), False, axis=1)
    return np.concatenate(parts, axis=1).astype(np.int32)


def _best(score: Floats, count: int) -> NDArray[np.int64]:
    """Columns of the greatest scores of each row, in no order; -1 for scores of -inf."""
    if count == 0:
        return np.zeros((len(score), 0), dtype=np.int64)
    found = np.argpartition(-score, count - 1, axis=1)[:, :count]
    return np.where(np.isfinite(np.take_along_axis(score, found, axis=1)), found, -1)
