"""Days and hours in the languages whose calendars are listed."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.grounding.moments import moments


def only(text):
    (found,) = moments(text)
    return found


@pytest.mark.parametrize(
    ("text", "day", "month", "year"),
    [
        ("opened on 14 May 2019.", 14, 5, 2019),
        ("May 4, 1990", 4, 5, 1990),
        ("inauguré le 3 juin 1931", 3, 6, 1931),
        ("el 20 de junio, dice", 20, 6, 0),
        ("am 3. März 1888", 3, 3, 1888),
        ("στις 12 Μαρτίου 1978", 12, 3, 1978),
        ("2 марта", 2, 3, 0),
        ("3 Eylül'de", 3, 9, 0),
        ("1962年3月4日", 4, 3, 1962),
        ("2021-03-05", 5, 3, 2021),
        ("in 1873 to plans", 0, 0, 1873),
    ],
)
def test_dates(text, day, month, year):
    found = only(text)
    assert (found.day, found.month, found.year) == (day, month, year)


@pytest.mark.parametrize(
    ("text", "hour", "minute"),
    [("at half past three, I", 3, 30), ("at 22:10.", 22, 10), ("out at five, I", 5, 0)],
)
def test_hours(text, hour, minute):
    assert (only(text).hour, only(text).minute) == (hour, minute)


@pytest.mark.parametrize(
    "text", ["11 metres", "3 marks", "2.1 kilometres", "He may go", "at five men"]
)
def test_what_is_no_day(text):
    assert moments(text) == ()


def test_only_what_both_say_is_compared():
    monday, year = only("on Monday"), only("in 1990")
    assert not monday.compares_with(year)
    assert only("on 4 May").differs_from(only("on 5 May 1990"))
    assert not only("in May").differs_from(only("on 5 May 1990"))


@given(st.text(max_size=80))
def test_moments_lie_in_the_text_and_do_not_overlap(text):
    found = moments(text)
    assert all(0 <= each.start < each.end <= len(text) for each in found)
    assert all(a.end <= b.start for a, b in pairwise(found))
