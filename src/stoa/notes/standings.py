"""What the notes say of whole posts: that one shows, or that one awaits ratings."""

from __future__ import annotations

from dataclasses import dataclass

from stoa.note_records import NO_TIME, Classification, Status
from stoa.notes.book import Book, BookNote


@dataclass(frozen=True, slots=True)
class PostStanding:
    """When the newest note of each kind on a post was written; NO_TIME where there is none."""

    post: str
    shown_ms: int
    proposed_ms: int


def standings(book: Book) -> list[PostStanding]:
    """Posts with a live note that shows or awaits ratings."""
    found: list[PostStanding] = []
    for post, ids in book.by_post.items():
        notes = [book.notes[note] for note in ids if not book.notes[note].is_deleted]
        shown = max((n.written.at_ms for n in notes if _shows(n)), default=NO_TIME)
        proposed = max((n.written.at_ms for n in notes if _awaits_ratings(n)), default=NO_TIME)
        if max(shown, proposed) > NO_TIME:
            found.append(PostStanding(post, shown, proposed))
    return found


def _shows(note: BookNote) -> bool:
    return note.status is Status.CURRENTLY_RATED_HELPFUL


def _awaits_ratings(note: BookNote) -> bool:
    """Whether a run saw it, left it open, and a later one may still decide it.

    Notes that find nothing wrong with a post do not ask its readers for anything.
    """
    return (
        note.is_known
        and note.status is Status.NEEDS_MORE_RATINGS
        and note.row.locked is Status.NONE
        and note.written.classification is Classification.MISLEADING
    )
