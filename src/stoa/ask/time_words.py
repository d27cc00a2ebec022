"""Time windows said in words: "last week", "in 2023", "since Monday", relative to the question.

A window bounds when a source was *written*. An event of 2023 is often told later, so a closed
window is only drawn where the question asks what was said then; otherwise it has a beginning
at most.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from stoa.ask.time_tables import TIME_TABLES, TimeTable

_US = 1_000_000
_YEAR = r"(?P<year>(?:1[5-9]|20)\d\d)"
_DATE = r"(?P<date>\d{4}-\d\d-\d\d)"


@dataclass(frozen=True, slots=True)
class TimeWindow:
    """When sources were written, in microseconds; `words` is the part that said so."""

    since_us: int | None = None
    until_us: int | None = None
    words: str = ""


def time_window(text: str, lang: str, now_us: int | None) -> TimeWindow:
    """The window that a question names, `TimeWindow()` where it names none.

    Words like "yesterday" need `now_us` and are left alone without it. Weeks begin on Monday, all
    days are in UTC.
    """
    folded = text.casefold()
    own = TIME_TABLES.get(lang.split("-")[0], TIME_TABLES["en"])
    # Short questions are easily taken for another language; words like "gestern" are not.
    for table in (own, *(each for each in TIME_TABLES.values() if each is not own)):
        window = _absolute(table, folded) if table is own else None
        if now_us is not None and window is None:
            window = _relative(table, folded, datetime.fromtimestamp(now_us / _US, UTC))
        if window is not None:
            asks_what_was_said = re.search(table.said, folded) is not None
            return window if asks_what_was_said else _open_ended(window)
    return TimeWindow()


def _open_ended(window: TimeWindow) -> TimeWindow:
    return TimeWindow(window.since_us, None, window.words)


def _window(begin: datetime | None, end: datetime | None, words: str) -> TimeWindow:
    return TimeWindow(_us(begin), _us(end), words)


def _us(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp()) * _US


def _absolute(table: TimeTable, text: str) -> TimeWindow | None:
    """Dates and years with a word before them that says where they stand in time."""
    for name, words in (("since", table.since), ("before", table.before), ("in", table.within)):
        for stamp in (_DATE, _month_year(table), _YEAR):
            found = re.search(rf"(?:{words}){stamp}", text)
            if found is None:
                continue
            begin, end = _bounds(found, table)
            if begin is None:
                continue
            if name == "since":
                return _window(begin, None, found.group())
            if name == "before":
                return _window(None, begin, found.group())
            return _window(begin, end, found.group())
    return None


def _month_year(table: TimeTable) -> str:
    day = r"(?:(?P<day>\d\d?)(?:st|nd|rd|th|\.|º)?\s+(?:of\s+|de\s+)?)?"
    month = rf"(?P<month>{'|'.join(table.months)})\w*\s*(?:of\s+|de\s+)?"
    return day + month + _YEAR


def _bounds(found: re.Match[str], table: TimeTable) -> tuple[datetime | None, datetime | None]:
    parts = found.groupdict()
    try:
        if parts.get("date"):
            day = datetime.fromisoformat(parts["date"]).replace(tzinfo=UTC)
            return day, day + timedelta(days=1)
        year = int(parts["year"])
        if year < 1970:
            return None, None  # nothing in a square was written before there were clocks in it
        if not parts.get("month"):
            return datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
        month = next(i for i, name in enumerate(table.months, 1) if re.match(name, parts["month"]))
        if parts.get("day"):
            day = datetime(year, month, int(parts["day"]), tzinfo=UTC)
            return day, day + timedelta(days=1)
    except ValueError:
        return None, None  # the 31st of a short month: words, not a date
    return datetime(year, month, 1, tzinfo=UTC), _next_month(year, month)


def _next_month(year: int, month: int) -> datetime:
    return datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)


def _relative(table: TimeTable, text: str, now: datetime) -> TimeWindow | None:
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    monday = today - timedelta(days=today.weekday())
    month, year = today.replace(day=1), today.replace(month=1, day=1)
    month_before = (month - timedelta(days=1)).replace(day=1)
    periods = (
        (table.yesterday, today - timedelta(days=1), today),
        (table.today, today, today + timedelta(days=1)),
        (table.last_week, monday - timedelta(days=7), monday),
        (table.this_week, monday, monday + timedelta(days=7)),
        (table.last_month, month_before, month),
        (table.this_month, month, _next_month(month.year, month.month)),
        (table.last_year, year.replace(year=year.year - 1), year),
        (table.this_year, year, year.replace(year=year.year + 1)),
    )
    for words, begin, end in periods:
        found = re.search(words, text)
        if found is not None:
            return _window(begin, end, found.group())
    return _recent(table, text, now) or _since_weekday(table, text, today)


def _recent(table: TimeTable, text: str, now: datetime) -> TimeWindow | None:
    """So many units back from now, as in "the last 3 days"."""
    for unit, days in zip(table.units, (1 / 24, 1, 7, 30, 365), strict=True):
        found = re.search(table.recent.format(n=r"(?P<n>\d{1,3})", unit=unit), text)
        if found is not None:
            return _window(now - timedelta(days=days * int(found["n"])), None, found.group())
    return None


def _since_weekday(table: TimeTable, text: str, today: datetime) -> TimeWindow | None:
    for number, name in enumerate(table.weekdays):
        found = re.search(rf"(?:{table.since})(?:{name})", text)
        if found is not None:
            # Asked on a Monday, "since Monday" is since a week ago: today needs no such words.
            back = (today.weekday() - number) % 7 or 7
            return _window(today - timedelta(days=back), None, found.group())
    return None
