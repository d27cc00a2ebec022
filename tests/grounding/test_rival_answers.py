"""Sentences that answer one question differently."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

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


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_sentence_rivals_itself_and_no_text_breaks_it(question, text):
    assert rival_values(question, text, text) is None
