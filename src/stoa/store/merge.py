"""The rules by which changes become state: the same state whatever their order or repetition.

Every record is a register in which the greatest (revision, removed) holds. An account's state is
one in which the greatest (time, status) holds, and its newest deletion a barrier: nothing of that
account from before it is ever kept. This asks that a record's revisions and times grow together,
as they do in a repository.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from stoa.records import (
    POST_EDGES,
    AccountState,
    AccountStatus,
    Change,
    EdgeKind,
    Identity,
    Label,
    PutEdge,
    PutGate,
    PutPost,
    PutProfile,
    Remove,
)
from stoa.store.addresses import (
    EDGE_COLLECTIONS,
    GATE_COLLECTIONS,
    POST_COLLECTION,
    PROFILE_COLLECTION,
    edge_key,
    parse_address,
    post_key,
    uri_hash,
)
from stoa.store.ledger import Ledger
from stoa.store.rows import (
    ANY_EDGE,
    NEVER_US,
    EdgeRow,
    GateRow,
    LabelRow,
    PostRow,
    PostState,
    SubjectKind,
    removal_hour,
)
from stoa.store.shelf import Shelf


class Merge:
    """Takes admitted changes into a shelf, one batch long.

    `floor_us` is the age limit of a stream: posts, likes and reposts from before it were let go
    and stay out when the stream is replayed.
    """

    def __init__(self, shelf: Shelf, ledger: Ledger, floor_us: int = NEVER_US) -> None:
        self._shelf = shelf
        self._ledger = ledger
        self._floor_us = floor_us
        self._handlers = cast(
            "dict[type, Callable[[Any], bool]]",
            {
                PutPost: self._put_post,
                PutEdge: self._put_edge,
                PutProfile: self._put_profile,
                PutGate: self._put_gate,
                Remove: self._remove,
                AccountState: self._account_state,
                Identity: self._identity,
                Label: self._label,
            },
        )

    def take(self, change: Change) -> bool:
        """Merges one change; returns whether it was new."""
        return self._handlers[type(change)](change)

    # -------------------------------------------------------------------------------- posts

    def _put_post(self, change: PutPost) -> bool:
        shelf, content, at_us = self._shelf, change.content, change.at_us
        author = shelf.account_id(change.author)
        if at_us < self._floor_us:
            return False
        post = shelf.post_id(change.uri, at_us)
        # Named posts get their ids even when the change is refused: any order, the same ids known.
        parent, root, quote = (
            shelf.post_id(uri, at_us) if uri else 0
            for uri in (content.parent_uri, content.root_uri, content.quote_uri)
        )
        erased_at_us = shelf.standing(author).erased_at_us
        row = shelf.post(post)
        if at_us <= erased_at_us:
            self._forget_name(row)
            return False
        if row.state is not PostState.REFERENCE and change.revision <= row.revision:
            self._heard(row, at_us, erased_at_us)
            return False
        self._change_post(row)
        if row.state is PostState.REFERENCE or erased_at_us > NEVER_US:
            row.at_us = at_us
        else:
            row.at_us = min(row.at_us, at_us)
        row.state = PostState.LIVE
        row.author = author
        row.key = post_key(parse_address(change.uri), change.uri)
        row.revision, row.version_us = change.revision, at_us
        row.parent, row.root, row.quote = parent, root, quote
        row.own_labels = content.labels
        row.put = change
        self._ledger.put(row)
        return True

    def _remove_post(self, change: Remove, author: int) -> bool:
        if change.at_us < self._floor_us:
            return False
        row = self._shelf.post(self._shelf.post_id(change.uri, change.at_us))
        erased_at_us = self._shelf.standing(author).erased_at_us
        known = row.state is not PostState.REFERENCE
        if known and (change.revision, True) <= (row.revision, row.state is PostState.DEAD):
            self._heard(row, change.at_us, erased_at_us)
            return False
        self._change_post(row)
        if known and erased_at_us == NEVER_US:
            row.at_us = min(row.at_us, change.at_us)
        else:
            row.at_us = change.at_us
        row.clear(PostState.DEAD)
        row.revision, row.version_us = change.revision, change.at_us
        return True

    def _forget_name(self, row: PostRow) -> None:
        """A post that its author's erasure keeps out leaves no URI, as if it had been erased."""
        if row.state is PostState.REFERENCE and row.key:
            self._change_post(row)
            row.clear(PostState.REFERENCE)

    def _heard(self, row: PostRow, at_us: int, erased_at_us: int) -> None:
        """An older word on a post still says that it was there earlier."""
        if at_us < row.at_us and erased_at_us == NEVER_US:
            self._change_post(row)
            row.at_us = at_us

    def _change_post(self, row: PostRow) -> None:
        self._ledger.note_post(row)
        self._shelf.touch_post(row)

    # -------------------------------------------------------------------------------- edges

    def _put_edge(self, change: PutEdge) -> bool:
        shelf, kind = self._shelf, change.kind
        actor = shelf.account_id(change.actor)
        if kind in POST_EDGES:
            if change.at_us < self._floor_us:
                return False
            subject = shelf.post_id(change.subject, change.at_us)
        else:
            subject = shelf.account_id(change.subject)
        if change.at_us <= shelf.standing(actor).erased_at_us:
            return False
        key = edge_key(change.uri)
        row = shelf.edge(kind, actor, key)
        if row is not None and change.revision <= row.revision:
            return False
        if key.startswith("="):
            tombstone = shelf.edge(ANY_EDGE, actor, key)
            if tombstone is not None and change.revision <= tombstone.revision:
                return False
        uri = change.uri if kind is EdgeKind.REPOST else ""  # others need no address
        self._ledger.note_edge((kind, actor, key), row, uri)
        shelf.put_edge(EdgeRow(kind, actor, key, subject, change.at_us, change.revision))
        return True

    def _remove_edge(self, change: Remove, actor: int, kind: EdgeKind) -> bool:
        if kind in POST_EDGES and change.at_us < self._floor_us:
            return False
        key = edge_key(change.uri)
        row = self._shelf.edge(kind, actor, key)
        if row is not None and (change.revision, True) <= (row.revision, not row.live):
            return False
        self._bury_edge(kind, actor, key, row, change)
        return True

    def _remove_any_edge(self, change: Remove, actor: int) -> bool:
        """Removes an edge whose URI does not tell its kind."""
        shelf, key = self._shelf, edge_key(change.uri)
        tombstone = shelf.edge(ANY_EDGE, actor, key)
        if tombstone is not None and change.revision <= tombstone.revision:
            return False
        for kind in EdgeKind:
            row = shelf.edge(kind, actor, key)
            if row is not None and row.revision <= change.revision:
                self._ledger.note_edge((kind, actor, key), row)
                shelf.drop_edge(row)
        self._bury_edge(ANY_EDGE, actor, key, None, change)
        return True

    def _bury_edge(
        self, kind: int, actor: int, key: str, row: EdgeRow | None, change: Remove
    ) -> None:
        if kind != ANY_EDGE:
            self._ledger.note_edge((kind, actor, key), row)
        hour = removal_hour(change.at_us)
        self._shelf.put_edge(EdgeRow(kind, actor, key, hour, change.at_us, change.revision))

    # -------------------------------------------------------------------------------- gates

    def _put_gate(self, change: PutGate) -> bool:
        shelf, at_us = self._shelf, change.at_us
        author = shelf.account_id(change.author)
        if at_us < self._floor_us:
            return False
        post = shelf.post_id(change.post_uri, at_us)
        hidden = tuple(shelf.post_id(uri, at_us) for uri in change.hidden_replies)
        detached = tuple(shelf.post_id(uri, at_us) for uri in change.detached_quotes)
        if at_us <= shelf.standing(author).erased_at_us:
            return False
        key = uri_hash(change.uri)
        row = shelf.gate(key)
        if row is not None and change.revision <= row.revision:
            return False
        self._ledger.note_gate(row, post)
        shelf.put_gate(GateRow(key, author, post, change.revision, at_us, hidden, detached))
        return True

    def _remove_gate(self, change: Remove, author: int) -> bool:
        if change.at_us < self._floor_us:
            return False
        key = uri_hash(change.uri)
        row = self._shelf.gate(key)
        if row is not None and (change.revision, True) <= (row.revision, not row.post):
            return False
        self._ledger.note_gate(row, 0)
        self._shelf.put_gate(GateRow(key, author, 0, change.revision, change.at_us))
        return True

    # ----------------------------------------------------------------------------- removals

    def _remove(self, change: Remove) -> bool:
        author = self._shelf.account_id(change.author)
        collection = parse_address(change.uri).collection
        if change.at_us <= self._shelf.standing(author).erased_at_us:
            if not collection and change.at_us >= self._floor_us:
                self._forget_name(self._shelf.post(self._shelf.post_id(change.uri, change.at_us)))
            return False
        if collection == POST_COLLECTION:
            return self._remove_post(change, author)
        kind = EDGE_COLLECTIONS.get(collection)
        if kind is not None:
            return self._remove_edge(change, author, kind)
        if collection in GATE_COLLECTIONS:
            return self._remove_gate(change, author)
        if collection == PROFILE_COLLECTION:
            return self._remove_profile(change, author)
        removed = (
            self._remove_post(change, author),
            self._remove_any_edge(change, author),
            self._remove_gate(change, author),
        )
        return any(removed)

    # ----------------------------------------------------------------------------- accounts

    def _put_profile(self, change: PutProfile) -> bool:
        row = self._shelf.account(self._shelf.account_id(change.account))
        if change.at_us <= row.erased_at_us:
            return False
        if row.profile_revision is not None and change.revision <= row.profile_revision:
            return False
        self._ledger.note_account(row)
        row.display_name, row.description = change.display_name, change.description
        row.own_labels = change.labels
        row.profile_revision, row.profile_us = change.revision, change.at_us
        row.profile_live = True
        self._shelf.touch_account(row)
        return True

    def _remove_profile(self, change: Remove, account: int) -> bool:
        row = self._shelf.account(account)
        held = row.profile_revision
        if held is not None and (change.revision, True) <= (held, not row.profile_live):
            return False
        self._ledger.note_account(row)
        row.display_name = row.description = ""
        row.own_labels = ()
        row.profile_revision, row.profile_us = change.revision, change.at_us
        row.profile_live = False
        self._shelf.touch_account(row)
        return True

    def _identity(self, change: Identity) -> bool:
        row = self._shelf.account(self._shelf.account_id(change.account))
        if change.handle is None or change.at_us <= row.erased_at_us:
            return False
        if (change.at_us, change.handle) <= (row.handle_us, row.handle or ""):
            return False
        self._ledger.note_account(row)
        row.handle, row.handle_us = change.handle, change.at_us
        self._shelf.touch_account(row)
        return True

    def _account_state(self, change: AccountState) -> bool:
        row = self._shelf.account(self._shelf.account_id(change.account))
        newest = (change.at_us, change.status) > (row.status_us, row.status)
        erases = change.status is AccountStatus.DELETED and change.at_us > row.erased_at_us
        if not newest and not erases:
            return False
        self._ledger.note_account(row)
        if newest:
            row.status, row.status_us = change.status, change.at_us
        if erases:
            self.erase(row.id, change.at_us)
        self._shelf.touch_account(row)
        return True

    def erase(self, account: int, until_us: int) -> None:
        """Erases all that an account did up to a time, and keeps it out from then on."""
        shelf, row = self._shelf, self._shelf.account(account)
        self._ledger.note_account(row)
        row.erased_at_us = until_us
        for post in shelf.posts_of(account):
            self._erase_post(post, until_us)
        for edge in shelf.edges_of(account):
            if edge.at_us <= until_us:
                shelf.drop_edge(edge)
        for gate in shelf.gates_of(account):
            if gate.at_us <= until_us:
                self._ledger.note_gate(gate, 0)
                shelf.drop_gate(gate)
        if row.profile_us <= until_us:
            row.display_name = row.description = ""
            row.own_labels = ()
            row.profile_revision, row.profile_us, row.profile_live = None, NEVER_US, False
        if row.handle_us <= until_us:
            row.handle, row.handle_us = None, NEVER_US
        shelf.erase_viewer(account, until_us)
        shelf.touch_account(row)
        self._ledger.erased.add(account)

    def _erase_post(self, post: PostRow, until_us: int) -> None:
        self._change_post(post)
        if post.live and post.version_us > until_us:
            post.at_us = post.version_us
            return
        if post.live:
            self._ledger.erase_post(post)
        post.clear(PostState.REFERENCE)
        post.revision = 0

    # ------------------------------------------------------------------------------- labels

    def _label(self, change: Label) -> bool:
        shelf = self._shelf
        source = shelf.account_id(change.source)
        kind, subject = self._subject(change)
        if not subject:
            return False
        row = shelf.label(kind, subject, source, change.value)
        if row is not None and (change.at_us, change.negated) <= (row.at_us, row.negated):
            return False
        shelf.put_label(LabelRow(kind, subject, source, change.value, change.at_us, change.negated))
        held = {label.value for label in shelf.labels_on(kind, subject) if not label.negated}
        if kind is SubjectKind.POST:
            post = shelf.post(subject)
            self._change_post(post)
            post.given_labels = tuple(sorted(held))
            self._ledger.labelled.add(subject)
        else:
            account = shelf.account(subject)
            self._ledger.note_account(account)
            account.given_labels = tuple(sorted(held))
            shelf.touch_account(account)
        return True

    def _subject(self, change: Label) -> tuple[SubjectKind, int]:
        address = parse_address(change.subject)
        if address.collection == PROFILE_COLLECTION:
            return SubjectKind.ACCOUNT, self._shelf.account_id(address.owner)
        if not address.owner and "://" not in change.subject:
            return SubjectKind.ACCOUNT, self._shelf.account_id(change.subject)
        if change.at_us < self._floor_us:
            return SubjectKind.POST, 0
        return SubjectKind.POST, self._shelf.post_id(change.subject, change.at_us)
