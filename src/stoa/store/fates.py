"""What became of posts: here, gone, or out of sight; one rule for both adapters."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from stoa.own_labels import UNKNOWN_POST, Fate, PostFate
from stoa.records import AccountStatus
from stoa.store import sql_rows as sql
from stoa.store.addresses import parse_address, uri_hash
from stoa.store.lookup import marks, parts
from stoa.store.memory_tables import MemoryTables
from stoa.store.rows import NEVER_US, AccountRow, PostState

_Version = tuple[PostState, int]  # and when it came in


def fate_of(post: _Version | None, author: AccountRow | None) -> PostFate:
    """What became of a post, by what is left of it and of its author."""
    state, version_us = post or (PostState.REFERENCE, 0)
    erased = author is not None and author.erased_at_us > NEVER_US
    deleted = author is not None and author.status is AccountStatus.DELETED
    if state is PostState.DEAD or deleted or (erased and state is PostState.REFERENCE):
        return PostFate(Fate.GONE)
    if state is PostState.REFERENCE:
        return UNKNOWN_POST
    visible = author is not None and author.visible
    return PostFate(Fate.LIVE if visible else Fate.UNKNOWN, version_us)


def fates_in(tables: MemoryTables, uris: Sequence[str]) -> dict[str, PostFate]:
    """What became of posts in memory."""
    found: dict[str, PostFate] = {}
    for uri in uris:
        row = tables.posts.get(tables.post_ids.get(uri_hash(uri), 0))
        author = tables.accounts.get(tables.account_ids.get(parse_address(uri).owner, 0))
        found[uri] = fate_of(None if row is None else (row.state, row.version_us), author)
    return found


def read_fates(connection: sqlite3.Connection, uris: Sequence[str]) -> dict[str, PostFate]:
    """What became of posts in the database."""
    hashes = {uri: uri_hash(uri) for uri in uris}
    versions: dict[int, _Version] = {}
    for part in parts(list(hashes.values())):
        query = f"SELECT uri_hash, state, version_us FROM posts WHERE uri_hash IN ({marks(part)})"
        for key, state, version_us in sql.fetch(connection, query, part):
            versions[key] = PostState(state), version_us
    authors = _authors(connection, {parse_address(uri).owner for uri in uris})
    return {
        uri: fate_of(versions.get(key), authors.get(parse_address(uri).owner))
        for uri, key in hashes.items()
    }


def labels_in(tables: MemoryTables, uri: str) -> tuple[str, ...]:
    """The labels that hold on a live post in memory."""
    row = tables.posts.get(tables.post_ids.get(uri_hash(uri), 0))
    return row.labels if row is not None and row.live else ()


def read_labels(connection: sqlite3.Connection, uri: str) -> tuple[str, ...]:
    """The labels that hold on a live post in the database."""
    query = f"SELECT {sql.POST_COLUMNS} FROM posts WHERE uri_hash = ?"
    line = sql.fetch_one(connection, query, (uri_hash(uri),))
    row = None if line is None else sql.post_of(line)
    return row.labels if row is not None and row.live else ()


def _authors(connection: sqlite3.Connection, names: set[str]) -> dict[str, AccountRow]:
    found: dict[str, AccountRow] = {}
    wanted = sorted(names)
    for start in range(0, len(wanted), 500):
        part = wanted[start : start + 500]
        query = f"SELECT {sql.ACCOUNT_COLUMNS} FROM accounts WHERE name IN ({marks(part)})"
        for line in sql.fetch(connection, query, part):
            row = sql.account_of(line)
            found[row.name] = row
    return found
