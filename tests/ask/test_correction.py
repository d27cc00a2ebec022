"""Corrections of the sense meant, and what only looks like one."""

import pytest

from stoa.ask.correction import corrected, merged
from stoa.ask_records import Answer, Correction, Mode, Question, Turn

EARLIER = (Turn("What is soma?", Answer("", Mode.REGULAR, "", (), (), 0.9, False)),)


@pytest.mark.parametrize(
    ("text", "prefer", "exclude"),
    [
        ("No, I mean Soma from Brave New World.", "Soma from Brave New World", None),
        ("no, i meant the river, not the band", "river", "band"),
        ("Wait, I meant the river", "river", None),
        ("Sorry, not the muscle relaxant but the novel", "novel", "muscle relaxant"),
        ("not the drug, the novel", "novel", "drug"),
        ("the bridge, not the card game", "bridge", "card game"),
        ("I didn't mean the planet, I meant the god", "god", "planet"),
        ("No, the one in Ohio", "Ohio", None),
        ("Nein, ich meine den Roman, nicht das Medikament", "Roman", "Medikament"),
        ("nicht das Medikament, sondern der Roman", "Roman", "Medikament"),
        ("No, me refiero a Soma de Un mundo feliz", "Soma de Un mundo feliz", None),
        ("No la droga, sino el libro", "libro", "droga"),
        ("non, je parle du roman", "roman", None),
        ("нет, я имею в виду роман", "роман", None),
        ("не лекарство, а роман", "роман", "лекарство"),
        ("όχι, εννοώ το μυθιστόρημα", "το μυθιστόρημα", None),
        ("nu, mă refer la romanul lui Huxley", "romanul lui Huxley", None),
        ("Hayır, romanı kastettim", "roman", None),
        ("không, ý tôi là tiểu thuyết", "tiểu thuyết", None),
        ("不，我指的是小说里的索麻", "小说里的索麻", None),
        ("不是药物，而是小说", "小说", "药物"),
        ("لا، أقصد الرواية", "الرواية", None),
        ("नहीं, मेरा मतलब उपन्यास से है", "उपन्यास", None),
        ("ไม่ใช่ ฉันหมายถึงนวนิยาย", "นวนิยาย", None),
    ],
)
def test_a_correction_in_a_thread_names_what_is_meant_and_what_is_not(text, prefer, exclude):
    found = corrected(Question(text, thread=EARLIER))
    assert found == Correction((prefer,), (exclude,) if exclude else ())


@pytest.mark.parametrize(
    "text",
    [
        "What does he mean by soma?",
        "No, that is wrong.",
        "No, the mayor is Anna Lindt.",
        "not 12, 14",
        "Why is it not raining, but snowing?",
        "You are mistaken, everybody knows it.",
        "",
    ],
)
def test_pushback_and_questions_correct_no_sense(text):
    assert corrected(Question(text, thread=EARLIER)) is None


def test_a_bare_contrast_without_an_answer_before_it_corrects_nothing():
    assert corrected(Question("not the drug, the novel")) is None
    assert corrected(Question("no, I mean the novel")) is not None


def test_what_is_meant_now_is_no_longer_excluded():
    later = Correction(("the drug",), ("the novel",))
    assert merged(Correction(("the novel",), ("the drug",)), later) == later


def test_an_exclusion_alone_withdraws_an_earlier_preference():
    known = merged(Correction(("the band",), ()), Correction((), ("the band",)))
    assert known == Correction((), ("the band",))
