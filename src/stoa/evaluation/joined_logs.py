"""Logs of several societies as one, each with its own people, posts and time, and turned about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from stoa.records import DAY_US
from stoa.space.learning_log import NOBODY, ActColumns, ImpressionColumns, LearningLog, PostColumns

_APART_DAYS = 30  # between two societies, so that the order of rows is that of time


def random_rotation(dim: int, seed: int) -> NDArray[np.float32]:
    """A uniformly random orthogonal matrix, (dim, dim): QR of normal numbers, signs made even.

    Mezzadri 2007, "How to generate random matrices from the classical compact groups".
    """
    drawn = np.random.default_rng(seed).standard_normal((dim, dim))
    q, r = np.linalg.qr(drawn)
    return (q * np.sign(np.diag(r))).astype(np.float32)


def turned(log: LearningLog, seed: int) -> LearningLog:
    """The log with all text vectors turned alike: products stay, directions mean nothing more."""
    text = log.posts.text @ random_rotation(log.posts.text.shape[1], seed)
    return replace(log, posts=replace(log.posts, text=text.astype(np.float32)))


def joined_logs(logs: Sequence[LearningLog]) -> LearningLog:
    """One log after the other; accounts, posts and sessions of each are its own.

    Times are moved by whole days, so that a society's clock, its nights and ages stay.
    """
    shift = _Shift()
    posts: list[PostColumns] = []
    acts: list[ActColumns] = []
    shown: list[ImpressionColumns] = []
    for log in logs:
        shift = shift.towards(log)
        posts.append(_moved_posts(log.posts, shift))
        acts.append(_moved_acts(log.acts, shift))
        shown.append(_moved_impressions(log.impressions, shift))
        shift = shift.past(log)
    return LearningLog(
        posts=_stacked(posts),
        acts=_stacked(acts),
        impressions=_stacked(shown),
        n_accounts=shift.accounts,
        until_us=shift.until_us,
        source="town",
    ).checked()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shift:
    """What is added to a log's rows and times."""

    posts: int = 0
    accounts: int = 0
    sessions: int = 0
    us: int = 0
    until_us: int = 0

    def towards(self, log: LearningLog) -> _Shift:
        first = int(log.posts.at_us.min(initial=log.until_us))
        behind = max(0, self.until_us + _APART_DAYS * DAY_US - first)
        return replace(self, us=-(-behind // DAY_US) * DAY_US if self.posts else 0)

    def past(self, log: LearningLog) -> _Shift:
        sessions = int(log.impressions.session.max(initial=-1)) + 1
        return replace(
            self,
            posts=self.posts + len(log.posts),
            accounts=self.accounts + log.n_accounts,
            sessions=self.sessions + sessions,
            until_us=log.until_us + self.us,
        )


def _moved_posts(posts: PostColumns, shift: _Shift) -> PostColumns:
    parent = np.where(posts.parent == NOBODY, NOBODY, posts.parent + shift.posts)
    return replace(
        posts,
        at_us=posts.at_us + shift.us,
        author=posts.author + shift.accounts,
        parent=parent.astype(np.int32),
        root=posts.root + shift.posts,
    )


def _moved_acts(acts: ActColumns, shift: _Shift) -> ActColumns:
    return replace(
        acts,
        at_us=acts.at_us + shift.us,
        account=acts.account + shift.accounts,
        post=acts.post + shift.posts,
    )


def _moved_impressions(shown: ImpressionColumns, shift: _Shift) -> ImpressionColumns:
    return replace(
        shown,
        at_us=shown.at_us + shift.us,
        viewer=shown.viewer + shift.accounts,
        post=shown.post + shift.posts,
        session=shown.session + shift.sessions,
        policy=np.zeros_like(shown.policy),
    )


def _stacked(parts: Sequence[Any]) -> Any:
    """Columns of tables of one kind, one under the other."""
    kind = cast("Any", type(parts[0]))
    return kind(
        **{name: np.concatenate([getattr(part, name) for part in parts]) for name in kind.__slots__}
    )
