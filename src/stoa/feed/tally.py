"""Running totals of the feed, for the square's page and its metrics."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping

from stoa.pipeline import Trace


class Tally:
    """Counts what the feed did since start; safe for many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()
        self._drops: Counter[str] = Counter()
        self._found: Counter[str] = Counter()
        self._failed: Counter[str] = Counter()
        self._seconds: Counter[str] = Counter()
        self._problem = ""

    def reading(self, trace: Trace) -> None:
        """A reading was made."""
        with self._lock:
            self._counts["readings"] += 1
            self._counts["kept"] += trace.n_kept
            self._counts["not_finite"] += trace.n_not_finite
            self._drops.update(trace.counts())
            self._found.update(trace.found)
            self._failed.update(trace.failed.keys())
            self._seconds.update(trace.seconds)  # pyright: ignore[reportArgumentType]  # floats add too

    def page(self, dropped: Mapping[str, int], n_items: int, seconds: float) -> None:
        """A page was served."""
        with self._lock:
            self._counts["pages"] += 1
            self._counts["served"] += n_items
            self._drops.update(dropped)
            self._seconds.update({"serve": seconds})  # pyright: ignore[reportArgumentType]

    def not_recorded(self, n: int, problem: str) -> None:
        """Served posts could not be logged."""
        with self._lock:
            self._counts["not_recorded"] += n
            self._problem = problem

    def totals(self) -> dict[str, object]:
        """A copy of all totals."""
        with self._lock:
            return {
                "pages": self._counts["pages"],
                "readings": self._counts["readings"],
                "served": self._counts["served"],
                "kept": self._counts["kept"],
                "not_recorded": self._counts["not_recorded"],
                "not_finite": self._counts["not_finite"],
                "drops": dict(self._drops),
                "found": dict(self._found),
                "failed": dict(self._failed),
                "seconds": dict(self._seconds),
                "problem": self._problem,
            }
