"""Counts, spans and times as a neighbour would say them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from stoa.records import DAY_US, SECOND_US

_MINUTE_US = 60 * SECOND_US
_HOUR_US = 60 * _MINUTE_US


def counted(n: int, one: str, many: str = "") -> str:
    """A number with its noun.

    >>> counted(1, "post"), counted(0, "post"), counted(12345, "reply", "replies")
    ('1 post', '0 posts', '12,345 replies')
    """
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def joined(parts: Sequence[str]) -> str:
    """Words in a row, as they are spoken.

    >>> joined(["tides"]), joined(["tides", "tea"]), joined(["tides", "tea", "trains"])
    ('tides', 'tides and tea', 'tides, tea and trains')
    """
    if len(parts) < 2:
        return "".join(parts)
    return ", ".join(parts[:-1]) + " and " + parts[-1]


def sentence(text: str) -> str:
    """Words with a capital and a full stop.

    >>> sentence("popular here right now")
    'Popular here right now.'
    """
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "?", "!", "…")) else text + "."


def compact(n: float) -> str:
    """A count that fits under a button.

    >>> compact(999), compact(1200), compact(45_300), compact(2_000_000)
    ('999', '1.2k', '45k', '2M')
    """
    for size, letter in ((1e9, "B"), (1e6, "M"), (1e3, "k")):
        if n >= size:
            shown = f"{n / size:.1f}" if n < 10 * size else f"{n / size:.0f}"
            return shown.removesuffix(".0") + letter
    return f"{n:.0f}"


def age(at_us: int, now_us: int) -> str:
    """How long ago, short enough for a card.

    >>> age(0, 30 * SECOND_US), age(0, 3 * _HOUR_US), age(0, 2 * DAY_US)
    ('now', '3 h', '2 d')
    """
    passed_us = now_us - at_us
    if passed_us < _MINUTE_US:
        return "now"
    if passed_us < _HOUR_US:
        return f"{passed_us // _MINUTE_US} min"
    if passed_us < DAY_US:
        return f"{passed_us // _HOUR_US} h"
    if passed_us < 7 * DAY_US:
        return f"{passed_us // DAY_US} d"
    moment = moment_of(at_us)
    day = f"{moment.day} {moment:%b}"
    return day if moment.year == moment_of(now_us).year else f"{day} {moment.year}"


def span(seconds: float) -> str:
    """A stretch of time in words.

    >>> span(0.4), span(9.6), span(75), span(3700), span(200_000)
    ('under a second', '10 s', '1 min 15 s', '1 h 1 min', '2 days')
    """
    if seconds < 1:
        return "under a second"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        minutes, rest = divmod(whole, 60)
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    if whole < 2 * 86_400:
        hours, rest = divmod(whole // 60, 60)
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    return f"{whole // 86_400} days"


def since(at_us: int, now_us: int) -> str:
    """When something was done, for the middle of a sentence.

    >>> since(0, 30 * SECOND_US), since(0, _HOUR_US), since(0, 26 * _HOUR_US), since(0, 5 * DAY_US)
    ('just now', '1 hour ago', 'yesterday', '5 days ago')
    """
    passed_us = now_us - at_us
    if passed_us < _MINUTE_US:
        return "just now"
    if passed_us < _HOUR_US:
        return counted(passed_us // _MINUTE_US, "minute") + " ago"
    if passed_us < DAY_US:
        return counted(passed_us // _HOUR_US, "hour") + " ago"
    if passed_us < 2 * DAY_US:
        return "yesterday"
    if passed_us < 60 * DAY_US:
        return counted(passed_us // DAY_US, "day") + " ago"
    moment = moment_of(at_us)
    return f"on {moment.day} {moment:%B %Y}"


def full_moment(at_us: int) -> str:
    """A moment to hover over.

    >>> full_moment(1_790_000_000 * SECOND_US)
    '21 September 2026, 14:13 UTC'
    """
    moment = moment_of(at_us)
    return f"{moment.day} {moment:%B %Y, %H:%M} UTC"


def iso(at_us: int) -> str:
    """ISO 8601 with a Z, to the millisecond, as the API speaks.

    >>> iso(1_790_000_000_123_456)
    '2026-09-21T14:13:20.123Z'
    """
    moment = moment_of(at_us)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def bytes_of(n: float) -> str:
    """A size in powers of 1024.

    >>> bytes_of(512), bytes_of(1536), bytes_of(3 * 1024**3)
    ('512 B', '1.5 KiB', '3.0 GiB')
    """
    for unit in ("B", "KiB", "MiB", "GiB"):
        if n < 1024:
            return f"{n:.0f} B" if unit == "B" else f"{n:.1f} {unit}"
        n /= 1024
    return f"{n:.1f} TiB"


def moment_of(at_us: int) -> datetime:
    """An aware time; what no calendar can hold becomes 1970."""
    try:
        return datetime.fromtimestamp(at_us / SECOND_US, tz=UTC)
    except (OverflowError, ValueError, OSError):
        return datetime.fromtimestamp(0, tz=UTC)
