"""Doubts in the asker's language."""

import re
from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.ask.doubt_words import DOUBT_WORDS, ENGLISH_DOUBTS, DoubtWords
from stoa.ask.doubts import WHY, doubt_in, settled_by
from stoa.ask.frames import FRAMES
from stoa.grounding.conflicts import Clash, Difference

NAMES = [each.name for each in fields(DoubtWords)]


def test_every_language_of_the_voices_has_its_doubts():
    assert set(DOUBT_WORDS) | {"en"} == set(FRAMES)


@pytest.mark.parametrize("lang", sorted(DOUBT_WORDS))
def test_a_language_says_all_in_words_of_its_own_with_the_same_gaps(lang):
    words = DOUBT_WORDS[lang]
    for name in NAMES:
        own, english = getattr(words, name), getattr(ENGLISH_DOUBTS, name)
        assert own != english
        assert set(re.findall(r"{\w+}", own)) == set(re.findall(r"{\w+}", english))
    said = [getattr(words, name) for name in NAMES]
    assert len(set(said)) == len(said)


@pytest.mark.parametrize("difference", list(Difference))
def test_every_difference_that_conflicts_name_is_known(difference):
    why = Clash(difference, "1911", "1913").sentence
    told = doubt_in(why, "es")
    assert told != why
    assert ("1911" in told) == ("1911" in why)


@pytest.mark.parametrize("name", [name for name in NAMES if "{" not in getattr(WHY, name)])
def test_every_reason_of_the_flow_is_known_in_german(name):
    assert doubt_in(getattr(WHY, name), "de-AT") == getattr(DOUBT_WORDS["de"], name)


@given(st.text(max_size=40), st.sampled_from([*sorted(FRAMES), "xx"]))
def test_any_reason_can_be_said_and_english_stays(reason, lang):
    doubt_in(reason, lang)
    assert doubt_in(reason, "en") == reason


def test_what_settles_it_fits_what_is_asked():
    assert settled_by("Wann wurde die Mühle gebaut?", "de") == DOUBT_WORDS["de"].settle_time
    assert settled_by("¿Quién construyó el molino?", "es") == DOUBT_WORDS["es"].settle_person
    assert settled_by("What is soma?", "en", WHY.many_senses) == WHY.settle_sense
