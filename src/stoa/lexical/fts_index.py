"""`LexicalIndex` in SQLite: nothing to install, and the twin that tantivy is compared with."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from stoa.errors import StoreError, StoreFull
from stoa.lexical.columns import (
    Found,
    best_first,
    is_empty_window,
    nothing_found,
    query_words,
)
from stoa.lexical.waiting import Waiting
from stoa.lexical.words import WORDS_VERSION, words

# Words come folded and joined by spaces; this tokenizer takes every character beyond ASCII for a
# part of a word and cuts nowhere else.
_SCHEMA = """
CREATE TABLE IF NOT EXISTS times (key INTEGER PRIMARY KEY, at_us INTEGER NOT NULL);
CREATE VIRTUAL TABLE IF NOT EXISTS texts USING fts5(words, tokenize = 'ascii', detail = 'none');
"""
_FIND = "SELECT texts.rowid, bm25(texts) FROM texts {join} WHERE texts MATCH ? {window}"
_IN_WINDOW = "JOIN times ON times.key = texts.rowid"


class FtsIndex(Waiting):
    """BM25 by SQLite's FTS5 over the same words as `TantivyIndex`.

    What was put is found after `commit`. A file that does not read is made anew, empty: the
    caller sees it by `len` and fills it from its own store. Safe for many threads.
    """

    def __init__(self, path: Path | None = None) -> None:
        """Opens or makes the file; None keeps everything in memory.

        Raises:
            StoreError: the file cannot be made.
        """
        self._path = path
        super().__init__()
        try:
            self._connection = _open(path)
        except sqlite3.DatabaseError as problem:
            if path is None:
                raise StoreError(f"no word index ({problem})") from problem
            _throw_away(path)
            self._connection = _open_anew(path)

    def commit(self) -> None:
        """Makes what was put and removed visible and durable.

        Raises:
            StoreFull: the disk refused; what was committed before is kept, the rest waits.
        """
        with self._lock:
            kept = [(key, row) for key, row in self._waiting.items() if row is not None]
            gone = [(key,) for key in self._waiting]
            try:
                with self._connection as write:
                    write.executemany("DELETE FROM texts WHERE rowid = ?", gone)
                    write.executemany("DELETE FROM times WHERE key = ?", gone)
                    write.executemany(
                        "INSERT INTO texts (rowid, words) VALUES (?, ?)",
                        ((key, " ".join(words(text))) for key, (text, _) in kept),
                    )
                    write.executemany(
                        "INSERT INTO times VALUES (?, ?)", ((key, at) for key, (_, at) in kept)
                    )
            except sqlite3.Error as problem:
                raise StoreFull(f"the word index could not be written ({problem})") from problem
            self._waiting.clear()

    def search(
        self, query: str, k: int, since_us: int | None = None, until_us: int | None = None
    ) -> Found:
        """The k best keys and their scores; see `LexicalIndex`. Both ends of a window count.

        Raises:
            StoreError: the file was damaged while it was open.
        """
        wanted = query_words(query)
        if not wanted or k <= 0 or is_empty_window(since_us, until_us):
            return nothing_found()
        window, ends = "", []
        for sign, end in ((">=", since_us), ("<=", until_us)):
            if end is not None:
                window += f" AND times.at_us {sign} ?"
                ends.append(end)
        find = _FIND.format(join=_IN_WINDOW if window else "", window=window)
        match = " OR ".join(f'"{word}"' for word in wanted)
        with self._lock:
            try:
                rows = self._connection.execute(
                    find + " ORDER BY bm25(texts), texts.rowid LIMIT ?", (match, *ends, k)
                ).fetchall()
            except sqlite3.Error as problem:
                raise StoreError(f"the word index does not read ({problem})") from problem
        return best_first(((key, -score) for key, score in rows), k)

    def held(self) -> NDArray[np.int64]:
        """All keys that searches may find, in order."""
        with self._lock:
            rows = self._connection.execute("SELECT key FROM times ORDER BY key").fetchall()
        return np.array([key for (key,) in rows], dtype=np.int64)

    def close(self) -> None:
        """Lets the file go; what was not committed is lost."""
        with self._lock:
            self._connection.close()

    def __len__(self) -> int:
        with self._lock:
            return int(self._connection.execute("SELECT count(*) FROM times").fetchone()[0])


def _open(path: Path | None) -> sqlite3.Connection:
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path or ":memory:", check_same_thread=False)
    try:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version not in (0, WORDS_VERSION):
            raise sqlite3.DatabaseError(f"made of words of version {version}")
        connection.executescript(_SCHEMA)
        connection.execute(f"PRAGMA user_version = {WORDS_VERSION}")
        if path is not None:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            (sound,) = connection.execute("PRAGMA quick_check(1)").fetchone()
            if sound != "ok":
                raise sqlite3.DatabaseError(sound)
            connection.execute("INSERT INTO texts (texts) VALUES ('integrity-check')")
    except sqlite3.DatabaseError:
        connection.close()
        raise
    return connection


def _open_anew(path: Path) -> sqlite3.Connection:
    try:
        return _open(path)
    except sqlite3.DatabaseError as problem:
        raise StoreError(f"{path.name} could not be made ({problem})") from problem


def _throw_away(path: Path) -> None:
    for part in (path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")):
        part.unlink(missing_ok=True)
