"""The square's figures in words, for the page, its stream and its twin."""

from __future__ import annotations

import resource
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from stoa.app import Square
from stoa.web.meters import X_2023_CPU_S, Meters
from stoa.web.views.promoted import PromotedPulse, promoted_facts, promoted_pulse
from stoa.web.views.words import bytes_of, counted, since, span

STATE_WORDS = {
    "connecting": "It is calling the network.",
    "reading": "It is reading what happened before.",
    "live": "It hears the network as it happens.",
    "ended": "Its source has ended; pages go on.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulse:
    """The figures at one moment."""

    state: str
    source: str
    events_per_s: float
    lag_s: float | None
    posts: int
    replies: int
    accounts: int
    events: int
    vectors: int
    segments: int | None
    memory_bytes: int
    disk_bytes: int
    page_cpu_ms: float | None
    dropped: Mapping[str, int]
    last_us: int
    promoted: PromotedPulse


def pulse(square: Square, meters: Meters) -> Pulse:
    """Reads all figures once."""
    counts = square.store.counts()
    intake = square.rooms.intake.counts
    now_us = square.clock.now_us()
    segments = getattr(square.index, "segments", None)
    return Pulse(
        state="town" if square.town else square.source.state,
        source=Path(square.source.name).name,
        events_per_s=meters.events_per_s(intake.applied),
        lag_s=square.source.lag_s,
        posts=counts.posts,
        replies=counts.replies,
        accounts=counts.accounts,
        events=counts.events,
        vectors=len(square.index),
        segments=segments if isinstance(segments, int) else None,
        memory_bytes=memory_bytes(),
        disk_bytes=counts.bytes,
        page_cpu_ms=meters.page_cpu_ms(),
        dropped=dict(square.source.dropped),
        last_us=intake.last_us,
        promoted=promoted_pulse(square.store.promoted.campaigns(now_us), now_us),
    )


def facts(now: Pulse) -> dict[str, str]:
    """Each figure as the page prints it."""
    said = {
        "events_per_s": f"{now.events_per_s:,.0f}",
        "lag": span(now.lag_s) if now.lag_s is not None else "not known",
        "posts": f"{now.posts:,}",
        "replies": f"{now.replies:,}",
        "accounts": f"{now.accounts:,}",
        "events": f"{now.events:,}",
        "vectors": f"{now.vectors:,}",
        "memory": bytes_of(now.memory_bytes),
        "disk": bytes_of(now.disk_bytes),
        "page_cpu": "none yet" if now.page_cpu_ms is None else f"{now.page_cpu_ms:.1f} ms",
        "page_ratio": ratio_words(now.page_cpu_ms),
    }
    said |= promoted_facts(now.promoted)
    if now.segments is not None:
        said["segments"] = f"{now.segments:,}"
    return said


def ratio_words(page_cpu_ms: float | None) -> str:
    """How many times less than the 220 CPU-seconds that X published in 2023.

    >>> ratio_words(22.0)
    '10,000'
    """
    if not page_cpu_ms:
        return "no page yet"
    times = 1000 * X_2023_CPU_S / page_cpu_ms
    digits = len(str(int(times)))
    return f"{round(times, min(2 - digits, 0)):,.0f}"


def state_words(square: Square) -> str:
    """How the source fares, in a sentence."""
    if square.town is not None:
        return "This is a simulated town: invented people, invented posts."
    return STATE_WORDS.get(square.source.state, "")


def newest_words(now: Pulse, now_us: int) -> str:
    """When the newest change that was taken in happened."""
    return f"The newest came {since(now.last_us, now_us)}." if now.last_us else ""


def dropped_rows(dropped: Mapping[str, int]) -> list[tuple[str, int]]:
    """Reasons and counts, most first."""
    rows = sorted(dropped.items(), key=lambda item: (-item[1], item[0]))
    return [(reason.replace("_", " ").capitalize(), n) for reason, n in rows if n]


def memory_bytes() -> int:
    """Memory held by this process now, or its peak where the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return pages * resource.getpagesize()
    except (OSError, ValueError, IndexError):
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024


def panel_words(now: Pulse) -> str:
    """The lead of the panel about cost."""
    n = X_2023_CPU_S
    return f"X published {n:.0f} CPU-seconds for one request of its recommender in 2023."


def held_words(now: Pulse) -> str:
    """The lead of the panel about what is held."""
    return f"{counted(now.posts, 'post')} by {counted(now.accounts, 'account')}."
