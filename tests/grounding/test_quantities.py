from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.grounding.quantities import Kind, names, number_value, quantities


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("2,000,000 people", "two million people"),
        ("a dozen eggs", "12 eggs"),
        ("$1.5bn", "1.5 billion dollars"),
        ("15 %", "fifteen percent"),
        ("5 km", "five kilometres"),
        ("5km", "5 km"),
        ("the 3rd man", "the third man"),
        ("March 5, 2021", "2021-03-05"),
        ("5th of March 2021", "Mar 5 2021"),
        ("in 2021", "March 2021"),
    ],
)
def test_one_value_however_it_is_written(first, second):
    (one,), (other,) = quantities(first), quantities(second)
    assert one.same_as(other)
    assert one.unit == other.unit


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("2021", "2020"),
        ("March 5", "March 6"),
        ("15 %", "50 %"),
        ("$5", "€5"),
        ("two", "three"),
        ("2021", "March 2020"),
    ],
)
def test_other_values_differ(first, second):
    (one,), (other,) = quantities(first), quantities(second)
    assert not one.same_as(other)


def test_kinds():
    found = quantities("In the 1990s, on May 3 2001, the 2nd of 40 % paid $3 in 1999")
    kinds = [each.kind for each in found]
    assert kinds == [
        Kind.DECADE, Kind.DATE, Kind.ORDINAL, Kind.PERCENT, Kind.MONEY, Kind.YEAR,
    ]  # fmt: skip


@given(st.integers(0, 10**12))
def test_digits_read_as_they_stand(value):
    assert number_value(f"{value:,}") == number_value(str(value)) == float(value)


@given(st.text(max_size=60))
def test_places_hold_what_was_found(text):
    for quantity in quantities(text):
        assert 0 <= quantity.start < quantity.end <= len(text)
    for name in names(text):
        assert text[name.start : name.end] == name.text


def test_names():
    found = [name.text for name in names("Yesterday Ada Lovelace met IBM's head, Mr Bos, in Rome.")]
    assert found == ["Yesterday Ada Lovelace", "IBM", "Mr Bos", "Rome"]
    assert [name.text for name in names("Copper is a metal. Iron too.")] == []
