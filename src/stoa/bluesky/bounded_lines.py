"""Lines of a file of any size and compression, without ever holding a long one."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import zstandard

MAX_LINE = 1 << 20
"""Bytes. The largest record the network accepts is smaller."""

_CHUNK = 1 << 18
_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"

_Stream = BinaryIO | gzip.GzipFile | zstandard.ZstdDecompressionReader


class BoundedLines:
    """Iterates over the lines of a file, plain, gzip or Zstandard as its first bytes say.

    Blank lines are passed over, lines above `max_line` skipped and counted. A file cut short
    gives what it holds; `damaged` tells.
    """

    def __init__(self, path: Path, max_line: int = MAX_LINE) -> None:
        self._path = path
        self._max_line = max_line
        self._raw: BinaryIO | None = None
        self.bytes_total = path.stat().st_size
        self.bytes_read = 0
        self.too_long = 0
        self.unfinished = False
        """Whether the last line given had no line end, as when a file was cut."""
        self.damaged = False
        """Whether the compressed stream ended or broke before its end."""

    def __iter__(self) -> Iterator[bytes]:
        with self._path.open("rb") as raw:
            self._raw = raw
            magic = raw.read(4)
            raw.seek(0)
            with _open_stream(raw, magic) as stream:
                yield from self._lines(stream)
        self.bytes_read = self.bytes_total

    def _lines(self, stream: _Stream) -> Iterator[bytes]:
        is_first = True
        pending = b""  # the start of a line whose end was not read yet
        skipping = False  # inside a line that is too long
        while chunk := self._read(stream):
            if is_first:
                chunk, is_first = chunk.removeprefix(_BYTE_ORDER_MARK), False
            lines = (pending + chunk).split(b"\n")
            pending = lines.pop()
            for line in lines:
                if skipping:
                    skipping = False
                elif len(line) > self._max_line:
                    self.too_long += 1
                elif line := line.strip():
                    yield line
            if skipping:
                pending = b""
            elif len(pending) > self._max_line:
                self.too_long += 1
                skipping, pending = True, b""
        if not skipping and (line := pending.strip()):
            self.unfinished = True
            yield line

    def _read(self, stream: _Stream) -> bytes:
        try:
            chunk = stream.read(_CHUNK)
        except (EOFError, OSError, zlib.error, zstandard.ZstdError):
            self.damaged = True
            return b""
        if self._raw is not None:
            self.bytes_read = self._raw.tell()
        return chunk


def _open_stream(raw: BinaryIO, magic: bytes) -> _Stream:
    if magic.startswith(_GZIP):
        return gzip.GzipFile(fileobj=raw, mode="rb")
    if magic == _ZSTD:
        return zstandard.ZstdDecompressor().stream_reader(raw, read_across_frames=True)
    return raw
