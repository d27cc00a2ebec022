"""Sentences that answer one question differently."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.grounding.coverage import Heard
from stoa.grounding.rival_answers import rival_values

BELL = "Who made the bell?"
MAYOR = "When will the mayor of Dorn resign?"
OWL = "Where does the owl of Dorn nest?"


@pytest.mark.parametrize(
    ("question", "one", "other", "values"),
    [
        (BELL, "Ann Orr made the bell.", "The bell was made by Bo Lee.", ("Ann Orr", "Bo Lee")),
        (
            MAYOR,
            "The mayor of Dorn will resign on 1 March, it says.",
            "People close to her say the mayor of Dorn will resign on 15 April.",
            ("1 March", "15 April"),
        ),
        (
            OWL,
            "The owl of Dorn nests in the quarry.",
            "The owl of Dorn nests in the gasworks, high up.",
            ("quarry", "gasworks"),
        ),
        (
            "Was kostete der Turm in Lund?",
            "Der Turm in Lund kostete wenig.",
            "Der Turm in Lund kostete alles.",
            ("wenig", "alles"),
        ),
    ],
)
def test_another_value_in_the_place_asked_for(question, one, other, values):
    assert rival_values(question, one, other) == values


@pytest.mark.parametrize(
    ("question", "one", "other"),
    [
        (BELL, "Ann Orr made the bell.", "The bell hangs in Hay."),
        (BELL, "Ann Orr made the bell.", "The bell was made by Ann Orr of Hay."),
        ("When did the mill open?", "The mill opened in 1911.", "The mill opened on 3 May 1911."),
        ("Why did the mill close?", "The mill closed for coal.", "The mill closed for hands."),
        ("How many sang?", "Nine sang.", "Nine of them sang well."),
    ],
)
def test_no_rivals(question, one, other):
    assert rival_values(question, one, other) is None


def heard(title, text):
    return Heard(text, text, f"{title}. {text}", f"{title} {text}")


@pytest.mark.parametrize(
    ("question", "record", "report", "values"),
    [
        (
            "Who owns the trawler Plover?",
            ("Ship register", "Trawler Plover, owned by Anders Kvist."),
            ("@tom", "The Plover belongs to Molly Trent, as we all know."),
            ("Anders Kvist", "Molly Trent"),
        ),
        (
            "When was the Corn Exchange built?",
            ("Heritage list", "Corn Exchange, erected 1848."),
            ("A guide", "The Corn Exchange was put up in 1902."),
            ("1848", "1902"),
        ),
        (
            "How many people live in Drem?",
            ("Census", "Drem: 1,874 inhabitants."),
            ("@moor", "Drem must have 5,000 people living in it."),
            ("1,874 inhabitants", "5,000 people"),
        ),
        (
            "Belediye parka ne kadar harcadı?",
            ("Hesap", "Belediye parka 640.000 lira harcadı."),
            ("@komsu", "Belediye parka 2 milyon lira vermiş, diyorlar."),
            ("640.000 lira", "2 milyon lira"),
        ),
        (
            "Who broke the contract?",
            ("Award", "The arbitrator finds that Northline broke the contract with Harbour Net."),
            ("The Courier", "Harbour Net broke the contract with Northline."),
            ("Northline", "Harbour Net"),
        ),
    ],
)
def test_rivals_in_other_words(question, record, report, values):
    one, other = heard(*record), heard(*report)
    assert rival_values(question, one.text, other.text, (one, other)) == values


@pytest.mark.parametrize(
    ("question", "one", "other"),
    [
        ("When was the mill built?", "The mill was built in 1848.", "The mill was mended in 1902."),
        ("Who owns the Plover?", "The Plover is owned by Ann Orr.", "Bo Lee cooks on the Plover."),
        ("When does the hall close?", "The hall closes at 18:00.", "The hall opens at 9:30."),
        ("Who won the cup?", "Cup: winner Ann Orr.", "Ann Orr won the cup before Bo Lee."),
        ("How long is the road?", "The road is 7 miles long.", "The road is 22 metres wide."),
    ],
)
def test_another_matter_is_no_rival(question, one, other):
    assert rival_values(question, one, other) is None


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_sentence_rivals_itself_and_no_text_breaks_it(question, text):
    assert rival_values(question, text, text) is None
