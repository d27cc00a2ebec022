"""Voices: one set of claims, two ways of saying it."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.ask.deck import Situation, lines
from stoa.ask.frames import FRAMES, frames
from stoa.ask.voices import correction_line, say, situation
from stoa.ask_records import (
    Answer,
    Claim,
    Conflict,
    Correction,
    Mode,
    NoiseReport,
    Sense,
    Source,
    SourceKind,
    Span,
    Tier,
    Verdict,
)

RECORD = Source("document:deed", SourceKind.DOCUMENT, "The mill burnt in 1871.", Tier.RECORD)
POST = Source("at://a/post/1", SourceKind.POST, "The mill burnt in 1873.", Tier.OPINION)
BY_RECORD = Claim(RECORD.text, (Span.of(RECORD, 0, 23),), Verdict.QUOTED, 0.95)
BY_POST = Claim(POST.text, (Span.of(POST, 0, 23),), Verdict.REFUTED, 0.1)
APOLOGIES = re.compile(
    r"sorry|apolog|forgive|entschuldig|perdón|pardon|désolé|извин|抱歉|对不起", re.I
)


def answer(**fields):
    plain = {
        "question": "When did the mill burn?",
        "mode": Mode.REGULAR,
        "text": "",
        "claims": (BY_RECORD, BY_POST),
        "sources": (RECORD, POST),
        "confidence": 0.9,
        "abstained": False,
    }
    return Answer(**(plain | fields))


conflicts = st.sampled_from([(), (Conflict((BY_RECORD, BY_POST), 0, "years differ"),)])
answers = st.builds(
    answer,
    question=st.text(max_size=30),
    claims=st.sampled_from([(), (BY_RECORD,), (BY_RECORD, BY_POST)]),
    confidence=st.floats(0, 1),
    abstained=st.booleans(),
    reason=st.sampled_from(["", "Only one source."]),
    conflicts=conflicts,
    noise=st.builds(NoiseReport, n_copies=st.integers(0, 9), n_found=st.integers(0, 9)),
)


def quotes_and_marks(text):
    return re.findall(r"“[^”]*”|\[\d+\]", text)


@given(answers, st.integers(0, 9))
def test_both_voices_say_the_same_quotes_with_the_same_marks_in_the_same_order(parts, seed):
    regular, fun = (say(parts, mode, "en", seed) for mode in Mode)
    assert quotes_and_marks(regular) == quotes_and_marks(fun)


@given(answers, st.sampled_from(sorted(FRAMES)))
def test_the_same_parts_and_seed_give_the_same_text(parts, lang):
    assert say(parts, Mode.FUN, lang, 3) == say(parts, Mode.FUN, lang, 3)


@pytest.mark.parametrize("mode", list(Mode))
def test_the_claim_that_answers_comes_first(mode):
    assert say(answer(), mode, "en").startswith("“The mill burnt in 1871.” [1]")


def test_the_stronger_side_of_a_conflict_is_marked():
    parts = answer(conflicts=(Conflict((BY_RECORD, BY_POST), 0, "years differ"),))
    assert "stronger source is [1]" in say(parts, Mode.REGULAR, "en")


def test_two_senses_are_both_offered():
    senses = (Sense("muscle, tablet", ("a",), 0.5), Sense("novel, holiday", ("b",), 0.5))
    parts = answer(claims=(), abstained=True, senses=senses)
    text = say(parts, Mode.REGULAR, "en")
    assert "muscle, tablet" in text
    assert "novel, holiday" in text


def test_withdrawn_claims_are_named_after_a_short_line():
    parts = answer(
        claims=(BY_RECORD,), withdrawn=(BY_POST,), correction=Correction(("the mill in Orn",))
    )
    text = say(parts, Mode.REGULAR, "en")
    assert text.splitlines()[0] == "Understood: the mill in Orn."
    assert BY_POST.text in text


@given(st.text(max_size=400), st.sampled_from(sorted(FRAMES)))
def test_a_correction_line_is_short_and_does_not_grovel(meant, lang):
    said = correction_line(meant, lang)
    assert len(said.split()) <= 20
    assert "\n" not in said


def test_english_has_at_least_eighty_lines_and_every_situation_some():
    dealt = [each for kind in Situation for each in lines(kind, "en")]
    assert len(set(dealt)) >= 80
    assert all(lines(kind, "en") for kind in Situation)


@pytest.mark.parametrize("lang", sorted(FRAMES))
def test_no_line_holds_a_figure_a_citation_an_apology_or_the_asker(lang):
    for kind in Situation:
        for each in lines(kind, lang):
            assert not re.search(r"[\d\[\]@]", each)
            assert not APOLOGIES.search(each)
            assert not re.search(r"\byour?s?\b|\byou're\b", each, re.I)


def test_a_language_without_a_deck_falls_back_to_the_regular_voice():
    assert say(answer(), Mode.FUN, "fi") == say(answer(), Mode.REGULAR, "fi")


@pytest.mark.parametrize("lang", sorted(FRAMES))
def test_every_language_of_the_voices_has_a_deck(lang):
    assert lines(Situation.ANSWER, lang)
    assert lines(Situation.ABSTENTION, lang)
    assert say(answer(), Mode.FUN, lang).startswith(say(answer(), Mode.REGULAR, lang))


def test_an_unknown_language_gets_english_frames():
    assert frames("xx") is FRAMES["en"]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"claims": (), "abstained": True}, Situation.ABSTENTION),
        ({"conflicts": (Conflict((BY_RECORD, BY_POST), 0, ""),)}, Situation.RECORD_WINS),
        ({"conflicts": (Conflict((BY_RECORD, BY_POST), None, ""),)}, Situation.CONFLICT),
        ({"noise": NoiseReport(n_copies=40)}, Situation.MANY_COPIES),
        ({"confidence": 0.6}, Situation.DOUBT),
        ({}, Situation.OLD),
    ],
)
def test_the_joke_fits_what_happened(fields, expected):
    assert situation(answer(**fields)) is expected
