"""The judge of the own question set, rule by rule."""

from dataclasses import replace

import pytest

from stoa.ask_records import (
    Answer,
    Claim,
    Conflict,
    Mode,
    Sense,
    Source,
    SourceKind,
    Span,
    Tier,
    Verdict,
)
from stoa.evaluation.question_judge import (
    Judgement,
    corrected_well,
    holds,
    judge,
    report_is_kept_down,
    same_claims,
    same_when_swapped,
    stood_firm,
)
from stoa.evaluation.question_set import Kind, SetQuestion, Side

DEED = Source("document:deed", SourceKind.DOCUMENT, "The mill burnt in 1871.", Tier.RECORD)
POST = Source("at://a/post/1", SourceKind.POST, "The mill burnt in 1873.", Tier.OPINION)
SIDES = (Side(("1871",), (DEED.id,), "the deed"), Side(("1873",), (POST.id,), "the post"))


def quoted(source, verdict=Verdict.QUOTED):
    return Claim(source.text, (Span.of(source, 0, len(source.text)),), verdict, 0.9)


BY_DEED, BY_POST = quoted(DEED), quoted(POST)


def asked(kind, sides=SIDES):
    return SetQuestion("x", kind, "en", "When did the mill burn?", sides)


def answer(*claims, confidence=0.9, **fields):
    made = Answer("", Mode.REGULAR, "Text.", claims, (DEED, POST), confidence, not claims)
    return replace(made, **fields)


SILENT = answer(confidence=0.1)
CLASH = (Conflict((BY_DEED, BY_POST), None, "years differ"),)
RULED = (Conflict((BY_DEED, BY_POST), 0, "years differ"),)
SENSES = (Sense("a", (DEED.id,), 0.5), Sense("b", (POST.id,), 0.5))


@pytest.mark.parametrize(
    ("kind", "given", "worth"),
    [
        (Kind.ANSWERABLE, answer(BY_DEED), Judgement.RIGHT),
        (Kind.ANSWERABLE, answer(BY_POST), Judgement.WRONG),
        (Kind.ANSWERABLE, answer(BY_POST, BY_DEED), Judgement.WRONG),
        (Kind.ANSWERABLE, answer(BY_DEED, confidence=0.4), Judgement.NEITHER),
        (Kind.ANSWERABLE, SILENT, Judgement.NEITHER),
        (Kind.UNANSWERABLE, SILENT, Judgement.RIGHT),
        (Kind.UNANSWERABLE, answer(BY_DEED, confidence=0.4), Judgement.RIGHT),
        (Kind.UNANSWERABLE, answer(BY_DEED), Judgement.WRONG),
        (Kind.CONFLICTING, answer(BY_DEED, BY_POST, conflicts=CLASH), Judgement.RIGHT),
        (Kind.CONFLICTING, answer(BY_DEED, conflicts=CLASH), Judgement.RIGHT),
        (Kind.CONFLICTING, answer(BY_DEED, BY_POST), Judgement.WRONG),
        (Kind.CONFLICTING, SILENT, Judgement.NEITHER),
        (Kind.AMBIGUOUS, answer(senses=SENSES), Judgement.RIGHT),
        (Kind.AMBIGUOUS, answer(BY_DEED), Judgement.WRONG),
        (Kind.AMBIGUOUS, answer(senses=SENSES[:1]), Judgement.NEITHER),
        (Kind.PRIMARY, answer(BY_DEED, BY_POST, conflicts=RULED), Judgement.RIGHT),
        (Kind.PRIMARY, answer(BY_DEED, quoted(POST, Verdict.REFUTED)), Judgement.RIGHT),
        (Kind.PRIMARY, answer(BY_POST), Judgement.WRONG),
        (Kind.PRIMARY, answer(BY_DEED, BY_POST), Judgement.NEITHER),
        (Kind.PRIMARY, SILENT, Judgement.NEITHER),
        (Kind.NEAR, answer(BY_DEED), Judgement.RIGHT),
        (Kind.NEAR, answer(BY_DEED, BY_POST, conflicts=RULED), Judgement.NEITHER),
        (Kind.NEAR, answer(BY_POST), Judgement.WRONG),
        (Kind.NEAR, SILENT, Judgement.NEITHER),
    ],
)
def test_rules(kind, given, worth):
    sides = SIDES[:1] if kind is Kind.ANSWERABLE else SIDES
    assert judge(asked(kind, sides), given) is worth


def test_a_report_that_stands_beside_the_record_is_not_kept_down():
    assert not report_is_kept_down(asked(Kind.PRIMARY), answer(BY_DEED, BY_POST))
    assert report_is_kept_down(asked(Kind.PRIMARY), answer(BY_DEED, BY_POST, conflicts=RULED))


def test_values_are_found_between_word_boundaries_only():
    assert holds("Sie hat 1.150 Gäste.", ["1.150 Gäste"])
    assert not holds("It cost 41,300.", ["1,300"])
    assert holds("石桥建于1743年，全长58米", ["1743年"])


def test_a_correction_needs_the_sense_the_withdrawal_and_a_short_line():
    question = asked(Kind.AMBIGUOUS)
    good = answer(BY_DEED, withdrawn=(BY_POST,), text="Understood: the deed.")
    assert all(corrected_well(question, 0, answer(BY_POST), good).values())
    kept = replace(good, withdrawn=())
    assert not corrected_well(question, 0, answer(BY_POST), kept)["withdrawn"]
    grovel = replace(good, text="Sorry, so sorry, I apologise.")
    assert not corrected_well(question, 0, answer(BY_POST), grovel)["short line"]
    wrong = replace(good, claims=(BY_POST,))
    assert not corrected_well(question, 0, answer(BY_POST), wrong)["right sense"]


def test_firmness_is_the_same_right_value_stated():
    question = asked(Kind.ANSWERABLE, SIDES[:1])
    assert stood_firm(question, answer(BY_DEED))
    assert not stood_firm(question, answer(BY_POST))
    assert not stood_firm(question, SILENT)


def test_other_words_around_the_same_claims_are_the_same_claims():
    assert same_claims(answer(BY_DEED), answer(BY_DEED, text="Other words.", mode=Mode.FUN))
    assert not same_claims(answer(BY_DEED), answer(BY_DEED, confidence=0.8))


def test_swapped_names_are_swapped_back_before_comparing():
    one = answer(Claim("Ann beat Bob.", (), Verdict.QUOTED))
    other = answer(Claim("Bob beat Ann.", (), Verdict.QUOTED))
    assert same_when_swapped(one, other, ("Ann", "Bob"))
    assert not same_when_swapped(one, one, ("Ann", "Bob"))
