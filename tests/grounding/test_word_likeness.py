import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from stoa.grounding.word_likeness import likeness

WORDS = st.lists(st.text("abcdeéжяक", min_size=1, max_size=9), min_size=1, max_size=6)


def test_forms_of_a_word_are_alike_and_other_words_are_not():
    alike = likeness(["settlement", "şehir", "книга"], ["settlements", "şehirlerinden", "книгами"])
    assert (np.diag(alike) > 0.6).all()
    assert likeness(["settlement"], ["parliament"])[0, 0] == 0


def test_a_compound_holds_its_part():
    assert likeness(["mannschaft"], ["fussballmannschaft"])[0, 0] > 0.6


def test_pieces_of_unspaced_text_match_whole_or_not_at_all():
    assert likeness(["สะพา"], ["สะพา", "ะพาน"]).tolist() == [[1.0, 0.0]]


@given(WORDS, WORDS)
def test_likeness_is_a_share_and_one_only_for_the_same_word(asked, vocabulary):
    vocabulary = list(dict.fromkeys(vocabulary))
    alike = likeness(asked, vocabulary)
    assert ((alike >= 0) & (alike <= 1)).all()
    same = np.array([[one == other for other in vocabulary] for one in asked])
    assert ((alike == 1) == same).all()


@given(WORDS, WORDS)
def test_a_word_is_judged_without_regard_to_the_others(asked, vocabulary):
    whole = likeness(asked, vocabulary)
    for row, word in enumerate(asked):
        assert np.array_equal(likeness([word], vocabulary)[0], whole[row])
