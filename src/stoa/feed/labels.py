"""What labels mean to the feed, as bits: hidden, for members only, adult, graphic, a warning."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntFlag


class Mark(IntFlag):
    """Bits of a post or of its author; those of the author are added to the post's."""

    NONE = 0
    ALIVE = 1  # may be served as far as its own author's deeds go
    LINKED = 2  # stands in its author's chain of posts
    HIDDEN = 4  # labelled away by moderation
    MEMBERS_ONLY = 8  # !no-unauthenticated
    PORN = 16
    SEXUAL = 32
    NUDITY = 64
    GRAPHIC = 128
    WARN = 256
    HIDDEN_REPLY = 512  # hidden by whoever opened the thread
    DETACHED_QUOTE = 1024  # disowned by whoever it quotes
    NO_PROMOTE = 2048  # the author asked to stay out of recommendations
    ACCOUNT_HIDDEN = 4096
    ACCOUNT_KNOWN = 8192  # the account's own labels were looked up


ADULT = Mark.PORN | Mark.SEXUAL | Mark.NUDITY
SENSITIVE = ADULT | Mark.GRAPHIC
LABELS = Mark.HIDDEN | Mark.MEMBERS_ONLY | SENSITIVE | Mark.WARN | Mark.NO_PROMOTE

_OF_LABEL: dict[str, Mark] = {
    "!hide": Mark.HIDDEN,
    "!takedown": Mark.HIDDEN,
    "!suspend": Mark.HIDDEN,
    "!no-unauthenticated": Mark.MEMBERS_ONLY,
    "!no-promote": Mark.NO_PROMOTE,
    "!warn": Mark.WARN,
    "porn": Mark.PORN,
    "sexual": Mark.SEXUAL,
    "nudity": Mark.NUDITY,
    "graphic-media": Mark.GRAPHIC,
    "gore": Mark.GRAPHIC,
    "nsfl": Mark.GRAPHIC,
    "corpse": Mark.GRAPHIC,
}

# Plain integers: `&` of an IntFlag builds an object, and every post of every page asks.
_COVERS: tuple[tuple[int, str], ...] = (
    (Mark.PORN.value, "porn"),
    (Mark.SEXUAL.value, "sexual"),
    (Mark.NUDITY.value, "nudity"),
    (Mark.GRAPHIC.value, "graphic-media"),
    (Mark.WARN.value, "!warn"),
)


def marks_of(labels: Iterable[str]) -> int:
    """Bits that labels stand for; labels unknown to the feed stand for nothing.

    >>> marks_of(["porn", "birds"]) == Mark.PORN
    True
    """
    marks = 0
    for label in labels:
        marks |= _OF_LABEL.get(label, 0)
    return marks


def cover_of(marks: int) -> str | None:
    """Label under which a post is covered, the strongest first; None when it needs no cover."""
    for mark, label in _COVERS:
        if marks & mark:
            return label
    return None
