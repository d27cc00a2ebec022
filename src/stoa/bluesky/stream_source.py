"""Reads Jetstream events from an open descriptor, such as standard input, as they come."""

from __future__ import annotations

import asyncio
import os
import select
from collections import Counter
from collections.abc import AsyncIterator

from stoa.bluesky.bounded_lines import MAX_LINE
from stoa.bluesky.decoded import FrameCounts
from stoa.bluesky.jetstream_frames_v2 import JetstreamDecoderAny
from stoa.ports import Clock
from stoa.records import Batch, Change

_CHUNK = 1 << 18
_WAIT_S = 0.25  # so that a square that is told to stop is not held by a writer that says nothing


class StreamSource:
    """A `ChangeSource` over one descriptor: a line an event, of either Jetstream format.

    What has arrived is a batch, however little; it ends when the writer closes its end. As with a
    file, "now" is the newest plausible time read, so whoever writes sets the pace.
    """

    name = "stream"

    def __init__(self, descriptor: int, clock: Clock, *, max_line: int = MAX_LINE) -> None:
        self._descriptor = descriptor
        self._clock = clock
        self._max_line = max_line
        self._decoder = JetstreamDecoderAny()
        self._counts = FrameCounts()
        self._too_long = 0
        self._newest_us = 0
        self._pending = b""
        self._skipping = False  # inside a line that is too long
        self.caught_up = False
        """Whether all that was written has been read."""

    @property
    def newest_us(self) -> int:
        """Newest plausible arrival time read so far, in this run or those before; 0 if none."""
        return self._newest_us

    @property
    def dropped(self) -> Counter[str]:
        """Lines not taken in, by reason."""
        dropped = self._counts.dropped.copy()
        if self._too_long:
            dropped["too_long"] = self._too_long
        return dropped

    async def batches(self, cursor: int | None) -> AsyncIterator[Batch]:
        """A batch whenever something has come; `cursor` only keeps time from going back."""
        self._newest_us = max(self._newest_us, cursor or 0)
        is_told = False  # that nothing is left to be read: a square need not wait for more
        while (chunk := await asyncio.to_thread(self._read)) is not None:
            if chunk or (self.caught_up and not is_told):
                is_told = self.caught_up
                yield self._batch(self._lines(chunk))
        rest, self._pending = self._pending.strip(), b""
        if rest and not self._skipping:
            yield self._batch([rest])

    def _read(self) -> bytes | None:
        """What has come; nothing after a short wait in vain, None at the end."""
        if not self._waiting(_WAIT_S):
            self.caught_up = True
            return b""
        chunk = os.read(self._descriptor, _CHUNK)
        self.caught_up = not self._waiting(0.0)
        return chunk or None

    def _waiting(self, seconds: float) -> bool:
        return bool(select.select([self._descriptor], [], [], seconds)[0])

    def _lines(self, chunk: bytes) -> list[bytes]:
        lines = (self._pending + chunk).split(b"\n")
        self._pending = lines.pop()
        if lines and self._skipping:
            del lines[0]
            self._skipping = False
        if len(self._pending) > self._max_line or self._skipping:
            self._too_long += not self._skipping
            self._skipping, self._pending = True, b""
        kept = [line for line in lines if len(line) <= self._max_line]
        self._too_long += len(lines) - len(kept)
        return [line for line in map(bytes.strip, kept) if line]

    def _batch(self, lines: list[bytes]) -> Batch:
        now_us = self._clock.now_us()
        changes: list[Change] = []
        for line in lines:
            decoded = self._decoder.decode(line, now_us)
            self._counts.count(decoded)
            changes.extend(decoded.changes)
            self._newest_us = max(self._newest_us, decoded.time_us or 0)
        return Batch(tuple(changes), self.name, self._newest_us or None)
