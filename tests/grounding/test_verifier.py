from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.app.verifying import shipped_verifier
from stoa.ask_records import Verdict
from stoa.errors import BadInput
from stoa.grounding.pair_features import PAIR_NAMES, pair_rows
from stoa.grounding.units import Reader
from stoa.grounding.verifier import Verifier, packed, unpacked

EVIDENCE = (
    "Ada Marlow was elected mayor of Lindau in March 2019. She won 61 % of the vote and defeated "
    "Boris Klein, who had been mayor for twelve years. The council has 30 seats."
)


@pytest.fixture(scope="module")
def verifier():
    return shipped_verifier()


def one(verifier, claim, *evidence):
    return verifier.judge([claim], [list(evidence)])[0]


def test_what_is_said_in_the_same_words_is_likely(verifier):
    judged = one(verifier, "Ada Marlow was elected mayor of Lindau in March 2019.", EVIDENCE)
    assert judged.verdict is Verdict.LIKELY
    assert judged.supported
    assert judged.probability > 0.6
    assert any("Ada Marlow" in reason for reason in judged.because)


@pytest.mark.parametrize(
    "claim",
    [
        "Ada Marlow was elected mayor of Lindau in March 2014.",
        "Ada Marlow was never elected mayor of Lindau in March 2019.",
        "Carla Stein was elected mayor of Bregenz in March 2019.",
        "The harbour was closed because of a storm.",
    ],
)
def test_what_is_said_otherwise_is_not_likely(verifier, claim):
    assert one(verifier, claim, EVIDENCE).verdict is Verdict.NOT_FOUND


def test_no_evidence_supports_nothing(verifier):
    for said in ([], [""], ["  \n "]):
        judged = verifier.judge(["Ada Marlow was elected."], [said])[0]
        assert not judged.supported
        assert judged.verdict is Verdict.NOT_FOUND
        assert judged.because


def test_only_likely_and_not_found_are_ever_said(verifier):
    verdicts = {one(verifier, claim, EVIDENCE).verdict for claim in EVIDENCE.split(". ")}
    assert verdicts <= {Verdict.LIKELY, Verdict.NOT_FOUND}


def test_likely_is_stricter_than_supported_and_sees_contradictions(verifier):
    told = "It is false that Ada Marlow was elected mayor of Lindau in March 2019."
    claim = "Ada Marlow was elected mayor of Lindau in March 2019."
    assert one(verifier, claim, told).contradiction > one(verifier, claim, EVIDENCE).contradiction


@pytest.mark.parametrize(
    "more", ["I love it!", "Have you ever been there?", "My brother told me about her last week."]
)
def test_what_speakers_say_of_themselves_takes_support_away(verifier, more):
    plain = one(verifier, "Yes, she was elected mayor of Lindau in March 2019.", EVIDENCE)
    chat = one(verifier, f"{more} She was elected mayor of Lindau in March 2019.", EVIDENCE)
    assert plain.supported
    assert chat.probability < plain.probability


def test_evidence_is_judged_jointly(verifier):
    claim = "Ada Marlow won 61 % of the vote and was elected mayor of Lindau in March 2019."
    parts = EVIDENCE.split(". ")
    whole = one(verifier, claim, *parts).probability
    assert whole > max(one(verifier, claim, part).probability for part in parts)


def test_as_many_evidences_as_claims(verifier):
    with pytest.raises(BadInput, match="give 1, one for each claim"):
        verifier.judge(["a"], [])
    assert verifier.judge([], []) == []


@given(st.lists(st.tuples(st.text(max_size=60), st.lists(st.text(max_size=80), max_size=4))))
def test_any_text_is_judged_alone_as_in_a_batch(pairs):
    verifier = shipped_verifier()
    claims, evidence = [claim for claim, _ in pairs], [said for _, said in pairs]
    judged = verifier.judge(claims, evidence)
    assert len(judged) == len(pairs)
    for claim, said, together in zip(claims, evidence, judged, strict=True):
        alone = one(verifier, claim, *said)
        assert 0 <= together.probability <= 1
        assert 0 <= together.contradiction <= 1
        assert alone.probability == pytest.approx(together.probability, abs=1e-12)
        assert alone.verdict is together.verdict


def test_weights_read_back_as_they_were(verifier):
    heads, cuts = verifier._heads, verifier._cuts
    again, same_cuts = unpacked(packed(heads, cuts))
    rows = pair_rows(Reader(), ["Ada won 61 %"], [[EVIDENCE]]).rows
    assert same_cuts == cuts
    assert np.array_equal(again.support(rows), heads.support(rows))
    assert np.array_equal(again.contradiction(rows), heads.contradiction(rows))


def test_weights_of_other_features_are_refused(verifier):
    kept = packed(verifier._heads, verifier._cuts)
    kept.columns["pairs"] = (*PAIR_NAMES[:-1], "other")
    with pytest.raises(BadInput, match="made for this version"):
        Verifier(kept)


def test_a_scorer_gives_support_and_contradiction(verifier):
    scores = verifier.score(["Ada won", "Ada lost"], [[EVIDENCE], [EVIDENCE]])
    assert scores.shape == (2, 2)
    assert verifier.score([], []).shape == (0, 2)


def test_a_megabyte_is_judged(verifier):
    judged = one(verifier, "word " * 200_000, "other words. " * 80_000)
    assert judged.verdict is Verdict.NOT_FOUND
