"""Writes files so that a crash leaves the old one or the new one, never a half."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """Replaces a file by what is written: beside it, forced to disk, renamed, recorded.

    Raises:
        OSError: the disk refuses; the old file stands and nothing is left beside it.
    """
    beside = path.with_name(path.name + ".new")
    try:
        with beside.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError:
        beside.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def write_whole(path: Path, raw: bytes) -> None:
    """Replaces a file by these bytes.

    Raises:
        OSError: the disk refuses; the old file stands and nothing is left beside it.
    """
    with whole_file(path) as file:
        file.write(raw)


def sync_folder(folder: Path) -> None:
    """Makes names in a folder durable, where the system allows it."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
