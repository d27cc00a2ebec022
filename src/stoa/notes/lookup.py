"""What pages look up beside what the service offers: lists, places in the log, counts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass

from stoa.errors import UnknownNote
from stoa.note_records import Status
from stoa.notes.book import Book, BookNote
from stoa.notes.views import NoteView, note_view
from stoa.own_notes import Findings, Level, NoteId, Pseudonym

_LOOKED_THROUGH = 20_000
"""Newest notes that are looked through for those that show, and that are counted."""


@dataclass(frozen=True, slots=True)
class NoteFacts:
    """What the last run says of a note, and where the log says so."""

    entry: int  # of the note itself
    intercept: float | None
    factor: float | None
    rule: str  # the last rule inside the model that acted
    ratings: tuple[tuple[float | None, Level], ...]  # rater factor and level, oldest first


@dataclass(frozen=True, slots=True)
class RoomCounts:
    """How much there is of everything."""

    notes: int
    shown: int
    ratings: int
    contributors: int
    entries: int
    runs: int
    last_run_ms: int | None


@dataclass(frozen=True, slots=True)
class NotesReading:
    """Reads the book while nobody writes in it; hands out records of its own."""

    _lock: AbstractContextManager[bool]
    _book: Book
    _found: Findings

    def newest_shown(self, before: int, k: int) -> list[NoteView]:
        """The newest notes that show, of ids below `before` if it is not 0."""
        views: list[NoteView] = []
        with self._lock:
            for note in self._newest():
                shows = note.status is Status.CURRENTLY_RATED_HELPFUL
                if shows and (not before or note.written.note < before):
                    views.append(note_view(note, self._found))
                    if len(views) == k:
                        break
        return views

    def written_by(self, who: Pseudonym, k: int) -> list[NoteView]:
        """The newest live notes of one writer."""
        with self._lock:
            ids = reversed(self._book.by_author.get(who, ()))
            live = [n for note in ids if not (n := self._book.notes[note]).is_deleted]
            return [note_view(note, self._found) for note in live[:k]]

    def rating_of(self, who: Pseudonym, note: NoteId) -> Level | None:
        """What somebody said of a note before."""
        with self._lock:
            before = self._live(note).ratings.get(who)
            return None if before is None else before.level

    def asks(self, who: Pseudonym, post: str) -> bool:
        """Whether somebody asks for a note on a post."""
        with self._lock:
            return who in self._book.requests.get(post, {})

    def facts_of(self, note: NoteId) -> NoteFacts:
        """What the last run found out about a note.

        Raises:
            UnknownNote: no such note is here.
        """
        with self._lock:
            held, said, raters = self._live(note), self._found.notes.get(note), self._found.raters
            return NoteFacts(
                entry=held.entry,
                intercept=None if said is None else said.intercept,
                factor=None if said is None else said.factor,
                rule="" if said is None else said.bound,
                ratings=tuple(
                    (raters[who].factor if who in raters else None, rating.level)
                    for who, rating in held.ratings.items()
                ),
            )

    def rater_factor(self, who: Pseudonym) -> float | None:
        """On which side of the axis the last run found a contributor; None where unknown."""
        with self._lock:
            found = self._found.raters.get(who)
            return None if found is None else found.factor

    def n_runs(self) -> int:
        """How many runs were made."""
        return len(self._book.runs)

    def n_notes(self) -> int:
        """How many notes were ever written."""
        return len(self._book.notes)

    def last_run_ms(self) -> int | None:
        """When the last run was made."""
        last = self._book.last_run
        return None if last is None else last.at_ms

    def counts(self) -> RoomCounts:
        """Counts over the newest notes, and the last run."""
        with self._lock:
            newest = list(self._newest())
            return RoomCounts(
                notes=len(newest),
                shown=sum(note.status is Status.CURRENTLY_RATED_HELPFUL for note in newest),
                ratings=sum(len(note.ratings) for note in newest),
                contributors=len(self._book.contributors),
                entries=self._book.size,
                runs=len(self._book.runs),
                last_run_ms=self.last_run_ms(),
            )

    def _live(self, note: NoteId) -> BookNote:
        found = self._book.notes.get(note)
        if found is None or found.is_deleted:
            raise UnknownNote(note)
        return found

    def _newest(self) -> Iterator[BookNote]:
        """Live notes, newest first, as many as one page may look through."""
        pairs = zip(reversed(self._book.notes.values()), range(_LOOKED_THROUGH), strict=False)
        return (note for note, _ in pairs if not note.is_deleted)
