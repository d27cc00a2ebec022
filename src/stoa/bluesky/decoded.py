"""What one frame of an event stream turned out to be, and the interface of its decoders."""

from __future__ import annotations

from collections import Counter
from typing import Protocol

import msgspec

from stoa.bluesky.timestamps import NO_HORIZON_US
from stoa.records import Change


class Decoded(msgspec.Struct, frozen=True, kw_only=True):
    """One frame, decoded. Of `dropped`, `ignored` and `notice` at most one is set.

    A struct of msgspec and not a dataclass because one is made for every frame.
    """

    changes: tuple[Change, ...] = ()
    time_us: int | None = None
    """When the host saw the event; resumes a v1 stream, and a v2 stream as well."""
    position: int | None = None
    """The host's own position: `time_us` in v1, `seq` in v2, which no other host understands."""
    dropped: str | None = None
    """Why an event that should have been read was not: a short stable word."""
    ignored: str | None = None
    """Why a sound event is not for us: a short stable word."""
    notice: str | None = None
    """The host speaks about the stream itself: name of an info or error message."""
    fatal: bool = False
    """Whether the host ends the stream after this notice."""


class Decoder(Protocol):
    """Reads frames of one wire format."""

    def decode(self, frame: bytes | str, now_us: int = NO_HORIZON_US) -> Decoded:
        """Never raises, whatever the frame holds. Times over a day past `now_us` are dropped."""
        ...


class FrameCounts:
    """Running totals of what was decoded."""

    def __init__(self) -> None:
        self.frames = 0
        self.changes = 0
        self.dropped: Counter[str] = Counter()
        self.ignored: Counter[str] = Counter()

    def count(self, decoded: Decoded) -> None:
        """Adds one frame."""
        self.frames += 1
        self.changes += len(decoded.changes)
        if decoded.dropped is not None:
            self.dropped[decoded.dropped] += 1
        elif decoded.ignored is not None:
            self.ignored[decoded.ignored] += 1
