from hypothesis import given
from hypothesis import strategies as st

from stoa.grounding.drift import drift

words = st.lists(st.sampled_from(["mill", "wheel", "river", "stone", "bridge"]), min_size=1)


def test_words_that_no_span_carries_are_counted():
    assert drift(["The haunted mill opened."], ["The mill opened."]) > 0


@given(words, words)
def test_drift_is_a_share_and_more_evidence_never_raises_it(said, told):
    text, evidence = " ".join(said), " ".join(told)
    assert 0 <= drift([text], [evidence, text]) <= drift([text], [evidence]) <= 1
    assert drift([text], [text]) == 0
