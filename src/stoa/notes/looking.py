"""What of a book is looked at where: under a post, by somebody who may rate, by those who ask."""

from __future__ import annotations

from collections.abc import Iterator

from stoa.note_records import Status
from stoa.notes.book import Book, BookNote
from stoa.notes.views import NoteView, note_view, sides_of
from stoa.own_notes import Findings, Pseudonym

FEW_FROM_A_SIDE = 4
"""Ratings from one side below which a note waits for that side: the rule for minorities asks for
as many."""

_OPEN_NOTES = 1_000  # newest notes without a status that are looked through for a rater


def live_notes(book: Book, post: str) -> list[BookNote]:
    """The notes on a post that were not taken back, oldest first."""
    notes = (book.notes[note] for note in book.by_post.get(post, ()))
    return [note for note in notes if not note.is_deleted]


def shown_note(book: Book, found: Findings, post: str) -> NoteView | None:
    """The note that shows under a post: of several the one with the greatest intercept."""
    helpful = Status.CURRENTLY_RATED_HELPFUL
    showing = [note for note in live_notes(book, post) if note.status is helpful]
    if not showing:
        return None

    def rank(note: BookNote) -> tuple[float, int]:
        finding = found.notes.get(note.written.note)
        intercept = None if finding is None else finding.intercept
        return (-(intercept or 0.0), note.written.note)

    return note_view(min(showing, key=rank), found)


def asked_for(book: Book, k: int) -> list[tuple[str, int]]:
    """Posts without a note that most ask for one on, with how many ask."""
    waiting = [
        (post, len(asking)) for post, asking in book.requests.items() if not live_notes(book, post)
    ]
    return sorted(waiting, key=lambda pair: (-pair[1], pair[0]))[: max(0, k)]


def waiting_for(book: Book, found: Findings, who: Pseudonym | None, k: int) -> list[NoteView]:
    """Open notes that wait for somebody's viewpoint, most wanted first.

    With a side: those with hardly a rating from it, first those that the other side finds most
    helpful. Without one: those with the fewest ratings.
    """
    finding = None if who is None else found.raters.get(who)
    factor = None if finding is None else finding.factor
    waiting: list[tuple[tuple[int, int, int], BookNote]] = []
    for note in _open_notes(book):
        if who != note.written.who and who not in note.ratings:
            wanted = _wanted(note, found, factor)
            if wanted is not None:
                waiting.append((wanted, note))
    waiting.sort(key=lambda pair: pair[0])
    return [note_view(note, found) for _, note in waiting[: max(0, k)]]


def _open_notes(book: Book) -> Iterator[BookNote]:
    """The newest live notes without a status."""
    n_left = _OPEN_NOTES
    for note in reversed(book.notes.values()):
        if not note.is_deleted and note.status is Status.NEEDS_MORE_RATINGS:
            yield note
            n_left -= 1
            if not n_left:
                return


def _wanted(note: BookNote, found: Findings, factor: float | None) -> tuple[int, int, int] | None:
    """How much a note waits for a side, least first; None if it does not."""
    sides = sides_of(note, found)
    if factor is None or sides is None:
        return len(note.ratings), 0, -note.written.note
    mine, theirs = sides.negative, sides.positive
    if factor >= 0:
        mine, theirs = theirs, mine
    if mine.total >= FEW_FROM_A_SIDE:
        return None
    return mine.total, theirs.not_helpful - theirs.helpful, -note.written.note
