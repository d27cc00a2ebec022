"""A second turn in pieces: what is meant, what is not, and what only objects."""

import pytest

from stoa.ask.turn_reading import THE_OTHER, disputes, reading
from stoa.grounding.question_kinds import QuestionKind


@pytest.mark.parametrize(
    ("says", "prefer", "exclude"),
    [
        ("hm, not in Vik. In Grane!", ("In Grane",), ("in Vik",)),
        ("sorry wrong Anchor - I need the one in Grane", ("wrong Anchor", "the one in Grane"), ()),
        ("no no, the highway", ("the highway",), ()),
        ("I had the railway in mind", ("the railway",), ()),
        ("Not the film.", (), ("the film",)),
        ("Nein, das Hotel meine ich", ("das Hotel",), ()),
        ("la revista, quiero decir", ("la revista",), ()),
        ("pas le roman, la chanson", ("la chanson",), ("le roman",)),
        ("я не про это, а про лодку", ("про лодку",), ()),
        ("不，我说的是剧院。", ("剧院",), ()),
    ],
)
def test_what_is_meant_is_read(says, prefer, exclude):
    found = reading(says, QuestionKind.PERSON)
    assert set(found.prefer) >= set(prefer[-1:])
    assert found.exclude == exclude


@pytest.mark.parametrize(
    "says",
    ["the other one", "not that one, the other", "That's not the one I meant.",
     "Nein, den anderen.",
     "no, la otra", "Je pensais à l'autre.", "другой", "the other harbour"],
)  # fmt: skip
def test_the_other(says):
    assert reading(says, QuestionKind.TIME, "Where is the harbour?").prefer == (THE_OTHER,)


@pytest.mark.parametrize(
    "says",
    ["No, it was built in 1900.", "Come on, it must have been 1900.", "Nein, das stimmt nicht.",
     "No way, it's his brother.", "Das kann nicht sein, es sind 40.", "C'est impossible !"],
)  # fmt: skip
def test_an_objection_means_nothing_else(says):
    found = reading(says, QuestionKind.TIME)
    assert not found.prefer
    assert not found.exclude
    assert disputes(says)


def test_a_year_disputes_when_and_describes_who():
    assert not reading("No, 1988.", QuestionKind.TIME).prefer
    assert reading("No, 1988.", QuestionKind.PERSON).prefer == ("1988",)
    assert reading("I meant the 2019 one.", QuestionKind.PERSON).is_sure
