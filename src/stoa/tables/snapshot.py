"""A snapshot of the public files as mapped columns: one note is a slice, wherever it lies.

Ratings are sorted by note, so a binary search over the mapped column finds those of one note with
a few dozen page reads, be there a thousand ratings or a hundred million.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from stoa.errors import BadInput
from stoa.note_records import Contributors, NotesData, NoteTable, RatingTable, StatusHistory
from stoa.tables.columns import Store, StoreWriter

SIDES: tuple[Literal["left"], Literal["right"]] = ("left", "right")
_TABLES = {
    "contributors": Contributors,
    "notes": NoteTable,
    "history": StatusHistory,
    "ratings": RatingTable,
}


def keep_snapshot(writer: StoreWriter, data: NotesData) -> None:
    """Writes the four tables."""
    for name, kind in _TABLES.items():
        keep_table(writer, name, getattr(data, name), kind)


def keep_table(writer: StoreWriter, name: str, table: object, kind: type) -> None:
    """Writes one record of columns; the names are those of its fields."""
    writer.table(name, {f.name: getattr(table, f.name) for f in fields(kind)})


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The kept tables of a run, read by slices."""

    store: Store

    def row_of(self, note_id: int) -> int:
        """The row of a note.

        Raises:
            BadInput: the snapshot has no such note.
        """
        ids, n_notes = self.store["notes"]["id"], len(self.store["notes"])
        row = int(ids.search(np.array([note_id], dtype=np.int64))[0])
        if row == n_notes or int(ids.take(np.array([row]))[0]) != note_id:
            mend = f"give one of the {n_notes} note ids of scored_notes.tsv"
            raise BadInput("NOTE_ID", note_id, mend)
        return row

    def ratings_of(self, row: int) -> RatingTable:
        """The ratings of one note, by rater."""
        note = self.store["ratings"]["note"]
        wanted = np.array([row], dtype=np.int32)
        first, end = (int(note.search(wanted, side)[0]) for side in SIDES)
        return self._take("ratings", RatingTable, slice(first, end))

    def notes(self, rows: slice) -> NoteTable:
        """Some notes."""
        return self._take("notes", NoteTable, rows)

    def history(self, rows: slice, table: str = "history") -> StatusHistory:
        """The history of some notes; `table` names another one than that before the run."""
        return self._take(table, StatusHistory, rows)

    def contributors(self, rows: NDArray[np.int32]) -> Contributors:
        """Some contributors, without their names (which are "")."""
        table = self.store["contributors"]
        return Contributors(
            np.full(len(rows), "", dtype=np.object_),
            *(table[f.name].take(rows) for f in fields(Contributors) if f.name != "name"),
        )

    def name_of(self, rater: int) -> str:
        """The participant id of a contributor."""
        return str(self.store["contributors"].texts("name", slice(rater, rater + 1))[0])

    def read(self) -> NotesData:
        """The whole snapshot, in memory."""
        return NotesData(*(self._take(name, kind, slice(None)) for name, kind in _TABLES.items()))

    def _take(self, name: str, kind: type, rows: slice):
        table = self.store[name]
        return kind(*(table.column(f.name, rows) for f in fields(kind)))
