"""Clocks of others: reads RFC 3339 times and says which can be believed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from stoa.records import DAY_US

EARLIEST_EVENT_US = 1_640_995_200_000_000
"""2022-01-01: the network did not exist before, so an event dated earlier is a broken clock."""

EARLIEST_CLAIM_US = 946_684_800_000_000
"""2000-01-01: what an author may claim for an imported post; earlier is taken for a mistake."""

NO_HORIZON_US = 1 << 62
"""Accepts any future; for decoding where no clock is at hand."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def parse_time_us(value: object) -> int | None:
    """Microseconds since 1970 of an RFC 3339 time (no zone means UTC), or None.

    >>> parse_time_us("2026-09-21T14:13:25.145686Z")
    1790000005145686
    >>> parse_time_us("yesterday") is None
    True
    """
    if not isinstance(value, str) or len(value) > 64:
        return None
    try:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return (moment - _EPOCH) // _MICROSECOND
    except (ValueError, OverflowError):
        return None


def format_time_us(at_us: int) -> str:
    """RFC 3339 with six decimals.

    >>> format_time_us(1790000005145686)
    '2026-09-21T14:13:25.145686Z'
    """
    moment = _EPOCH + timedelta(microseconds=at_us)
    return moment.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def claimed_time_us(value: object, arrival_us: int) -> int:
    """What an author says about when, made harmless: never after arrival, never before 2000.

    Anything else, and anything unreadable, gives the arrival time.
    """
    claimed = parse_time_us(value)
    if claimed is None or not EARLIEST_CLAIM_US <= claimed <= arrival_us:
        return arrival_us
    return claimed


def is_plausible(time_us: int, now_us: int) -> bool:
    """Whether an event may carry this arrival time: from 2022 to a day ahead of `now_us`."""
    return EARLIEST_EVENT_US <= time_us <= now_us + DAY_US
