import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.grounding.claims import atomic_claims, is_checkable, resolved


@pytest.mark.parametrize(
    ("sentence", "claims"),
    [
        ("It rained.", ("It rained.",)),
        (
            "The bakery sells bread, cakes and pies.",
            ("The bakery sells bread.", "The bakery sells cakes.", "The bakery sells pies."),
        ),
        (
            "The mayor, who was elected in 2012, resigned and left the town.",
            (
                "The mayor was elected in 2012.",
                "The mayor resigned.",
                "The mayor left the town.",
            ),
        ),
        (
            "The ship was launched in 1911, sank in 1912 and was found in 1985.",
            (
                "The ship was launched in 1911.",
                "The ship sank in 1912.",
                "The ship was found in 1985.",
            ),
        ),
        (
            "The mill was built in 1840 and repaired in 1911.",
            ("The mill was built in 1840.", "The mill was repaired in 1911."),
        ),
        (
            "The town has 3,200 people, but it lost 400 of them.",
            ("The town has 3,200 people.", "The town lost 400 of them."),
        ),
    ],
)
def test_a_sentence_is_taken_apart_where_its_parts_are_sentences(sentence, claims):
    assert atomic_claims(sentence) == claims


@pytest.mark.parametrize(
    "sentence",
    [
        "Ada and Bob met in Paris.",
        "He said the bridge was closed and the road was open.",
        "If the dam breaks and the river rises, the village is lost.",
        "It lies between Cold Ashby and Wick.",
        "The sign says “closed and locked” in red.",
    ],
)
def test_what_would_change_its_meaning_stays_whole(sentence):
    assert len(atomic_claims(sentence)) == 1


@pytest.mark.parametrize(
    "sentence",
    [
        "Hello there!",
        "Great question!",
        "Who built the mill?",
        "谁建了磨坊？",
        "Ποιος έχτισε τον μύλο;",
        "I hope this helps.",
        "Let me know if you need more.",
        "Haha, a library walks into a bar!",
        "Hallo!",
        "What the posts say:",
        "...",
    ],
)
def test_what_states_nothing_is_no_claim(sentence):
    assert not is_checkable(sentence)
    assert atomic_claims(sentence) == ()


def test_a_pronoun_takes_the_subject_before_it_and_never_a_guess():
    assert resolved("She left in 1920.", ("Ada Roth ran the mill.",)) == "Ada Roth left in 1920."
    assert resolved("She left in 1920.", ("The mill was old.",)) == "She left in 1920."
    assert resolved("It closed.", ("In May, the mill opened.",)) == "It closed."


@given(st.text(max_size=120), st.sampled_from(["en", "de", "zh", ""]))
def test_any_text_gives_texts_and_no_words_of_its_own(text, lang):
    claims = atomic_claims(text, (), lang)
    letters = set(text.casefold()) | {"."}
    assert all(claim for claim in claims)
    if lang == "zh":
        assert all(set(claim.casefold()) <= letters for claim in claims)
