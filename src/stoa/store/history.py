"""Joins what a viewer did in public with what the viewer did here into one history."""

from __future__ import annotations

from collections.abc import Iterable

from stoa.records import NEGATIVE_EVENTS, POSITIVE_EVENTS, EventKind, HistoryEvent, PostId

MEANINGFUL_DWELL_S = 3.0
"""Shorter looks say nothing: a reader scrolling by spends as long."""

MEANINGFUL_EVENTS = POSITIVE_EVENTS | NEGATIVE_EVENTS | {EventKind.DWELL}

_ONCE = frozenset({EventKind.LIKE, EventKind.REPOST, EventKind.REPLY, EventKind.QUOTE})
"""Acts that reach the store twice: from this square's page, and from the network as an echo."""


def merge_history(
    acts: Iterable[HistoryEvent], undone: dict[tuple[EventKind, PostId], int], limit: int
) -> list[HistoryEvent]:
    """Newest first, at most `limit`; without what was undone and without echoes.

    `undone` gives the newest time at which a kind of act on a post was taken back.
    """
    once: set[tuple[EventKind, PostId]] = set()
    merged: list[HistoryEvent] = []
    for act in sorted(acts, key=lambda act: (-act.at_us, act.kind, act.post)):
        if len(merged) >= limit:
            break
        key = (act.kind, act.post)
        if key in undone and act.at_us <= undone[key]:
            continue
        if act.kind is EventKind.DWELL and (act.seconds or 0.0) < MEANINGFUL_DWELL_S:
            continue
        if act.kind in _ONCE:
            if key in once:
                continue
            once.add(key)
        merged.append(act)
    return merged
