"""A log as the ranker sees it: for every sitting, what its viewer did before, and what was shown.

Only numbers of rows are kept here; vectors are looked up where they are used.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.records import EventKind
from stoa.space.learning_log import NOBODY, ActColumns, ImpressionColumns, LearningLog

_NOT_DONE = (1 << EventKind.IMPRESSION) | (1 << EventKind.SERVED)
_ONLY_LOOKED = 1 << EventKind.DWELL


@dataclass(frozen=True, slots=True, kw_only=True)
class SittingConfig:
    """How acts become history and impressions become candidates of one pass."""

    history: int = 128
    candidates: int = 32  # a longer sitting is read in parts that share its history
    same_meeting_s: float = 3_600.0  # acts on one post nearer than this are one token
    least_look_s: float = 2.0  # a shorter look without any act is not history
    history_shapes: tuple[int, ...] = (16, 48, 128)


@dataclass(frozen=True, slots=True, kw_only=True)
class Meetings:
    """Acts joined to one row per time that an account met a post, by account, then by time."""

    first: NDArray[np.int64]  # (n_accounts + 1,) where each account's rows begin
    at_us: NDArray[np.int64]  # of the last act joined, so that no row tells of what came later
    post: NDArray[np.int32]
    acts: NDArray[np.uint32]  # bit 1 << EventKind
    seconds: NDArray[np.float32]  # NaN where no look was measured
    surface: NDArray[np.int8]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sittings:
    """Parts of sittings, in the order of time; one history and up to `candidates` rows each."""

    viewer: NDArray[np.int32]
    at_us: NDArray[np.int64]  # when the sitting began: nothing later is history
    impression: NDArray[np.int64]  # (n, candidates) rows of the log, or NOBODY
    newest: NDArray[np.int64]  # one past the newest meeting of the history
    n_history: NDArray[np.int64]  # how many meetings there are, at most `history`

    def __len__(self) -> int:
        return len(self.viewer)

    def only(self, rows: NDArray[np.integer] | NDArray[np.bool_]) -> Sittings:
        """Some of them."""
        return Sittings(
            viewer=self.viewer[rows],
            at_us=self.at_us[rows],
            impression=self.impression[rows],
            newest=self.newest[rows],
            n_history=self.n_history[rows],
        )


def meetings_of(acts: ActColumns, n_accounts: int, config: SittingConfig) -> Meetings:
    """Joins acts of one account on one post in a row into meetings."""
    done = ~np.isin(acts.kind, (EventKind.IMPRESSION, EventKind.SERVED))
    rows = np.flatnonzero(done)
    rows = rows[np.lexsort((acts.at_us[rows], acts.account[rows]))]
    account, post, at_us = acts.account[rows], acts.post[rows], acts.at_us[rows]
    new = np.ones(len(rows), dtype=bool)
    new[1:] = (
        (account[1:] != account[:-1])
        | (post[1:] != post[:-1])
        | (np.diff(at_us) > config.same_meeting_s * 1e6)
    )
    begins = np.flatnonzero(new)
    if len(begins) == 0:
        return _no_meetings(n_accounts)
    bits = np.bitwise_or.reduceat(np.uint32(1) << acts.kind[rows].astype(np.uint32), begins)
    looked = acts.seconds[rows]
    seconds = np.add.reduceat(np.nan_to_num(looked), begins)
    n_looks = np.add.reduceat(np.isfinite(looked).astype(np.int64), begins)
    last = np.append(begins[1:], len(rows)) - 1
    kept = (bits != _ONLY_LOOKED) | (seconds >= config.least_look_s)
    owner = account[begins][kept]
    return Meetings(
        first=np.searchsorted(owner, np.arange(n_accounts + 1)),
        at_us=at_us[last][kept],
        post=post[begins][kept],
        acts=bits[kept],
        seconds=np.where(n_looks > 0, seconds, np.nan).astype(np.float32)[kept],
        surface=acts.surface[rows][begins][kept],
    )


def _no_meetings(n_accounts: int) -> Meetings:
    return Meetings(
        first=np.zeros(n_accounts + 1, dtype=np.int64),
        at_us=np.zeros(0, dtype=np.int64),
        post=np.zeros(0, dtype=np.int32),
        acts=np.zeros(0, dtype=np.uint32),
        seconds=np.zeros(0, dtype=np.float32),
        surface=np.zeros(0, dtype=np.int8),
    )


def sittings_of(log: LearningLog, meetings: Meetings, config: SittingConfig) -> Sittings:
    """All sittings of a log, long ones in parts, in the order in which they began."""
    shown = log.impressions
    order = np.lexsort((shown.position, shown.at_us, shown.session, shown.viewer))
    part = _parts(shown, order, config.candidates)
    n = int(part.number[-1]) + 1 if len(order) else 0
    impression = np.full((n, config.candidates), NOBODY, dtype=np.int64)
    impression[part.number, part.place] = order
    viewer = shown.viewer[impression[:, 0]]
    at_us = np.zeros(n, dtype=np.int64)
    at_us[part.number] = part.began_us
    newest = _newest_before(meetings, viewer, at_us)
    n_history = np.minimum(newest - meetings.first[viewer], config.history)
    made = Sittings(
        viewer=viewer, at_us=at_us, impression=impression, newest=newest, n_history=n_history
    )
    return made.only(np.argsort(at_us, kind="stable"))


@dataclass(frozen=True, slots=True)
class _Parts:
    number: NDArray[np.int64]  # of the part each ordered impression belongs to
    place: NDArray[np.int64]  # within it
    began_us: NDArray[np.int64]  # when its sitting began


def _parts(shown: ImpressionColumns, order: NDArray[np.int64], size: int) -> _Parts:
    viewer, session = shown.viewer[order], shown.session[order]
    new = np.ones(len(order), dtype=bool)
    new[1:] = (viewer[1:] != viewer[:-1]) | (session[1:] != session[:-1])
    begins = np.flatnonzero(new)
    sitting = np.cumsum(new) - 1
    within = np.arange(len(order)) - begins[sitting]
    number = np.cumsum(within % size == 0) - 1
    return _Parts(number, within % size, shown.at_us[order][begins[sitting]])


def _newest_before(
    meetings: Meetings, viewer: NDArray[np.int32], at_us: NDArray[np.int64]
) -> NDArray[np.int64]:
    """One past each viewer's last meeting before a time; (n,)."""
    newest = np.empty(len(viewer), dtype=np.int64)
    for account in np.unique(viewer):
        rows = np.flatnonzero(viewer == account)
        low, high = meetings.first[account], meetings.first[account + 1]
        newest[rows] = low + np.searchsorted(meetings.at_us[low:high], at_us[rows], side="left")
    return newest


def batches(
    sittings: Sittings, config: SittingConfig, tokens: int, seed: int | None
) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """Rows to read together: the shape of their histories, and which sittings.

    Sittings with short histories are read together, so that little is padded; every batch has
    about `tokens` tokens, and batches of one shape have one size: the last repeats none and may
    be short. With a seed all is shuffled; without, the order is that of time within a shape.
    """
    chance = np.random.default_rng(seed)
    shapes = np.minimum(np.asarray(config.history_shapes), config.history)
    which = np.searchsorted(shapes, sittings.n_history)
    found: list[tuple[int, NDArray[np.int64]]] = []
    for i, shape in enumerate(shapes.tolist()):
        rows = np.flatnonzero(which == i)
        if seed is not None:
            chance.shuffle(rows)
        size = max(1, tokens // (shape + config.candidates))
        found.extend((shape, rows[k : k + size]) for k in range(0, len(rows), size))
    places = np.arange(len(found)) if seed is None else chance.permutation(len(found))
    for place in places.tolist():
        yield found[place]


def batch_size(shape: int, config: SittingConfig, tokens: int) -> int:
    """How many sittings a batch of this history shape holds."""
    return max(1, tokens // (shape + config.candidates))


def history_rows(meetings: Meetings, sittings: Sittings, shape: int) -> NDArray[np.int64]:
    """Rows of meetings, newest first, NOBODY where there are no more; (n, shape)."""
    back = np.arange(shape)
    rows = sittings.newest[:, None] - 1 - back[None, :]
    return np.where(back[None, :] < sittings.n_history[:, None], rows, NOBODY)
