"""From candidates to the evidence of a question."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stoa.ask.retrieve import RetrieveConfig, retrieve
from stoa.ask_records import Correction, Question, Source, SourceKind, Tier

QUERY = "when does the mill bridge reopen"


class Listed:
    """A finder that ranks its list as it stands."""

    def __init__(self, sources, notes=(), factors=None):
        self.sources, self.notes = sources, notes
        self.asked = []
        if factors is not None:
            self.viewpoints = lambda found: np.array([factors.get(s.author, np.nan) for s in found])

    def candidates(self, query, k, since_us=None, until_us=None):
        self.asked.append((query, k, since_us, until_us))
        return [(source, 1 / (60 + at)) for at, source in enumerate(self.sources[:k])]

    def by_id(self, ids):
        return [s for s in self.sources if s.id in ids]

    def notes_on(self, ids):
        return [note for note in self.notes if note.about in ids]


def post(at, text, author=None, **more):
    more.setdefault("tier", Tier.OPINION)
    return Source(f"p{at}", SourceKind.POST, text, author=author or f"a{at}", at_us=at + 1, **more)


FACTS = ["rain", "crane", "mayor", "school", "ferry", "baker", "concert", "river", "paint", "steel",
         "winter", "budget", "traffic", "market", "cyclist", "doctor"]  # fmt: skip


def various(n, first=0):
    return [
        post(first + at, f"The mill bridge reopens when the {FACTS[at % 16]} {at} is done with it")
        for at in range(n)
    ]


def test_ten_copies_count_once_and_are_told():
    rumour = "The mill bridge will reopen on Monday morning"
    finder = Listed([post(at, rumour) for at in range(10)])
    found = retrieve(finder, Question(QUERY), QUERY)
    assert [source.id for source in found.sources] == ["p0"]
    assert found.copies == {"p0": 9}
    assert (found.noise.n_found, found.noise.n_used, found.noise.n_copies) == (10, 1, 9)


def test_noise_is_counted_by_reason():
    sources = [
        post(0, "The mill bridge will reopen on Monday morning"),
        post(1, "lol the bridge"),
        post(2, "Like and retweet if you agree that the bridge must reopen"),
        post(3, "Cats sleep for most of the day"),
    ]
    noise = retrieve(Listed(sources), Question(QUERY), QUERY).noise
    assert (noise.n_low_information, noise.n_bait, noise.n_off_topic) == (1, 1, 1)


@settings(max_examples=40)
@given(st.lists(st.sampled_from([
    "The mill bridge will reopen on Monday", "the MILL bridge will reopen on monday!",
    "lol", "RT if you agree, bridge", "Cats sleep for most of the day",
    "The bridge reopens in 2027 they say", "Mill owners met about the bridge",
]), max_size=30))  # fmt: skip
def test_every_candidate_is_used_or_counted(texts):
    config = RetrieveConfig(n_used=100, n_each_author=100)
    found = retrieve(
        Listed([post(at, t) for at, t in enumerate(texts)]), Question(QUERY), QUERY, config
    )
    noise = found.noise
    left_out = noise.n_copies + noise.n_bait + noise.n_low_information + noise.n_off_topic
    assert noise.n_used == len(found.sources)
    assert noise.n_found == len(texts) == noise.n_used + left_out


def test_where_copies_fill_the_first_search_it_looks_deeper():
    sources = [post(at, "The mill bridge will reopen on Monday") for at in range(150)]
    finder = Listed(sources + various(20, first=150))
    found = retrieve(finder, Question(QUERY), QUERY)
    assert [k for _, k, _, _ in finder.asked] == [100, 500]
    assert len(found.sources) == 12


def test_one_author_gets_few_places():
    sources = various(16)
    loud = [post(50 + at, s.text + " again", author="loud") for at, s in enumerate(various(16, 30))]
    found = retrieve(Listed(loud + sources), Question(QUERY), QUERY)
    assert sum(source.author == "loud" for source in found.sources) <= 2


def test_a_higher_tier_is_never_hidden_by_a_crowd():
    record = Source("d", SourceKind.DOCUMENT, "Order: the mill bridge reopens in May", Tier.RECORD)
    found = retrieve(Listed([*various(60), record]), Question(QUERY), QUERY)
    assert found.find("d") is not None
    assert len(found.sources) == 12


def test_shown_notes_come_with_their_posts():
    note = Source(
        "note:1", SourceKind.NOTE, "No, it stays shut.", Tier.REPORT, about="p0", at_us=50
    )
    other = Source("note:2", SourceKind.NOTE, "Elsewhere", Tier.REPORT, about="p99")
    finder = Listed(various(1), [note, other])
    assert [s.id for s in retrieve(finder, Question(QUERY), QUERY).sources] == ["p0", "note:1"]
    early = Question(QUERY, as_of_us=49)
    assert [s.id for s in retrieve(finder, early, QUERY).sources] == ["p0"]


def test_the_window_is_the_question_s():
    finder = Listed([])
    retrieve(finder, Question(QUERY, since_us=3, as_of_us=7), "other words")
    retrieve(finder, Question(QUERY), "")
    assert finder.asked == [("other words", 100, 3, 7), (QUERY, 100, None, None)]


def test_the_sense_that_was_not_meant_is_left_out():
    sources = [
        post(0, "Soma relaxes tense muscle tissue"),
        post(1, "Soma keeps Huxley's citizens calm"),
    ]
    question = Question("what is soma", correction=Correction(("Huxley",), ("muscle",)))
    assert [s.id for s in retrieve(Listed(sources), question, "what is soma").sources] == ["p1"]


def test_only_documents_means_so():
    document = Source("d", SourceKind.DOCUMENT, "The mill bridge reopens", Tier.REPORT)
    question = Question(QUERY, only_documents=True)
    found = retrieve(Listed([*various(3), document]), question, QUERY)
    assert [source.id for source in found.sources] == ["d"]


def test_both_sides_are_heard_where_the_notes_know_them():
    sources = various(40)
    one_side = {f"a{at}": 0.5 for at in range(40)} | {"a39": -0.5}
    heard = retrieve(Listed(sources, factors=one_side), Question(QUERY), QUERY)
    assert heard.find("p39") is not None
    unheard = retrieve(Listed(sources), Question(QUERY), QUERY)
    assert unheard.find("p39") is None


@pytest.mark.parametrize("text", ["", "?", "\x00", "a" * 10_000])
def test_any_question_gets_an_answer_however_empty(text):
    found = retrieve(Listed([]), Question(text), text)
    assert found.sources == found.scores == ()
