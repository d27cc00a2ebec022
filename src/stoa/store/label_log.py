"""The labels that this square gave, in its SQLite file; triggers keep them from being edited."""

from __future__ import annotations

from collections.abc import Sequence

from stoa.own_labels import KeptLabel, OwnLabel
from stoa.store import sql_rows as sql
from stoa.store.database import Database
from stoa.store.memory_labels import in_turn

_COLUMNS = "seq, src, uri, val, cts, cid, neg, sig"
_LAST = f"SELECT {_COLUMNS} FROM own_labels ORDER BY seq DESC LIMIT 1"
_IS_NEWEST = """NOT EXISTS (SELECT 1 FROM own_labels b WHERE b.uri = a.uri AND b.val = a.val
    AND b.src = a.src AND b.seq > a.seq{more})"""
_OF_VERSION = " AND b.cid = a.cid"
_BEHIND_ALL = "\x7f"  # addresses are printable ASCII


class SqliteLabelLog:
    """`LabelLog` in one table of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def last(self) -> KeptLabel | None:
        """The newest label; None while there is none."""
        with self._database.reading() as connection:
            line = sql.fetch_one(connection, _LAST)
        return None if line is None else _kept(line)

    def append(self, after: int, labels: Sequence[OwnLabel]) -> int:
        """Adds labels in one durable transaction; see `LabelLog.append`."""
        with self._database.writing() as connection:
            line = sql.fetch_one(connection, _LAST)
            kept = in_turn(after, labels, None if line is None else _kept(line))
            connection.executemany(
                f"INSERT INTO own_labels ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                [_line(one) for one in kept],
            )
        return after + len(kept)

    def after(self, src: str, seq: int, limit: int = 100) -> list[KeptLabel]:
        """Labels behind a place, without those replaced; see `LabelLog.after`."""
        newest = _IS_NEWEST.format(more=_OF_VERSION)
        return self._fetch(f"src = ? AND seq > ? AND {newest}", (src, seq), limit)

    def find(
        self, src: str, patterns: Sequence[str], after: int = 0, limit: int = 50
    ) -> list[KeptLabel]:
        """Newest labels that a pattern fits; see `LabelLog.find`."""
        if not patterns:
            return []
        tests, values = list[str](), list[str]()
        for pattern in patterns:
            if pattern.endswith("*"):
                tests.append("(uri >= ? AND uri < ?)")
                values += [pattern[:-1], pattern[:-1] + _BEHIND_ALL]
            else:
                tests.append("uri = ?")
                values.append(pattern)
        where = f"({' OR '.join(tests)}) AND src = ? AND seq > ? AND {_IS_NEWEST.format(more='')}"
        return self._fetch(where, (*values, src, after), limit)

    def holding(self, src: str) -> dict[tuple[str, str], OwnLabel]:
        """The newest label of each (uri, val)."""
        found = self._fetch(f"src = ? AND {_IS_NEWEST.format(more='')}", (src,), -1)
        return {(kept.label.uri, kept.label.val): kept.label for kept in found}

    def n_since(self, cts: str) -> int:
        """How many labels have a later time."""
        with self._database.reading() as connection:
            return sql.fetch(connection, "SELECT count(*) FROM own_labels WHERE cts > ?", (cts,))[
                0
            ][0]

    def _fetch(self, where: str, values: tuple[object, ...], limit: int) -> list[KeptLabel]:
        query = f"SELECT {_COLUMNS} FROM own_labels a WHERE {where} ORDER BY seq LIMIT ?"
        with self._database.reading() as connection:
            return [_kept(line) for line in sql.fetch(connection, query, (*values, limit))]


def _kept(line: sql.Line) -> KeptLabel:
    seq, src, uri, val, cts, cid, neg, sig = line
    return KeptLabel(seq, OwnLabel(src, uri, val, cts, cid, bool(neg), bytes(sig)))


def _line(kept: KeptLabel) -> tuple[object, ...]:
    label = kept.label
    fields = label.src, label.uri, label.val, label.cts, label.cid, int(label.neg), label.sig
    return (kept.seq, *fields)
