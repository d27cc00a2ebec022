"""Ratings: 22 bytes each as they are read, then in order of note and rater, without duplicates."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from stoa.errors import BadTable
from stoa.note_records import OLD_FORM, TAGS, RatingTable
from stoa.tables.cells import Cells
from stoa.tables.participants import Participants
from stoa.tables.rows import Column, GrowingColumns

LEVEL_WORDS = (b"", b"NOT_HELPFUL", b"SOMEWHAT_HELPFUL", b"HELPFUL")
"""Index is the level + 1; an empty level is left to the flags of the old form."""

BATCH_BYTES = 8 << 20
"""Ids of raters that wait to be numbered together."""

UNRATED = -1
_COLUMNS = {
    "note": np.int32,
    "rater": np.int32,
    "at_ms": np.int64,
    "level": np.int8,
    "tags": np.uint32,
    "sampled": np.bool_,
}


@dataclass(frozen=True, slots=True)
class RatingRows:
    """Ratings as they came; raters by provisional number."""

    columns: dict[str, Column]
    n_read: int
    n_unknown_note: int


class _Raters:
    """Numbers raters many blocks at a time: the more, the fewer names are looked up."""

    def __init__(self, people: Participants) -> None:
        self._people = people
        self._waiting: list[pa.StringArray] = []
        self._known: list[NDArray[np.bool_]] = []
        self._n_bytes = 0
        self._done: list[NDArray[np.int32]] = []

    def add(self, cells: Cells, known: NDArray[np.bool_]) -> None:
        """One block's raters; of those on unknown notes only the id is remembered."""
        self._waiting.append(cells.keys("raterParticipantId"))
        self._known.append(known)
        self._n_bytes += self._waiting[-1].nbytes
        if self._n_bytes > BATCH_BYTES:
            self._number()

    def codes(self) -> NDArray[np.int32]:
        """The provisional numbers of all."""
        if self._waiting:
            self._number()
        return np.concatenate(self._done) if self._done else np.empty(0, dtype=np.int32)

    def _number(self) -> None:
        known = np.concatenate(self._known)
        self._done.append(self._people.numbered(self._waiting)[known])
        self._waiting, self._known, self._n_bytes = [], [], 0


def read_ratings(
    blocks: Iterable[Cells], people: Participants, note_ids: NDArray[np.int64]
) -> RatingRows:
    """The ratings files, in the order they come; `note_ids` are sorted.

    A rating on a note of neither file is counted and left out (spec 3, step 5).

    Raises:
        BadTable: a cell is malformed.
    """
    grown = GrowingColumns()
    raters = _Raters(people)
    n_read = 0
    for cells in blocks:
        n_read += len(cells)
        columns = _columns(cells)
        note, known = _note_rows(cells.integers("noteId"), note_ids)
        columns["note"] = note
        if not known.all():
            columns = {name: column[known] for name, column in columns.items()}
        raters.add(cells, known)
        grown.add(**columns)
    n_kept = len(grown)
    grown.add(rater=raters.codes())
    whole = {name: grown.joined(name, dtype) for name, dtype in _COLUMNS.items()}
    return RatingRows(whole, n_read, n_read - n_kept)


def _columns(cells: Cells) -> dict[str, Column]:
    """One block's ratings but for note and rater (spec 3, step 2)."""
    level = cells.codes("helpfulnessLevel", LEVEL_WORDS) - np.int8(1)
    tags = cells.flags(TAGS[0], TAGS[-1])
    old_form = np.flatnonzero(level < 0)
    if len(old_form):
        flags = cells.flags("helpful", "notHelpful")[old_form]
        from_flags = np.array([UNRATED, 2, 0, 0], dtype=np.int8)[flags]
        level[old_form] = from_flags
        tags[old_form] |= np.uint32(OLD_FORM)
    sampled = np.zeros(len(cells), dtype=np.bool_)
    sampled[cells.equals("ratingSourceBucketed", b"POPULATION_SAMPLED")] = True
    return {
        "at_ms": cells.integers("createdAtMillis"),
        "level": level,
        "tags": tags,
        "sampled": sampled,
    }


def _note_rows(
    ids: NDArray[np.int64], note_ids: NDArray[np.int64]
) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
    """Rows of notes by id, and whether there is one."""
    if not len(note_ids):
        return np.zeros(len(ids), dtype=np.int32), np.zeros(len(ids), dtype=np.bool_)
    row = np.searchsorted(note_ids, ids)
    row[row == len(note_ids)] = 0
    return row.astype(np.int32), note_ids[row] == ids


def ordered(
    rows: RatingRows, rank: NDArray[np.int32], names: list[str], note_ids: NDArray[np.int64]
) -> tuple[RatingTable, int, int]:
    """Ratings by (note, rater), and how many were left out as duplicates and as unrated.

    Empties `rows` column by column, so that no two copies of the whole are held.

    Raises:
        BadTable: somebody rated a note twice, and differently.
    """
    columns = rows.columns
    columns["rater"] = rank[columns["rater"]]
    key = columns["note"].astype(np.int64) << 32
    key |= columns["rater"]
    order = np.argsort(key)
    twice = np.flatnonzero(key[order[1:]] == key[order[:-1]]) + 1
    del key
    for name in ("at_ms", "level", "tags", "sampled"):
        column = columns[name]
        differs = column[order[twice]] != column[order[twice - 1]]
        if differs.any():
            at = int(order[twice[int(differs.argmax())]])
            rater = names[int(columns["rater"][at])]
            mend = f"participant {rater} rated it twice, and differently; keep one of the rows"
            raise BadTable("ratings", int(note_ids[columns["note"][at]]), mend, column="noteId")
    kept = np.ones(len(order), dtype=np.bool_)
    kept[twice] = False
    rated = columns["level"][order] != UNRATED
    n_unrated = int(np.count_nonzero(kept & ~rated))
    order = order[kept & rated]
    taken = {name: columns.pop(name)[order] for name in list(columns)}
    return RatingTable(**{name: taken[name] for name in _COLUMNS}), len(twice), n_unrated
