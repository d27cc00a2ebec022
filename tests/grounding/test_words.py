from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from stoa.grounding.words import content_stems, idf, is_negation, recall, stem, tokens


def test_unspaced_scripts_give_overlapping_runs():
    assert tokens("東京は2020年") == ["東京", "京は", "2020", "年"]
    assert tokens("ภาษาไทย")[0] == "ภาษ"


def test_words_with_vowel_signs_stay_whole():
    assert tokens("हिन्दी में") == ["हिन्दी", "में"]
    assert tokens("العَرَبِيَّة") == ["العَرَبِيَّة"]


def test_a_stem_is_shared_by_inflections():
    for words in (("win", "won", "wins"), ("city", "cities"), ("company's", "companies")):
        assert len({stem(word) for word in words}) == 1


@given(st.text(max_size=80))
def test_no_text_breaks_and_nothing_is_made_up(text):
    for token in tokens(text):
        assert token
        assert stem(token) or not token.isalnum()


@given(st.text(alphabet=st.characters(codec="ascii"), max_size=80))
def test_case_does_not_matter(text):
    assert tokens(text) == tokens(text.upper())


def test_negations():
    assert is_negation("isn't")
    assert is_negation("isn’t")
    assert not is_negation("nothingness")


def test_a_word_in_every_text_weighs_least():
    weights = idf(["the hen sleeps", "the fox runs", "the dog"])
    assert min(weights, key=lambda word: weights[word]) == "the"


def test_recall_is_weighted():
    assert recall(["fox", "red"], ["fox"], {"fox": 3.0, "red": 1.0}) == 0.75
    assert recall([], ["fox"], {}) == 0.0


def test_content_stems_leave_out_stopwords():
    assert content_stems("They were not in the city") == ["city"]
