"""Estimates seconds of attention where only the arrival of batches can be seen.

The app reports which posts were on screen, in batches at least ten seconds apart, without times.
The time since the batch before, capped, is shared among the posts newly seen in proportion to
how long each takes to read. An estimate, and stored as one (surface `bluesky-estimate`).
"""

from __future__ import annotations

from collections.abc import Sequence

from stoa.bluesky.recent import RecentMap
from stoa.records import SECOND_US, Media, Post

SURFACE = "bluesky-estimate"
"""Where an estimated dwell says it comes from."""

GAP_CAP_S = 60.0
"""A longer silence means that the reader was away."""

_UNKNOWN_GAP_S = 10.0  # the app sends every 10 s; used when the start of the gap is not known
_GLANCE_S = 1.5
_CHARACTERS_PER_S = 20.0  # about 240 words a minute
_LOOK_S = {Media.IMAGE: 1.5, Media.VIDEO: 6.0, Media.LINK: 1.0, Media.QUOTE: 2.0}


class ReadingPace:
    """Remembers when each reader was last heard of, for a bounded number of readers."""

    def __init__(self, readers: int = 50_000) -> None:
        self._heard_us: RecentMap[str, int] = RecentMap(readers)

    def started(self, reader: str, now_us: int) -> None:
        """A new reading begins, unless one was under way less than a minute ago."""
        heard_us = self._heard_us.get(reader)
        if heard_us is None or now_us - heard_us > GAP_CAP_S * SECOND_US:
            self._heard_us.put(reader, now_us)

    def gap_s(self, reader: str, now_us: int) -> float:
        """Seconds since the reader was last heard of, capped; hearing of them now."""
        heard_us = self._heard_us.get(reader)
        self._heard_us.put(reader, now_us)
        if heard_us is None:
            return _UNKNOWN_GAP_S
        return min(max(now_us - heard_us, 0) / SECOND_US, GAP_CAP_S)


def reading_time_s(post: Post) -> float:
    """Seconds that reading a post through takes an average reader.

    A glance, the text at 20 characters a second, and a look at what it carries.
    """
    looks_s = sum(cost_s for media, cost_s in _LOOK_S.items() if media & post.content.media)
    return _GLANCE_S + len(post.content.text) / _CHARACTERS_PER_S + looks_s


def share_gap(gap_s: float, times_s: Sequence[float]) -> list[float]:
    """Seconds per post: the gap in proportion to reading times, which sum to the gap.

    >>> share_gap(12.0, [1.0, 3.0, 2.0])
    [2.0, 6.0, 4.0]
    """
    total_s = sum(times_s)
    return [gap_s * time_s / total_s for time_s in times_s] if total_s > 0 else []
