from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.grounding.corruptions import Corruption, corrupted, corrupted_evidence

CLAIM = (
    "President Ada Marlow was elected in March 2019 and some of her 12 ministers met Boris Klein "
    "before the film opened."
)
SAID = ("Carla Stein saw 15 films. Dora Fuchs won many prizes in 1990.", CLAIM)


@pytest.mark.parametrize("kind", list(Corruption))
def test_each_kind_makes_something_else_of_a_claim_that_has_it(kind):
    made = [corrupted(CLAIM, SAID, kind, np.random.default_rng(seed)) for seed in range(8)]
    changed = [one for one in made if one is not None]
    if kind is Corruption.MIXED:  # the claim begins with a title, not a sentence's subject
        made_here = corrupted("Ada Marlow won.", SAID, kind, np.random.default_rng(0))
        changed = [one for one in (made_here,) if one]
    if kind is Corruption.TURNED:
        made_here = corrupted("Iron is harder than lead.", SAID, kind, np.random.default_rng(0))
        changed = [one for one in (made_here,) if one]
    assert changed
    for one in changed:
        assert one.kind is kind
        assert (one.claim, one.evidence) != (CLAIM, SAID)


def test_number_negation_and_roles_do_what_they_say():
    rng = np.random.default_rng(0)
    number = corrupted("It sold 12 cars.", [""], Corruption.NUMBER, rng)
    negated = corrupted("It was sold.", [""], Corruption.NEGATION, rng)
    turned = corrupted("Ada Marlow met Boris Klein.", [""], Corruption.ROLES, rng)
    assert number
    assert "12" not in number.claim
    assert negated
    assert "not" in negated.claim or "never" in negated.claim
    assert turned
    assert turned.claim == "Boris Klein met Ada Marlow."


def test_a_negation_is_taken_away_where_there_is_one():
    made = corrupted("It was not sold.", [""], Corruption.NEGATION, np.random.default_rng(0))
    assert made
    assert made.claim == "It was sold."


def test_where_nothing_of_the_kind_stands_nothing_is_made():
    for kind in (Corruption.NUMBER, Corruption.DATE, Corruption.NAME, Corruption.RANK):
        assert corrupted("it went well", ["so it did"], kind, np.random.default_rng(0)) is None


def test_evidence_is_changed_under_a_claim_that_stays():
    said = ["The film of 1990 won a prize.", "Nothing else."]
    made = corrupted_evidence("It won in 1990.", said, Corruption.DATE, np.random.default_rng(1))
    assert made
    assert made.claim == "It won in 1990."
    assert "1990" not in made.evidence[0]
    assert made.evidence[1] == said[1]


@given(st.text(max_size=100), st.text(max_size=100), st.sampled_from(list(Corruption)))
def test_no_text_breaks_it_and_a_seed_gives_the_same(claim, said, kind):
    if not claim.strip():
        claim = "a " + claim
    for change in (corrupted, corrupted_evidence):
        first, again = (change(claim, [said], kind, np.random.default_rng(5)) for _ in range(2))
        assert first == again
        assert first is None or (first.claim, first.evidence) != (claim, (said,))


def test_more_than_is_turned_round():
    rng = np.random.default_rng(0)
    made = corrupted("The iron is more reactive than copper.", [""], Corruption.TURNED, rng)
    assert made
    assert made.claim == "Copper is more reactive than the iron."
    assert corrupted("Iron is reactive.", [""], Corruption.TURNED, rng) is None


def test_another_subject_takes_what_the_claim_says():
    said = ("Boris Klein opened the mill.", "Ada Marlow was born in Lindau.")
    made = corrupted(said[1], said, Corruption.SUBJECT, np.random.default_rng(0))
    assert made
    assert made.claim == "Boris Klein was born in Lindau."


def test_evidence_is_negated_where_it_says_what_the_claim_says():
    said = ["Copper can displace silver from its salt. The town has a mill.", "Nothing else."]
    claim = "Copper can displace silver."
    made = corrupted_evidence(claim, said, Corruption.NEGATION, np.random.default_rng(1))
    assert made
    assert made.claim == claim
    assert "Copper can displace" not in made.evidence[0]
    assert "The town has a mill." in made.evidence[0]
    unrelated = ["The town has a mill."]
    assert (
        corrupted_evidence(claim, unrelated, Corruption.NEGATION, np.random.default_rng(1)) is None
    )
