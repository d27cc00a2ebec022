"""Times as programs send them: ISO 8601 or epoch milliseconds, never absurd."""

from __future__ import annotations

from datetime import UTC, datetime

from stoa.errors import BadInput
from stoa.records import DAY_US

EARLIEST_US = 1_640_995_200_000_000  # 2022-01-01: before the network that is read existed
_MEND = "give ISO 8601 with a zone such as 2026-09-21T14:13:20Z, or epoch milliseconds"


def parse_moment(field: str, value: object, latest_us: int) -> int:
    """Microseconds since 1970; `latest_us` plus a day is the last moment believed.

    >>> parse_moment("at", "2026-09-21T14:13:20Z", 1_800_000_000_000_000)
    1790000000000000
    >>> parse_moment("at", 1_790_000_000_000, 1_800_000_000_000_000)
    1790000000000000

    Raises:
        BadInput: not a time, before 2022, or over a day ahead.
    """
    at_us = _read(field, value)
    if at_us < EARLIEST_US:
        raise BadInput(field, value, "give a time after 2022-01-01; " + _MEND)
    if at_us > latest_us + DAY_US:
        raise BadInput(field, value, "give a time that is not over a day ahead")
    return at_us


def _read(field: str, value: object) -> int:
    if isinstance(value, bool):
        raise BadInput(field, value, _MEND)
    if isinstance(value, (int, float)):
        if not -1e15 < value < 1e15:  # also false for NaN
            raise BadInput(field, value, _MEND)
        return int(value * 1000)
    if not isinstance(value, str) or len(value) > 40:
        raise BadInput(field, value, _MEND)
    try:
        moment = datetime.fromisoformat(value)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return int(moment.timestamp() * 1_000_000)
    except (ValueError, OverflowError):
        raise BadInput(field, value, _MEND) from None
