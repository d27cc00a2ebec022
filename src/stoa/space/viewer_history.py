"""What viewers did, one event for each post they met, and whether they were glad of it.

An event is what a position of the viewer tower reads. Acts on one post within the hour are one
event (a look, then a like); a regret that comes later is an event of its own, at its own time.
Gladness is a label: it may know what came later, an event may not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from stoa.records import EventKind
from stoa.space.learning_log import ActColumns, Answer, LearningLog

GLAD_KINDS = (
    EventKind.LIKE, EventKind.REPOST, EventKind.REPLY, EventKind.QUOTE, EventKind.GLAD,
    EventKind.SHOW_MORE,
)  # fmt: skip
REGRET_KINDS = (
    EventKind.REGRET, EventKind.SHOW_LESS, EventKind.NOT_INTERESTED, EventKind.MUTE,
    EventKind.BLOCK, EventKind.REPORT, EventKind.HIDE,
)  # fmt: skip
_READ_KINDS = (*GLAD_KINDS, *REGRET_KINDS, EventKind.DWELL, EventKind.CLICK, EventKind.FOLLOW)
_HOUR_US = 3_600_000_000

# Which act names the event where several fall together: what says most comes last.
_BY_STRENGTH = (
    EventKind.DWELL, EventKind.CLICK, EventKind.FOLLOW, EventKind.LIKE, EventKind.SHOW_MORE,
    EventKind.GLAD, EventKind.QUOTE, EventKind.REPOST, EventKind.REPLY, *REGRET_KINDS,
)  # fmt: skip
_STRENGTH = np.zeros(32, dtype=np.int8)
_STRENGTH[[int(kind) for kind in _BY_STRENGTH]] = np.arange(len(_BY_STRENGTH)) + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class GladnessConfig:
    """What counts as glad where nobody was asked."""

    long_look_s: float = 15.0
    """A look this long, not regretted; about 60 words at 240 words a minute (Brysbaert 2019)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewerEvents:
    """Events by account, in order of time within each; arrays have length n."""

    account: NDArray[np.int32]
    post: NDArray[np.int32]
    at_us: NDArray[np.int64]
    kind: NDArray[np.int8]
    seconds: NDArray[np.float32]  # of looking; NaN where unknown
    surface: NDArray[np.int8]
    glad: NDArray[np.bool_]
    regretted: NDArray[np.bool_]
    start: NDArray[np.int64]  # (n_accounts + 1,): where each account's events begin

    def __len__(self) -> int:
        return len(self.account)


class Met(NamedTuple):
    """Events without what is made of them later, in the order of account and time."""

    account: NDArray[np.int32]
    post: NDArray[np.int32]
    at_us: NDArray[np.int64]
    kind: NDArray[np.int8]
    seconds: NDArray[np.float32]
    surface: NDArray[np.int8]

    def take(self, rows: NDArray[np.int64]) -> Met:
        """Some of the events."""
        return Met(
            self.account[rows], self.post[rows], self.at_us[rows], self.kind[rows],
            self.seconds[rows], self.surface[rows],
        )  # fmt: skip


def viewer_events(log: LearningLog, config: GladnessConfig | None = None) -> ViewerEvents:
    """The log's events. Accounts without acts have none."""
    met = met_of(log.acts)
    looked = np.nan_to_num(met.seconds)
    glad, regretted = _gladness(log, met.account, met.post, looked, config or GladnessConfig())
    start = np.searchsorted(met.account, np.arange(log.n_accounts + 1))
    return ViewerEvents(**met._asdict(), glad=glad, regretted=regretted, start=start)


def met_of(acts: ActColumns) -> Met:
    """Acts as events: what training and serving read alike."""
    read = np.flatnonzero(np.isin(acts.kind, [int(kind) for kind in _READ_KINDS]))
    read = read[np.lexsort((read, acts.post[read], acts.account[read]))]
    event = _event_of(acts.account[read], acts.post[read], acts.at_us[read])
    n = int(event[-1]) + 1 if len(event) else 0
    first = np.searchsorted(event, np.arange(n))
    account, post = acts.account[read][first], acts.post[read][first]
    strongest = np.lexsort((_STRENGTH[acts.kind[read]], event))
    last = np.searchsorted(event, np.arange(n), side="right") - 1
    kind = acts.kind[read][strongest[last]]
    seconds = np.zeros(n, dtype=np.float32)
    looked = np.zeros(n, dtype=bool)
    given = ~np.isnan(acts.seconds[read])
    np.add.at(seconds, event[given], acts.seconds[read][given])
    looked[event[given]] = True
    at_us = acts.at_us[read][first]
    order = np.lexsort((at_us, account))
    return Met(
        account=account[order], post=post[order], at_us=at_us[order], kind=kind[order],
        seconds=np.where(looked, seconds, np.nan).astype(np.float32)[order],
        surface=acts.surface[read][first][order],
    )  # fmt: skip


def _event_of(
    account: NDArray[np.int32], post: NDArray[np.int32], at_us: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Event number of each act, sorted by (account, post, time): a new one after an hour."""
    if len(account) == 0:
        return np.zeros(0, dtype=np.int64)
    other = np.append(True, (account[1:] != account[:-1]) | (post[1:] != post[:-1]))
    pair = np.cumsum(other) - 1
    late = (at_us - at_us[np.flatnonzero(other)][pair]) // _HOUR_US > 0
    new = other | (late & ~np.append(False, late[:-1]))
    return np.cumsum(new) - 1


def _gladness(
    log: LearningLog,
    account: NDArray[np.int32],
    post: NDArray[np.int32],
    seconds: NDArray[np.floating],
    config: GladnessConfig,
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Glad and regretted, by event, from everything the log says of the pair."""
    stride = max(len(log.posts), 1)
    event = account.astype(np.int64) * stride + post
    acts, shown = log.acts, log.impressions
    act_pair = acts.account.astype(np.int64) * stride + acts.post
    shown_pair = shown.viewer.astype(np.int64) * stride + shown.post
    glad = np.isin(event, act_pair[np.isin(acts.kind, [int(k) for k in GLAD_KINDS])])
    glad |= np.isin(event, shown_pair[shown.answer == Answer.GLAD])
    glad |= seconds >= config.long_look_s
    regretted = np.isin(event, act_pair[np.isin(acts.kind, [int(k) for k in REGRET_KINDS])])
    regretted |= np.isin(event, shown_pair[(shown.answer == Answer.REGRET) | (shown.delayed == 1)])
    return glad & ~regretted, regretted
