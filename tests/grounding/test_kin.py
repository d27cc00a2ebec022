"""Words of one matter, forms of one word, numbers as other languages write them."""

import pytest

from stoa.grounding.inflection import is_derived_from, is_form_of
from stoa.grounding.kin import matters_in, matters_of
from stoa.grounding.kin_words import KIN_WORDS
from stoa.grounding.local_numbers import local_quantities
from stoa.grounding.told_by_unit import told_by_unit


@pytest.mark.parametrize(
    ("one", "other", "lang"),
    [
        ("built", "erected", "en"),
        ("owner", "belongs", "en"),
        ("gebaut", "errichtet", "de"),
        ("reparó", "restauró", "es"),
        ("ouvert", "inauguré", "fr"),
        ("владелец", "принадлежит", "ru"),
        ("άνοιξε", "εγκαινιάστηκε", "el"),
        ("construită", "ridicată", "ro"),
        ("يدير", "ويديرها", "ar"),
    ],
)
def test_words_of_one_matter(one, other, lang):
    assert matters_of(one, lang) & matters_of(other, lang)


@pytest.mark.parametrize(
    ("one", "other", "lang"),
    [
        ("opened", "closed", "en"),
        ("built", "sold", "en"),
        ("bauer", "gebaut", "de"),
        ("ganado", "valle", "es"),
        ("insan", "inşa", "tr"),
        ("центр", "цена", "ru"),
    ],
)
def test_words_that_only_look_alike_or_are_opposed(one, other, lang):
    assert not matters_of(one, lang) & matters_of(other, lang)


def test_phrases_count_only_together():
    assert "convict" in matters_in("She was found guilty.", "en")
    assert "earn" in matters_in("She takes home little.", "en")
    assert "earn" not in matters_in("She takes the train home.", "en")


@pytest.mark.parametrize("lang", sorted(KIN_WORDS))
def test_every_line_names_a_matter_and_a_word(lang):
    for line in KIN_WORDS[lang].strip().splitlines():
        assert len(line.split()) >= 2, (lang, line)


def test_forms_and_roots():
    assert is_form_of("музеем", "музея", "ru")
    assert not is_form_of("marlow", "marlin", "en")
    assert is_derived_from("inspect", "inspection", "en")
    assert not is_form_of("inspect", "inspection", "en")


@pytest.mark.parametrize(
    ("text", "lang", "value", "unit"),
    [
        ("Es kostete 1,2 Millionen Euro.", "de", 1.2e6, "euro"),
        ("64.000 Mark", "de", 64_000, "mark"),
        ("2 milyon lira", "tr", 2e6, "lira"),
        ("18 миллионов рублей", "ru", 18e6, "рублеи"),
        ("4 millones de euros", "es", 4e6, "euros"),
    ],
)
def test_numbers_of_other_languages(text, lang, value, unit):
    (found,) = local_quantities(text, lang)
    assert (found.value, found.unit) == (value, unit)


def test_a_unit_tells_a_measure_only_where_no_other_is_meant():
    assert told_by_unit("fast", frozenset({"fast"}), "40 kilometres an hour")
    assert told_by_unit("heavy", frozenset({"heavy"}), "It comes to 6 tonnes.")
    assert not told_by_unit("heavy", frozenset({"heavy"}), "It lifts 6 tonnes.")
    assert not told_by_unit("high", frozenset({"high"}), "It is 40 metres across.")
    assert not told_by_unit("long", frozenset({"long"}), "It costs 9 crowns a month.")
