"""Threads: bounded, and not to be talked round."""

from dataclasses import replace

import pytest

from stoa.ask.threads import (
    MAX_CLAIMS,
    MAX_TURNS,
    bounded,
    brought,
    flips_without_evidence,
    is_pushback,
    withdrawn,
)
from stoa.ask.understand import understand
from stoa.ask_records import (
    Answer,
    Claim,
    Mode,
    Question,
    Source,
    SourceKind,
    Span,
    Tier,
    Turn,
    Verdict,
)

DEED = Source("document:deed", SourceKind.DOCUMENT, "The mill burnt in 1871.", Tier.RECORD)
POST = Source("at://a/post/1", SourceKind.POST, "The mill burnt in 1873.", Tier.OPINION)


def quoted(source):
    return Claim(source.text, (Span.of(source, 0, len(source.text)),), Verdict.QUOTED)


def answer(*sources, known=()):
    claims = tuple(quoted(each) for each in sources)
    return Answer("", Mode.REGULAR, "", claims, (*sources, *known), 0.9, False)


THREAD = (Turn("When did the mill burn?", answer(DEED)),)


@pytest.mark.parametrize(
    "text",
    [
        "No.",
        "No, it was 1873!",
        "That's wrong.",
        "You are mistaken, everybody knows it was 1873.",
        "Are you sure?",
        "I don't believe that.",
        "Nein, das stimmt nicht.",
        "Eso no es verdad",
        "Нет, это неправда",
        "不对，是1873年",
    ],
)
def test_pushback_asks_the_question_before_it_once_more(text):
    found = understand(Question(text, thread=THREAD))
    assert found.is_pushback
    assert found.asked == found.query == "When did the mill burn?"


@pytest.mark.parametrize("text", ["Who built it?", "No. Who owned the mill then?", "Thank you."])
def test_a_new_question_is_no_pushback(text):
    assert not is_pushback(Question(text, thread=THREAD))


def test_pushback_needs_something_to_push_against():
    assert not is_pushback(Question("No, it was 1873!"))


def test_repeated_pushback_still_asks_the_first_question():
    thread = (*THREAD, Turn("That's wrong.", answer(DEED)))
    found = understand(Question("No, really wrong!", thread=thread))
    assert found.asked == "When did the mill burn?"


def test_a_source_that_is_named_is_looked_for():
    found = understand(
        Question("No. According to the fire brigade's book it was 1873", thread=THREAD)
    )
    assert found.asked == "When did the mill burn?"
    assert "fire brigade's book" in found.query
    assert brought("That is wrong, see https://example.org/mill") != ""


def test_the_same_sources_do_not_flip_an_answer():
    assert flips_without_evidence(answer(DEED, known=(POST,)), answer(POST, known=(DEED,)))


def test_a_new_source_may_change_an_answer():
    assert not flips_without_evidence(answer(DEED), answer(POST, known=(DEED,)))


def test_a_source_that_was_changed_may_change_an_answer():
    before = answer(DEED, known=(POST,))
    now = answer(POST, known=(replace(DEED, text="The mill burnt in 1872."),))
    assert not flips_without_evidence(before, now)


def test_an_abstention_may_always_become_an_answer():
    nothing = replace(answer(), abstained=True)
    assert not flips_without_evidence(nothing, answer(POST))


def test_a_thread_is_bounded():
    long = tuple(Turn("x" * 9_000, answer(*[DEED] * 40)) for _ in range(50))
    kept = bounded(long)
    assert len(kept) == MAX_TURNS
    assert all(len(turn.question) <= 1_000 for turn in kept)
    assert all(len(turn.answer.claims) == MAX_CLAIMS for turn in kept)


def test_a_withdrawn_claim_is_named_once():
    thread = (*THREAD, *THREAD)
    assert withdrawn(thread, [DEED.id]) == (quoted(DEED),)
    assert withdrawn(thread, [POST.id]) == ()
