"""A finder of answers that looks twice: does the sentence hold what the question asks for?

The learnt finder was trained on questions whose answer is there or whose whole text is missing. On
a square the text is mostly there and says something else: who built the bridge, not when. So two
plain checks stand behind it. A sentence that says all of the question and holds a value of the
kind asked for leads and is sure; one that holds no such value, or leaves out what a short text
would have said, is not stated.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from stoa.ask.parts import AnswerFinder, Found
from stoa.ask_records import EvidenceSet, SourceKind, Span
from stoa.grounding.covering import (
    counts_what_is_asked,
    covers,
    lacks_kind,
    missing_words,
)
from stoa.grounding.question_kinds import QuestionKind, question_kind
from stoa.grounding.sentences import sentences

COVERED = 0.9  # the least that a covering sentence is sure of
_UNSTATED = 0.45  # the most where what is asked for is not there
_UNSURE = 0.75  # the most where a short text says all, but not surely of what is asked
_SHORT = 350  # characters, Chinese ones counted thrice; a post has 300, a small record a few more
_UNSPACED = re.compile(r"[\u0e01-\u0ecd\u1000-\u103f\u1780-\u17d3\u3040-\u9fff]")
_LOOKED_AT = 8  # sources searched for a covering sentence


@dataclass(frozen=True, slots=True)
class CarefulAnswer:
    """What was found, after the second look."""

    spans: tuple[Span, ...]
    confidence: float
    scores: tuple[float, ...] = field(default=())


def careful(finder: AnswerFinder) -> AnswerFinder:
    """`finder` with a second look at what it found."""

    def found(question: str, evidence: EvidenceSet) -> Found:
        first = finder(question, evidence)
        covering = _covering(question, evidence, first.spans)
        if covering is not None:
            rest = tuple(span for span in first.spans if span != covering)
            return CarefulAnswer((covering, *rest), max(first.confidence, COVERED))
        return CarefulAnswer(first.spans, min(first.confidence, _most(question, first, evidence)))

    return found


def _most(question: str, found: Found, evidence: EvidenceSet) -> float:
    """The most that an answer may be sure of that does not say all of the question."""
    if not found.spans:
        return 0.0
    first = found.spans[0]
    source = evidence.find(first.source)
    asks_for_anything = question_kind(question) in (QuestionKind.ABOUT, QuestionKind.OTHER)
    is_unspaced = _UNSPACED.search(question) is not None  # its words cannot be told one by one
    if source is None or asks_for_anything or is_unspaced or not is_short(source.text):
        return 1.0  # what the learnt finder was trained on; it knows long texts better
    if lacks_kind(question, " ".join(span.text for span in found.spans[:2])):
        return _UNSTATED
    is_there = not missing_words(question, first, source)
    return _UNSURE if is_there and counts_what_is_asked(question, first.text) else _UNSTATED


def is_short(text: str) -> bool:
    """Whether a text is of a post's length, in which nothing is said in another place."""
    return len(text) + 2 * sum("\u3040" <= c <= "\u9fff" for c in text) <= _SHORT


def _covering(question: str, evidence: EvidenceSet, preferred: Sequence[Span]) -> Span | None:
    """A sentence that covers the question, of the highest tier; what was found comes first."""
    found: list[tuple[int, Span]] = []
    for span in preferred:
        source = evidence.find(span.source)
        if source is not None and covers(question, span, source):
            found.append((source.tier, span))
    for source in evidence.sources[:_LOOKED_AT]:
        if source.kind is not SourceKind.NOTE and is_short(source.text):
            spans = (Span.of(source, *place) for place in sentences(source.text, source.lang))
            covering = next((span for span in spans if covers(question, span, source)), None)
            if covering is not None:
                found.append((source.tier, covering))
    return min(found, key=lambda each: each[0])[1] if found else None
