"""The connections to one SQLite file: a writer behind a lock, a reader for every thread."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from stoa.errors import StoreBusy, StoreError, StoreFull
from stoa.store.folder_lock import FolderLock
from stoa.store.schema import VERSION, check_version, migrate

_BUSY_MS = 2_000
_HELD_S = 3.0  # how long nobody tries again once another program was found to hold the file
_HELD = "{path} is locked by another program: close it and try again"
_PAGE_BYTES = 8_192  # a third fewer pages touched a batch than with 4,096
_WRITER_CACHE_KIB = 65_536
_READER_CACHE_KIB = 8_192
_CHECKPOINT_PAGES = 4_000  # 32 MiB of log: hot pages are copied once, not at each commit
_LOG_LIMIT_BYTES = 64 << 20


class Database:
    """Opens the file, keeps its durability settings, and translates SQLite's errors."""

    def __init__(self, path: Path, *, read_only: bool = False, beside: bool = False) -> None:
        """Opens, and unless `read_only` locks the folder and brings the tables up to date.

        `beside` writes without that lock, also while a square runs: only for tables of which no
        process keeps anything in memory.

        Raises:
            StoreBusy: another process writes here.
            StoreTooNew: a newer Stoa wrote it; it is left untouched.
            StoreError: the file is damaged, not ours, or cannot be opened.
        """
        self.path = path
        self.read_only = read_only
        self._lock = threading.RLock()
        self._local = threading.local()
        self._readers: list[sqlite3.Connection] = []
        self._guard: FolderLock | None = None
        self._writer: sqlite3.Connection | None = None
        self._closed = False
        self._held_until_s = 0.0
        with foreign_errors(path):
            if read_only or beside:
                self._check_readable()
            if beside:
                self._writer = self._connect("rw", _READER_CACHE_KIB)
                for pragma in ("synchronous = FULL", "secure_delete = ON"):
                    self._writer.execute(f"PRAGMA {pragma}")
            elif not read_only:
                self._open_writer()

    def _check_readable(self) -> None:
        if not self.path.is_file():
            raise StoreError(f"no data at {self.path}: open a square there first")
        if check_version(self.reader()) < VERSION:
            raise StoreError(f"{self.path} is of an older version: open the square once")

    def _open_writer(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._guard = FolderLock(self.path.parent)
        try:
            self._prepare_file()
            writer = self._connect("rw", _WRITER_CACHE_KIB)
            self._writer = writer
            for pragma in (
                f"page_size = {_PAGE_BYTES}",
                "auto_vacuum = INCREMENTAL",
                "journal_mode = WAL",
                "synchronous = FULL",
                "secure_delete = ON",
                f"wal_autocheckpoint = {_CHECKPOINT_PAGES}",
                f"journal_size_limit = {_LOG_LIMIT_BYTES}",
            ):
                writer.execute(f"PRAGMA {pragma}")
            migrate(writer)
        except (sqlite3.Error, OSError, StoreError):
            self.close()
            raise

    def _prepare_file(self) -> None:
        """Makes an empty file, or looks whether the one here may be touched at all."""
        if not self.path.is_file() or not self.path.stat().st_size:
            os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
            return
        probe = sqlite3.connect(self._address("ro"), uri=True)
        try:
            check_version(probe)
        finally:
            probe.close()

    def _address(self, mode: str) -> str:
        return f"{self.path.absolute().as_uri()}?mode={mode}"

    def _connect(self, mode: str, cache_kib: int) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._address(mode), uri=True, isolation_level=None, check_same_thread=False
        )
        for pragma in (
            f"busy_timeout = {_BUSY_MS}",
            f"cache_size = -{cache_kib}",
            "temp_store = MEMORY",
        ):
            connection.execute(f"PRAGMA {pragma}")
        return connection

    def reader(self) -> sqlite3.Connection:
        """This thread's own connection for reading."""
        connection = getattr(self._local, "connection", None)
        if connection is None:
            if self._closed:
                raise StoreError(f"{self.path} was closed")
            connection = self._connect("ro", _READER_CACHE_KIB)
            self._local.connection = connection
            with self._lock:
                self._readers.append(connection)
        return connection

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """This thread's reader, with SQLite's errors translated."""
        with foreign_errors(self.path):
            yield self.reader()

    @contextmanager
    def private_reader(self) -> Iterator[sqlite3.Connection]:
        """A connection of its own, for reading long from one snapshot."""
        with foreign_errors(self.path):
            connection = self._connect("ro", _READER_CACHE_KIB)
            try:
                yield connection
            finally:
                connection.close()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A durable transaction: all of it is kept, or nothing.

        Once another program was found to hold the file, writers fail at once for a moment: pages
        that only log what they served must not queue behind it.
        """
        self._refuse_while_held()
        with self._lock, foreign_errors(self.path):
            self._refuse_while_held()
            writer = self.writer()
            try:
                writer.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY:
                    self._held_until_s = time.monotonic() + _HELD_S
                raise
            try:
                yield writer
                if writer.in_transaction:
                    writer.execute("COMMIT")
            finally:
                if writer.in_transaction:  # where the disk is full, SQLite rolls back by itself
                    writer.execute("ROLLBACK")

    def _refuse_while_held(self) -> None:
        if time.monotonic() < self._held_until_s:
            raise StoreBusy(_HELD.format(path=self.path))

    @contextmanager
    def maintaining(self) -> Iterator[sqlite3.Connection]:
        """The writer outside of a transaction, for checkpoints and vacuuming."""
        with self._lock, foreign_errors(self.path):
            yield self.writer()

    def writer(self) -> sqlite3.Connection:
        """The one connection that writes."""
        if self._writer is None:
            raise StoreError(f"{self.path} is {'closed' if self._closed else 'open to read only'}")
        return self._writer

    def bytes(self) -> int:
        """Size on disk, its log included."""
        total = 0
        for suffix in ("", "-wal"):
            try:
                total += os.stat(f"{self.path}{suffix}").st_size
            except FileNotFoundError:
                continue
        return total

    def bytes_used(self) -> int:
        """Size of what is kept, wherever it stands now: in the file or still in its log.

        Unlike `bytes` it does not depend on when the log was last folded into the file.
        """
        with self.reading() as connection:
            pages, free, size = (
                connection.execute(f"PRAGMA {name}").fetchone()[0]
                for name in ("page_count", "freelist_count", "page_size")
            )
        return (pages - free) * size

    def close(self) -> None:
        """Closes every connection, which folds the log into the file, and unlocks the folder."""
        with self._lock:
            self._closed = True
            for connection in self._readers:
                connection.close()
            self._readers.clear()
            if self._writer is not None:
                self._writer.close()
                self._writer = None
            if self._guard is not None:
                self._guard.release()
                self._guard = None


@contextmanager
def foreign_errors(path: Path) -> Iterator[None]:
    """Turns SQLite's errors into Stoa's, each with what to do."""
    try:
        yield
    except sqlite3.Error as error:
        raise translated(error, path) from error
    except OSError as error:
        raise StoreError(f"cannot use {path}: {error.strerror or error}") from error


def translated(error: sqlite3.Error, path: Path) -> StoreError:
    """The error of Stoa that says what SQLite's says."""
    code = (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
    if code == sqlite3.SQLITE_FULL:
        return StoreFull(
            f"the disk holding {path} is full: free space or lower --max-disk; "
            "nothing accepted before is lost"
        )
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StoreBusy(_HELD.format(path=path))
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return StoreError(f"{path} is damaged ({error}): restore a backup, or move it away")
    return StoreError(f"{path} cannot be used: {error}")
