"""Reads a file of Jetstream events as a source of changes, from its start to its end."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import structlog

from stoa.bluesky.bounded_lines import MAX_LINE, BoundedLines
from stoa.bluesky.decoded import FrameCounts
from stoa.bluesky.jetstream_frames_v2 import JetstreamDecoderAny
from stoa.errors import BadInput
from stoa.ports import Clock
from stoa.records import Batch, Change

_log = structlog.get_logger(__name__)

BATCH_LINES = 1_000


@dataclass(frozen=True, slots=True)
class FileProgress:
    """How far a file has been read; bytes are those on disk, compressed or not."""

    bytes_read: int
    bytes_total: int
    frames: int
    changes: int
    ended: bool
    dropped: Counter[str]
    ignored: Counter[str]


class FileSource:
    """A `ChangeSource` over one file: .jsonl, plain or compressed by gzip or Zstandard.

    Events may be of either Jetstream format and in any order, so the file is always read whole
    and the cursor resumes nothing; it only keeps the newest time ever read. That time is the
    "now" of a square served from a file, so a time is believed only from 2022 up to a day past
    the wall clock: one event dated 2099 must not make all others old.
    """

    name = "file"

    def __init__(self, path: str | Path, clock: Clock, *, max_line: int = MAX_LINE) -> None:
        """Checks that the file can be read.

        Raises:
            BadInput: it cannot.
        """
        self._path = Path(path)
        self._clock = clock
        self._decoder = JetstreamDecoderAny()
        self._counts = FrameCounts()
        self._newest_us = 0
        self._ended = False
        try:
            with self._path.open("rb"):
                self._lines = BoundedLines(self._path, max_line)
        except OSError as error:
            mend = f"give a readable .jsonl, .jsonl.gz or .jsonl.zst file ({error.strerror})"
            raise BadInput("from", str(path), mend) from error
        self._max_line = max_line

    @property
    def newest_us(self) -> int:
        """Newest plausible arrival time read so far, in this run or those before; 0 if none."""
        return self._newest_us

    @property
    def progress(self) -> FileProgress:
        """A snapshot for progress bars and status pages; safe to take from any thread."""
        dropped = self._counts.dropped.copy()
        if self._lines.too_long:
            dropped["too_long"] = self._lines.too_long
        if self._lines.damaged:
            dropped["damaged_file"] = 1
        return FileProgress(
            self._lines.bytes_read,
            self._lines.bytes_total,
            self._counts.frames,
            self._counts.changes,
            self._ended,
            dropped,
            self._counts.ignored.copy(),
        )

    async def batches(self, cursor: int | None) -> AsyncIterator[Batch]:
        """The whole file in batches of up to 1,000 lines; `cursor` only keeps time from going back.

        Reading and decoding happen in a worker thread, a batch at a time.
        """
        self._newest_us = max(self._newest_us, cursor or 0)
        self._ended = False
        self._counts = FrameCounts()
        self._lines = BoundedLines(self._path, self._max_line)
        lines = iter(self._lines)
        while (batch := await asyncio.to_thread(self._next_batch, lines)) is not None:
            if batch.changes:
                yield batch
        self._ended = True
        if self._lines.damaged:
            _log.warning("file.damaged", read=self._lines.bytes_read, size=self._lines.bytes_total)

    def _next_batch(self, lines: Iterator[bytes]) -> Batch | None:
        """Changes of the next lines; None at the end of the file."""
        changes: list[Change] = []
        now_us = self._clock.now_us()
        n_lines = 0
        for line in lines:
            n_lines += 1
            decoded = self._decoder.decode(line, now_us)
            if self._lines.unfinished and decoded.dropped == "malformed":
                break  # the file was cut inside its last line: nothing is wrong with an event
            self._counts.count(decoded)
            changes.extend(decoded.changes)
            if decoded.time_us is not None and decoded.time_us > self._newest_us:
                self._newest_us = decoded.time_us
            if n_lines >= BATCH_LINES:
                break
        if n_lines == 0:
            return None
        return Batch(tuple(changes), self.name, self._newest_us or None)
