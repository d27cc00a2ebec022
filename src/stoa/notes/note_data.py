"""Own notes as the columns that the scorer takes, equal to what the exported files read as."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stoa.note_records import (
    NO_POST,
    NO_TIME,
    TAGS,
    Classification,
    Contributors,
    NotesData,
    NoteTable,
    RatingTable,
    Status,
    StatusHistory,
)
from stoa.notes.book import Book, BookNote
from stoa.own_notes import (
    STATUS_FIELDS,
    ContributorState,
    NoteId,
    Pseudonym,
    StatusRow,
    post_number,
)

COMMUNITY_GROUP = 13
"""The modelling group of everybody: the one that the published scorer starts from."""

_BITS = {name: 1 << place for place, name in enumerate(TAGS)}


def counted_notes(book: Book) -> list[tuple[NoteId, BookNote]]:
    """Notes by id; those deleted before any run saw them have left no trace but in the log."""
    return [
        (note, found)
        for note, found in sorted(book.notes.items())
        if found.is_known or not found.is_deleted
    ]


def summary(note: BookNote) -> str:
    """The text of a note as it is published: with its sources behind it."""
    return " ".join((note.written.text, *note.written.sources))


def notes_data(book: Book) -> NotesData:
    """One snapshot in canonical order."""
    names = sorted(book.contributors)
    rank = {name: place for place, name in enumerate(names)}
    notes = counted_notes(book)
    return NotesData(
        contributors=_contributors(names, [book.contributors[name] for name in names]),
        notes=_note_table(notes, rank),
        history=_history(book, [found for _, found in notes]),
        ratings=_ratings([found for _, found in notes], rank),
    )


def _contributors(names: list[Pseudonym], states: list[ContributorState]) -> Contributors:
    n = len(names)
    return Contributors(
        name=_objects(names),
        enrolled=np.ones(n, dtype=np.bool_),
        state=np.array([s.state for s in states], dtype=np.int8),
        needed=np.array([s.needed for s in states], dtype=np.int64),
        changed_ms=np.array([s.changed_ms for s in states], dtype=np.int64),
        earned_out_ms=np.array([s.earned_out_ms for s in states], dtype=np.int64),
        group=np.full(n, COMMUNITY_GROUP, dtype=np.int16),
        times_earned_out=np.array([s.times_earned_out for s in states], dtype=np.int64),
    )


def _note_table(notes: list[tuple[NoteId, BookNote]], rank: dict[Pseudonym, int]) -> NoteTable:
    live = [None if found.is_deleted else found for _, found in notes]
    return NoteTable(
        id=np.array([note for note, _ in notes], dtype=np.int64),
        author=np.array([rank[found.written.who] for _, found in notes], dtype=np.int32),
        created_ms=np.array([found.written.at_ms for _, found in notes], dtype=np.int64),
        post=np.array(
            [NO_POST if found is None else post_number(found.written.post) for found in live],
            dtype=np.int64,
        ),
        classification=np.array(
            [
                Classification.DELETED if found is None else found.written.classification
                for found in live
            ],
            dtype=np.int8,
        ),
        summary=_objects(["" if found is None else summary(found) for found in live]),
    )


def _history(book: Book, notes: list[BookNote]) -> StatusHistory:
    rows = [book.row(found) if found.is_known else StatusRow() for found in notes]
    columns: dict[str, NDArray[Any]] = {}
    for name in STATUS_FIELDS:
        values = [getattr(row, name) for row in rows]
        empty = getattr(StatusRow(), name)
        if isinstance(empty, str):
            columns[name] = _objects(values)
        elif isinstance(empty, Status):
            columns[name] = np.array(values, dtype=np.int8)
        else:
            dtype = np.int64 if empty == NO_TIME else np.int16
            columns[name] = np.array(values, dtype=dtype)
    known = np.array([found.is_known for found in notes], dtype=np.bool_)
    return StatusHistory(known=known, **columns)


def _ratings(notes: list[BookNote], rank: dict[Pseudonym, int]) -> RatingTable:
    rows = [
        (place, rank[who], rating.at_ms, int(rating.level), sum(_BITS[t] for t in rating.tags))
        for place, found in enumerate(notes)
        for who, rating in sorted(found.ratings.items())
    ]
    table = np.array(rows, dtype=np.int64).reshape(len(rows), 5)
    return RatingTable(
        note=table[:, 0].astype(np.int32),
        rater=table[:, 1].astype(np.int32),
        at_ms=table[:, 2].copy(),
        level=table[:, 3].astype(np.int8),
        tags=table[:, 4].astype(np.uint32),
        sampled=np.zeros(len(rows), dtype=np.bool_),
    )


def _objects(values: Sequence[str]) -> NDArray[np.object_]:
    column = np.empty(len(values), dtype=np.object_)
    column[:] = values
    return column
