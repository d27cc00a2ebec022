"""What says the question's words and is no answer."""

import pytest

from stoa.ask_records import Source, SourceKind, Span, Tier
from stoa.grounding.bars import elsewhere, is_barred, lacks_part, of_another_thing
from stoa.grounding.coverage import Heard
from stoa.grounding.sentences import sentences


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("How many boats sailed in 2015?", "In 1975, 112 boats sailed."),
        ("How long is the upper lock?", "The lower lock is 40 metres long."),
        ("Wann wurde die Mühle in Sarn gebaut?", "Die Mühle in Oss wurde 1811 gebaut."),
        ("How many trees stand in Torn park?", "In Torn wood stand 900 trees."),
        ("Who drew the hall?", "Mona Keel refused to draw the hall."),
        ("When was the pool closed?", "The pool was never closed."),
        ("Who painted Red Barn?", "Red Barn was long thought to be painted by Tova Lie."),
        ("What did the bridge cost?", "The bridge was to cost 5 million crowns."),
    ],
)
def test_a_near_miss_is_no_answer(question, text):
    assert is_barred(question, text)


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("How many boats sailed in 2015?", "In 2015, 112 boats sailed."),
        ("Wann wurde die Mühle gebaut?", "Die Mühle wurde nicht 1790, sondern 1811 gebaut."),
        ("Who owns the Lark?", "Peg Hollis owns it and will not have music."),
        ("What would the tram cost?", "The tram would cost 8 million crowns."),
        ("How much may cross the bridge?", "No more than 7.5 tonnes may cross the bridge."),
        ("When was the bridge of 1911 burnt?", "It was burnt in 1945."),
    ],
)
def test_an_answer_is_not_barred(question, text):
    assert not is_barred(question, text)


def test_parts_and_places():
    assert lacks_part("What did the roof of Moss hall cost?", "Moss hall cost 9 crowns.")
    assert not lacks_part("Who paid for the organ of Brigg?", "Brigg, new organ: given by Ann.")
    assert elsewhere("How many died in Yarrow?", "In Drum 40 died.")
    assert not of_another_thing("How many died in Yarrow?", "In Yarrow 40 died.")


@pytest.mark.parametrize(
    ("question", "text", "is_about"),
    [
        ("When was the ferry Dora built?", "Dora sails. The ferry Nell was built in 1950.", False),
        ("When was Gran first climbed?", "Gran lies by Torn. Torn was climbed in 1899.", False),
        ("When was Gran first climbed?", "Gran is high. It was climbed in 1899.", True),
        ("How often is the gauge at Sund read?", "Sund lake. Joan Pike reads the gauge.", True),
        ("When did Kari Oen leave?", "Lars Oen, son of Kari Oen. He left in 1866.", False),
    ],
)
def test_what_begins_with_another_name_is_about_that(question, text, is_about):
    source = Source("d", SourceKind.DOCUMENT, text, Tier.RECORD, lang="en")
    start, end = list(sentences(text))[-1]
    assert Heard.of(Span.of(source, start, end), source).is_barred(question) is not is_about
