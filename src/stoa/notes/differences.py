"""Two outputs of the scorer side by side: which statuses differ, and what differs first.

A status comes from models through rules, so its cause is looked for in that order: the first model
that says something else, in it the first rule that acted in one output only, with the number that
the rule is about and its threshold; if all models agree, the first rule over the models.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from stoa.bridging.ensemble import ENSEMBLE
from stoa.bridging.gaussian_scorers import GAUSSIAN_SCORERS
from stoa.bridging.meta import META_RULES
from stoa.bridging.meta_rules import label
from stoa.bridging.rules import RULE_NAMES
from stoa.bridging.scorers import TOPIC_NAMES, Thresholds
from stoa.note_records import NO_TIME, OutputTable
from stoa.notes.conditions import short

MODELS = (
    "expansionPlus",
    "expansion",
    "coreWithTopics",
    "core",
    "multiGroup",
    "group",
    "gaussian",
    "gaussianCoreWithTopics",
    "topic",
)
"""Prefixes of the models that a status may come from, in the order they are merged."""

_LIMITS: Mapping[str, tuple[str, Callable[[Thresholds], float | None]]] = {
    "GeneralCRH": ("NoteIntercept", lambda t: t.crh),
    "GeneralCRHInertia": ("NoteIntercept", lambda t: t.crh - t.inertia),
    "GeneralCRNH": ("NoteIntercept", lambda t: t.crnh_intercept),
    "UcbCRNH": ("NoteInterceptMax", lambda t: t.crnh_ucb),
    "NmCRNH": ("NoteIntercept", lambda t: t.crnh_not_misleading),
    "FilterLargeFactor": ("NoteFactor1", lambda t: t.large_factor),
    "RejectLowIntercept": ("NoteIntercept", lambda t: t.firm_reject),
    "NoHighVolIntercept": ("NoteInterceptNoHighVol", lambda t: t.no_high_volume),
    "NoCorrelatedIntercept": ("NoteInterceptNoCorrelated", lambda t: t.no_correlated),
}
_ABOUT = {
    "TagFilter": "the weights of its tags",
    "FilterIncorrect": "how many near raters call it incorrect",
    "FilterLowDiligence": "its diligence intercept",
    "RatioCRNH": "the means of both sides",
    "MinMinorityRaters": "the counts on the smaller side",
    "RaterBalance": "the counts on the smaller side",
}


@dataclass(frozen=True, slots=True)
class StatusDifference:
    """One note whose status is not the same, and why."""

    note_id: int
    status: tuple[str, str]  # in the first output, in the second
    decided_by: tuple[str, str]
    cause: str
    model: str = ""  # prefix of the first model that differs
    rule: str = ""  # first rule that acted in one output only
    intercepts: tuple[float, float] = field(default=(np.nan, np.nan))  # of that model


@dataclass(frozen=True, slots=True)
class Aligned:
    """The rows that two tables share, in the same order; text for text, number for number."""

    first: OutputTable
    second: OutputTable
    rows: NDArray[np.int64]  # of the first table
    other: NDArray[np.int64]  # of the second
    n_only_first: int
    n_only_second: int

    @classmethod
    def of(cls, first: OutputTable, second: OutputTable, key: str) -> Aligned:
        """Joined by a column that names rows."""
        a, b = first.columns[key], second.columns[key]
        if a.dtype != b.dtype:
            a, b = a.astype(str), b.astype(str)
        _, rows, other = np.intersect1d(a, b, return_indices=True)
        n = len(rows)
        return cls(first, second, rows, other, len(a) - n, len(b) - n)

    def texts(self, name: str) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
        """A column of both as texts, "" where empty or missing."""
        return (
            _texts(self.first, name, self.rows),
            _texts(self.second, name, self.other),
        )

    def numbers(self, name: str) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
        """A column of both as numbers, or None where one of them has texts in it."""
        a = _numbers(self.first.columns.get(name), self.rows)
        b = _numbers(self.second.columns.get(name), self.other)
        return None if a is None or b is None else (a, b)


def _texts(table: OutputTable, name: str, rows: NDArray[np.int64]) -> NDArray[np.object_]:
    column = table.columns.get(name)
    if column is None:
        return np.full(len(rows), "", dtype=np.object_)
    texts = ["" if v is None or v != v or v == NO_TIME else str(v) for v in column[rows].tolist()]
    return np.array(texts, dtype=np.object_)


def _numbers(
    column: NDArray[np.generic] | None, rows: NDArray[np.int64]
) -> NDArray[np.float64] | None:
    if column is None:
        return np.full(len(rows), np.nan)
    if column.dtype.kind == "O":
        return np.full(len(rows), np.nan) if not any(column.tolist()) else None
    numbers = column[rows].astype(np.float64)
    if column.dtype == np.int64:
        numbers[column[rows] == NO_TIME] = np.nan
    return numbers


def status_differences(
    scored: Aligned, column: str = "finalRatingStatus", models: tuple[str, ...] = MODELS
) -> list[StatusDifference]:
    """The notes whose status differs, by note id, each with its cause.

    Args:
        scored: two tables of scored notes.
        column: the status that is compared; that of one model with `models` naming it.
        models: prefixes in which the cause is looked for first.
    """
    first, second = scored.texts(column)
    by = scored.texts("decidedBy")
    ids = scored.first.columns["noteId"][scored.rows].astype(np.int64)
    causes = _Causes(scored, models)
    return [
        causes.of(
            StatusDifference(
                note_id=int(ids[i]),
                status=(str(first[i]), str(second[i])),
                decided_by=(str(by[0][i]), str(by[1][i])),
                cause="",
            ),
            i,
        )
        for i in np.flatnonzero(first != second).tolist()
    ]


class _Causes:
    """Looks up what differs first; columns are read once."""

    def __init__(self, scored: Aligned, models: tuple[str, ...]) -> None:
        self.scored, self.models = scored, models
        self.read: dict[str, tuple[NDArray[np.object_], NDArray[np.object_]]] = {}

    def pair(self, name: str, i: int) -> tuple[str, str]:
        if name not in self.read:
            self.read[name] = self.scored.texts(name)
        first, second = self.read[name]
        return str(first[i]), str(second[i])

    def number(self, name: str, i: int) -> tuple[float, float]:
        first, second = self.pair(name, i)
        return float(first or "nan"), float(second or "nan")

    def of(self, found: StatusDifference, i: int) -> StatusDifference:
        for prefix in self.models:
            said = self.pair(f"{prefix}RatingStatus", i)
            if said[0] != said[1]:
                return self._of_model(found, prefix, said, i)
        return self._of_meta(found, i)

    def _of_model(
        self, found: StatusDifference, prefix: str, said: tuple[str, str], i: int
    ) -> StatusDifference:
        rule = _first_apart(*self.pair(f"{prefix}ActiveRules", i), RULE_NAMES)
        name = rule.partition(" ")[0]
        intercepts = self.number(f"{prefix}NoteIntercept", i)
        cause = f"{prefix} says {said[0] or 'nothing'} v {said[1] or 'nothing'}"
        if "" in said:
            cause += ": only one of them speaks of the note"
        elif name:
            in_first = rule in self.pair(f"{prefix}ActiveRules", i)[0].split(",")
            acts = "first" if in_first else "second"
            cause += f": {name} acts in the {acts} only, {self._numbers(prefix, name, i)}"
        return StatusDifference(
            found.note_id, found.status, found.decided_by, cause, prefix, name, intercepts
        )

    def _numbers(self, prefix: str, rule: str, i: int) -> str:
        if rule not in _LIMITS:
            return f"which asks for {_ABOUT.get(rule, 'what no column shows')}"
        suffix, limit = _LIMITS[rule]
        a, b = self.number(prefix + suffix, i)
        threshold = limit(self._thresholds(prefix, i))
        return f"{suffix} {short(a)} v {short(b)} at the threshold {short(threshold)}"

    def _thresholds(self, prefix: str, i: int) -> Thresholds:
        """Of the model of a prefix that spoke of this note."""
        group = self.pair("modelingGroup", i)
        topic = self.pair("noteTopic", i)
        for config in ENSEMBLE:
            if config.prefix != prefix:
                continue
            if prefix == "group" and str(config.group) not in {g.removesuffix(".0") for g in group}:
                continue
            if prefix == "topic" and TOPIC_NAMES.get(config.scope.topic) not in topic:  # pyright: ignore[reportArgumentType]
                continue
            return config.thresholds
        return next((g.thresholds for g in GAUSSIAN_SCORERS if g.prefix == prefix), Thresholds())

    def _of_meta(self, found: StatusDifference, i: int) -> StatusDifference:
        active = self.pair("metaScorerActiveRules", i)
        rule = _first_apart(*active, [label(each) for each in META_RULES])
        if not rule:
            cause = "all models and rules say the same: the histories before the runs differ"
            return StatusDifference(found.note_id, found.status, found.decided_by, cause)
        acts = "first" if rule in active[0].split(",") else "second"
        cause = f"all models agree; {rule} acts in the {acts} only"
        return StatusDifference(
            found.note_id, found.status, found.decided_by, cause, rule=rule.partition(" ")[0]
        )


def _first_apart(first: str, second: str, order: list[str] | tuple[str, ...]) -> str:
    """The first rule, in their order, that is in one list only; "" where there is none."""
    apart = set(first.split(",")) ^ set(second.split(","))
    return next((rule for rule in order if rule in apart), "")
