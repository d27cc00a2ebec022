"""What a status page may know of a live stream."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch of time whose events the network no longer had when we asked for them."""

    from_us: int
    to_us: int


@dataclass(frozen=True, slots=True)
class JetstreamState:
    """A snapshot of one stream."""

    connected: bool
    host: str
    newest_us: int  # 0 before the first event
    lag_us: int | None  # how far the newest event lies behind the clock; None before the first
    frames: int
    changes: int
    waiting: int  # frames read and not yet handed out
    dropped: Counter[str]
    ignored: Counter[str]
    connections: int
    reconnects: int
    gaps: tuple[Gap, ...]  # the latest hundred
    last_error: str | None
