"""Sees to it that one process at a time writes a data folder."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from stoa.errors import StoreBusy

LOCK_NAME = "stoa.lock"


class FolderLock:
    """An advisory lock that the system lets go of when the process ends, however it ends."""

    def __init__(self, folder: Path) -> None:
        """Takes the lock.

        Raises:
            StoreBusy: another process holds it; says which and what to do.
        """
        path = folder / LOCK_NAME
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            holder = os.read(self._file, 64).decode("ascii", "replace").strip() or "unknown"
            os.close(self._file)
            raise StoreBusy(
                f"the data folder {folder} is in use by process {holder}: "
                "stop that one, or give another data folder"
            ) from None
        os.truncate(self._file, 0)
        os.pwrite(self._file, f"{os.getpid()}\n".encode(), 0)

    def release(self) -> None:
        """Lets the folder go."""
        if self._file >= 0:
            os.close(self._file)  # closing unlocks; the file stays: removing it would race
            self._file = -1
