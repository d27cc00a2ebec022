"""Cuts a document into passages that can be found and cited, each an exact stretch of its text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

SHORTEST = 300
LONGEST = 1_200
_SENTENCE_END = re.compile(r"[.!?…؟۔।]+[\"'”’»)\]]*\s|[。！？；]+[」』”’）]*|\n")
_BREAK = re.compile(r"\n[ \t\u3000]*\n\s*")


@dataclass(frozen=True, slots=True)
class Passage:
    """Characters `start` to `end` (exclusive) of a document, under the heading above them."""

    start: int
    end: int
    heading: str = ""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading that begins at character `start`, its words standing in the text."""

    start: int
    words: str


def cut(text: str, headings: tuple[Heading, ...] = ()) -> list[Passage]:
    """Passages of 300 to 1,200 characters: whole paragraphs where they fit, else whole sentences.

    Neighbours are joined until they have 300 characters; a heading begins a new passage unless
    the one before it is shorter. Together they hold every character that is not white.
    """
    starts = [0, *(heading.start for heading in headings), len(text)]
    names = ["", *(heading.words for heading in headings)]
    joined: list[Passage] = []
    for name, (low, high) in zip(names, pairwise(starts), strict=True):
        for number, (start, end) in enumerate(_pieces(text, low, high)):
            piece = Passage(start, end, name)
            last = joined[-1] if joined else None
            if last is not None and _belong_together(last, piece, number == 0):
                joined[-1] = Passage(last.start, end, last.heading or name)
            else:
                joined.append(piece)
    return joined


def _belong_together(last: Passage, piece: Passage, begins_section: bool) -> bool:
    if piece.end - last.start > LONGEST:
        return False
    ends_short = not begins_section and piece.end - piece.start < SHORTEST
    return ends_short or last.end - last.start < SHORTEST


def _pieces(text: str, low: int, high: int) -> list[tuple[int, int]]:
    """Paragraphs between two places; those that are too long, in parts."""
    pieces: list[tuple[int, int]] = []
    at = low
    for gap in _BREAK.finditer(text, low, high):
        pieces += _parts(text, at, gap.start())
        at = gap.end()
    return pieces + _parts(text, at, high)


def _parts(text: str, start: int, end: int) -> list[tuple[int, int]]:
    parts: list[tuple[int, int]] = []
    start, end = _trimmed(text, start, end)
    while end - start > LONGEST:
        cut_at = _cut_place(text, start)
        parts.append(_trimmed(text, start, cut_at))
        start, _ = _trimmed(text, cut_at, end)
    return [*parts, (start, end)] if end > start else parts


def _cut_place(text: str, start: int) -> int:
    """Where a long paragraph is best cut: after a sentence, else at a space, else anywhere."""
    last = start + LONGEST
    ends = [found.end() for found in _SENTENCE_END.finditer(text, start + SHORTEST, last)]
    if ends:
        return ends[-1]
    space = text.rfind(" ", start + SHORTEST, last)
    return space if space > 0 else last


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    start += len(piece) - len(piece.lstrip())
    return start, max(start, start + len(piece.strip()))
