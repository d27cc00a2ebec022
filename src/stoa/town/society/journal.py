"""What can be observed, written down in the order of time; rows are only ever added."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from stoa.records import EventKind
from stoa.space.learning_log import ActColumns, Answer, ImpressionColumns, LearningLog
from stoa.town.society.background import PublicActs
from stoa.town.society.growing import GrowingColumns
from stoa.town.society.observed import Observed
from stoa.town.society.shelf import Shelf
from stoa.town.society.sitting import Passage

_DWELT_S = 2.0  # shorter looks are no act: they stand in the impressions alone

Columns = dict[str, NDArray[Any]]

_IMPRESSIONS: dict[str, tuple[type[np.generic], int]] = {
    "at_us": (np.int64, 0), "viewer": (np.int32, 0), "post": (np.int32, 0),
    "session": (np.int32, 0), "position": (np.int16, 0), "surface": (np.int8, 0),
    "propensity": (np.float32, 0), "explored": (np.bool_, 0), "policy": (np.int16, 0),
    "seconds": (np.float32, 0), "acts": (np.uint32, 0), "asked": (np.bool_, 0),
    "ask_rate": (np.float32, 0), "answer": (np.int8, 0),
}  # fmt: skip
_ACTS: dict[str, tuple[type[np.generic], int]] = {
    "at_us": (np.int64, 0), "account": (np.int32, 0), "post": (np.int32, 0),
    "kind": (np.int8, 0), "seconds": (np.float32, 0), "surface": (np.int8, 0),
}  # fmt: skip
_ANSWERED = {Answer.GLAD: EventKind.GLAD, Answer.NEITHER: EventKind.NO_OPINION,
             Answer.REGRET: EventKind.REGRET}  # fmt: skip


class Journal:
    """Showings and acts: first pending, then, once their time has come, in the log for good.

    Beside each showing stands what is true of it, in `ledger`; no log ever holds that.
    """

    def __init__(self) -> None:
        self.impressions = GrowingColumns(**_IMPRESSIONS)
        self.acts = GrowingColumns(**_ACTS)
        self.ledger = GrowingColumns(
            expected_s=(np.float32, 0), regret_prob=(np.float32, 0), glad_prob=(np.float32, 0),
            regretted=(np.bool_, 0), glad=(np.bool_, 0), read=(np.bool_, 0),
        )  # fmt: skip
        self._late = GrowingColumns(delayed=(np.int8, 0), delayed_us=(np.int64, 0))
        self._pending: list[Columns] = []
        self._pending_acts: list[Columns] = []
        self.policies: list[str] = []

    def policy(self, name: str) -> int:
        """Row of a policy's name; new names are added."""
        if name not in self.policies:
            self.policies.append(name)
        return self.policies.index(name)

    def show(self, seen: ImpressionColumns, passage: Passage, late: Observed) -> None:
        """Keeps showings until their time has come, with the acts that followed."""
        columns = {name: getattr(seen, name) for name in _IMPRESSIONS}
        truth = {name: getattr(passage, name) for name in (
            "expected_s", "regret_prob", "glad_prob", "regretted", "glad", "read",
        )}  # fmt: skip
        late_columns = {"delayed": late.delayed, "delayed_us": late.delayed_us}
        self._pending.append(columns | truth | late_columns)
        self._pending_acts.extend(_acts_of(seen, late))

    def act(self, acts: PublicActs) -> None:
        """Keeps public acts of the background until their time has come."""
        unmeasured = np.full(len(acts.at_us), np.nan, dtype=np.float32)
        self._pending_acts.append({
            "at_us": acts.at_us, "account": acts.account, "post": acts.post, "kind": acts.kind,
            "seconds": unmeasured, "surface": np.zeros(len(acts.at_us), dtype=np.int8),
        })  # fmt: skip

    def settle(self, until_us: int) -> None:
        """Moves what happened up to that moment into the log, in the order of time."""
        due, self._pending = _split(self._pending, until_us)
        if due:
            for table in (self.impressions, self.ledger, self._late):
                table.add(**{name: due[name] for name in table.names})
        acts, self._pending_acts = _split(self._pending_acts, until_us)
        if acts:
            self.acts.add(**acts)

    def log(self, shelf: Shelf, n_accounts: int, until_us: int) -> LearningLog:
        """Everything that can be seen up to a moment: views, but for late signs not yet due."""
        known = self._late["delayed_us"] <= until_us
        delayed = np.where(known, self._late["delayed"], -1).astype(np.int8)
        columns = {name: self.impressions[name] for name in _IMPRESSIONS}
        return LearningLog(
            posts=shelf.columns(),
            acts=ActColumns(**{name: self.acts[name] for name in _ACTS}),
            impressions=ImpressionColumns(**columns, delayed=delayed),
            n_accounts=n_accounts,
            until_us=until_us,
            policies=tuple(self.policies),
            source="town",
        )


def _acts_of(seen: ImpressionColumns, late: Observed) -> list[Columns]:
    """The acts of showings as rows of a history: dwells, acts, answers, and what is undone."""
    # `MoreActs` stay in the impressions: whoever reads a history need not know of them.
    kinds = [kind for kind in EventKind if (seen.acts & np.uint32(1 << kind)).any()]
    # An act follows the attention: it is done when the reading is.
    done_us = seen.at_us + (seen.seconds.astype(np.float64) * 1e6).astype(np.int64)
    parts = [_act_rows(seen, seen.seconds >= _DWELT_S, EventKind.DWELL, done_us)]
    for kind in kinds:
        parts.append(_act_rows(seen, (seen.acts & np.uint32(1 << kind)) != 0, kind, done_us))
    for answer, kind in _ANSWERED.items():
        parts.append(_act_rows(seen, seen.answer == answer, kind, done_us))
    liked = (seen.acts & np.uint32(1 << EventKind.LIKE)) != 0
    undone = liked & (late.delayed == 1)
    parts.append(_act_rows(seen, undone, EventKind.UNDO, late.delayed_us))
    return parts


def _act_rows(
    seen: ImpressionColumns, rows: NDArray[np.bool_], kind: int, at_us: NDArray[np.int64]
) -> Columns:
    n = int(rows.sum())
    seconds = seen.seconds[rows] if kind == EventKind.DWELL else np.full(n, np.nan, np.float32)
    return {
        "at_us": at_us[rows], "account": seen.viewer[rows], "post": seen.post[rows],
        "kind": np.full(n, kind, dtype=np.int8), "seconds": seconds, "surface": seen.surface[rows],
    }  # fmt: skip


def _split(parts: list[Columns], until_us: int) -> tuple[Columns, list[Columns]]:
    """Rows that are due, in the order of time, and the parts that are left."""
    if not parts:
        return {}, []
    whole = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    order = np.argsort(whole["at_us"], kind="stable")
    n = int(np.searchsorted(whole["at_us"][order], until_us, side="right"))
    due = {name: column[order[:n]] for name, column in whole.items()}
    left = {name: column[order[n:]] for name, column in whole.items()}
    return due, [left] if len(order) > n else []
