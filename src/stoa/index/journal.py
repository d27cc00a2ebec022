"""Names, between two saves, the posts that came and went: what a killed process would forget."""

from __future__ import annotations

import os
import struct
import weakref
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from stoa.errors import IndexDamaged
from stoa.index.shapes import MAX_POST_ID

_MAGIC = b"STOAJRN2"
_HEADER = struct.Struct("<III")  # entries of a record, the same inverted, CRC-32 of their bytes
_INVERT = 0xFFFF_FFFF


class Journal:
    """A file of whole numbers that only grows: a post that came, or less a post that went.

    Entries are in the page cache when `write` returns: a killed process loses none, a cut of
    power may. What a full disk refuses is written with the next entries, should there be room.
    """

    def __init__(self, path: Path) -> None:
        """Makes the file anew.

        Raises:
            OSError: the disk refuses.
        """
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND
        self._handle = os.open(path, flags | getattr(os, "O_CLOEXEC", 0), 0o644)
        self.close = weakref.finalize(self, os.close, self._handle)
        self._waiting = np.zeros(0, dtype="<i8")
        self._size = 0
        self._append(_MAGIC)

    def write(self, entries: NDArray[np.int64]) -> None:
        """Adds entries."""
        entries = np.concatenate([self._waiting, entries.astype("<i8")])
        raw = entries.tobytes()
        n = len(entries)
        whole = self._append(_HEADER.pack(n, n ^ _INVERT, zlib.crc32(raw)) + raw)
        self._waiting = entries[:0] if whole else entries

    def _append(self, raw: bytes) -> bool:
        """Writes all of it or, as far as the disk lets us, nothing."""
        if self._size == 0 and raw != _MAGIC:
            raw = _MAGIC + raw
        try:
            if os.write(self._handle, raw) == len(raw):
                self._size += len(raw)
                return True
            os.ftruncate(self._handle, self._size)
        except OSError:
            pass
        return False


def read_journal(path: Path) -> NDArray[np.int64]:
    """The entries of a journal, whose last record may be cut.

    Raises:
        IndexDamaged: it is gone, or a record is not what was written.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise IndexDamaged(f"{path} does not read: {error}") from error
    if not raw.startswith(_MAGIC):
        return _of_version_1(path, raw)
    parts: list[NDArray[np.int64]] = []
    at = len(_MAGIC)
    while at + _HEADER.size <= len(raw):
        n, inverted, crc = _HEADER.unpack_from(raw, at)
        first, at = at + _HEADER.size, at + _HEADER.size + 8 * n
        is_cut = at > len(raw)
        if n ^ inverted != _INVERT or (not is_cut and zlib.crc32(raw[first:at]) != crc):
            raise IndexDamaged(f"{path} is not what was written")
        if is_cut:
            break
        parts.append(np.frombuffer(raw, dtype="<i8", count=n, offset=first).astype(np.int64))
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)


def _of_version_1(path: Path, raw: bytes) -> NDArray[np.int64]:
    """Bare entries, without checksums; the last one may be cut."""
    if len(raw) < len(_MAGIC):
        return np.zeros(0, dtype=np.int64)
    entries = np.frombuffer(raw[: len(raw) // 8 * 8], dtype="<i8").astype(np.int64)
    if entries.max() > MAX_POST_ID or entries.min() < -MAX_POST_ID or not entries.all():
        raise IndexDamaged(f"{path} is not what was written")
    return entries
