"""Amounts across units and rounding."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.grounding.alike_amounts import amounts_in, rates_in
from stoa.grounding.conflicts import clash_of
from stoa.grounding.local_numbers import local_quantities


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("12 kilometres", "seven and a half miles", True),
        ("90 minutes", "an hour and a half", True),
        ("3,968 people", "about 4,000 people", True),
        ("3,968 people", "4,000 people", False),
        ("32 kilometres", "35 miles", False),
        ("11 days", "six weeks", False),
        ("900,000 litres", "900 cubic metres", True),
        ("3 tonnes", "3 metres", False),
    ],
)
def test_amounts_are_alike_whatever_their_unit(one, other, same):
    (first,), (second,) = amounts_in(one), amounts_in(other)
    assert first.alike(second) is same
    assert second.alike(first) is same


@given(st.integers(1, 9999))
def test_a_length_is_alike_itself_in_metres(n):
    (far,), (near,) = amounts_in(f"{n} km"), amounts_in(f"{n * 1000} m")
    assert far.alike(near)


def test_units_conflict_only_where_the_amounts_do():
    assert clash_of("The pipe is 32 kilometres long.", "The pipe is 35 miles long.") is not None
    assert clash_of("The pipe is 32 kilometres long.", "The pipe is 20 miles long.") is None


def test_how_often():
    assert rates_in("every hour")[0][0] == pytest.approx(24 * rates_in("daily")[0][0])


def test_number_words_before_a_scale_outside_english():
    (found,) = local_quantities("Costó dos millones de euros.", "es")
    assert (found.value, found.unit) == (2e6, "euros")
    assert local_quantities("Una casa en la plaza.", "es") == ()
