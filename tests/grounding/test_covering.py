"""Sentences that say all of a question and hold what it asks for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.ask_records import Source, SourceKind, Span, Tier
from stoa.grounding.counted import counts_what_is_asked
from stoa.grounding.covering import covers, lacks_kind
from stoa.grounding.leaning import with_antecedent
from stoa.grounding.sentences import sentences


def told(text, title=""):
    return Source("s", SourceKind.POST, text, Tier.REPORT, title=title)


def spans(source):
    return [Span.of(source, start, end) for start, end in sentences(source.text)]


def covering(question, text, title=""):
    source = told(text, title)
    return [span.text for span in spans(source) if covers(question, span, source)]


@pytest.mark.parametrize(
    ("question", "text", "title", "answer"),
    [
        ("When did the mill burn?", "The mill burnt in 1871. It was old.", "", "1871"),
        ("Who built the mill?", "The mill was built by Ada Orr.", "", "Ada Orr"),
        ("How many goats does Hay keep?", "Hay keeps 74 goats.", "", "74"),
        ("How much does the Atlas weigh?", "The Atlas weighs 96 tonnes.", "", "96"),
        ("When does the Lin museum open?", "The museum opens at 10:30.", "Lin today", "10:30"),
        ("How fast was the lorry on Mill Lane?", "On Mill Lane the lorry drove 47 miles an hour.",
         "", "47"),
        ("How long does the dough of Orr rest?", "Orr bakes dough. It rests for thirty hours.",
         "", "thirty"),
        ("Wie viele Tonnen hebt der Kran von Lund?", "Der Kran von Lund hebt 12 Tonnen.", "", "12"),
    ],
)  # fmt: skip
def test_the_plain_answer_is_seen(question, text, title, answer):
    assert any(answer in each for each in covering(question, text, title))


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("Who mended the roof?", "The room was closed while its roof was mended."),
        ("When was the mill repaired?", "The mill burnt in 1871."),
        ("How wide is the Orn bridge?", "The Orn bridge is 212 metres long."),
        ("How many weavers went back to the mill?", "They went back to the mill after nine days."),
        ("Who won the wager of Silas Orr?", "Silas Orr planted it for a wager."),
        ("Why did the mill burn?", "The mill burnt in 1871."),
        ("Who?", "Ada Orr."),
    ],
)
def test_what_only_speaks_of_it_is_not(question, text):
    assert covering(question, text) == []


def test_a_name_far_away_in_a_long_text_says_nothing_of_a_sentence():
    question = "When did the mill of Hallow burn?"
    near = "Hallow is a village. The mill burnt in 1871."
    assert covering(question, near)
    assert not covering(question, near.replace("village.", "village." + " It rained." * 60))


def test_what_surely_lacks_the_kind():
    assert lacks_kind("When did it close?", "It closed for want of coal.")
    assert not lacks_kind("When did it close?", "It closed in May 1911.")
    assert not lacks_kind("Why did it close?", "It closed.")
    assert not lacks_kind("谁建造了石桥？", "石匠陆怀安建造了石桥。")


def test_what_is_counted_stands_by_its_number():
    assert counts_what_is_asked("How many houses fell?", "In all 118 old houses fell.")
    assert not counts_what_is_asked("How many houses fell?", "The houses fell after 9 days.")
    assert counts_what_is_asked("When did it fall?", "It fell.")


def test_a_sentence_that_leans_is_read_with_the_one_before():
    source = told("A mill stood here. It burnt.")
    assert with_antecedent(spans(source)[1], source) == source.text
    assert with_antecedent(spans(source)[0], source) == "A mill stood here."


@given(st.text(max_size=60), st.text(min_size=1, max_size=80))
def test_any_text_can_be_looked_at(question, text):
    source = told(text)
    for span in spans(source):
        covers(question, span, source)
        lacks_kind(question, span.text)
