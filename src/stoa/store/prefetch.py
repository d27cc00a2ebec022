"""Finds out at once what a batch will ask one by one: most of its keys are new to the store."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from stoa.records import POST_EDGES, Change, PutEdge, PutPost
from stoa.store import sql_rows as sql
from stoa.store.addresses import edge_key
from stoa.store.rows import EdgeRow

_KEYS = 250  # in one statement; more gain nothing

EdgePlace = tuple[int, int, str]  # kind, actor, key


def names_in(changes: Iterable[Change]) -> set[str]:
    """Accounts that puts name."""
    found: set[str] = set()
    for change in changes:
        if isinstance(change, PutEdge):
            found.add(change.actor)
            if change.kind not in POST_EDGES:
                found.add(change.subject)
        elif isinstance(change, PutPost):
            found.add(change.author)
    return found


def posts_in(changes: Iterable[Change]) -> set[str]:
    """URIs of posts that puts name."""
    found: set[str] = set()
    for change in changes:
        if isinstance(change, PutEdge):
            if change.kind in POST_EDGES:
                found.add(change.subject)
        elif isinstance(change, PutPost):
            content = change.content
            uris = (change.uri, content.parent_uri, content.root_uri, content.quote_uri)
            found.update(uri for uri in uris if uri)
    return found


def places_in(changes: Iterable[Change], account: Callable[[str], int | None]) -> list[EdgePlace]:
    """Keys of edges put by accounts known already; the others cannot have any."""
    return [
        (change.kind, actor, edge_key(change.uri))
        for change in changes
        if isinstance(change, PutEdge) and (actor := account(change.actor)) is not None
    ]


def read_ids(
    connection: sqlite3.Connection, table: str, column: str, keys: Sequence[Any]
) -> dict[Any, int]:
    """Ids of the rows whose `column` is among the keys."""
    found: dict[Any, int] = {}
    for part in _parts(keys):
        marks = ", ".join("?" * len(part))
        found.update(
            sql.fetch(
                connection, f"SELECT {column}, id FROM {table} WHERE {column} IN ({marks})", part
            )
        )
    return found


def read_edges(
    connection: sqlite3.Connection, places: Sequence[EdgePlace]
) -> dict[EdgePlace, EdgeRow]:
    """The rows among these keys."""
    found: dict[EdgePlace, EdgeRow] = {}
    for part in _parts(places):
        values = ", ".join(["(?, ?, ?)"] * len(part))
        lines = sql.fetch(
            connection,
            f"WITH wanted (kind, actor, record_key) AS (VALUES {values}) "
            "SELECT e.kind, e.actor, e.record_key, e.subject, e.at_us, e.revision "
            "FROM wanted w CROSS JOIN edges e "  # SQLite takes the left table as the outer loop
            "ON e.kind = w.kind AND e.actor = w.actor AND e.record_key = w.record_key",
            [value for place in part for value in place],
        )
        for line in lines:
            row = sql.edge_of(line)
            found[row.kind, row.actor, row.key] = row
    return found


def _parts(keys: Sequence[Any]) -> Iterable[Sequence[Any]]:
    return (keys[start : start + _KEYS] for start in range(0, len(keys), _KEYS))
