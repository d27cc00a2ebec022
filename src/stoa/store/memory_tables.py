"""The rows of the in-memory store, in dictionaries, with the few indexes its questions need."""

# ruff: noqa: D102  (what implements `Shelf` is documented there)

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from stoa.records import Post, PostId, ViewerEvent, ViewerSettings
from stoa.store.addresses import parse_address, post_key, post_uri, uri_hash
from stoa.store.ledger import post_record
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

EventKey = tuple[int, int, int]  # kind, post, at_us


class MemoryTables:
    """All rows; a `Shelf` and an `Outcome` at once, since nothing needs flushing."""

    def __init__(self) -> None:
        self.accounts: dict[int, AccountRow] = {}
        self.account_ids: dict[str, int] = {}
        self.posts: dict[int, PostRow] = {}
        self.post_ids: dict[int, int] = {}  # uri_hash -> id
        self.edges: dict[int, dict[tuple[int, str], EdgeRow]] = defaultdict(dict)  # by actor
        self.edges_on: dict[tuple[int, int], dict[tuple[int, str], EdgeRow]] = defaultdict(dict)
        self.gates: dict[int, GateRow] = {}
        self.gates_by_post: dict[int, dict[int, GateRow]] = defaultdict(dict)
        self.labels: dict[tuple[int, int], dict[tuple[int, str], LabelRow]] = defaultdict(dict)
        self.by_author: dict[int, dict[int, None]] = defaultdict(dict)
        self.by_parent: dict[int, dict[int, None]] = defaultdict(dict)
        self.by_root: dict[int, dict[int, None]] = defaultdict(dict)
        self.by_quote: dict[int, dict[int, None]] = defaultdict(dict)
        self.viewer_events: dict[int, dict[EventKey, ViewerEvent]] = defaultdict(dict)
        self.viewer_settings: dict[int, ViewerSettings] = {}
        self._touched: dict[int, PostRow] = {}
        self._next_post = 1
        self._next_account = 1

    # ----------------------------------------------------------------------------- accounts

    def account_id(self, name: str) -> int:
        found = self.account_ids.get(name)
        if found is None:
            found = self.account_ids[name] = self._next_account
            self._next_account += 1
            self.accounts[found] = AccountRow(found, name)
        return found

    def standing(self, account: int) -> Standing:
        row = self.accounts[account]
        return Standing(row.visible, row.erased_at_us)

    def account(self, account: int) -> AccountRow:
        return self.accounts[account]

    def touch_account(self, row: AccountRow) -> None:
        pass

    def drop_account(self, account: int) -> None:
        """Erases an account's row."""
        del self.account_ids[self.accounts.pop(account).name]

    # -------------------------------------------------------------------------------- posts

    def post_id(self, uri: str, at_us: int) -> int:
        key = uri_hash(uri)
        found = self.post_ids.get(key)
        if found is None:
            found = self.post_ids[key] = self._next_post
            self._next_post += 1
            address = parse_address(uri)
            short = post_key(address, uri)
            author = self.account_id(address.owner) if short == address.key else 0
            if author and self.standing(author).erased_at_us > NEVER_US:
                author, short = 0, ""  # as its erasure would have left it
            row = PostRow(found, key, author, short, at_us=at_us)
            self.posts[found] = row
            self._index(row)
        return found

    def post(self, post: int) -> PostRow:
        return self.posts[post]

    def touch_post(self, row: PostRow) -> None:
        if row.id not in self._touched:
            self._touched[row.id] = row
            self._unindex(row)

    def settle(self) -> None:
        """Puts the rows of the batch back into the indexes."""
        for row in self._touched.values():
            self._index(row)
        self._touched.clear()

    def drop_post(self, post: int) -> None:
        """Erases a post's row and the edges, gates and labels on it."""
        row = self.posts.pop(post)
        self._unindex(row)
        del self.post_ids[row.uri_hash]
        self.drop_gates_on(post)
        self.labels.pop((SubjectKind.POST, post), None)

    def drop_gates_on(self, post: int) -> None:
        """Erases the wishes about a thread."""
        for gate in list(self.gates_by_post.pop(post, {}).values()):
            del self.gates[gate.uri_hash]

    def posts_of(self, author: int) -> list[PostRow]:
        stored = [self.posts[post] for post in self.by_author.get(author, ())]
        return stored + [row for row in self._touched.values() if row.author == author]

    def live_posts_of(self, author: int) -> list[Post]:
        rows = sorted(self.posts_of(author), key=lambda row: row.id)
        return [post for row in rows if (post := self.record(row)) is not None]

    def record(self, row: PostRow) -> Post | None:
        """A live post as other rooms see it; what it names is named only where still known."""
        if not row.live or row.put is None:
            return None
        post = post_record(row, row.put)
        content = row.put.content
        if all(self.uri(i) for i in (row.parent, row.root, row.quote) if i):
            return post
        content = replace(
            content,
            parent_uri=self.uri(row.parent),
            root_uri=self.uri(row.root),
            quote_uri=self.uri(row.quote),
        )
        return replace(post, content=content)

    def uri(self, post: int) -> str | None:
        """A post's URI, unless it was erased."""
        row = self.posts.get(post)
        if row is None:
            return None
        author = self.accounts.get(row.author)
        return post_uri(author.name if author else "", row.key)

    def _index(self, row: PostRow) -> None:
        for index, key in self._places(row):
            if key:
                index[key][row.id] = None

    def _unindex(self, row: PostRow) -> None:
        for index, key in self._places(row):
            if key and key in index:
                index[key].pop(row.id, None)

    def _places(self, row: PostRow) -> tuple[tuple[dict[int, dict[int, None]], int], ...]:
        return (
            (self.by_author, row.author),
            (self.by_parent, row.parent),
            (self.by_root, row.root),
            (self.by_quote, row.quote),
        )

    # -------------------------------------------------------------------------------- edges

    def edge(self, kind: int, actor: int, key: str) -> EdgeRow | None:
        held = self.edges.get(actor)
        return held.get((kind, key)) if held else None

    def put_edge(self, row: EdgeRow) -> None:
        old = self.edge(row.kind, row.actor, row.key)
        if old is not None:
            self.drop_edge(old)
        self.edges[row.actor][row.kind, row.key] = row
        self.edges_on[row.kind, row.subject][row.actor, row.key] = row

    def drop_edge(self, row: EdgeRow) -> None:
        del self.edges[row.actor][row.kind, row.key]
        place = row.kind, row.subject
        del self.edges_on[place][row.actor, row.key]
        if not self.edges_on[place]:
            del self.edges_on[place]

    def edges_of(self, actor: int) -> list[EdgeRow]:
        return list(self.edges.get(actor, {}).values())

    def holds_edge(self, kind: int, actor: int, subject: int) -> bool:
        rows = self.edges_on.get((kind, subject), {})
        return any(held == actor for held, _ in rows)

    # -------------------------------------------------------------------- gates and labels

    def gate(self, uri_hash: int) -> GateRow | None:
        return self.gates.get(uri_hash)

    def put_gate(self, row: GateRow) -> None:
        old = self.gates.get(row.uri_hash)
        if old is not None:
            self.drop_gate(old)
        self.gates[row.uri_hash] = row
        self.gates_by_post[row.post][row.uri_hash] = row

    def drop_gate(self, row: GateRow) -> None:
        del self.gates[row.uri_hash]
        del self.gates_by_post[row.post][row.uri_hash]

    def gates_of(self, author: int) -> list[GateRow]:
        return [gate for gate in self.gates.values() if gate.author == author]

    def gates_on(self, post: int) -> list[GateRow]:
        return sorted(self.gates_by_post.get(post, {}).values(), key=lambda gate: gate.uri_hash)

    def label(self, kind: SubjectKind, subject: int, source: int, value: str) -> LabelRow | None:
        return self.labels.get((kind, subject), {}).get((source, value))

    def put_label(self, row: LabelRow) -> None:
        self.labels[row.kind, row.subject][row.source, row.value] = row

    def labels_on(self, kind: SubjectKind, subject: int) -> list[LabelRow]:
        return list(self.labels.get((kind, subject), {}).values())

    # ------------------------------------------------------------------------------ viewers

    def erase_viewer(self, account: int, until_us: int) -> None:
        events = self.viewer_events.get(account, {})
        kept = {key: event for key, event in events.items() if event.at_us > until_us}
        self.viewer_events[account] = kept
        self.viewer_settings.pop(account, None)

    def viewed_posts(self) -> set[int]:
        """Posts that viewer events name."""
        return {post for events in self.viewer_events.values() for _, post, _ in events}

    def viewers(self) -> list[int]:
        """Accounts that read here."""
        reading = {viewer for viewer, events in self.viewer_events.items() if events}
        return sorted(reading | self.viewer_settings.keys())


def live_ids(rows: list[PostRow], limit: int) -> list[PostId]:
    """Ids of the first `limit` live rows."""
    return [PostId(row.id) for row in rows if row.live][:limit]
