"""The four public files as one `NotesData`, in canonical order (spec 2, spec 3 steps 1, 2, 4).

Which ratings then count is mathematics: `stoa.bridging.preprocessing` does steps 3 and 5.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from stoa.note_records import NotesData
from stoa.tables.blocks import shards
from stoa.tables.cells import Cells, table_cells
from stoa.tables.enrollment_files import contributors, read_enrollment
from stoa.tables.layouts import ENROLLMENT, HISTORY, NOTES, RATINGS, Layout
from stoa.tables.note_files import join, read_history, read_notes
from stoa.tables.participants import Participants
from stoa.tables.rating_files import ordered, read_ratings

Progress = Callable[[str, float], None]
"""Hears the kind of file that is read and how much of it is, from 0 to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadReport:
    """What was read, and what was left out and counted."""

    n_notes: int  # rows read, duplicates included
    n_history: int
    n_ratings: int
    n_enrollment: int
    n_duplicate_notes: int  # exact copies of a row
    n_duplicate_history: int
    n_duplicate_ratings: int
    n_duplicate_enrollment: int
    n_unrated: int  # ratings without any helpfulness
    n_ratings_unknown_note: int  # on notes that neither file has
    n_new_notes: int  # in the notes files, without a history
    n_deleted_notes: int  # in the history alone
    n_files: int


def read_public(
    notes: Sequence[Path],
    ratings: Sequence[Path],
    history: Sequence[Path],
    enrollment: Sequence[Path],
    *,
    progress: Progress | None = None,
) -> tuple[NotesData, ReadReport]:
    """One snapshot of Community Notes, whatever the order of its rows and the cut into files.

    Each path is a file (plain, gzip, zstd or zip) or a folder of such files. Ratings are those of
    known notes with some helpfulness; `preprocessing.preprocess` says which of them count.

    Raises:
        BadTable: a file is missing, damaged or no table of its kind; names file, line and column.
    """
    read = _Reading(progress)
    people = Participants()
    note_rows = read_notes(read.cells(notes, NOTES), people)
    history_rows = read_history(read.cells(history, HISTORY), people)
    enrolled = read_enrollment(read.cells(enrollment, ENROLLMENT), people)
    table, past = join(note_rows, history_rows)
    rating_rows = read_ratings(read.cells(ratings, RATINGS), people, table.id)
    names, rank = people.ranked()
    rated, n_duplicate, n_unrated = ordered(rating_rows, rank, names, table.id)
    everybody, n_enrollment_twice = contributors(names, rank, enrolled)
    data = NotesData(
        contributors=everybody,
        notes=replace(table, author=rank[table.author]),
        history=past,
        ratings=rated,
    )
    report = ReadReport(
        n_notes=note_rows.n_read,
        n_history=history_rows.n_read,
        n_ratings=rating_rows.n_read,
        n_enrollment=enrolled.n_read,
        n_duplicate_notes=note_rows.n_duplicates,
        n_duplicate_history=history_rows.n_duplicates,
        n_duplicate_ratings=n_duplicate,
        n_duplicate_enrollment=n_enrollment_twice,
        n_unrated=n_unrated,
        n_ratings_unknown_note=rating_rows.n_unknown_note,
        n_new_notes=int(np.count_nonzero(~past.known)),
        n_deleted_notes=int(np.count_nonzero(table.classification == 0)),
        n_files=read.n_files,
    )
    return data, report


class _Reading:
    """Opens files one after the other and tells how far it is."""

    def __init__(self, progress: Progress | None) -> None:
        self._progress = progress
        self.n_files = 0

    def cells(self, paths: Sequence[Path], layout: Layout) -> Iterator[Cells]:
        """All rows of one kind of file, block by block."""
        files = shards(paths, layout.kind)
        self.n_files += len(files)
        total = max(1, sum(path.stat().st_size for path in files))
        before = 0
        for path in files:
            yield from table_cells(path, layout, self._teller(layout.kind, before, total))
            before += path.stat().st_size
        if self._progress:
            self._progress(layout.kind, 1.0)

    def _teller(self, kind: str, before: int, total: int) -> Callable[[int], None]:
        progress = self._progress
        if progress is None:
            return lambda _: None
        return lambda done: progress(kind, min(1.0, (before + done) / total))
