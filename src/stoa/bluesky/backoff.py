"""How long to wait before trying a network peer again."""

from __future__ import annotations

from collections.abc import Callable


def backoff_s(
    attempt: int, random: Callable[[], float], *, first_s: float = 1.0, last_s: float = 60.0
) -> float:
    """Seconds before the retry after `attempt` failures in a row, counted from 0.

    Uniform from `first_s` up to a ceiling that doubles each time, so that a thousand clients cut
    off together do not come back together (exponential backoff with full jitter).

    >>> [backoff_s(attempt, lambda: 1.0) for attempt in (0, 1, 5, 500)]
    [2.0, 4.0, 60.0, 60.0]
    """
    ceiling_s = min(last_s, first_s * 2.0 ** min(attempt + 1, 32))
    return first_s + random() * max(0.0, ceiling_s - first_s)
