"""Crowds that like one author alone: so many of them are heard as other authors' crowds suggest.

One account can be held to a share of all likes (`viewer_share`); a thousand with a like each pass
that. What tells a made crowd is that nobody else joins it: people who like one author alone are
some share of everybody's likers, and far more of them behind one author than behind the others
are no sign of how that author's posts are met. Accounts that like others' posts as people do pass.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from stoa.records import EventKind
from stoa.space.learning_log import ActColumns, ImpressionColumns, LearningLog

_LIKING = (EventKind.LIKE, EventKind.REPOST)

Columns = TypeVar("Columns", ActColumns, ImpressionColumns)


@dataclass(frozen=True, slots=True, kw_only=True)
class CrowdConfig:
    """When accounts are a crowd, and how many of its likes are heard."""

    devoted: float = 0.8  # share of an account's likes that are one author's
    times_usual: float = 4.0  # likes of the devoted for each like of others, against other authors
    few: int = 20  # so many likes of the devoted count in full always, and all of so many accounts


def heard_share(
    account: NDArray[np.integer],
    author: NDArray[np.integer],
    n_accounts: int,
    config: CrowdConfig = CrowdConfig(),
) -> NDArray[np.float64]:
    """How much of each account is to be heard, (n_accounts,), at most 1.

    Args:
        account: (n,) who liked.
        author: (n,) account that wrote what was liked.
        n_accounts: of the log.
        config: what a crowd is.

    Returns:
        1, but for the devoted of an author who has more of them, and of their likes, than `few`,
        and than `times_usual` what other authors have of theirs: for them `allowed / likes`.
    """
    heard = np.ones(n_accounts)
    if not len(account):
        return heard
    pair, n = np.unique(account.astype(np.int64) * n_accounts + author, return_counts=True)
    who, of = pair // n_accounts, pair % n_accounts
    first = np.flatnonzero(np.diff(who, prepend=-1))
    total, most = np.add.reduceat(n, first), np.maximum.reduceat(n, first)
    is_devoted = np.zeros(n_accounts, dtype=np.bool_)
    is_devoted[who[first]] = most >= config.devoted * total
    # Of two authors liked equally by one account neither has four fifths.
    theirs = is_devoted[who] & (
        n >= config.devoted * np.repeat(total, np.diff(np.append(first, len(n))))
    )
    by_devoted = np.bincount(of[theirs], weights=n[theirs], minlength=n_accounts)
    by_others = np.bincount(of[~is_devoted[who]], weights=n[~is_devoted[who]], minlength=n_accounts)
    rest = by_others.sum() - by_others
    usual = (by_devoted.sum() - by_devoted) / np.maximum(rest, 1.0)
    allowed = np.maximum(config.times_usual * usual * by_others, config.few)
    share = np.minimum(allowed / np.maximum(by_devoted, 1.0), 1.0)
    share[rest == 0] = 1.0  # nobody to compare with
    share[np.bincount(of[theirs], minlength=n_accounts) <= config.few] = 1.0  # no crowd
    heard[who[theirs]] = share[of[theirs]]
    return heard


def without_crowds(
    log: LearningLog, seed: int = 0, config: CrowdConfig = CrowdConfig()
) -> LearningLog:
    """The log without the acts and showings of accounts that are too many behind one author.

    Whole accounts stay or go, drawn by chance, so that what is heard of an account is true of it.
    A log without such a crowd is returned as it is.
    """
    acts = log.acts
    liking = np.flatnonzero(np.isin(acts.kind, [int(kind) for kind in _LIKING]))
    author = log.posts.author[acts.post[liking]]
    share = heard_share(acts.account[liking], author, log.n_accounts, config)
    if (share == 1.0).all():
        return log
    stays = np.random.default_rng([seed, 31]).random(log.n_accounts) < share
    return replace(
        log,
        acts=_only(acts, stays[acts.account]),
        impressions=_only(log.impressions, stays[log.impressions.viewer]),
    )


def _only(columns: Columns, rows: NDArray[np.bool_]) -> Columns:
    return type(columns)(**{name: getattr(columns, name)[rows] for name in columns.__slots__})
