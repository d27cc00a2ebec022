"""The three times a square can live by: the wall's, its source's newest, and the town's."""

from __future__ import annotations

import time
from collections.abc import Callable

from stoa.records import SECOND_US


class WallClock:
    """The machine's own time; what a live network is read by."""

    def now_us(self) -> int:
        """Microseconds since 1970, UTC."""
        return time.time_ns() // 1000


class SourceClock:
    """The newest plausible time that a file held, so that an old file is served whole."""

    def __init__(self, newest_us: Callable[[], int]) -> None:
        self._newest_us = newest_us

    def now_us(self) -> int:
        """Newest time read; the wall's while nothing was read."""
        return self._newest_us() or time.time_ns() // 1000


class TownClock:
    """Town time: `start_us` when the square opened, going on at `speed` town seconds a second."""

    def __init__(self, start_us: int, speed: float = 1.0) -> None:
        self._start_us = start_us
        self._speed = speed
        self._opened_ns = time.monotonic_ns()

    def now_us(self) -> int:
        """Town time in microseconds."""
        elapsed_s = (time.monotonic_ns() - self._opened_ns) / 1e9
        return self._start_us + int(elapsed_s * self._speed * SECOND_US)

    def set(self, now_us: int) -> None:
        """Goes on from another moment."""
        self._start_us = now_us
        self._opened_ns = time.monotonic_ns()
