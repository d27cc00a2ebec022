"""Reads everything of one sort from SQLite, in chunks, without holding a transaction open."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from stoa.records import (
    EdgeColumns,
    EdgeKind,
    GatePut,
    PostColumns,
    ViewerEventColumns,
    as_ids,
)
from stoa.store import sql_rows as sql
from stoa.store.addresses import edge_uri
from stoa.store.columns import (
    EdgeLine,
    PostLine,
    ViewerEventLine,
    edge_columns,
    post_columns,
    viewer_event_columns,
)
from stoa.store.content_codec import split_words
from stoa.store.ledger import wishes
from stoa.store.lookup import read_accounts


def read_hidden(connection: sqlite3.Connection) -> set[int]:
    """Accounts that are not visible."""
    return {line[0] for line in sql.fetch(connection, "SELECT id FROM accounts WHERE hidden = 1")}


def scan_posts(connection: sqlite3.Connection, chunk: int) -> Iterator[PostColumns]:
    """All live posts of visible accounts, in order of id."""
    hidden, last = read_hidden(connection), 0
    while True:
        lines = sql.fetch(
            connection,
            "SELECT id, author, at_us, parent, root, quote, media, langs, own_labels, "
            "length, given_labels FROM posts WHERE id > ? AND state = 1 ORDER BY id LIMIT ?",
            (last, chunk),
        )
        if not lines:
            return
        last = lines[-1][0]
        kept = [
            PostLine._make((*line[:8], _joined(line[8], line[10]), line[9]))
            for line in lines
            if line[1] not in hidden
        ]
        if kept:
            yield post_columns(kept)


def _joined(own: str, given: str) -> str:
    return ",".join(dict.fromkeys(split_words(own) + split_words(given)))


def scan_edges(connection: sqlite3.Connection, kind: EdgeKind, chunk: int) -> Iterator[EdgeColumns]:
    """All live edges of one kind by visible accounts."""
    hidden = read_hidden(connection)
    actor, key = 0, ""
    while True:
        lines = sql.fetch(
            connection,
            "SELECT actor, subject, at_us, record_key FROM edges WHERE kind = ? "
            "AND (actor, record_key) > (?, ?) ORDER BY actor, record_key LIMIT ?",
            (int(kind), actor, key, chunk),
        )
        if not lines:
            return
        actor, key = lines[-1][0], lines[-1][3]
        kept = [line for line in lines if line[1] > 0 and line[0] not in hidden]
        if kept:
            yield edge_columns(kind, _edge_lines(connection, kind, kept))


def _edge_lines(
    connection: sqlite3.Connection, kind: EdgeKind, lines: list[sql.Line]
) -> list[EdgeLine]:
    if kind is not EdgeKind.REPOST:
        return [EdgeLine(line[0], line[1], line[2]) for line in lines]
    names = {i: a.name for i, a in read_accounts(connection, [line[0] for line in lines]).items()}
    return [
        EdgeLine(line[0], line[1], line[2], edge_uri(kind, names[line[0]], line[3]))
        for line in lines
    ]


def scan_texts(
    connection: sqlite3.Connection, after: int, chunk: int
) -> Iterator[tuple[NDArray[np.int64], list[str]]]:
    """Ids and texts of live posts of visible accounts, in order of id."""
    hidden, last = read_hidden(connection), after
    while True:
        lines = sql.fetch(
            connection,
            "SELECT p.id, p.author, c.text FROM posts p JOIN contents c ON c.post = p.id "
            "WHERE p.id > ? AND p.state = 1 ORDER BY p.id LIMIT ?",
            (last, chunk),
        )
        if not lines:
            return
        last = lines[-1][0]
        kept = [line for line in lines if line[1] not in hidden]
        if kept:
            yield as_ids([line[0] for line in kept]), [line[2] for line in kept]


def scan_gates(connection: sqlite3.Connection) -> Iterator[GatePut]:
    """What authors ask about their threads, a thread each."""
    lines = sql.fetch(
        connection,
        f"SELECT {sql.GATE_COLUMNS} FROM gates WHERE post > 0 ORDER BY post, uri_hash",
    )
    rows = [sql.gate_of(line) for line in lines]
    start = 0
    for end in range(1, len(rows) + 1):
        if end == len(rows) or rows[end].post != rows[start].post:
            yield wishes(rows[start].post, rows[start:end])
            start = end


def scan_viewer_events(
    connection: sqlite3.Connection, since_us: int, chunk: int
) -> Iterator[ViewerEventColumns]:
    """All viewer events from a time on, by viewer, kind, time and post."""
    last = (0, 0, 0, 0)
    while True:
        lines = sql.fetch(
            connection,
            "SELECT viewer, kind, post, at_us, seconds, undoes, position, propensity, policy, "
            "surface FROM viewer_events WHERE (viewer, kind, at_us, post) > (?, ?, ?, ?) "
            "AND at_us >= ? ORDER BY viewer, kind, at_us, post LIMIT ?",
            (*last, since_us, chunk),
        )
        if not lines:
            return
        last = (lines[-1][0], lines[-1][1], lines[-1][3], lines[-1][2])
        yield viewer_event_columns([ViewerEventLine._make(line) for line in lines])
