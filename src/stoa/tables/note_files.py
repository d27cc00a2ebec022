"""Notes and their status history: read apart, then joined by note id (spec 3, step 4)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.errors import BadTable
from stoa.note_records import (
    CLASSIFICATION_NAMES,
    NO_GROUP,
    NO_POST,
    NO_TIME,
    Classification,
    NoteTable,
    Status,
    StatusHistory,
)
from stoa.tables.cells import Cells
from stoa.tables.participants import Participants
from stoa.tables.rows import Column, GrowingColumns, objects, without_duplicates

STATUS_WORDS = (b"", *(s.name.encode() for s in Status if s))
"""Index is `Status`."""

CLASSIFICATION_WORDS = tuple(CLASSIFICATION_NAMES[c].encode() for c in Classification if c)
"""Index is `Classification` - 1."""

HISTORY_FIELDS = {
    "first_status_ms": "timestampMillisOfFirstNonNMRStatus",
    "first_status": "firstNonNMRStatus",
    "current_ms": "timestampMillisOfCurrentStatus",
    "current": "currentStatus",
    "latest_status_ms": "timestampMillisOfLatestNonNMRStatus",
    "latest_status": "mostRecentNonNMRStatus",
    "locked_ms": "timestampMillisOfStatusLock",
    "locked": "lockedStatus",
    "retro_lock_ms": "timestampMillisOfRetroLock",
    "core": "currentCoreStatus",
    "expansion": "currentExpansionStatus",
    "group_status": "currentGroupStatus",
    "decided_by": "currentDecidedBy",
    "group": "currentModelingGroup",
    "changed_ms": "timestampMillisOfMostRecentStatusChange",
    "window_ms": "timestampMillisOfNmrDueToMinStableCrhTime",
    "multi_group_status": "currentMultiGroupStatus",
    "multi_group": "currentModelingMultiGroup",
    "final_output_minute": "timestampMinuteOfFinalScoringOutput",
    "first_window_ms": "timestampMillisOfFirstNmrDueToMinStableCrhTime",
    "above_pcrh_ms": "abovePcrhThresholdTime",
}
"""Column of `StatusHistory` to column of the file."""

_STATUSES = frozenset(
    {
        "first_status",
        "current",
        "latest_status",
        "locked",
        "core",
        "expansion",
        "group_status",
        "multi_group_status",
    }
)
_GROUPS = frozenset({"group", "multi_group"})


@dataclass(frozen=True, slots=True)
class Rows:
    """One kind of file, one row a note, by note id; authors by provisional number."""

    id: NDArray[np.int64]
    author: NDArray[np.int32]
    created_ms: NDArray[np.int64]
    columns: dict[str, Column]
    n_read: int
    n_duplicates: int


def read_notes(blocks: Iterable[Cells], people: Participants) -> Rows:
    """The notes files.

    Raises:
        BadTable: a cell is malformed, or two rows of one note differ.
    """
    grown = GrowingColumns()
    for cells in blocks:
        grown.add(
            id=cells.integers("noteId"),
            author=people.codes(cells, "noteAuthorParticipantId"),
            created_ms=cells.integers("createdAtMillis"),
            post=cells.integers("tweetId"),
            classification=cells.codes("classification", CLASSIFICATION_WORDS) + np.int8(1),
            summary=objects(cells.texts("summary")),
        )
    columns = {
        "post": grown.joined("post", np.int64),
        "classification": grown.joined("classification", np.int8),
        "summary": grown.joined("summary", np.object_),
    }
    return _rows("notes", grown, columns)


def read_history(blocks: Iterable[Cells], people: Participants) -> Rows:
    """The status history files; an older file without its last column is as if it were empty.

    Raises:
        BadTable: a cell is malformed, or two rows of one note differ.
    """
    grown = GrowingColumns()
    known_texts: dict[str, str] = {}
    for cells in blocks:
        grown.add(
            id=cells.integers("noteId"),
            author=people.codes(cells, "noteAuthorParticipantId"),
            created_ms=_present(cells, "createdAtMillis"),
            **{field: _history_column(cells, field, known_texts) for field in HISTORY_FIELDS},
        )
    columns = {field: grown.joined(field, _empty(field).dtype.type) for field in HISTORY_FIELDS}
    return _rows("note status history", grown, columns)


def _present(cells: Cells, name: str) -> NDArray[np.int64]:
    """A time that may be written as a float and may not be missing."""
    times = cells.whole(name, NO_TIME)
    missing = times == NO_TIME
    if missing.any():
        cells.refuse(name, missing, "give a whole number of milliseconds")
    return times


def _history_column(cells: Cells, field: str, known_texts: dict[str, str]) -> Column:
    name = HISTORY_FIELDS[field]
    if field in _STATUSES:
        return cells.codes(name, STATUS_WORDS)
    if field == "decided_by":
        return objects([known_texts.setdefault(t, t) for t in cells.texts(name)])
    # The published reader lets go of both last columns if one of them is missing.
    is_old = cells.n_columns < len(cells.layout.columns)
    if is_old and field in {"first_window_ms", "above_pcrh_ms"}:
        return np.full(len(cells), NO_TIME, dtype=np.int64)
    if field in _GROUPS:
        return small_group(cells, name)
    return cells.whole(name, NO_TIME)


def small_group(cells: Cells, name: str) -> NDArray[np.int16]:
    """A column of group numbers; NO_GROUP where empty."""
    groups = cells.whole(name, NO_GROUP)
    beyond = (groups < NO_GROUP) | (groups > np.iinfo(np.int16).max)
    if beyond.any():
        cells.refuse(name, beyond, "give the number of a modelling group, or nothing")
    return groups.astype(np.int16)


def _rows(kind: str, grown: GrowingColumns, columns: dict[str, Column]) -> Rows:
    ids = grown.joined("id", np.int64).astype(np.int64, copy=False)
    author = grown.joined("author", np.int32).astype(np.int32, copy=False)
    created = grown.joined("created_ms", np.int64).astype(np.int64, copy=False)
    compared = {"author": author, "createdAtMillis": created, **columns}
    order, n_duplicates = without_duplicates(kind, "noteId", ids, compared)
    taken = {name: column[order] for name, column in columns.items()}
    return Rows(ids[order], author[order], created[order], taken, len(ids), n_duplicates)


def _empty(field: str) -> Column:
    """What a note without a history has in a column, as an array of one."""
    if field in _STATUSES:
        return np.array([Status.NONE], dtype=np.int8)
    if field in _GROUPS:
        return np.array([NO_GROUP], dtype=np.int16)
    if field == "decided_by":
        return objects([""])
    return np.array([NO_TIME], dtype=np.int64)


def join(notes: Rows, history: Rows) -> tuple[NoteTable, StatusHistory]:
    """All notes of either file by id; authors by provisional number still.

    Raises:
        BadTable: author or creation time of a note differ between the two.
    """
    ids = np.union1d(notes.id, history.id)
    in_notes = np.searchsorted(ids, notes.id)
    in_history = np.searchsorted(ids, history.id)
    author = np.zeros(len(ids), dtype=np.int32)
    created = np.zeros(len(ids), dtype=np.int64)
    author[in_history], created[in_history] = history.author, history.created_ms
    known = np.zeros(len(ids), dtype=np.bool_)
    known[in_history] = True
    old = known[in_notes]
    _agree("createdAtMillis", ids, in_notes[old], created, notes.created_ms[old])
    _agree("noteAuthorParticipantId", ids, in_notes[old], author, notes.author[old])
    author[in_notes], created[in_notes] = notes.author, notes.created_ms
    table = NoteTable(
        id=ids,
        author=author,
        created_ms=created,
        post=_spread(notes.columns["post"], in_notes, np.full(len(ids), NO_POST)),
        classification=_spread(
            notes.columns["classification"], in_notes, np.zeros(len(ids), dtype=np.int8)
        ),
        summary=_spread(notes.columns["summary"], in_notes, objects([""] * len(ids))),
    )
    past = {
        f: _spread(c, in_history, _empty(f).repeat(len(ids))) for f, c in history.columns.items()
    }
    return table, StatusHistory(known=known, **past)


def _spread(column: Column, rows: NDArray[np.int64], whole: Column) -> Column:
    whole[rows] = column
    return whole


def _agree(
    name: str, ids: NDArray[np.int64], rows: NDArray[np.int64], there: Column, here: Column
) -> None:
    differs = there[rows] != here
    if differs.any():
        note = int(ids[rows[int(differs.argmax())]])
        mend = f"{name} of it differs between notes and status history; take both of one day"
        raise BadTable("notes", note, mend, column="noteId")
