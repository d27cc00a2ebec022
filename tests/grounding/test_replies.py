from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from stoa.grounding.replies import replies
from stoa.grounding.words import tokens

CLAIM = "Ada Marlow was elected mayor of Lindau in March 2019."
SAID = (
    "Ada Marlow was elected mayor of Lindau in March 2019. She won 61 % of the vote.",
    "The old bridge over the harbour was built by Boris Klein, a builder from Bregenz.",
)
OPENING = frozenset(
    tokens(
        "yes yeah yep well right sure oh indeed true correct exactly no actually and so but also "
        "it is that in fact basically ah of course apparently he she they"
    )
)


def made(supported=True, seed=0):
    return replies(CLAIM, SAID, supported, np.random.default_rng(seed))


def test_the_same_seed_makes_the_same_replies():
    assert made() == made()
    assert made() != made(seed=1)


def test_a_faithful_reply_says_no_word_that_the_evidence_does_not_hold():
    held = {word for text in SAID for word in tokens(text.lower())} | OPENING
    faithful = [reply for seed in range(40) for reply in made(seed=seed) if reply.faithful]
    assert len(faithful) > 40
    for reply in faithful:
        assert set(tokens(reply.claim.lower())) <= held


def test_an_unfaithful_reply_asks_or_has_words_of_its_own():
    held = {word for text in SAID for word in tokens(text.lower())} | OPENING
    kinds = set()
    for seed in range(40):
        for reply in made(seed=seed):
            if not reply.faithful:
                kinds.add(reply.kind)
                assert "?" in reply.claim or set(tokens(reply.claim.lower())) - held
    assert kinds == {"more", "own", "mine", "empty"}


def test_a_claim_that_is_not_supported_stays_so_in_chat():
    for seed in range(20):
        (first, *_) = made(supported=False, seed=seed)
        assert (first.kind, first.faithful) == ("unsupported", False)


def test_without_evidence_only_the_judged_claim_is_told():
    rng = np.random.default_rng(0)
    assert [one.kind for one in replies(CLAIM, (), False, rng)] == ["unsupported"]


@given(st.text(max_size=80), st.lists(st.text(max_size=120), max_size=3), st.booleans())
def test_any_text_makes_replies(claim, said, supported):
    for reply in replies(claim or "x", said, supported, np.random.default_rng(0)):
        assert reply.claim
        assert len(reply.evidence) <= max(len(said), 1)
