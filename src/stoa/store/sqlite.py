"""The store on disk: SQLite in WAL mode, every batch durable before it is acknowledged."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from stoa.errors import BadInput, UnknownAccount
from stoa.own_labels import PostFate
from stoa.records import (
    Account,
    AccountId,
    Applied,
    Batch,
    Change,
    EdgeColumns,
    EdgeKind,
    EdgePut,
    EventKind,
    GatePut,
    HistoryEvent,
    Post,
    PostColumns,
    PostId,
    StoreCounts,
    ViewerEvent,
    ViewerEventColumns,
    ViewerSettings,
    as_ids,
)
from stoa.store import lookup, scans, viewers
from stoa.store import sql_rows as sql
from stoa.store.admission import admit, check_id
from stoa.store.backup import copy_database
from stoa.store.campaigns import SqliteCampaigns, charge_looks, unseen_before
from stoa.store.counters import add_to_counter, read_counters, read_floor
from stoa.store.database import Database
from stoa.store.fates import read_fates, read_labels
from stoa.store.kept_questions import SqliteQuestions
from stoa.store.label_log import SqliteLabelLog
from stoa.store.ledger import Ledger
from stoa.store.merge import Merge
from stoa.store.note_log import SqliteNoteLog
from stoa.store.retention import Retention, viewers_of
from stoa.store.rows import NEVER_US
from stoa.store.settings_codec import decode_settings, encode_settings
from stoa.store.sqlite_shelf import Interned, SqliteShelf

KEPT_HISTORY = 512
"""Newest acts of a reader whose posts outlive their time: the reader's vectors are made of them."""


class SqliteStore:
    """`EventLog`, `PostStore` and `ViewerStore` in one SQLite file.

    One process writes (a lock file sees to it), others may open it `read_only` meanwhile. Any
    thread may call any method: writes take turns, reads run beside them.
    """

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        """Opens or makes the store at `path`.

        Raises:
            StoreBusy: another process writes here.
            StoreTooNew: a newer Stoa wrote it; it is left untouched.
            StoreError: the file is damaged, not ours, or absent and `read_only`.
        """
        self._database = Database(path, read_only=read_only)
        with self._database.reading() as connection:
            self._interned = Interned(connection)
            self._floor_us = read_floor(connection)
        self._retention = Retention(self._database, self._interned)
        self.notes = SqliteNoteLog(self._database)
        self.labels = SqliteLabelLog(self._database)
        self.promoted = SqliteCampaigns(self._database)
        self.questions = SqliteQuestions(self._database)

    def close(self) -> None:
        """Lets the file and the folder go."""
        self._database.close()

    # ------------------------------------------------------------------------------ the log

    def commit(self, batch: Batch) -> Applied:
        """Applies a batch in one durable transaction; see `EventLog.commit`.

        Raises:
            StoreFull: nothing of the batch was kept; everything before it was.
            StoreBusy: another program holds the file.
        """
        changes = admitted(batch.changes)
        ledger = Ledger()
        with self._database.writing() as connection:
            shelf = SqliteShelf(connection, self._interned)
            shelf.prefetch(changes)
            merge = Merge(shelf, ledger, self._floor_us if batch.source else NEVER_US)
            applied = sum([merge.take(change) for change in changes])
            shelf.flush()
            posts, replies = ledger.posts_gained()
            add_to_counter(connection, "posts", posts)
            add_to_counter(connection, "replies", replies)
            add_to_counter(connection, "accounts", shelf.n_new_accounts)
            add_to_counter(connection, "events", applied)
            if batch.source and batch.cursor is not None:
                connection.execute(
                    "INSERT INTO cursors (source, position) VALUES (?, ?) "
                    "ON CONFLICT (source) DO UPDATE SET position = excluded.position",
                    (batch.source, batch.cursor),
                )
            effects = ledger.effects(shelf)
            # Published inside the lock: the next batch must find these ids.
            connection.execute("COMMIT")
            shelf.publish()
        return Applied(effects, applied, len(batch.changes) - applied)

    def cursor(self, source: str) -> int | None:
        """Position saved by the last batch of that source."""
        with self._database.reading() as connection:
            line = sql.fetch_one(
                connection, "SELECT position FROM cursors WHERE source = ?", (source,)
            )
        return None if line is None else line[0]

    def record(self, events: Sequence[ViewerEvent]) -> int:
        """Keeps what viewers did; events of accounts never seen, or erased since, are left out.

        What they saw of promoted posts is charged in the same transaction.
        """
        if not events:
            return 0
        with self._database.writing() as connection:
            looks = unseen_before(connection, events)
            n_new = viewers.write_events(connection, events)
            charge_looks(connection, looks)
            return n_new

    def counts(self) -> StoreCounts:
        """The figures of `stoa status`; cheap, nothing is counted."""
        with self._database.reading() as connection:
            counters = read_counters(connection)
            newest = sql.fetch_one(connection, "SELECT max(position) FROM cursors")
        return StoreCounts(
            posts=counters.get("posts", 0),
            replies=counters.get("replies", 0),
            accounts=counters.get("accounts", 0),
            events=counters.get("events", 0),
            cursor=newest[0] if newest else None,
            bytes=self._database.bytes_used(),
        )

    # ------------------------------------------------------------------------------ look-up

    def posts(self, ids: Sequence[int]) -> dict[PostId, Post]:
        """The live posts among these ids; hidden accounts' posts are absent."""
        with self._database.reading() as connection:
            return lookup.read_posts(connection, ids)

    def post_id(self, uri: str) -> PostId | None:
        """Id of a live post, or None."""
        with self._database.reading() as connection:
            return lookup.read_post_id(connection, uri, live=True)

    def fates(self, uris: Sequence[str]) -> dict[str, PostFate]:
        """What became of each of these posts."""
        with self._database.reading() as connection:
            return read_fates(connection, uris)

    def labels_on(self, uri: str) -> tuple[str, ...]:
        """The labels that hold on a live post, its author's own and those given to it."""
        with self._database.reading() as connection:
            return read_labels(connection, uri)

    def reference_id(self, uri: str) -> PostId | None:
        """Id of a post, live or not."""
        with self._database.reading() as connection:
            return lookup.read_post_id(connection, uri, live=False)

    def accounts(self, ids: Sequence[int]) -> dict[AccountId, Account]:
        """The accounts among these ids."""
        with self._database.reading() as connection:
            return lookup.read_accounts(connection, ids)

    def account_id(self, name: str) -> AccountId | None:
        """Id of an account by its external id, or None when it was never seen."""
        with self._database.reading() as connection:
            return lookup.read_account_id(connection, name)

    def uris(self, ids: Sequence[int]) -> dict[PostId, str]:
        """URIs of posts, also of those known only because something pointed at them."""
        with self._database.reading() as connection:
            return lookup.read_uris(connection, ids)

    def search_accounts(self, prefix: str, limit: int = 20) -> list[Account]:
        """Accounts whose handle, name or display name starts so, by handle."""
        with self._database.reading() as connection:
            return lookup.find_accounts(connection, prefix, limit)

    def replies_of(self, post: int, limit: int = 100) -> list[PostId]:
        """Live direct replies, oldest first."""
        with self._database.reading() as connection:
            return lookup.read_live_ids(connection, "parent", post, limit=limit)

    def thread(self, root: int, limit: int = 500) -> list[PostId]:
        """Live posts of a conversation, the first one first."""
        with self._database.reading() as connection:
            first = lookup.read_live_ids(connection, "id", root, limit=1)
            rest = lookup.read_live_ids(connection, "root", root, limit=limit)
        return list(dict.fromkeys(first + rest))[:limit]

    def account_posts(self, account: int, limit: int = 100) -> list[PostId]:
        """Live posts of an account, newest first."""
        with self._database.reading() as connection:
            return lookup.read_live_ids(connection, "author", account, order="DESC", limit=limit)

    def edges_on(self, post: int, kind: EdgeKind, limit: int = 1_000) -> list[EdgePut]:
        """Who did that to a post, newest first; hidden accounts' acts are left out."""
        with self._database.reading() as connection:
            return lookup.read_edges_on(connection, post, kind, limit)

    def scan_posts(self, chunk: int = 50_000) -> Iterator[PostColumns]:
        """All live posts of active accounts, in order of id."""
        with self._database.reading() as connection:
            yield from scans.scan_posts(connection, chunk)

    def scan_edges(self, kind: EdgeKind, chunk: int = 200_000) -> Iterator[EdgeColumns]:
        """All live edges of one kind by visible accounts, in order of time within a chunk."""
        with self._database.reading() as connection:
            yield from scans.scan_edges(connection, kind, chunk)

    def scan_texts(
        self, after: PostId, chunk: int = 10_000
    ) -> Iterator[tuple[NDArray[np.int64], list[str]]]:
        """Ids and texts of live posts of active accounts with id > `after`."""
        with self._database.reading() as connection:
            yield from scans.scan_texts(connection, after, chunk)

    def scan_gates(self) -> Iterator[GatePut]:
        """What authors ask about their threads, a thread each."""
        with self._database.reading() as connection:
            yield from scans.scan_gates(connection)

    def hidden_accounts(self) -> NDArray[np.int64]:
        """Accounts whose posts may not be served: not active, labelled away, or opted out."""
        with self._database.reading() as connection:
            lines = sql.fetch(
                connection,
                "SELECT id FROM accounts WHERE hidden = 1 OR opted_out = 1 ORDER BY id",
            )
        return as_ids([line[0] for line in lines])

    def marked_accounts(self) -> Iterator[Account]:
        """Accounts that are hidden, labelled (by themselves or others) or opted out, by id."""
        with self._database.reading() as connection:
            yield from lookup.read_marked_accounts(connection)

    # ------------------------------------------------------------------------------ viewers

    def intern_account(self, name: str) -> AccountId:
        """Id of an account, made on first use."""
        check_id("account", name)
        found = self.account_id(name)
        if found is not None:
            return found
        with self._database.writing() as connection:
            shelf = SqliteShelf(connection, self._interned)
            account = shelf.account_id(name)
            shelf.flush()
            add_to_counter(connection, "accounts", shelf.n_new_accounts)
            connection.execute("COMMIT")
            shelf.publish()
        return AccountId(account)

    def settings(self, viewer: AccountId) -> ViewerSettings:
        """What the reader chose; the defaults when nothing was."""
        with self._database.reading() as connection:
            line = sql.fetch_one(
                connection, "SELECT settings FROM viewer_settings WHERE viewer = ?", (viewer,)
            )
        return ViewerSettings() if line is None else decode_settings(line[0])

    def save_settings(self, viewer: AccountId, settings: ViewerSettings) -> None:
        """Replaces what the reader chose.

        Raises:
            UnknownAccount: nobody has this id.
        """
        with self._database.writing() as connection:
            if sql.fetch_one(connection, "SELECT 1 FROM accounts WHERE id = ?", (viewer,)) is None:
                raise UnknownAccount(viewer)
            connection.execute(
                "INSERT INTO viewer_settings (viewer, settings) VALUES (?, ?) "
                "ON CONFLICT (viewer) DO UPDATE SET settings = excluded.settings",
                (viewer, encode_settings(settings)),
            )

    def history(self, viewer: AccountId, limit: int = KEPT_HISTORY) -> list[HistoryEvent]:
        """Newest meaningful acts first; see `ViewerStore.history`."""
        with self._database.reading() as connection:
            return viewers.read_history(connection, viewer, limit)

    def seen(self, viewer: AccountId, since_us: int) -> NDArray[np.int64]:
        """Posts that were on the viewer's screen since then."""
        with self._database.reading() as connection:
            return viewers.read_event_posts(connection, viewer, since_us, served=False)

    def served(self, viewer: AccountId, since_us: int) -> NDArray[np.int64]:
        """Posts handed to the viewer since then."""
        with self._database.reading() as connection:
            return viewers.read_event_posts(connection, viewer, since_us, served=True)

    def events(
        self, viewer: AccountId, kinds: Sequence[EventKind] = (), limit: int = 10_000
    ) -> list[ViewerEvent]:
        """Raw viewer events, newest first; of all kinds when none is given."""
        with self._database.reading() as connection:
            return viewers.read_events(connection, viewer, kinds, limit)

    def scan_viewer_events(
        self, since_us: int, chunk: int = 200_000
    ) -> Iterator[ViewerEventColumns]:
        """All viewer events from `since_us` on, by viewer, kind and time."""
        with self._database.reading() as connection:
            yield from scans.scan_viewer_events(connection, since_us, chunk)

    def opt_out(self, account: str, opted_out: bool) -> AccountId:
        """Honours (or lifts) an author's wish to stay out of recommendations."""
        found = self.intern_account(account)
        with self._database.writing() as connection:
            connection.execute(
                "UPDATE accounts SET opted_out = ? WHERE id = ?", (int(opted_out), found)
            )
        return found

    def forget(self, viewer: AccountId) -> dict[str, int]:
        """Deletes what is kept about a reader; returns how many rows of what went.

        Deleted bytes are overwritten, in the log as well.
        """
        with self._database.writing() as connection:
            receipt = viewers.delete_viewer(connection, viewer)
        self._retention.shrink()
        return receipt

    # -------------------------------------------------------------------------- housekeeping

    def expire(
        self,
        older_than_us: int,
        viewer_log_older_than_us: int,
        *,
        keep_history: int = KEPT_HISTORY,
    ) -> list[PostId]:
        """Lets go of posts that arrived before then, with the edges on them as old.

        Posts among the newest `keep_history` acts of a reader stay. Viewer events from before
        `viewer_log_older_than_us` go, and whatever accounts hidden since before that time did.
        Returns the posts that went. A stream that is replayed does not bring them back.
        """
        retention = self._retention
        retention.expire_events(viewer_log_older_than_us)
        gone = retention.erase_hidden(viewer_log_older_than_us)
        kept: set[int] = set()
        if keep_history:
            with self._database.reading() as connection:
                for viewer in viewers_of(connection):
                    acts = viewers.read_history(connection, viewer, keep_history)
                    kept.update(act.post for act in acts)
        self._floor_us = max(self._floor_us, older_than_us)
        return gone + retention.expire_posts(self._floor_us, frozenset(kept))

    def trim_to(self, max_bytes: int) -> list[PostId]:
        """Shortens the window of posts kept until the files fit; returns the posts that went.

        What is not posts and their edges stays, so the files may remain larger than asked.
        """
        gone: list[PostId] = []
        self._retention.shrink()
        while (size := self._database.bytes()) > max_bytes:
            share = min(0.5, max(0.02, (size - max_bytes) / size))
            cut_us = self._retention.oldest(share)
            if cut_us is None:
                break
            self._floor_us = max(self._floor_us, cut_us)
            gone += self._retention.expire_posts(cut_us, frozenset())
            self._retention.shrink()
        return gone

    def backup(self, target: Path, progress: Callable[[float], None] | None = None) -> None:
        """Copies the store into one new file, consistent while this one goes on.

        Raises:
            StoreError: `target` exists or cannot be written.
        """
        with self._database.private_reader() as connection:
            copy_database(connection, target, progress)

    def meta(self, key: str) -> str | None:
        """A value kept beside the data."""
        with self._database.reading() as connection:
            line = sql.fetch_one(connection, "SELECT value FROM meta WHERE key = ?", (key,))
        return None if line is None else line[0]

    def set_meta(self, key: str, value: str) -> None:
        """Keeps a value beside the data."""
        with self._database.writing() as connection:
            connection.execute(
                "INSERT INTO meta (key, value) VALUES (?, ?) "
                "ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                (key, value),
            )


def admitted(changes: Sequence[Change]) -> list[Change]:
    """The changes that may be kept, mended; the others are counted as ignored, never raised."""
    found: list[Change] = []
    for change in changes:
        try:
            found.append(admit(change))
        except BadInput:
            continue
    return found
