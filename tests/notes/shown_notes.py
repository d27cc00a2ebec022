"""Notes with the statuses that a test wants: log entries as a run would have left them."""

from __future__ import annotations

from stoa.note_records import Classification, Enrollment, Status
from stoa.notes.book import Book
from stoa.notes.entries import encode
from stoa.own_notes import (
    Enrolled,
    LogEntry,
    NoteDeleted,
    NoteWritten,
    Pseudonym,
    RunMade,
    StatusDecided,
    StatusRow,
    note_id_at,
)
from stoa.ports import NoteLog

WRITER = Pseudonym("a" * 64)


class NoteScript:
    """Writes into a log what people and runs do, by the rules of the book."""

    def __init__(self, log: NoteLog) -> None:
        self._log = log
        self._book = Book().read(log.leaves())

    def write(self, post: str, at_ms: int) -> int:
        """A note on a post by one writer."""
        if WRITER not in self._book.contributors:
            self._add(Enrolled(at_ms, WRITER, Enrollment.EARNED_IN))
        note = note_id_at(at_ms, self._book.last_id)
        misled = ("misleadingFactualError",)
        kind = Classification.MISLEADING
        self._add(NoteWritten(at_ms, WRITER, note, post, kind, misled, "Not so.", ()))
        return note

    def decide(self, note: int, status: Status, at_ms: int) -> None:
        """A run that gives a note a status."""
        run = RunMade(at_ms, self._book.size, at_ms - 1, at_ms, "test")
        row = StatusRow(at_ms, status, current=status, latest_status_ms=at_ms, latest_status=status)
        known = next(n for n in self._book.notes if n == note)
        self._add(run, StatusDecided(at_ms, known, row))

    def delete(self, note: int, at_ms: int) -> None:
        known = next(n for n in self._book.notes if n == note)
        self._add(NoteDeleted(at_ms, WRITER, known))

    def _add(self, *entries: LogEntry) -> None:
        leaves = [encode(entry) for entry in entries]
        self._log.append(self._book.size, leaves)
        self._book.read(leaves)
