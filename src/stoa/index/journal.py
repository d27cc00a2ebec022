"""Names, between two saves, the posts that came and went: what a killed process would forget."""

from __future__ import annotations

import os
import weakref
from pathlib import Path

import numpy as np
from numpy.typing import NDArray


class Journal:
    """A file of whole numbers that only grows: a post that came, or less a post that went.

    Entries are in the page cache when `write` returns: a killed process loses none, a cut of
    power may. A full disk costs the entry and never the post: `is_broken` says so.
    """

    def __init__(self, path: Path) -> None:
        """Makes the file anew.

        Raises:
            OSError: the disk refuses.
        """
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND
        self._handle = os.open(path, flags | getattr(os, "O_CLOEXEC", 0), 0o644)
        self.close = weakref.finalize(self, os.close, self._handle)
        self.is_broken = False

    def write(self, entries: NDArray[np.int64]) -> None:
        """Adds entries."""
        raw = entries.astype("<i8").tobytes()
        try:
            self.is_broken |= os.write(self._handle, raw) != len(raw)
        except OSError:
            self.is_broken = True


def read_journal(path: Path) -> NDArray[np.int64]:
    """The entries of a journal, whose last may be cut; none when there is no such file."""
    if not path.is_file():
        return np.zeros(0, dtype=np.int64)
    raw = path.read_bytes()
    return np.frombuffer(raw[: len(raw) // 8 * 8], dtype="<i8").astype(np.int64)
