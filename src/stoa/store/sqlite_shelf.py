"""The rows of one batch: read when first asked for, written together, then forgotten."""

# ruff: noqa: D102  (what implements `Shelf` and `Outcome` is documented there)

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence

from stoa.records import Change, Post
from stoa.store import prefetch
from stoa.store import sql_rows as sql
from stoa.store.addresses import parse_address, post_key, uri_hash
from stoa.store.lookup import read_posts
from stoa.store.recent_ids import RecentIds
from stoa.store.rows import (
    NEVER_US,
    AccountRow,
    EdgeRow,
    GateRow,
    LabelRow,
    PostRow,
    SubjectKind,
)
from stoa.store.shelf import Standing

_GENERATION = 1 << 17  # ids remembered: 131 to 262 thousand, some 25 MB for posts and accounts

_ACCOUNT_BY_NAME = "SELECT id FROM accounts WHERE name = ?"
_POST_BY_HASH = "SELECT id FROM posts WHERE uri_hash = ?"

_IN_ORDER = Standing(True, NEVER_US)

_LabelKey = tuple[int, int, int, str]
_EdgeKey = tuple[int, int, str]


class Interned:
    """What outlives a batch: recent ids, the next ones, and accounts that do not simply stand."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.accounts = RecentIds[str](_GENERATION)
        self.posts = RecentIds[int](_GENERATION)
        self.next_account = _next_id(connection, "accounts")
        self.next_post = _next_id(connection, "posts")
        self.standings: dict[int, Standing] = {
            account: Standing(not hidden, NEVER_US if erased_at_us is None else erased_at_us)
            for account, hidden, erased_at_us in connection.execute(
                "SELECT id, hidden, erased_at_us FROM accounts "
                "WHERE hidden = 1 OR opted_out = 1 OR erased_at_us IS NOT NULL"
            )
        }


class SqliteShelf:
    """A `Shelf` and `Outcome` over the writing connection, inside one transaction."""

    def __init__(self, connection: sqlite3.Connection, interned: Interned) -> None:
        self._connection = connection
        self._interned = interned
        self._next_account = interned.next_account
        self._next_post = interned.next_post
        self._new_accounts: dict[str, int] = {}
        self._accounts: dict[int, AccountRow] = {}
        self._changed_accounts: dict[int, AccountRow] = {}
        self._new_posts: dict[int, int] = {}
        self._posts: dict[int, PostRow] = {}
        self._changed_posts: dict[int, PostRow] = {}
        self._edges: dict[_EdgeKey, EdgeRow | None] = {}
        self._put_edges: dict[_EdgeKey, EdgeRow] = {}
        self._dropped_edges: dict[_EdgeKey, None] = {}
        self._gates: dict[int, GateRow | None] = {}
        self._changed_gates: dict[int, GateRow | None] = {}
        self._labels: dict[_LabelKey, LabelRow] = {}
        self._absent_names: set[str] = set()
        self._absent_posts: set[int] = set()
        self._hashes: dict[str, int] = {}

    def prefetch(self, changes: Sequence[Change]) -> None:
        """Looks up together what the changes will ask for one by one."""
        interned, connection = self._interned, self._connection
        names = [n for n in prefetch.names_in(changes) if interned.accounts.get(n) is None]
        accounts = prefetch.read_ids(connection, "accounts", "name", names)
        for name, account in accounts.items():
            interned.accounts.put(name, account)
        self._absent_names.update(name for name in names if name not in accounts)
        for uri in prefetch.posts_in(changes):
            self._hashes[uri] = uri_hash(uri)
        keys = [key for key in self._hashes.values() if interned.posts.get(key) is None]
        posts = prefetch.read_ids(connection, "posts", "uri_hash", keys)
        for key, post in posts.items():
            interned.posts.put(key, post)
        self._absent_posts.update(key for key in keys if key not in posts)
        places = prefetch.places_in(changes, interned.accounts.get)
        self._edges.update(dict.fromkeys(places))
        self._edges.update(prefetch.read_edges(connection, places))

    # ----------------------------------------------------------------------------- accounts

    def account_id(self, name: str) -> int:
        interned = self._interned.accounts
        found = interned.get(name) or self._new_accounts.get(name)
        if found is not None:
            return found
        if name not in self._absent_names:
            line = sql.fetch_one(self._connection, _ACCOUNT_BY_NAME, (name,))
            if line is not None:
                interned.put(name, line[0])
                return line[0]
        found = self._new_accounts[name] = self._next_account
        self._next_account += 1
        self._accounts[found] = AccountRow(found, name)
        return found

    def standing(self, account: int) -> Standing:
        if account in self._changed_accounts:
            row = self._changed_accounts[account]
            return Standing(row.visible, row.erased_at_us)
        return self._interned.standings.get(account, _IN_ORDER)

    def account(self, account: int) -> AccountRow:
        row = self._accounts.get(account)
        if row is None:
            line = sql.fetch_one(
                self._connection,
                f"SELECT {sql.ACCOUNT_COLUMNS} FROM accounts WHERE id = ?",
                (account,),
            )
            assert line is not None
            row = self._accounts[account] = sql.account_of(line)
        return row

    def touch_account(self, row: AccountRow) -> None:
        self._changed_accounts[row.id] = row

    # -------------------------------------------------------------------------------- posts

    def post_id(self, uri: str, at_us: int) -> int:
        key = self._hashes.get(uri) or uri_hash(uri)
        interned = self._interned.posts
        found = interned.get(key) or self._new_posts.get(key)
        if found is not None:
            return found
        if key not in self._absent_posts:
            line = sql.fetch_one(self._connection, _POST_BY_HASH, (key,))
            if line is not None:
                interned.put(key, line[0])
                return line[0]
        found = self._new_posts[key] = self._next_post
        self._next_post += 1
        address = parse_address(uri)
        short = post_key(address, uri)
        author = self.account_id(address.owner) if short == address.key else 0
        if author and self.standing(author).erased_at_us > NEVER_US:
            author, short = 0, ""  # as its erasure would have left it
        row = PostRow(found, key, author, short, at_us=at_us, stored=False)
        self._posts[found] = self._changed_posts[found] = row
        return found

    def post(self, post: int) -> PostRow:
        row = self._posts.get(post)
        if row is None:
            line = sql.fetch_one(
                self._connection, f"SELECT {sql.POST_COLUMNS} FROM posts WHERE id = ?", (post,)
            )
            assert line is not None
            row = self._posts[post] = sql.post_of(line)
        return row

    def touch_post(self, row: PostRow) -> None:
        self._changed_posts[row.id] = row

    def posts_of(self, author: int) -> list[PostRow]:
        lines = sql.fetch(
            self._connection, f"SELECT {sql.POST_COLUMNS} FROM posts WHERE author = ?", (author,)
        )
        for line in lines:
            self._posts.setdefault(line[0], sql.post_of(line))
        return [row for row in self._posts.values() if row.author == author]

    def live_posts_of(self, author: int) -> list[Post]:
        lines = sql.fetch(
            self._connection,
            "SELECT id FROM posts WHERE author = ? AND state = 1 ORDER BY id",
            (author,),
        )
        return list(read_posts(self._connection, [line[0] for line in lines]).values())

    # -------------------------------------------------------------------------------- edges

    def edge(self, kind: int, actor: int, key: str) -> EdgeRow | None:
        place = (kind, actor, key)
        if place in self._edges:
            return self._edges[place]
        if actor >= self._interned.next_account:  # an account of this batch
            return None
        line = sql.fetch_one(
            self._connection,
            "SELECT subject, at_us, revision FROM edges "
            "WHERE kind = ? AND actor = ? AND record_key = ?",
            place,
        )
        row = None if line is None else EdgeRow(kind, actor, key, *line)
        self._edges[place] = row
        return row

    def put_edge(self, row: EdgeRow) -> None:
        place = (row.kind, row.actor, row.key)
        self._edges[place] = self._put_edges[place] = row
        self._dropped_edges.pop(place, None)

    def drop_edge(self, row: EdgeRow) -> None:
        place = (row.kind, row.actor, row.key)
        self._edges[place] = None
        self._put_edges.pop(place, None)
        self._dropped_edges[place] = None

    def edges_of(self, actor: int) -> list[EdgeRow]:
        lines = sql.fetch(
            self._connection,
            f"SELECT {sql.EDGE_COLUMNS} FROM edges WHERE kind IN (0, 1, 2, 3, 4) AND actor = ?",
            (actor,),
        )
        for line in lines:
            row = sql.edge_of(line)
            self._edges.setdefault((row.kind, row.actor, row.key), row)
        return [row for row in self._edges.values() if row is not None and row.actor == actor]

    def holds_edge(self, kind: int, actor: int, subject: int) -> bool:
        line = sql.fetch_one(
            self._connection,
            "SELECT 1 FROM edges WHERE kind = ? AND subject = ? AND actor = ? LIMIT 1",
            (kind, subject, actor),
        )
        return line is not None

    # -------------------------------------------------------------------- gates and labels

    def gate(self, uri_hash: int) -> GateRow | None:
        if uri_hash not in self._gates:
            self._keep_gates("uri_hash", uri_hash)
            self._gates.setdefault(uri_hash, None)
        return self._gates[uri_hash]

    def put_gate(self, row: GateRow) -> None:
        self._gates[row.uri_hash] = self._changed_gates[row.uri_hash] = row

    def drop_gate(self, row: GateRow) -> None:
        self._gates[row.uri_hash] = self._changed_gates[row.uri_hash] = None

    def gates_of(self, author: int) -> list[GateRow]:
        self._keep_gates("author", author)
        return [row for row in self._gates.values() if row is not None and row.author == author]

    def gates_on(self, post: int) -> list[GateRow]:
        self._keep_gates("post", post)
        rows = [row for row in self._gates.values() if row is not None and row.post == post]
        return sorted(rows, key=lambda gate: gate.uri_hash)

    def _keep_gates(self, column: str, value: int) -> None:
        lines = sql.fetch(
            self._connection,
            f"SELECT {sql.GATE_COLUMNS} FROM gates WHERE {column} = ?",
            (value,),
        )
        for line in lines:
            self._gates.setdefault(line[0], sql.gate_of(line))

    def label(self, kind: SubjectKind, subject: int, source: int, value: str) -> LabelRow | None:
        key = (int(kind), subject, source, value)
        found = self._labels.get(key)
        if found is not None:
            return found
        line = sql.fetch_one(
            self._connection,
            f"SELECT {sql.LABEL_COLUMNS} FROM labels "
            "WHERE kind = ? AND subject = ? AND source = ? AND value = ?",
            key,
        )
        return None if line is None else sql.label_of(line)

    def put_label(self, row: LabelRow) -> None:
        self._labels[int(row.kind), row.subject, row.source, row.value] = row

    def labels_on(self, kind: SubjectKind, subject: int) -> Iterable[LabelRow]:
        lines = sql.fetch(
            self._connection,
            f"SELECT {sql.LABEL_COLUMNS} FROM labels WHERE kind = ? AND subject = ?",
            (int(kind), subject),
        )
        held = {line[:4]: sql.label_of(line) for line in lines}
        for key, row in self._labels.items():
            if key[:2] == (kind, subject):
                held[key] = row
        return held.values()

    # ------------------------------------------------------------------------------ viewers

    def erase_viewer(self, account: int, until_us: int) -> None:
        self._connection.execute(
            "DELETE FROM viewer_events WHERE viewer = ? AND at_us <= ?", (account, until_us)
        )
        self._connection.execute(
            "DELETE FROM placements WHERE viewer = ? AND at_us <= ?", (account, until_us)
        )
        self._connection.execute("DELETE FROM viewer_settings WHERE viewer = ?", (account,))

    # ---------------------------------------------------------------------------- finishing

    @property
    def n_new_accounts(self) -> int:
        """How many accounts this batch interned."""
        return len(self._new_accounts)

    def flush(self) -> None:
        """Writes what changed, table by table."""
        write = self._connection.executemany
        changed = self._changed_accounts
        write(
            "INSERT INTO accounts (id, name) VALUES (?, ?)",
            [(i, name) for name, i in self._new_accounts.items() if i not in changed],
        )
        write(sql.PUT_ACCOUNT, [sql.account_line(row) for row in changed.values()])
        self._flush_posts()
        write(sql.PUT_EDGE, [sql.edge_line(row) for row in self._put_edges.values()])
        write(sql.DROP_EDGE, self._dropped_edges)
        gates = self._changed_gates.items()
        write(sql.PUT_GATE, [sql.gate_line(row) for _, row in gates if row is not None])
        write("DELETE FROM gates WHERE uri_hash = ?", [(key,) for key, row in gates if row is None])
        write(sql.PUT_LABEL, [sql.label_line(row) for row in self._labels.values()])

    def _flush_posts(self) -> None:
        write = self._connection.executemany
        rows = self._changed_posts.values()
        said = [row for row in rows if row.put is not None]
        changed = [row for row in rows if row.put is None and row.stored]
        new = [row for row in rows if row.put is None and not row.stored]
        write(sql.PUT_POST, [sql.post_line(row) for row in (*said, *new)])
        write(sql.CHANGE_POST, [sql.changed_post_line(row) for row in changed])
        write(sql.PUT_CONTENT, [sql.content_line(row) for row in said])
        silent = [(row.id,) for row in changed if not row.live]
        write("DELETE FROM contents WHERE post = ?", silent)
        write("UPDATE posts SET media = 0, langs = '', length = 0 WHERE id = ?", silent)

    def publish(self) -> None:
        """Remembers, once the batch is durable, what later batches may rely on."""
        interned = self._interned
        interned.next_account, interned.next_post = self._next_account, self._next_post
        for name, account in self._new_accounts.items():
            interned.accounts.put(name, account)
        for key, post in self._new_posts.items():
            interned.posts.put(key, post)
        for account, row in self._changed_accounts.items():
            interned.standings[account] = Standing(row.visible, row.erased_at_us)
            if interned.standings[account] == _IN_ORDER:
                del interned.standings[account]


def _next_id(connection: sqlite3.Connection, table: str) -> int:
    line = sql.fetch_one(connection, "SELECT seq FROM sqlite_sequence WHERE name = ?", (table,))
    return 1 if line is None else int(line[0]) + 1
