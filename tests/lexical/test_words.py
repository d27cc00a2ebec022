"""The words a text is found by."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.lexical import words


@given(st.text(st.characters(codec=None), max_size=200))
def test_no_word_holds_a_space_or_an_ascii_mark(text):
    for word in words(text):
        assert word
        assert not re.search(r"[\s\x00-/:-@\[-`{-\x7f]", word)
        word.encode()  # engines take UTF-8


@given(st.text(st.characters(codec=None), max_size=60))
def test_case_and_compatibility_forms_do_not_matter(text):
    assert words(text) == words(text.replace("\u00ad", ""))
    if text.isascii():
        assert words(text) == words(text.upper())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("élève", "eleves"),
        ("Cities", "city"),
        ("правительства", "Правительство"),
        ("كِتَاب", "الكتاب"),
        ("Straße", "strasse"),
        ("İstanbul", "istanbul"),
        ("ΑΘΗΝΑ", "Αθήνα"),
        ("internationally", "international"),
        ("２０２６", "2026"),
    ],
)
def test_forms_of_one_word_meet(one, other):
    assert words(one) == words(other)


def test_different_words_stay_apart():
    assert words("bus") != words("bu")
    assert words("glass") != words("glas")
    assert words("internet") != words("international")
    assert words("12345678901") != words("12345678902")
    assert words("हिन्दी") != words("हिन्द")


def test_one_character_of_an_unspaced_script_is_a_word():
    assert words("猫 犬") == ["猫", "犬"]


def test_scripts_may_change_in_the_middle():
    assert words("iPhone手机壳 v2") == ["iphone", "手机", "机壳", "v2"]
