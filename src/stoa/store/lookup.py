"""Looks posts and accounts up in SQLite; each function takes the connection to read with."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence

from stoa.records import Account, AccountId, EdgeKind, EdgePut, Post, PostId
from stoa.store import sql_rows as sql
from stoa.store.addresses import edge_uri, post_uri, uri_hash
from stoa.store.content_codec import ContentColumns, decode_content
from stoa.store.ledger import account_record

_AT_ONCE = 500  # values in one IN list

_LIVE_POSTS = """SELECT p.id, p.author, a.name, p.record_key, p.revision, p.at_us, p.parent,
        p.root, p.quote, p.media, p.own_labels, c.text, c.created_us, c.langs, c.more
    FROM posts p JOIN accounts a ON a.id = p.author JOIN contents c ON c.post = p.id
    WHERE p.state = 1 AND a.hidden = 0 AND p.id IN ({})"""


def marks(values: Sequence[object]) -> str:
    """Question marks for an IN list."""
    return ", ".join("?" * len(values))


def parts(ids: Sequence[int]) -> Iterator[list[int]]:
    """Ids, each once, in lists short enough for one statement."""
    once = list(dict.fromkeys(int(i) for i in ids))
    for start in range(0, len(once), _AT_ONCE):
        yield once[start : start + _AT_ONCE]


def read_posts(connection: sqlite3.Connection, ids: Sequence[int]) -> dict[PostId, Post]:
    """The live posts of visible accounts among these ids, in the order given."""
    found: dict[PostId, Post] = {}
    for part in parts(ids):
        lines = {
            line[0]: line for line in sql.fetch(connection, _LIVE_POSTS.format(marks(part)), part)
        }
        named = read_uris(connection, [i for line in lines.values() for i in line[6:9] if i])
        for post in part:
            if post in lines:
                found[PostId(post)] = _post(lines[post], named)
    return found


def _post(line: sql.Line, named: dict[PostId, str]) -> Post:
    (id_, author, name, key, revision, at_us, parent, root, quote, media, labels) = line[:11]
    return Post(
        id=PostId(id_),
        uri=post_uri(name, key) or "",
        author=AccountId(author),
        author_name=name,
        revision=revision,
        at_us=at_us,
        content=decode_content(
            ContentColumns(*line[11:15]),
            media,
            labels,
            (named.get(parent), named.get(root), named.get(quote)),
        ),
        parent=PostId(parent) if parent else None,
        root=PostId(root) if root else None,
        quote=PostId(quote) if quote else None,
    )


def read_uris(connection: sqlite3.Connection, ids: Sequence[int]) -> dict[PostId, str]:
    """URIs of posts, unless they were erased."""
    found: dict[PostId, str] = {}
    for part in parts(ids):
        lines = sql.fetch(
            connection,
            "SELECT p.id, a.name, p.record_key FROM posts p LEFT JOIN accounts a "
            f"ON a.id = p.author WHERE p.id IN ({marks(part)})",
            part,
        )
        for post, name, key in lines:
            uri = post_uri(name or "", key)
            if uri is not None:
                found[PostId(post)] = uri
    return found


def read_post_id(connection: sqlite3.Connection, uri: str, *, live: bool) -> PostId | None:
    """Id of a post, of a live one only if so asked."""
    try:
        key = uri_hash(uri)
    except UnicodeEncodeError:
        return None
    line = sql.fetch_one(connection, "SELECT id, state FROM posts WHERE uri_hash = ?", (key,))
    return None if line is None or (live and line[1] != 1) else PostId(line[0])


def read_accounts(connection: sqlite3.Connection, ids: Sequence[int]) -> dict[AccountId, Account]:
    """The accounts among these ids, in the order given."""
    found: dict[AccountId, Account] = {}
    for part in parts(ids):
        lines = sql.fetch(
            connection,
            f"SELECT {sql.ACCOUNT_COLUMNS} FROM accounts WHERE id IN ({marks(part)})",
            part,
        )
        rows = {line[0]: sql.account_of(line) for line in lines}
        found.update(
            {AccountId(i): account_record(rows[i]) for i in part if i in rows},
        )
    return found


def read_marked_accounts(connection: sqlite3.Connection) -> Iterator[Account]:
    """Accounts that are hidden, labelled or opted out, in order of id."""
    lines = connection.execute(
        f"SELECT {sql.ACCOUNT_COLUMNS} FROM accounts INDEXED BY accounts_to_know "
        "WHERE hidden = 1 OR opted_out = 1 OR own_labels <> '' OR given_labels <> '' ORDER BY id"
    )
    for line in lines:
        yield account_record(sql.account_of(line))


def read_account_id(connection: sqlite3.Connection, name: str) -> AccountId | None:
    """Id of an account by its name."""
    try:
        line = sql.fetch_one(connection, "SELECT id FROM accounts WHERE name = ?", (name,))
    except UnicodeEncodeError:
        return None
    return None if line is None else AccountId(line[0])


def find_accounts(connection: sqlite3.Connection, prefix: str, limit: int) -> list[Account]:
    """Accounts whose handle, name or display name starts so, by handle."""
    start = prefix.lower().removeprefix("@")
    if not start:
        return []
    end = start + "\U0010ffff"
    ids: dict[int, None] = {}
    for column in ("handle", "name", "display_key"):
        lines = sql.fetch(
            connection,
            f"SELECT id FROM accounts WHERE {column} >= ? AND {column} < ? "
            f"AND {column} <> '' ORDER BY {column} LIMIT ?",
            (start, end, limit),
        )
        ids.update(dict.fromkeys(line[0] for line in lines))
    found = sorted(
        read_accounts(connection, list(ids)).values(),
        key=lambda account: (account.handle is None, account.handle, account.name),
    )
    return found[:limit]


def read_edges_on(
    connection: sqlite3.Connection, post: int, kind: EdgeKind, limit: int
) -> list[EdgePut]:
    """Who did that to a post, newest first, without hidden accounts."""
    lines = sql.fetch(
        connection,
        "SELECT e.actor, e.subject, e.at_us, a.name, e.record_key FROM edges e "
        "JOIN accounts a ON a.id = e.actor WHERE e.kind = ? AND e.subject = ? AND a.hidden = 0 "
        "ORDER BY e.at_us DESC, e.actor, e.record_key LIMIT ?",
        (int(kind), post, limit),
    )
    return [
        EdgePut(kind, AccountId(actor), subject, at_us, edge_uri(kind, name, key))
        for actor, subject, at_us, name, key in lines
    ]


def read_live_ids(
    connection: sqlite3.Connection, column: str, value: int, *, order: str = "ASC", limit: int
) -> list[PostId]:
    """Ids of live posts of visible accounts with this author, parent or root."""
    lines = sql.fetch(
        connection,
        f"SELECT p.id FROM posts p JOIN accounts a ON a.id = p.author WHERE p.{column} = ? "
        f"AND p.{column} > 0 AND p.state = 1 AND a.hidden = 0 ORDER BY p.id {order} LIMIT ?",
        (value, limit),
    )
    return [PostId(line[0]) for line in lines]
