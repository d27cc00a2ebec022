"""What serving costs and how fast events come, measured here and shown on `/square`."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from threading import Lock
from typing import TypeVar

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

_T = TypeVar("_T")
X_2023_CPU_S = 220.0
"""CPU seconds that X published for one request of its 2023 recommender (feed-anchors.md)."""

_RATE_WINDOW_S = 30.0


class Meters:
    """Counters of one application, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.pages = Counter(
            "stoa_pages", "Feed pages computed", ["surface"], registry=self.registry
        )
        self.page_cpu_s = Histogram(
            "stoa_page_cpu_seconds",
            "CPU seconds of the thread that computed a feed page",
            buckets=(0.002, 0.005, 0.01, 0.022, 0.05, 0.1, 0.25, 1),
            registry=self.registry,
        )
        self.requests = Counter(
            "stoa_requests", "HTTP requests answered", ["status"], registry=self.registry
        )
        self.viewer_events = Counter(
            "stoa_viewer_events", "Viewer events kept", ["kind"], registry=self.registry
        )
        self.rejected_events = Counter(
            "stoa_viewer_events_rejected",
            "Viewer events not kept, by field",
            ["field"],
            registry=self.registry,
        )
        self.reports = Counter("stoa_reports", "Posts reported by readers", registry=self.registry)
        self.questions = Counter(
            "stoa_questions", "Questions asked, by what came of them", ["outcome"],
            registry=self.registry,
        )  # fmt: skip
        self.answer_cpu_s = Histogram(
            "stoa_answer_cpu_seconds",
            "CPU seconds of the thread that answered a question",
            buckets=(0.01, 0.03, 0.06, 0.12, 0.2, 0.5, 1, 5),
            registry=self.registry,
        )
        self.source_dropped = Gauge(
            "stoa_source_dropped", "Frames not taken in", ["reason"], registry=self.registry
        )
        self.posts = Gauge("stoa_posts", "Posts held", registry=self.registry)
        self.vectors = Gauge("stoa_vectors", "Vectors indexed", registry=self.registry)
        self.applied = Gauge(
            "stoa_events_applied", "Changes applied since start", registry=self.registry
        )
        self.lag_s = Gauge(
            "stoa_source_lag_seconds", "Age of the newest event", registry=self.registry
        )
        self._recent: deque[float] = deque(maxlen=200)
        self._rate: deque[tuple[float, int]] = deque(maxlen=64)
        self._lock = Lock()

    def timed_page(self, surface: str, compute: Callable[[], _T]) -> _T:
        """Runs a page's computation and keeps what it cost this thread."""
        began_s = time.thread_time()
        page = compute()
        cost_s = time.thread_time() - began_s
        self.pages.labels(surface).inc()
        self.page_cpu_s.observe(cost_s)
        self._recent.append(cost_s)
        return page

    def count_question(self, outcome: str, cost_s: float) -> None:
        """Counts a question: answered, abstained, refused or broken, and what it cost."""
        self.questions.labels(outcome).inc()
        self.answer_cpu_s.observe(cost_s)

    def page_cpu_ms(self) -> float | None:
        """Mean over the last pages, in CPU milliseconds; None before the first."""
        recent = list(self._recent)
        return 1000 * sum(recent) / len(recent) if recent else None

    def events_per_s(self, applied: int) -> float:
        """Changes applied a second, over the last half minute of readings of this figure."""
        now_s = time.monotonic()
        with self._lock:
            while self._rate and now_s - self._rate[0][0] > _RATE_WINDOW_S:
                self._rate.popleft()
            if self._rate and applied < self._rate[-1][1]:
                self._rate.clear()  # another world is served now
            self._rate.append((now_s, applied))
            first_s, first = self._rate[0]
        return (applied - first) / (now_s - first_s) if now_s - first_s > 0.2 else 0.0
