"""The outputs of the run before, and what stays of them in a run of some notes (spec 17.4).

A note that is not scored again keeps its rows; nothing in them changes but that it belongs to no
subset of this run, and that a time since which it was foreseen as helpful runs out.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stoa.bridging.pcrh_times import SHOW_MS
from stoa.errors import BadTable
from stoa.note_records import NO_TIME, NoteTable, OutputTable, StatusHistory

Column = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Earlier:
    """Two outputs of a run that scored every note; each has a row a note, in any order."""

    scored_notes: OutputTable
    aux_note_info: OutputTable

    def knows(self, notes: NoteTable) -> NDArray[np.bool_]:
        """(n_notes,) the notes that stand in both."""
        both = (self.scored_notes, self.aux_note_info)
        scored, aux = (np.isin(notes.id, table.columns["noteId"]) for table in both)
        return scored & aux

    def number(self, name: str, notes: NoteTable) -> NDArray[np.float64]:
        """(n_notes,) a column of numbers of the scored notes; NaN where empty or not there.

        Raises:
            BadTable: the column holds something else.
        """
        column = _cast(self.scored_notes.columns[name], np.dtype(np.float64), name)
        _, rows, old = np.intersect1d(
            notes.id, self.scored_notes.columns["noteId"], return_indices=True
        )
        laid_out = np.full(len(notes), np.nan)
        laid_out[rows] = column[old]
        return laid_out


@dataclass(frozen=True, slots=True)
class Partial:
    """A run of some notes: which, and where the others come from."""

    scored: NDArray[np.bool_]  # (n_notes,)
    earlier: Earlier

    def history(
        self, notes: NoteTable, before: StatusHistory, after: StatusHistory, now_ms: int
    ) -> StatusHistory:
        """The history as this run leaves it; the rows of notes that were not scored stay."""
        columns: dict[str, Column] = {
            f.name: np.where(self.scored, getattr(after, f.name), getattr(before, f.name))
            for f in fields(StatusHistory)
        }
        kept = run_out(self.earlier.number("abovePcrhThresholdTime", notes), now_ms)
        above = np.where(np.isnan(kept), NO_TIME, np.nan_to_num(kept).astype(np.int64))
        merged = StatusHistory(**columns)
        return replace(merged, above_pcrh_ms=np.where(self.scored, after.above_pcrh_ms, above))

    def core_intercept(self, notes: NoteTable, now: NDArray[np.floating]) -> NDArray[np.floating]:
        """(n_notes,) the core model's; of notes that were not scored, as the run before had it."""
        before = self.earlier.number("coreNoteIntercept", notes).astype(now.dtype)
        return np.where(self.scored, now, before)


def run_out(above_ms: NDArray[np.floating], now_ms: int) -> NDArray[np.floating]:
    """Times since when notes were foreseen as helpful: after twelve hours -T0 remembers them."""
    return np.where((above_ms > 0) & (now_ms - above_ms > SHOW_MS), -above_ms, above_ms)


def passed_through(
    new: OutputTable, before: OutputTable, rescored: NDArray[np.int64], now_ms: int
) -> OutputTable:
    """The rows of a partial run among those of the run before, by note id.

    Args:
        new: rows of the notes that were scored again; its column types hold.
        before: the whole table of the run before, with the same columns.
        rescored: ids of the notes that were to be scored again; their old rows are dropped.
        now_ms: the instant of the run; times foreseen above the pcrh threshold run out.

    Raises:
        BadTable: a column of the run before holds what it cannot hold.
    """
    old_ids = before.columns["noteId"]
    kept = ~np.isin(old_ids, rescored)
    order = np.argsort(np.concatenate([new.columns["noteId"], old_ids[kept]]), kind="stable")
    columns: dict[str, Column] = {}
    for name, column in new.columns.items():
        old = _cast(before.columns[name][kept], column.dtype, name)
        if name == "rescoringActiveRules":
            old = np.full(len(old), "", dtype=object)
        if name == "abovePcrhThresholdTime":
            old = run_out(old, now_ms)
        columns[name] = np.concatenate([column, old])[order]
    return OutputTable(columns)


def _cast(column: Column, kind: np.dtype[Any], name: str) -> Column:
    """A column in another type; NaN becomes NO_TIME among integers, a column of "" is missing."""
    if column.dtype.kind == "O" and kind.kind != "O":
        told = column[column != ""]
        if len(told) or kind.kind == "b":
            mend = "another kind of value is needed; give the outputs of a run as it wrote them"
            raise BadTable("the outputs of the run before", [*told[:1], ""][0], mend, column=name)
        column = np.full(len(column), np.nan)
    if kind.kind in "iu" and column.dtype.kind == "f":
        missing = np.isnan(column)
        return np.where(missing, NO_TIME, np.where(missing, 0, column).astype(kind))
    if kind.kind == "f" and column.dtype.kind in "iu":
        return np.where(column == NO_TIME, np.nan, column).astype(kind)
    return column.astype(kind)
