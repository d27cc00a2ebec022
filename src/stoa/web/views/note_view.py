"""Notes as pages and programs show them: in the card, in a list, on their own page, as JSON."""

from __future__ import annotations

from dataclasses import dataclass

from stoa.note_records import CLASSIFICATION_NAMES, Status
from stoa.notes.views import LevelCounts, NoteView
from stoa.web.views.card import post_href
from stoa.web.views.note_words import (
    CLASS_WORDS,
    REASON_WORDS,
    SHOWN_WHY,
    STATUS_WORDS,
    TAG_WORDS,
    rule_words,
)
from stoa.web.views.pen_names import pen_name
from stoa.web.views.text import clean, host_of, safe_url
from stoa.web.views.words import counted, full_moment, iso, joined, sentence, since
from stoa.web.wire import ShownNote

CARD_CHARACTERS = 600
"""Longest text of a note shown whole inside a card."""

_MS = 1_000


@dataclass(frozen=True, slots=True)
class Source:
    """A web address that a note leans on, and the site it is of."""

    url: str
    site: str


@dataclass(frozen=True, slots=True)
class Change:
    """A change of status, as a page tells it."""

    words: str
    kind: str
    moment: str
    full_moment: str
    when: str
    rule: str
    rule_name: str
    entry: int


@dataclass(frozen=True, slots=True)
class Side:
    """How one side rated a note."""

    name: str
    helpful: int
    somewhat: int
    not_helpful: int
    percent: int  # of helpful ones, a half for each "somewhat"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteCard:
    """A note, ready to print; `whole` is False where the text is cut."""

    id: str
    href: str
    post: str
    post_href: str
    text: str
    whole: bool
    sources: tuple[Source, ...]
    kind: str  # shown | open | rejected
    status: str
    classification: str
    reasons: str
    writer: str
    shows: bool
    shown_why: str
    why: str
    tags: str
    written: str
    moment: str
    full_moment: str
    changes: tuple[Change, ...]  # newest first
    sides: tuple[Side, ...]
    ratings_words: str
    is_mine: bool = False
    is_on_mine: bool = False  # on a post of the reader's own


_KINDS = {
    Status.CURRENTLY_RATED_HELPFUL: "shown",
    Status.CURRENTLY_RATED_NOT_HELPFUL: "rejected",
}


def note_card(
    view: NoteView, now_us: int, *, limit: int = 100_000, on_mine: bool = False, writer: str = ""
) -> NoteCard:
    """A note as a page prints it.

    Args:
        view: the note.
        now_us: what time it is in the square.
        limit: longest text shown whole.
        on_mine: whether the reader wrote the post.
        writer: the reader's pseudonym, if they have one.
    """
    text = clean(view.text)
    at_us = view.written_ms * _MS
    return NoteCard(
        id=str(view.id),
        href=f"/notes/{view.id}",
        post=view.post,
        post_href=post_href(view.post),
        text=text if len(text) <= limit else text[:limit].rstrip() + " …",
        whole=len(text) <= limit,
        sources=sources_of(view),
        kind=_KINDS.get(view.status, "open"),
        status=STATUS_WORDS.get(view.status, "Needs more ratings"),
        classification=CLASS_WORDS[view.classification],
        reasons=joined([REASON_WORDS[name] for name in view.reasons]),
        writer=pen_name(view.author),
        shows=view.shows,
        shown_why=SHOWN_WHY,
        why=view.why,
        tags=joined([TAG_WORDS[tag] for tag in view.tags]),
        written=since(at_us, now_us),
        moment=iso(at_us),
        full_moment=full_moment(at_us),
        changes=_changes(view, now_us),
        sides=_sides(view),
        ratings_words=counted(view.ratings.total, "rating"),
        is_mine=writer == view.author,
        is_on_mine=on_mine,
    )


def sources_of(view: NoteView) -> tuple[Source, ...]:
    """Sources that lead somewhere a reader may be sent."""
    return tuple(Source(url, host_of(url)) for url in view.sources if safe_url(url))


def shown_since_ms(view: NoteView) -> int:
    """When the note came to its present status; when it was written, if it never changed."""
    return view.history[-1].at_ms if view.history else view.written_ms


def _changes(view: NoteView, now_us: int) -> tuple[Change, ...]:
    return tuple(
        Change(
            words=STATUS_WORDS.get(change.status, "Needs more ratings"),
            kind=_KINDS.get(change.status, "open"),
            moment=iso(change.at_ms * _MS),
            full_moment=full_moment(change.at_ms * _MS),
            when=since(change.at_ms * _MS, now_us),
            rule=rule_words(change.decided_by),
            rule_name=change.decided_by,
            entry=change.entry,
        )
        for change in reversed(view.history)
    )


def _sides(view: NoteView) -> tuple[Side, ...]:
    if view.sides is None:
        return ()
    named = (
        ("On one side", view.sides.negative),
        ("On the other side", view.sides.positive),
        ("Not placed yet", view.sides.unknown),
    )
    return tuple(_side(name, counts) for name, counts in named if counts.total)


def _side(name: str, counts: LevelCounts) -> Side:
    liking = counts.helpful + counts.somewhat_helpful / 2
    return Side(
        name,
        counts.helpful,
        counts.somewhat_helpful,
        counts.not_helpful,
        round(100 * liking / max(1, counts.total)),
    )


def shown_note(view: NoteView | None) -> ShownNote | None:
    """A shown note as it travels with its post."""
    if view is None:
        return None
    return ShownNote(
        id=str(view.id),
        text=view.text,
        sources=list(view.sources),
        status=view.status.name,
        since=iso(shown_since_ms(view) * _MS),
    )


def note_json(view: NoteView) -> dict[str, object]:
    """All that may be said of a note publicly. Ids are text: JSON numbers lose them."""
    return {
        "id": str(view.id),
        "post": view.post,
        "writer": view.author,
        "classification": CLASSIFICATION_NAMES[view.classification],
        "reasons": list(view.reasons),
        "text": view.text,
        "sources": list(view.sources),
        "written_at": iso(view.written_ms * _MS),
        "status": view.status.name,
        "shows": view.shows,
        "since": iso(shown_since_ms(view) * _MS),
        "why": sentence(view.why),
        "tags": list(view.tags),
        "ratings": counts_json(view.ratings),
        "sides": None
        if view.sides is None
        else {
            "negative": counts_json(view.sides.negative),
            "positive": counts_json(view.sides.positive),
            "unknown": counts_json(view.sides.unknown),
        },
        "history": [
            {
                "at": iso(change.at_ms * _MS),
                "status": change.status.name,
                "decided_by": change.decided_by,
                "entry": change.entry,
            }
            for change in view.history
        ],
    }


def counts_json(counts: LevelCounts) -> dict[str, int]:
    """Ratings by level."""
    return {
        "helpful": counts.helpful,
        "somewhat_helpful": counts.somewhat_helpful,
        "not_helpful": counts.not_helpful,
    }
