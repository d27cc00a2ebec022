"""The log of own notes in the square's SQLite file; triggers keep it from being edited."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from stoa.errors import StoreError
from stoa.own_notes import Pseudonym, SignedCheckpoint
from stoa.records import AccountId
from stoa.store import sql_rows as sql
from stoa.store.database import Database
from stoa.store.memory_notes import out_of_turn

_CHUNK = 10_000


class SqliteNoteLog:
    """`NoteLog` in four tables of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def size(self) -> int:
        """Number of entries."""
        with self._database.reading() as connection:
            return _size(sql.fetch(connection, _LAST))

    def append(self, at: int, leaves: Sequence[bytes]) -> None:
        """Adds entries in one durable transaction; see `NoteLog.append`."""
        with self._database.writing() as connection:
            size = _size(sql.fetch(connection, _LAST))
            if at != size:
                raise StoreError(out_of_turn(at, size))
            connection.executemany(
                "INSERT INTO note_log (entry, leaf) VALUES (?, ?)", enumerate(leaves, at)
            )

    def leaves(self, start: int = 0) -> Iterator[bytes]:
        """Entries from `start` on, in order."""
        while True:
            with self._database.reading() as connection:
                lines = sql.fetch(
                    connection,
                    "SELECT CAST(leaf AS BLOB) FROM note_log WHERE entry >= ? "
                    "ORDER BY entry LIMIT ?",
                    (start, _CHUNK),
                )
            for (leaf,) in lines:
                yield leaf
            if len(lines) < _CHUNK:
                return
            start += len(lines)

    def put_checkpoint(self, checkpoint: SignedCheckpoint) -> None:
        """Keeps a signed tree head; of two of one size the first holds."""
        with self._database.writing() as connection:
            connection.execute(
                "INSERT INTO note_checkpoints (size, signed) VALUES (?, ?) ON CONFLICT DO NOTHING",
                (checkpoint.size, checkpoint.text),
            )

    def checkpoints(self) -> list[SignedCheckpoint]:
        """All signed tree heads, smallest first."""
        with self._database.reading() as connection:
            lines = sql.fetch(connection, "SELECT size, signed FROM note_checkpoints ORDER BY size")
        return [SignedCheckpoint(*line) for line in lines]

    def pseudonym(self, account: AccountId) -> Pseudonym | None:
        """Who the account is in the log, or None."""
        with self._database.reading() as connection:
            line = sql.fetch_one(connection, _LINKED, (int(account),))
        return None if line is None else Pseudonym(line[0])

    def link(self, account: AccountId, pseudonym: Pseudonym, salt: bytes) -> Pseudonym:
        """Ties an account to a pseudonym; an earlier tie holds."""
        with self._database.writing() as connection:
            connection.execute(
                "INSERT INTO note_links (account, pseudonym, salt) VALUES (?, ?, ?) "
                "ON CONFLICT (account) DO NOTHING",
                (int(account), pseudonym, salt),
            )
            line = sql.fetch_one(connection, _LINKED, (int(account),))
        assert line is not None
        return Pseudonym(line[0])

    def unlink(self, account: AccountId) -> bool:
        """Destroys the tie and its salt, overwritten on disk; whether there was one."""
        with self._database.writing() as connection:
            gone = connection.execute("DELETE FROM note_links WHERE account = ?", (int(account),))
        return gone.rowcount > 0

    def put_findings(self, text: str) -> None:
        """Keeps what the last run found out."""
        with self._database.writing() as connection:
            connection.execute(
                "INSERT INTO note_findings (run, findings) VALUES (0, ?) "
                "ON CONFLICT (run) DO UPDATE SET findings = excluded.findings",
                (text,),
            )

    def findings(self) -> str:
        """What was kept last, or ""."""
        with self._database.reading() as connection:
            line = sql.fetch_one(connection, "SELECT findings FROM note_findings")
        return "" if line is None else line[0]


_LAST = "SELECT max(entry) FROM note_log"
_LINKED = "SELECT pseudonym FROM note_links WHERE account = ?"


def _size(lines: list[sql.Line]) -> int:
    last = lines[0][0]
    return 0 if last is None else last + 1
