"""A complete store in dictionaries: the default in tests, and what closed-loop studies run on."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from stoa.errors import BadInput, StoreError, UnknownAccount
from stoa.own_labels import PostFate
from stoa.records import (
    BY_THE_SQUARE,
    POST_EDGES,
    Account,
    AccountErased,
    AccountId,
    Applied,
    Batch,
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
from stoa.store.addresses import edge_uri, is_whole, uri_hash
from stoa.store.admission import admit, check_id
from stoa.store.columns import (
    EdgeLine,
    PostLine,
    ViewerEventLine,
    edge_columns,
    post_columns,
    primary_languages,
    viewer_event_columns,
)
from stoa.store.fates import fates_in, labels_in
from stoa.store.history import MEANINGFUL_EVENTS, merge_history
from stoa.store.kept_questions import MemoryQuestions
from stoa.store.ledger import Ledger, account_record, wishes
from stoa.store.memory_campaigns import MemoryCampaigns
from stoa.store.memory_labels import MemoryLabelLog
from stoa.store.memory_notes import MemoryNoteLog
from stoa.store.memory_retention import erase_hidden, expire_posts, posts_in
from stoa.store.memory_tables import MemoryTables, live_ids
from stoa.store.merge import Merge
from stoa.store.rows import NEVER_US, EdgeRow

KEPT_HISTORY = 512
"""Newest acts of a reader whose posts outlive their time: the reader's vectors are made of them."""

_PUBLIC_ACTS = {EdgeKind.LIKE: EventKind.LIKE, EdgeKind.REPOST: EventKind.REPOST}


class MemoryStore:
    """`EventLog`, `PostStore` and `ViewerStore` in memory.

    >>> store = MemoryStore()
    >>> store.account_id("did:plc:nobody") is None
    True
    """

    def __init__(self) -> None:
        self._tables = MemoryTables()
        self._cursors: dict[str, int] = {}
        self._meta: dict[str, str] = {}
        self.notes = MemoryNoteLog()
        self.labels = MemoryLabelLog()
        self.promoted = MemoryCampaigns()
        self.questions = MemoryQuestions()
        self._posts = self._replies = self._events = 0
        self._floor_us = NEVER_US
        self._lock = threading.RLock()

    # ------------------------------------------------------------------------------ the log

    def commit(self, batch: Batch) -> Applied:
        """Merges a batch; see `EventLog.commit`."""
        with self._lock:
            ledger = Ledger()
            merge = Merge(self._tables, ledger, self._floor_us if batch.source else NEVER_US)
            applied = 0
            for change in batch.changes:
                try:
                    applied += merge.take(admit(change))
                except BadInput:  # counted as ignored: one bad id must not cost a batch
                    continue
            self._tables.settle()
            posts, replies = ledger.posts_gained()
            self._posts += posts
            self._replies += replies
            self._events += applied
            if batch.source and batch.cursor is not None:
                self._cursors[batch.source] = batch.cursor
            effects = ledger.effects(self._tables)
            for effect in effects:
                if isinstance(effect, AccountErased):
                    erased_at_us = self._tables.accounts[effect.id].erased_at_us
                    self.promoted.forget(effect.id, erased_at_us)
            return Applied(effects, applied, len(batch.changes) - applied)

    def cursor(self, source: str) -> int | None:
        """Position saved by the last batch of that source."""
        return self._cursors.get(source)

    def record(self, events: Sequence[ViewerEvent]) -> int:
        """Keeps what viewers did; events of accounts never seen, or erased since, are left out."""
        with self._lock:
            n_new = 0
            for event in events:
                account = self._tables.accounts.get(event.viewer)
                if account is None or event.at_us <= account.erased_at_us:
                    continue
                held = self._tables.viewer_events[event.viewer]
                key = (int(event.kind), int(event.post), event.at_us)
                if key not in held:
                    held[key] = event
                    n_new += 1
                    self.promoted.charge_look(event)
            return n_new

    def counts(self) -> StoreCounts:
        """The figures of `stoa status`; nothing is on disk."""
        return StoreCounts(
            posts=self._posts,
            replies=self._replies,
            accounts=len(self._tables.accounts),
            events=self._events,
            cursor=max(self._cursors.values(), default=None),
            bytes=0,
        )

    # ------------------------------------------------------------------------------ look-up

    def posts(self, ids: Sequence[int]) -> dict[PostId, Post]:
        """The live posts among these ids; hidden accounts' posts are absent."""
        with self._lock:
            tables, found = self._tables, dict[PostId, Post]()
            for post in ids:
                row = tables.posts.get(int(post))
                if row is None or not row.live or not tables.standing(row.author).visible:
                    continue
                record = tables.record(row)
                if record is not None:
                    found[record.id] = record
            return found

    def post_id(self, uri: str) -> PostId | None:
        """Id of a live post, or None."""
        post = self.reference_id(uri)
        return post if post is not None and self._tables.posts[post].live else None

    def fates(self, uris: Sequence[str]) -> dict[str, PostFate]:
        """What became of each of these posts."""
        with self._lock:
            return fates_in(self._tables, uris)

    def labels_on(self, uri: str) -> tuple[str, ...]:
        """The labels that hold on a live post, its author's own and those given to it."""
        with self._lock:
            return labels_in(self._tables, uri)

    def reference_id(self, uri: str) -> PostId | None:
        """Id of a post, live or not."""
        if not _is_text(uri):
            return None
        found = self._tables.post_ids.get(uri_hash(uri))
        return None if found is None else PostId(found)

    def accounts(self, ids: Sequence[int]) -> dict[AccountId, Account]:
        """The accounts among these ids."""
        rows = (self._tables.accounts.get(int(account)) for account in ids)
        return {AccountId(row.id): account_record(row) for row in rows if row is not None}

    def account_id(self, name: str) -> AccountId | None:
        """Id of an account by its external id, or None when it was never seen."""
        found = self._tables.account_ids.get(name)
        return None if found is None else AccountId(found)

    def uris(self, ids: Sequence[int]) -> dict[PostId, str]:
        """URIs of posts, also of those known only because something pointed at them."""
        found = ((PostId(int(post)), self._tables.uri(int(post))) for post in ids)
        return {post: uri for post, uri in found if uri is not None}

    def search_accounts(self, prefix: str, limit: int = 20) -> list[Account]:
        """Accounts whose handle, name or display name starts so, by handle."""
        start = prefix.lower().removeprefix("@")
        with self._lock:
            found = [
                account_record(row)
                for row in self._tables.accounts.values()
                if start
                and (
                    (row.handle or "").startswith(start)
                    or row.name.startswith(start)
                    or row.display_name.lower().startswith(start)
                )
            ]
        found.sort(key=lambda account: (account.handle is None, account.handle, account.name))
        return found[:limit]

    def replies_of(self, post: int, limit: int = 100) -> list[PostId]:
        """Live direct replies, oldest first."""
        return self._live(sorted(self._tables.by_parent.get(post, ())), limit)

    def thread(self, root: int, limit: int = 500) -> list[PostId]:
        """Live posts of a conversation, the first one first."""
        return self._live([root, *sorted(self._tables.by_root.get(root, ()))], limit)

    def account_posts(self, account: int, limit: int = 100) -> list[PostId]:
        """Live posts of an account, newest first."""
        ids = sorted(self._tables.by_author.get(account, ()), reverse=True)
        return self._live(ids, limit)

    def _live(self, ids: Sequence[int], limit: int) -> list[PostId]:
        with self._lock:
            tables = self._tables
            rows = [tables.posts[post] for post in dict.fromkeys(ids) if post in tables.posts]
            return live_ids(
                [row for row in rows if row.live and tables.standing(row.author).visible], limit
            )

    def edges_on(self, post: int, kind: EdgeKind, limit: int = 1_000) -> list[EdgePut]:
        """Who did that to a post, newest first; hidden accounts' acts are left out."""
        with self._lock:
            rows = [
                row
                for row in self._tables.edges_on.get((kind, post), {}).values()
                if self._tables.standing(row.actor).visible
            ]
            rows.sort(key=lambda row: (-row.at_us, row.actor, row.key))
            return [
                EdgePut(kind, AccountId(row.actor), row.subject, row.at_us, self._edge_uri(row))
                for row in rows[:limit]
            ]

    def _edge_uri(self, row: EdgeRow) -> str:
        return edge_uri(row.edge_kind, self._tables.accounts[row.actor].name, row.key)

    def scan_posts(self, chunk: int = 50_000) -> Iterator[PostColumns]:
        """All live posts of active accounts, in order of id."""
        with self._lock:
            tables = self._tables
            lines = [
                PostLine(
                    row.id,
                    row.author,
                    row.at_us,
                    row.parent,
                    row.root,
                    row.quote,
                    int(row.put.content.media),
                    primary_languages(row.put.content.langs),
                    ",".join(row.labels),
                    len(row.put.content.text),
                )
                for row in tables.posts.values()
                if row.put is not None and row.live and tables.standing(row.author).visible
            ]
        for start in range(0, len(lines), chunk):
            yield post_columns(lines[start : start + chunk])

    def scan_edges(self, kind: EdgeKind, chunk: int = 200_000) -> Iterator[EdgeColumns]:
        """All live edges of one kind by visible accounts."""
        with self._lock:
            tables, wants_uri = self._tables, kind is EdgeKind.REPOST
            lines = [
                EdgeLine(
                    row.actor, row.subject, row.at_us, self._edge_uri(row) if wants_uri else ""
                )
                for actor, rows in tables.edges.items()
                if rows and tables.standing(actor).visible
                for row in rows.values()
                if row.kind == kind and row.live
            ]
        for start in range(0, len(lines), chunk):
            yield edge_columns(kind, lines[start : start + chunk])

    def scan_texts(
        self, after: PostId, chunk: int = 10_000
    ) -> Iterator[tuple[NDArray[np.int64], list[str]]]:
        """Ids and texts of live posts of active accounts with id > `after`."""
        with self._lock:
            tables = self._tables
            found = [
                (row.id, row.put.content.text)
                for row in tables.posts.values()
                if row.id > after
                and row.put is not None
                and row.live
                and tables.standing(row.author).visible
            ]
        for start in range(0, len(found), chunk):
            part = found[start : start + chunk]
            yield as_ids([post for post, _ in part]), [text for _, text in part]

    def scan_gates(self) -> Iterator[GatePut]:
        """What authors ask about their threads, a thread each."""
        with self._lock:
            threads = sorted(post for post in self._tables.gates_by_post if post)
            found = [(post, self._tables.gates_on(post)) for post in threads]
        for post, gates in found:
            if gates:
                yield wishes(post, gates)

    def hidden_accounts(self) -> NDArray[np.int64]:
        """Accounts whose posts may not be served: not active, labelled away, or opted out."""
        with self._lock:
            rows = self._tables.accounts.values()
            return as_ids(sorted(row.id for row in rows if not row.visible or row.opted_out))

    def marked_accounts(self) -> Iterator[Account]:
        """Accounts that are hidden, labelled (by themselves or others) or opted out, by id."""
        with self._lock:
            found = [
                account_record(row)
                for row in self._tables.accounts.values()
                if not row.visible or row.opted_out or row.labels
            ]
        yield from sorted(found, key=lambda account: account.id)

    # ------------------------------------------------------------------------------ viewers

    def intern_account(self, name: str) -> AccountId:
        """Id of an account, made on first use."""
        check_id("account", name)
        with self._lock:
            return AccountId(self._tables.account_id(name))

    def settings(self, viewer: AccountId) -> ViewerSettings:
        """What the reader chose; the defaults when nothing was."""
        return self._tables.viewer_settings.get(viewer, ViewerSettings())

    def save_settings(self, viewer: AccountId, settings: ViewerSettings) -> None:
        """Replaces what the reader chose."""
        with self._lock:
            if viewer not in self._tables.accounts:
                raise UnknownAccount(viewer)
            self._tables.viewer_settings[viewer] = settings

    def history(self, viewer: AccountId, limit: int = KEPT_HISTORY) -> list[HistoryEvent]:
        """Newest meaningful acts first; see `ViewerStore.history`."""
        with self._lock:
            tables = self._tables
            acts = [
                HistoryEvent(_PUBLIC_ACTS[row.edge_kind], PostId(row.subject), row.at_us)
                for row in tables.edges_of(viewer)
                if row.kind in POST_EDGES and row.live
            ]
            for post in tables.by_author.get(viewer, ()):
                row = tables.posts[post]
                for target, kind in ((row.parent, EventKind.REPLY), (row.quote, EventKind.QUOTE)):
                    if row.live and target:
                        acts.append(HistoryEvent(kind, PostId(target), row.at_us))
            undone: dict[tuple[EventKind, PostId], int] = {}
            for event in tables.viewer_events.get(viewer, {}).values():
                if event.kind in MEANINGFUL_EVENTS:
                    acts.append(HistoryEvent(event.kind, event.post, event.at_us, event.seconds))
                elif event.kind is EventKind.UNDO and event.undoes is not None:
                    key = (event.undoes, event.post)
                    undone[key] = max(undone.get(key, event.at_us), event.at_us)
        return merge_history(acts, undone, limit)

    def seen(self, viewer: AccountId, since_us: int) -> NDArray[np.int64]:
        """Posts that were on the viewer's screen since then."""
        return self._event_posts(viewer, since_us, served=False)

    def served(self, viewer: AccountId, since_us: int) -> NDArray[np.int64]:
        """Posts handed to the viewer since then."""
        return self._event_posts(viewer, since_us, served=True)

    def _event_posts(self, viewer: int, since_us: int, *, served: bool) -> NDArray[np.int64]:
        with self._lock:
            keys = self._tables.viewer_events.get(viewer, {})
            return as_ids(
                sorted(
                    {
                        post
                        for kind, post, at_us in keys
                        if at_us >= since_us
                        and (kind == EventKind.SERVED if served else kind not in BY_THE_SQUARE)
                    }
                )
            )

    def events(
        self, viewer: AccountId, kinds: Sequence[EventKind] = (), limit: int = 10_000
    ) -> list[ViewerEvent]:
        """Raw viewer events, newest first; of all kinds when none is given."""
        with self._lock:
            found = [
                event
                for event in self._tables.viewer_events.get(viewer, {}).values()
                if not kinds or event.kind in kinds
            ]
        found.sort(key=lambda event: (-event.at_us, event.kind, event.post))
        return found[:limit]

    def scan_viewer_events(
        self, since_us: int, chunk: int = 200_000
    ) -> Iterator[ViewerEventColumns]:
        """All viewer events from `since_us` on, by viewer, kind and time."""
        with self._lock:
            lines = sorted(
                (
                    ViewerEventLine(
                        e.viewer, int(e.kind), e.post, e.at_us, e.seconds,
                        None if e.undoes is None else int(e.undoes),
                        e.position, e.propensity, e.policy, e.surface,
                    )
                    for held in self._tables.viewer_events.values()
                    for e in held.values()
                    if e.at_us >= since_us
                ),
                key=lambda line: (line.viewer, line.kind, line.at_us, line.post),
            )  # fmt: skip
        for start in range(0, len(lines), chunk):
            yield viewer_event_columns(lines[start : start + chunk])

    def opt_out(self, account: str, opted_out: bool) -> AccountId:
        """Honours (or lifts) an author's wish to stay out of recommendations."""
        with self._lock:
            found = self.intern_account(account)
            self._tables.accounts[found].opted_out = opted_out
            return found

    def forget(self, viewer: AccountId) -> dict[str, int]:
        """Deletes what is kept about a reader, and the follows and blocks made here."""
        with self._lock:
            tables = self._tables
            local = [row for row in tables.edges_of(viewer) if is_whole(row.key)]
            for row in local:
                tables.drop_edge(row)
            return {
                "viewer_events": len(tables.viewer_events.pop(viewer, {})),
                "viewer_settings": int(tables.viewer_settings.pop(viewer, None) is not None),
                "edges": len(local),
                "note_links": int(self.notes.unlink(viewer)),
                "placements": self.promoted.forget(viewer),
                "kept_questions": self.questions.erase(viewer),
            }

    # -------------------------------------------------------------------------- housekeeping

    def expire(
        self,
        older_than_us: int,
        viewer_log_older_than_us: int,
        *,
        keep_history: int = KEPT_HISTORY,
    ) -> list[PostId]:
        """Lets old posts and viewer events go; see `SqliteStore.expire`."""
        with self._lock:
            tables = self._tables
            self._floor_us = max(self._floor_us, older_than_us)
            self.promoted.expire(viewer_log_older_than_us)
            for events in tables.viewer_events.values():
                for key in [key for key in events if key[2] < viewer_log_older_than_us]:
                    del events[key]
            kept: set[int] = set()
            for viewer in tables.viewers():
                kept |= posts_in(self.history(AccountId(viewer), keep_history))
            replies = {row.id for row in tables.posts.values() if row.live and row.parent}
            gone = erase_hidden(tables, viewer_log_older_than_us)
            gone += expire_posts(tables, self._floor_us, kept)
            self._posts -= len(gone)
            self._replies -= len(replies.intersection(gone))
            return gone

    def trim_to(self, max_bytes: int) -> list[PostId]:
        """Nothing to do: nothing is on disk."""
        del max_bytes
        return []

    def backup(self, target: Path) -> None:
        """Refuses.

        Raises:
            StoreError: always.
        """
        raise StoreError(f"nothing to copy to {target}: this square is held in memory only")

    def meta(self, key: str) -> str | None:
        """A value kept beside the data."""
        return self._meta.get(key)

    def set_meta(self, key: str, value: str) -> None:
        """Keeps a value beside the data."""
        self._meta[key] = value

    def close(self) -> None:
        """Nothing to let go of."""


def _is_text(uri: str) -> bool:
    try:
        uri.encode()
    except UnicodeEncodeError:
        return False
    return True
