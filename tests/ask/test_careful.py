"""The second look at what a finder of answers found."""

from dataclasses import dataclass

import pytest

from stoa.ask.careful import COVERED, careful, is_short
from stoa.ask_records import EvidenceSet, Source, SourceKind, Span, Tier
from stoa.grounding.sentences import sentences


@dataclass(frozen=True)
class Said:
    spans: tuple
    confidence: float


MILL = Source(
    "at://a/1",
    SourceKind.POST,
    "The mill of Hay stands by the weir. The mill of Hay burnt in 1871. Ada Orr wept.",
    Tier.FIRST_HAND,
)
LONG = Source("document:l#1", SourceKind.DOCUMENT, MILL.text + " It rained." * 60, Tier.RECORD)


def look(question, source, sentence, confidence):
    start, end = sentences(source.text)[sentence]
    span = Span.of(source, start, end)
    return careful(lambda *_: Said((span,), confidence))(question, EvidenceSet((source,), (1.0,)))


def test_a_sentence_that_covers_the_question_leads_and_is_sure():
    found = look("When did the mill of Hay burn?", MILL, 0, 0.3)
    assert found.spans[0].text == "The mill of Hay burnt in 1871."
    assert found.confidence >= COVERED


@pytest.mark.parametrize(
    "question",
    ["Who mended the mill of Hay?", "When was the mill of Hay sold?", "How high is the mill?"],
)
def test_what_a_short_text_does_not_say_is_not_stated(question):
    assert look(question, MILL, 1, 0.95).confidence < 0.5


def test_a_long_text_is_left_to_the_finder():
    assert look("When was the mill of Hay sold?", LONG, 1, 0.95).confidence == 0.95
    assert not is_short(LONG.text)


def test_a_question_about_anything_is_left_to_the_finder():
    assert look("What do people say about the mill?", MILL, 1, 0.7).confidence == 0.7


def test_nothing_found_is_nothing_sure():
    nothing = careful(lambda *_: Said((), 0.9))("Who built Rome?", EvidenceSet())
    assert nothing.spans == ()
    assert nothing.confidence == 0.0


def test_a_short_text_among_long_ones_is_judged_as_they_are():
    """A paragraph may happen to be short; where most texts are, it is a square of posts."""
    start, end = sentences(MILL.text)[0]
    span = Span.of(MILL, start, end)
    finder = careful(lambda *_: Said((span,), 0.7))
    question = "Which guild paid for the mill of Hay?"
    others = tuple(
        Source(f"document:l#{n}", SourceKind.DOCUMENT, LONG.text, Tier.RECORD) for n in range(2)
    )
    among_long = finder(question, EvidenceSet((MILL, *others), (1.0,) * 3))
    alone = finder(question, EvidenceSet((MILL, others[0]), (1.0,) * 2))
    assert (among_long.confidence, alone.confidence) == (0.7, 0.45)
