"""What a batch changed, net: remembers how touched rows stood before, and tells the difference."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from stoa.records import (
    Account,
    AccountChanged,
    AccountErased,
    AccountId,
    EdgeGone,
    EdgeKind,
    EdgePut,
    Effect,
    GatePut,
    Post,
    PostGone,
    PostId,
    PostLabelled,
    PostPut,
    PutPost,
)
from stoa.store.addresses import edge_uri
from stoa.store.rows import AccountRow, EdgeRow, GateRow, PostRow
from stoa.store.shelf import Outcome

_EdgeKey = tuple[int, int, str]  # kind, actor, key


class _PostBefore(NamedTuple):
    row: PostRow
    live: bool
    reply: bool


@dataclass(slots=True)
class Ledger:
    """Rows as they stood when the batch first touched them."""

    erased: set[int] = field(default_factory=set[int])
    labelled: set[int] = field(default_factory=set[int])
    _accounts: dict[int, bool] = field(default_factory=dict[int, bool])  # visible before
    _posts: dict[int, _PostBefore] = field(default_factory=dict[int, _PostBefore])
    _put: set[int] = field(default_factory=set[int])
    _erased_posts: dict[int, int] = field(default_factory=dict[int, int])  # post -> author
    _edges: dict[_EdgeKey, tuple[int, str]] = field(
        default_factory=dict["_EdgeKey", "tuple[int, str]"]
    )  # subject before, 0 where none; and the URI put
    _gates: dict[int, None] = field(default_factory=dict[int, None])

    def note_account(self, row: AccountRow) -> None:
        """Remembers an account about to change."""
        self._accounts.setdefault(row.id, row.visible)

    def note_post(self, row: PostRow) -> None:
        """Remembers a post about to change."""
        if row.id not in self._posts:
            live = row.live
            self._posts[row.id] = _PostBefore(row, live, live and row.parent != 0)

    def put(self, row: PostRow) -> None:
        """Notes that a post got new content."""
        self._put.add(row.id)

    def erase_post(self, row: PostRow) -> None:
        """Notes that a post goes with its account."""
        self._erased_posts[row.id] = row.author

    def note_edge(self, key: _EdgeKey, row: EdgeRow | None, uri: str = "") -> None:
        """Remembers an edge about to change, and the URI it gets."""
        noted = self._edges.get(key)
        before = noted[0] if noted else (row.subject if row is not None and row.live else 0)
        self._edges[key] = before, uri

    def note_gate(self, row: GateRow | None, post: int) -> None:
        """Remembers the threads whose wishes change."""
        for thread in (row.post if row is not None else 0, post):
            if thread:
                self._gates[thread] = None

    def posts_gained(self) -> tuple[int, int]:
        """How many live posts, and how many of them replies, there are more than before."""
        posts = replies = 0
        for row, live, reply in self._posts.values():
            posts += row.live - live
            replies += (row.live and row.parent != 0) - reply
        return posts, replies

    def effects(self, outcome: Outcome) -> tuple[Effect, ...]:
        """What listeners must know; of a thing that came and went within the batch, nothing."""
        return (
            *self._account_effects(outcome),
            *self._post_effects(outcome),
            *self._edge_effects(outcome),
            *self._label_effects(outcome),
            *(wishes(post, outcome.gates_on(post)) for post in self._gates),
        )

    def _account_effects(self, outcome: Outcome) -> Iterator[Effect]:
        for account in self.erased:
            posts = (p for p, author in self._erased_posts.items() if author == account)
            was_live = tuple(PostId(p) for p in posts if self._posts[p].live)
            yield AccountErased(AccountId(account), was_live)
        for account in self._accounts:
            yield AccountChanged(account_record(outcome.account(account)))

    def _post_effects(self, outcome: Outcome) -> Iterator[Effect]:
        told: set[int] = set()
        for account in self._shown(outcome):
            for post in outcome.live_posts_of(account):
                told.add(post.id)
                yield from _put_effects(outcome.post(post.id), post, True)
        for row, was_live, _ in self._posts.values():
            if was_live and not row.live and row.id not in self._erased_posts:
                yield PostGone(PostId(row.id))
            elif row.live and row.put is not None and self._is_news(row, told, outcome):
                fresh = not was_live or row.id in self._erased_posts
                yield from _put_effects(row, post_record(row, row.put), fresh)

    def _is_news(self, row: PostRow, told: set[int], outcome: Outcome) -> bool:
        if row.id not in self._put or row.id in told:
            return False
        return outcome.standing(row.author).visible

    def _shown(self, outcome: Outcome) -> list[int]:
        """Accounts that came back into sight."""
        return [
            account
            for account, visible in self._accounts.items()
            if not visible and outcome.standing(account).visible
        ]

    def _edge_effects(self, outcome: Outcome) -> Iterator[Effect]:
        # Whoever was erased may have acted since; whoever came back is to be counted again.
        retold = dict.fromkeys((*self.erased, *self._shown(outcome)))
        puts: list[EdgePut] = []
        for (kind, actor, key), (before, uri) in self._edges.items():
            row = outcome.edge(kind, actor, key)
            now = row.subject if row is not None and row.live else 0
            if now == before:
                continue
            edge_kind, who = _KINDS[kind], AccountId(actor)
            if before and actor not in self.erased and not outcome.holds_edge(kind, actor, before):
                yield EdgeGone(edge_kind, who, before)
            if actor in retold or not now or row is None:
                continue
            if outcome.standing(actor).visible:
                puts.append(EdgePut(edge_kind, who, now, row.at_us, uri))
        yield from puts
        for account in retold:
            if outcome.standing(account).visible:
                yield from _edges_of(outcome, account)

    def _label_effects(self, outcome: Outcome) -> Iterator[Effect]:
        for post in self.labelled:
            row = outcome.post(post)
            if row.live and outcome.standing(row.author).visible:
                yield PostLabelled(PostId(post), row.labels)


_KINDS = {int(kind): kind for kind in EdgeKind}


def _edges_of(outcome: Outcome, account: int) -> Iterator[EdgePut]:
    name = outcome.account(account).name
    for row in outcome.edges_of(account):
        if row.live:
            uri = edge_uri(row.edge_kind, name, row.key)
            yield EdgePut(row.edge_kind, AccountId(account), row.subject, row.at_us, uri)


def account_record(row: AccountRow) -> Account:
    """The account as other rooms see it."""
    return Account(
        id=AccountId(row.id),
        name=row.name,
        handle=row.handle,
        display_name=row.display_name,
        status=row.status,
        labels=row.labels,
        opted_out=row.opted_out,
    )


def post_record(row: PostRow, put: PutPost) -> Post:
    """The post as other rooms see it, from the change that wrote it."""
    return Post(
        id=PostId(row.id),
        uri=put.uri,
        author=AccountId(row.author),
        author_name=put.author,
        revision=row.revision,
        at_us=row.at_us,
        content=put.content,
        parent=PostId(row.parent) if row.parent else None,
        root=PostId(row.root) if row.root else None,
        quote=PostId(row.quote) if row.quote else None,
    )


def _put_effects(row: PostRow, post: Post, fresh: bool) -> Iterator[Effect]:
    yield PostPut(post, fresh)
    if row.given_labels:
        yield PostLabelled(post.id, row.labels)


def wishes(post: int, gates: Iterable[GateRow]) -> GatePut:
    """What all gates of a thread ask together."""
    hidden: dict[int, None] = {}
    detached: dict[int, None] = {}
    for gate in gates:
        hidden.update(dict.fromkeys(gate.hidden_replies))
        detached.update(dict.fromkeys(gate.detached_quotes))
    return GatePut(
        PostId(post),
        tuple(PostId(p) for p in hidden),
        tuple(PostId(p) for p in detached),
    )
