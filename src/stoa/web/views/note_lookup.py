"""What pages of notes look up beside what the service offers: lists, places, counts.

Each function is handed to `Notes.look`, reads, and returns records of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from stoa.note_records import Status
from stoa.notes.book import Book, BookNote
from stoa.notes.views import NoteView, note_view
from stoa.own_notes import Findings, Level, NoteId, Pseudonym

_LOOKED_THROUGH = 20_000
"""Newest notes that are looked through for those that show."""

Look = Callable[[Book, Findings], list[NoteView]]


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


def newest_shown(before: int, k: int) -> Look:
    """The newest notes that show, of ids below `before` if it is not 0."""

    def see(book: Book, found: Findings) -> list[NoteView]:
        views: list[NoteView] = []
        for note in _newest(book):
            if note.status is Status.CURRENTLY_RATED_HELPFUL and (
                not before or note.written.note < before
            ):
                views.append(note_view(note, found))
                if len(views) == k:
                    break
        return views

    return see


def written_by(who: Pseudonym, k: int) -> Look:
    """The newest notes of one writer."""

    def see(book: Book, found: Findings) -> list[NoteView]:
        ids = reversed(book.by_author.get(who, ()))
        live = (book.notes[note] for note in ids if not book.notes[note].is_deleted)
        return [note_view(note, found) for note, _ in zip(live, range(k), strict=False)]

    return see


def rating_of(who: Pseudonym | None, note: NoteId) -> Callable[[Book, Findings], Level | None]:
    """What somebody said of a note before."""

    def see(book: Book, found: Findings) -> Level | None:
        del found
        before = book.notes[note].ratings.get(who) if who is not None else None
        return None if before is None else before.level

    return see


def asks(who: Pseudonym | None, post: str) -> Callable[[Book, Findings], bool]:
    """Whether somebody asks for a note on a post."""
    return lambda book, _: who is not None and who in book.requests.get(post, {})


def facts_of(note: NoteId) -> Callable[[Book, Findings], NoteFacts]:
    """What the last run found out about a note that is here."""

    def see(book: Book, found: Findings) -> NoteFacts:
        held, said = book.notes[note], found.notes.get(note)
        raters = found.raters
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

    return see


def room_counts(book: Book, found: Findings) -> RoomCounts:
    """Counts over the newest notes, and the last run."""
    del found
    newest = list(_newest(book))
    last = book.last_run
    return RoomCounts(
        notes=len(newest),
        shown=sum(note.status is Status.CURRENTLY_RATED_HELPFUL for note in newest),
        ratings=sum(len(note.ratings) for note in newest),
        contributors=len(book.contributors),
        entries=book.size,
        runs=len(book.runs),
        last_run_ms=None if last is None else last.at_ms,
    )


def _newest(book: Book) -> Iterator[BookNote]:
    """Live notes, newest first, as many as one page may look through."""
    for note, _ in zip(reversed(book.notes.values()), range(_LOOKED_THROUGH), strict=False):
        if not note.is_deleted:
            yield note
