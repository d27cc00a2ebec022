"""One log to learn from, whoever wrote it: a live network, an app's events, or the town.

Columns only. Posts and accounts are rows here (0..n-1), whatever their ids are elsewhere; the
maker of a log keeps the ids. Nothing in it says what the town alone knows.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stoa.errors import BadInput

NOBODY = -1
"""No parent, no viewer, not answered: the row that is not there."""


class Answer(IntEnum):
    """What a reader said when asked "glad you saw this?"; NONE where not asked or not answered."""

    NONE = -1
    GLAD = 0
    NEITHER = 1
    REGRET = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class PostColumns:
    """Posts in the order of their time, one row each; all arrays have length n."""

    at_us: NDArray[np.int64]
    author: NDArray[np.int32]  # account row
    parent: NDArray[np.int32]  # post row it answers, or NOBODY
    root: NDArray[np.int32]  # post row its conversation began with; itself where it began one
    language: NDArray[np.int16]
    media: NDArray[np.int16]  # bits, as `records.Media`
    domain: NDArray[np.int32]  # hash of the link's domain, 0 where there is none
    length: NDArray[np.int32]  # characters
    text: NDArray[np.float32]  # (n, d): the encoder's unit rows; zero where there are no words

    def __len__(self) -> int:
        return len(self.at_us)


@dataclass(frozen=True, slots=True, kw_only=True)
class ActColumns:
    """What accounts did to posts, in the order of time: all that a viewer's history holds."""

    at_us: NDArray[np.int64]
    account: NDArray[np.int32]
    post: NDArray[np.int32]
    kind: NDArray[np.int8]  # `records.EventKind`: like, repost, reply, quote, dwell, regret, ...
    seconds: NDArray[np.float32]  # of a dwell; NaN elsewhere
    surface: NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.at_us)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImpressionColumns:
    """Posts that were on a viewer's screen, in the order of time, and what followed."""

    at_us: NDArray[np.int64]
    viewer: NDArray[np.int32]  # account row
    post: NDArray[np.int32]
    session: NDArray[np.int32]  # impressions of one sitting share a number
    position: NDArray[np.int16]
    surface: NDArray[np.int8]
    propensity: NDArray[np.float32]  # with which the post was put there; NaN where unknown
    explored: NDArray[np.bool_]  # put there by chance, not by the policy's best guess
    policy: NDArray[np.int16]  # row of `LearningLog.policies`
    seconds: NDArray[np.float32]  # of attention; NaN where it was not measured
    acts: NDArray[np.uint32]  # bit 1 << EventKind for every act on this showing
    asked: NDArray[np.bool_]  # "glad you saw this?" was put to the viewer, at random
    ask_rate: NDArray[np.float32]  # with which chance
    answer: NDArray[np.int8]  # `Answer`
    delayed: NDArray[np.int8]  # 1 undone or unfollowed, or left at once; 0 not; -1 not known yet

    def __len__(self) -> int:
        return len(self.at_us)

    def has(self, *kinds: int) -> NDArray[np.bool_]:
        """Whether any of these kinds of act followed; shape (n,).

        >>> from stoa.records import EventKind
        >>> log = empty_log(4).impressions
        >>> log.has(EventKind.LIKE).tolist()
        []
        """
        bits = np.uint32(0)
        for kind in kinds:
            bits |= np.uint32(1 << int(kind))
        return (self.acts & bits) != 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LearningLog:
    """Everything there is to learn from up to `until_us`."""

    posts: PostColumns
    acts: ActColumns
    impressions: ImpressionColumns
    n_accounts: int
    until_us: int
    policies: tuple[str, ...] = ()
    source: str = ""  # "town", "network", "app": the model card says it
    account_key: NDArray[np.int64] | None = None
    """What names each account for good, for tables by hash; its row where there is nothing else."""

    @property
    def account_keys(self) -> NDArray[np.int64]:
        """A key for each account row, (n_accounts,)."""
        return np.arange(self.n_accounts) if self.account_key is None else self.account_key

    def checked(self) -> LearningLog:
        """The log itself, if its columns fit together.

        Raises:
            BadInput: a column of another length, a row that is not there, a time that runs back,
                or a propensity outside 0..1.
        """
        _check_columns(self)
        return self


def _check_columns(log: LearningLog) -> None:
    for table, columns in (
        ("posts", log.posts), ("acts", log.acts), ("impressions", log.impressions),
    ):  # fmt: skip
        n = len(columns)
        for name in columns.__slots__:
            column = getattr(columns, name)
            if len(column) != n:
                raise BadInput(f"{table}.{name}", len(column), f"give {n} rows, as in at_us")
        if n and (np.diff(columns.at_us) < 0).any():
            raise BadInput(f"{table}.at_us", "runs back", "sort the rows by time")
    n_posts, n_accounts = len(log.posts), log.n_accounts
    _check_rows("posts.author", log.posts.author, n_accounts)
    _check_rows("posts.parent", log.posts.parent, n_posts, lowest=NOBODY)
    _check_rows("posts.root", log.posts.root, n_posts)
    _check_rows("acts.account", log.acts.account, n_accounts)
    _check_rows("acts.post", log.acts.post, n_posts)
    _check_rows("impressions.viewer", log.impressions.viewer, n_accounts)
    _check_rows("impressions.post", log.impressions.post, n_posts)
    known = log.impressions.propensity[~np.isnan(log.impressions.propensity)]
    if ((known <= 0) | (known > 1)).any():
        worst = known[(known <= 0) | (known > 1)][0]
        raise BadInput("impressions.propensity", float(worst), "give NaN or a chance in (0, 1]")


def _check_rows(name: str, rows: NDArray[np.integer], n: int, *, lowest: int = 0) -> None:
    outside = (rows < lowest) | (rows >= n)
    if outside.any():
        raise BadInput(name, int(rows[outside][0]), f"give rows from {lowest} to {n - 1}")


def empty_log(dim: int) -> LearningLog:
    """A log in which nothing has happened, with text vectors of length `dim`."""

    def none(dtype: type) -> NDArray[Any]:
        return np.zeros(0, dtype=dtype)  # pyright: ignore[reportUnknownVariableType]

    return LearningLog(
        posts=PostColumns(
            at_us=none(np.int64), author=none(np.int32), parent=none(np.int32),
            root=none(np.int32), language=none(np.int16), media=none(np.int16),
            domain=none(np.int32), length=none(np.int32),
            text=np.zeros((0, dim), dtype=np.float32),
        ),
        acts=ActColumns(
            at_us=none(np.int64), account=none(np.int32), post=none(np.int32),
            kind=none(np.int8), seconds=none(np.float32), surface=none(np.int8),
        ),
        impressions=ImpressionColumns(
            at_us=none(np.int64), viewer=none(np.int32), post=none(np.int32),
            session=none(np.int32), position=none(np.int16), surface=none(np.int8),
            propensity=none(np.float32), explored=none(np.bool_), policy=none(np.int16),
            seconds=none(np.float32), acts=none(np.uint32), asked=none(np.bool_),
            ask_rate=none(np.float32), answer=none(np.int8), delayed=none(np.int8),
        ),
        n_accounts=0,
        until_us=0,
    )  # fmt: skip
