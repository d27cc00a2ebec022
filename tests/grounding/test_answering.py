from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stoa.app.answering import find_with_shipped, shipped_answering
from stoa.artifacts.answering import read_answering
from stoa.ask_records import EvidenceSet, Source, SourceKind, Tier
from stoa.errors import BadModel
from stoa.grounding.answering import MOST_SHOWN, AnsweringModel, find_answer
from stoa.grounding.question_match import match

HARBOUR = (
    "The old harbour of Kelmouth was built by the engineer Ada Brant. It opened in 1887 and held "
    "forty ships. Fishing boats still leave from it every morning."
)
MARKET = (
    "The market in Kelmouth sells bread and cheese. It is closed on Mondays because of the fair."
)
TRAM = "The tram line to Orrin was extended in 2004. The city council paid for the new line."


def evidence(*texts: str) -> EvidenceSet:
    sources = [
        Source(f"document:{at}", SourceKind.DOCUMENT, text, Tier.REPORT)
        for at, text in enumerate(texts)
    ]
    return EvidenceSet(tuple(sources), tuple(1.0 / (1 + at) for at in range(len(texts))))


def test_the_sentence_that_answers_comes_first():
    found = find_with_shipped(
        "Who built the old harbour of Kelmouth?", evidence(TRAM, HARBOUR, MARKET)
    )
    assert "Ada Brant" in found.spans[0].text
    assert found.confidence >= 0.5


def test_the_answer_may_stand_beside_the_words_of_the_question():
    found = find_with_shipped(
        "When did the old harbour of Kelmouth open?", evidence(HARBOUR, MARKET, TRAM)
    )
    assert any("1887" in span.text for span in found.spans)


def test_what_no_source_says_is_not_answered():
    asked = "Who painted the ceiling of the opera house in Vienna?"
    assert find_with_shipped(asked, evidence(HARBOUR, MARKET, TRAM)).confidence < 0.5


def test_a_name_that_is_missing_lowers_the_confidence():
    here = evidence(HARBOUR, MARKET, TRAM)
    right = find_with_shipped("Who built the old harbour of Kelmouth?", here).confidence
    wrong = find_with_shipped("Who built the old harbour of Vestersund?", here).confidence
    assert wrong < min(right, 0.5)


OTHERS = {
    "de": (
        "Wer baute den alten Hafen von Kelmouth?",
        "Der alte Hafen von Kelmouth wurde von Ada Brant gebaut. Es regnet dort oft.",
        "Ada Brant",
    ),
    "zh": (
        "谁建造了凯尔茅斯的旧港口？",
        "凯尔茅斯的旧港口由艾达·布兰特建造。那里经常下雨。",
        "艾达",
    ),
    "ar": (
        "من بنى ميناء كلموث القديم؟",
        "بنى المهندس آدا برانت ميناء كلموث القديم. تمطر هناك كثيرا.",
        "برانت",
    ),
    "ru": (
        "Кто построил старую гавань Келмута?",
        "Старую гавань Келмута построила Ада Брант. Там часто идёт дождь.",
        "Брант",
    ),
}


@pytest.mark.parametrize("lang", OTHERS)
def test_other_languages(lang):
    question, text, answer = OTHERS[lang]
    found = find_with_shipped(question, evidence(TRAM, text, MARKET))
    assert answer in found.spans[0].text


def test_people_asked_about_at_large_get_a_sentence_of_each_post():
    posts = ["The new tram is loud at night.", "Love the new tram, so fast!", "My cat sleeps."]
    found = find_with_shipped("What do people say about the new tram?", evidence(*posts))
    assert {span.source for span in found.spans[:2]} == {"document:0", "document:1"}


@pytest.mark.parametrize("question", ["", "?", "who", "谁", "🙂"])
def test_a_question_without_content_is_not_answered(question):
    assert find_with_shipped(question, evidence(HARBOUR)).confidence < 0.5


def test_no_evidence_is_no_answer():
    found = find_with_shipped("Who built the harbour?", EvidenceSet())
    assert found.spans == ()
    assert found.confidence == 0


TEXTS = st.text(
    st.one_of(
        st.sampled_from(" .!?\nabcé1。汉字สะพานкот"), st.characters(exclude_categories=["Cs"])
    ),
    max_size=120,
)


@settings(max_examples=60, deadline=None)
@given(st.lists(TEXTS, max_size=4), TEXTS)
def test_spans_hold_in_their_sources_and_fit_on_a_page(texts, question):
    given_ = evidence(*texts)
    found = find_with_shipped(question, given_)
    assert 0 <= found.confidence <= 1
    assert len(found.spans) <= MOST_SHOWN
    assert len(found.scores) == len(found.spans)
    assert sum(len(span.text) for span in found.spans[1:]) <= 600
    for span in found.spans:
        source = given_.find(span.source)
        assert source is not None
        assert span.holds_in(source)


@settings(max_examples=20, deadline=None)
@given(st.permutations([HARBOUR, MARKET, TRAM]))
def test_the_same_question_has_the_same_answer_twice(texts):
    asked = "When was the tram line to Orrin extended?"
    assert find_with_shipped(asked, evidence(*texts)) == find_with_shipped(asked, evidence(*texts))


def test_neighbours_get_credit_and_other_sources_do_not():
    matched = match("When did the harbour of Kelmouth open?", evidence(HARBOUR, TRAM))
    assert (matched.near >= matched.inside).all()
    row = matched.asked.words.index("harbour")
    assert matched.near[row, 1] > matched.inside[row, 1]
    assert matched.near[row, matched.first[1]] == 0


def test_weights_for_other_features_are_refused():
    weights = read_answering()
    other = replace(weights, columns={**weights.columns, "sentence": ("said",)})
    with pytest.raises(BadModel):
        AnsweringModel.of(other)


def test_confidence_rises_with_the_log_odds_and_is_sterner_than_they_are():
    cautions = shipped_answering().cautions
    for caution in (cautions.other, *cautions.by_language.values()):
        at = [caution(float(logit)) for logit in np.linspace(-6, 6, 25)]
        assert at == sorted(at)
        assert caution(0.0) < 0.5


def test_a_language_without_marks_of_its_own_gets_sterner_ones_than_most():
    cautions = shipped_answering().cautions
    assert cautions.of("xx") == cautions.of("") == cautions.other
    shifts = [each.shift for each in cautions.by_language.values()]
    assert cautions.other.shift > np.median(shifts)


def test_weights_without_marks_for_a_language_that_they_name_are_refused():
    weights = read_answering()
    other = replace(weights, columns={**weights.columns, "languages": ("aa", "bb")})
    with pytest.raises(BadModel):
        AnsweringModel.of(other)


def test_a_question_too_short_to_tell_its_language_has_that_of_its_sources():
    texts = (
        "Die Übersetzung der Hymne kam von Marlee Matlin, und sie wurde im ganzen Land gesehen.",
        "Das Spiel fand nicht in der Stadt statt, sondern in einem neuen Stadion vor ihr.",
    )
    assert match("Matlin Hymne?", evidence(*texts)).asked.lang == "de"
    assert match("Matlin Hymne?", evidence(OTHERS["ru"][1])).asked.lang == ""


def test_find_answer_reads_no_more_than_its_first_sources():
    many = evidence(*([MARKET] * 40), HARBOUR)
    found = find_answer("Who built the old harbour of Kelmouth?", many, shipped_answering())
    assert all(span.source != "document:40" for span in found.spans)
