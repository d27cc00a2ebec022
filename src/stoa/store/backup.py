"""Copies a store into one file while it goes on taking events in."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

from stoa.errors import StoreError
from stoa.store.database import foreign_errors

_STEP_PAGES = 2_048  # 16 MiB a step


def copy_database(
    source: sqlite3.Connection, target: Path, progress: Callable[[float], None] | None = None
) -> None:
    """Writes the store as it is now to `target`, checks the copy, and only then names it so.

    `source` must not be shared: its snapshot is held until the end, so that commits made
    meanwhile neither appear in the copy nor start it over.

    Raises:
        StoreFull: the target's disk is full.
        StoreError: `target` exists, cannot be written, or the copy does not check out.
    """
    if target.exists():
        raise StoreError(f"{target} exists: give a name that is free")
    partial = target.with_name(target.name + ".partial")
    with foreign_errors(target):
        partial.unlink(missing_ok=True)
        os.close(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        try:
            _copy(source, partial, progress)
            os.link(partial, target)  # unlike a rename, never over a file made meanwhile
        finally:
            partial.unlink(missing_ok=True)


def _copy(
    source: sqlite3.Connection, partial: Path, progress: Callable[[float], None] | None
) -> None:
    def tell(status: int, remaining: int, total: int) -> None:
        del status
        if progress is not None and total:
            progress(1.0 - remaining / total)

    copy = sqlite3.connect(partial, isolation_level=None)
    try:
        source.execute("BEGIN")
        try:
            source.execute("SELECT count(*) FROM meta").fetchone()  # takes the snapshot
            source.backup(copy, pages=_STEP_PAGES, progress=tell, sleep=0.0)
        finally:
            source.execute("ROLLBACK")
        copy.execute("PRAGMA journal_mode = DELETE")
        found = copy.execute("PRAGMA integrity_check(1)").fetchone()[0]
        if found != "ok":
            raise StoreError(f"the copy is damaged ({found}): check the disk of {partial.parent}")
    finally:
        copy.close()
    handle = os.open(partial, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
