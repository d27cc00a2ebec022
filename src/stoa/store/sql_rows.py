"""How rows stand in the tables: the columns, and the way there and back."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from typing import Any

from stoa.records import AccountStatus
from stoa.store.columns import primary_languages
from stoa.store.content_codec import encode_content, split_words
from stoa.store.rows import (
    NEVER_US,
    AccountRow,
    EdgeRow,
    GateRow,
    LabelRow,
    PostRow,
    PostState,
    SubjectKind,
)

Line = tuple[Any, ...]
"""A row as `sqlite3` takes and gives it."""


def _upsert(table: str, columns: str, key: str) -> str:
    names = [name.strip() for name in columns.split(",")]
    keys = {name.strip() for name in key.split(",")}
    marks = ", ".join("?" * len(names))
    sets = ", ".join(f"{name} = excluded.{name}" for name in names if name not in keys)
    return (
        f"INSERT INTO {table} ({columns}) VALUES ({marks}) ON CONFLICT ({key}) DO UPDATE SET {sets}"
    )


ACCOUNT_COLUMNS = (
    "id, name, handle, handle_us, display_name, description, own_labels, profile_revision, "
    "profile_us, profile_live, given_labels, status, status_us, erased_at_us, opted_out"
)
PUT_ACCOUNT = _upsert("accounts", ACCOUNT_COLUMNS + ", hidden, display_key", "id")

POST_COLUMNS = (
    "id, uri_hash, author, record_key, state, revision, at_us, version_us, parent, root, quote, "
    "own_labels, given_labels"
)
PUT_POST = _upsert("posts", POST_COLUMNS + ", media, langs, length", "id")
CHANGE_POST = """UPDATE posts SET author = ?, record_key = ?, state = ?, revision = ?, at_us = ?,
    version_us = ?, parent = ?, root = ?, quote = ?, own_labels = ?, given_labels = ?
    WHERE id = ?"""
PUT_CONTENT = _upsert("contents", "post, text, created_us, langs, more", "post")

EDGE_COLUMNS = "kind, actor, record_key, subject, at_us, revision"
PUT_EDGE = _upsert("edges", EDGE_COLUMNS, "kind, actor, record_key")
DROP_EDGE = "DELETE FROM edges WHERE kind = ? AND actor = ? AND record_key = ?"

GATE_COLUMNS = "uri_hash, author, post, revision, at_us, hidden_replies, detached_quotes"
PUT_GATE = _upsert("gates", GATE_COLUMNS, "uri_hash")

LABEL_COLUMNS = "kind, subject, source, value, at_us, negated"
PUT_LABEL = _upsert("labels", LABEL_COLUMNS, "kind, subject, source, value")


def fetch(connection: sqlite3.Connection, sql: str, values: Iterable[Any] = ()) -> list[Line]:
    """All rows of a query."""
    return connection.execute(sql, tuple(values)).fetchall()


def fetch_one(
    connection: sqlite3.Connection, sql: str, values: tuple[Any, ...] = ()
) -> Line | None:
    """The first row of a query, or None."""
    return connection.execute(sql, values).fetchone()


def account_of(line: Line) -> AccountRow:
    """An account from `ACCOUNT_COLUMNS`."""
    return AccountRow(
        id=line[0],
        name=line[1],
        handle=line[2],
        handle_us=_time(line[3]),
        display_name=line[4],
        description=line[5],
        own_labels=split_words(line[6]),
        profile_revision=line[7],
        profile_us=_time(line[8]),
        profile_live=bool(line[9]),
        given_labels=split_words(line[10]),
        status=AccountStatus(line[11]),
        status_us=_time(line[12]),
        erased_at_us=_time(line[13]),
        opted_out=bool(line[14]),
    )


def account_line(row: AccountRow) -> Line:
    """An account for `PUT_ACCOUNT`."""
    return (
        row.id,
        row.name,
        row.handle,
        _time_or_null(row.handle_us),
        row.display_name,
        row.description,
        ",".join(row.own_labels),
        row.profile_revision,
        _time_or_null(row.profile_us),
        int(row.profile_live),
        ",".join(row.given_labels),
        int(row.status),
        _time_or_null(row.status_us),
        _time_or_null(row.erased_at_us),
        int(row.opted_out),
        int(not row.visible),
        row.display_name.lower(),
    )


def post_of(line: Line) -> PostRow:
    """A post from `POST_COLUMNS`."""
    return PostRow(
        id=line[0],
        uri_hash=line[1],
        author=line[2],
        key=line[3],
        state=PostState(line[4]),
        revision=line[5],
        at_us=line[6],
        version_us=line[7],
        parent=line[8],
        root=line[9],
        quote=line[10],
        own_labels=split_words(line[11]),
        given_labels=split_words(line[12]),
    )


def post_line(row: PostRow) -> Line:
    """A post for `PUT_POST`; new, or with new content."""
    content = row.put.content if row.put else None
    return (
        row.id,
        row.uri_hash,
        row.author,
        row.key,
        int(row.state),
        row.revision,
        row.at_us,
        row.version_us,
        row.parent,
        row.root,
        row.quote,
        ",".join(row.own_labels),
        ",".join(row.given_labels),
        int(content.media) if content else 0,
        primary_languages(content.langs) if content else "",
        len(content.text) if content else 0,
    )


def changed_post_line(row: PostRow) -> Line:
    """A post for `CHANGE_POST`: nothing new said in it."""
    return (
        row.author,
        row.key,
        int(row.state),
        row.revision,
        row.at_us,
        row.version_us,
        row.parent,
        row.root,
        row.quote,
        ",".join(row.own_labels),
        ",".join(row.given_labels),
        row.id,
    )


def content_line(row: PostRow) -> Line:
    """What a post says, for `PUT_CONTENT`."""
    assert row.put is not None
    return (row.id, *encode_content(row.put.content))


def edge_of(line: Line) -> EdgeRow:
    """An edge from `EDGE_COLUMNS`."""
    return EdgeRow(*line)


def edge_line(row: EdgeRow) -> Line:
    """An edge for `PUT_EDGE`."""
    return (int(row.kind), row.actor, row.key, row.subject, row.at_us, row.revision)


def gate_of(line: Line) -> GateRow:
    """A gate from `GATE_COLUMNS`."""
    key, author, post, revision, at_us, hidden, detached = line
    return GateRow(
        key, author, post, revision, at_us, tuple(json.loads(hidden)), tuple(json.loads(detached))
    )


def gate_line(row: GateRow) -> Line:
    """A gate for `PUT_GATE`."""
    hidden, detached = json.dumps(row.hidden_replies), json.dumps(row.detached_quotes)
    return (row.uri_hash, row.author, row.post, row.revision, row.at_us, hidden, detached)


def label_of(line: Line) -> LabelRow:
    """A label from `LABEL_COLUMNS`."""
    kind, subject, source, value, at_us, negated = line
    return LabelRow(SubjectKind(kind), subject, source, value, at_us, bool(negated))


def label_line(row: LabelRow) -> Line:
    """A label for `PUT_LABEL`."""
    return (int(row.kind), row.subject, row.source, row.value, row.at_us, int(row.negated))


def _time(value: int | None) -> int:
    return NEVER_US if value is None else value


def _time_or_null(value: int) -> int | None:
    return None if value == NEVER_US else value
