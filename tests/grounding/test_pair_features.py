from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from stoa.grounding.pair_features import PAIR_NAMES, pair_rows
from stoa.grounding.units import Reader, UnitKind


def features(claim, *evidence):
    row = pair_rows(Reader(), [claim], [list(evidence)]).rows[0]
    return dict(zip(PAIR_NAMES, row.tolist(), strict=True))


def kinds(text):
    return [(unit.kind.name, unit.key) for s in Reader().read(text) for unit in s.units]


def test_names_numbers_and_words_become_units():
    assert kinds("Penelope Cruz paid 2.5 million dollars, twenty one times.") == [
        ("NAME", "cruz"), ("WORD", "pay"), ("NUMBER", "#2500000"), ("WORD", "dollar"),
        ("NUMBER", "#21"), ("COMMON", "time"),
    ]  # fmt: skip


def test_sentences_end_where_they_end():
    read = Reader().read("Mr. Bos won. Did J. Klein lose? No.")
    assert [len(sentence.units) for sentence in read] == [2, 3, 1]
    assert [sentence.asks for sentence in read] == [False, True, False]


def test_capitals_tell_no_names_in_a_text_of_capitals():
    assert {unit.kind for s in Reader().read("COPPER MELTS SLOWLY") for unit in s.units} == {
        UnitKind.WORD
    }


def test_all_found_in_order():
    found = features("The dog chased two cats in Rome", "The dog chased two cats in Rome.")
    assert found["recall_best"] == found["runs3_best"] == found["all_best"] == 1
    assert found["swaps"] == found["parts_missing_any"] == 0


def test_two_sentences_hold_more_than_one():
    found = features("Ada met Boris and ate fish", "Ada met Boris.", "They ate fish.")
    assert found["recall_best"] < found["recall_two"] == found["recall_any"] == 1


def test_roles_that_are_turned_are_seen():
    kept, turned = (
        features(f"{claim} can displace {other} easily", "Iron can displace copper easily.")
        for claim, other in (("iron", "copper"), ("copper", "iron"))
    )
    assert kept["kept_near"] > kept["turned_near"]
    assert turned["turned_near"] > turned["kept_near"]


def test_clashes_are_seen():
    said = "The vice president did not win four titles; the law is unlawful."
    assert features("The president won", said)["modifier_added"] == 1
    assert features("It won five titles", said)["number_clash"] == 1
    assert features("The law is lawful", said)["prefix_opposite"] == 1
    assert features("The president won titles", said)["negation_before"] == 1
    assert features("It is a large city", "It is a small city.")["opposite_near"] == 1
    assert features("He made the album", "He made the film.")["alternative_near"] == 1
    assert features("He won", "Did he win? No.")["answered_no"] == 1
    assert features("He won the race", "That he won the race is a hoax.")["denial_near"] == 1


def test_a_question_asserts_nothing():
    found = features("Copper is more reactive", "Is copper more reactive?")
    assert found["recall_any"] == 1
    assert found["recall_asserted"] == 0


def test_decades_hold_their_years():
    assert features("popular in the 1990s", "It was popular in 1994.")["missing_any_number"] == 0
    assert features("popular in the 1990s", "It was popular in 1984.")["missing_any_number"] == 1


@given(st.text(max_size=200), st.lists(st.text(max_size=200), max_size=3))
def test_every_row_is_finite(claim, evidence):
    rows = pair_rows(Reader(), [claim], [evidence]).rows
    assert rows.shape == (1, len(PAIR_NAMES))
    assert np.isfinite(rows).all()


@given(st.text(max_size=200))
def test_a_reader_that_remembers_reads_the_same(text):
    reader = Reader()
    assert reader.read(text) == reader.read(text) == Reader().read(text)
