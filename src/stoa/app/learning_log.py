"""The log to learn from, made from what a square's store holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from stoa.app.learning_impressions import impressions_of, undone_acts
from stoa.ingest.post_facts import language_row, link_domain
from stoa.ingest.vectors import searchable_text
from stoa.ports import PostStore, TextEncoder, ViewerStore
from stoa.records import (
    BY_THE_SQUARE,
    NO_ID,
    EdgeKind,
    EventKind,
    ViewerEventColumns,
)
from stoa.space.learning_log import (
    NOBODY,
    ActColumns,
    LearningLog,
    PostColumns,
)

_READ_TOGETHER = 5_000
_NOT_ACTS = BY_THE_SQUARE | {EventKind.IMPRESSION, EventKind.UNDO, EventKind.NO_OPINION}
_EDGE_ACTS = {EdgeKind.LIKE: EventKind.LIKE, EdgeKind.REPOST: EventKind.REPOST}


class ReadableStore(PostStore, ViewerStore, Protocol):
    """What a log is read from."""


@dataclass(frozen=True, slots=True)
class OwnLog:
    """A log and whose rows they are: `posts[row]` and `accounts[row]` are the store's ids."""

    log: LearningLog
    posts: NDArray[np.int64]
    accounts: NDArray[np.int64]


def read_log(
    store: ReadableStore, encoder: TextEncoder, now_us: int, *, since_us: int, most_posts: int
) -> OwnLog:
    """Everything since a time about the newest posts; what people took back is left out.

    Posts of hidden or erased accounts are not there, nor is anything said about them.

    Args:
        store: where from.
        encoder: makes text vectors, as the index does.
        now_us: the end of the log; what is stamped later, by a clock that had jumped, is left out.
        since_us: acts and impressions from before are left out.
        most_posts: so many of the newest posts.
    """
    raw = _scan_posts(store, most_posts, now_us)
    order = np.lexsort((raw.id, raw.at_us))
    ids = raw.id[order]
    acts = _scan_acts(store, raw, (since_us, now_us))
    told = (_up_to(now_us, c) for c in store.scan_viewer_events(since_us))
    events = [c for c in told if len(c)]
    accounts = np.unique(
        np.concatenate([raw.author, acts.account, *(columns.viewer for columns in events)])
    )
    rows = Rows(ids, accounts)
    posts = _post_columns(store, encoder, rows, raw, order)
    impressions, policies = impressions_of(events, rows, now_us)
    log = LearningLog(
        posts=posts,
        acts=_act_columns(acts, events, rows),
        impressions=impressions,
        n_accounts=len(accounts),
        until_us=now_us,
        policies=policies,
        source="app" if len(impressions) else "network",
        account_key=accounts,
    )
    return OwnLog(log.checked(), ids, accounts)


class Rows:
    """Finds rows of ids; -1 where an id is not in the log."""

    def __init__(self, posts: NDArray[np.int64], accounts: NDArray[np.int64]) -> None:
        self._order = np.argsort(posts, kind="stable")
        self._sorted = posts[self._order]
        self._accounts = accounts
        self.n_posts = len(posts)

    def posts(self, ids: NDArray[np.int64]) -> NDArray[np.int32]:
        """Rows of posts."""
        return _found(self._sorted, ids, self._order)

    def accounts(self, ids: NDArray[np.int64]) -> NDArray[np.int32]:
        """Rows of accounts."""
        return _found(self._accounts, ids, np.arange(len(self._accounts)))


def _found(
    keys: NDArray[np.int64], ids: NDArray[np.int64], row: NDArray[np.int64]
) -> NDArray[np.int32]:
    if not len(keys):
        return np.full(len(ids), NOBODY, dtype=np.int32)
    at = np.minimum(np.searchsorted(keys, ids), len(keys) - 1)
    return np.where(keys[at] == ids, row[at], NOBODY).astype(np.int32)


@dataclass(frozen=True, slots=True)
class _Raw:
    """Posts as scanned, in order of id."""

    id: NDArray[np.int64]
    author: NDArray[np.int64]
    at_us: NDArray[np.int64]
    parent: NDArray[np.int64]
    root: NDArray[np.int64]
    quote: NDArray[np.int64]
    media: NDArray[np.uint8]
    length: NDArray[np.int32]
    language: NDArray[np.int16]


def _up_to(now_us: int, columns: ViewerEventColumns) -> ViewerEventColumns:
    """Events up to a moment."""
    rows = np.flatnonzero(columns.at_us <= now_us)
    if len(rows) == len(columns):
        return columns
    c = columns
    return ViewerEventColumns(
        viewer=c.viewer[rows], kind=c.kind[rows], post=c.post[rows], at_us=c.at_us[rows],
        seconds=c.seconds[rows], undoes=c.undoes[rows], position=c.position[rows],
        propensity=c.propensity[rows], policy=[c.policy[row] for row in rows.tolist()],
        surface=[c.surface[row] for row in rows.tolist()],
    )  # fmt: skip


def _scan_posts(store: PostStore, most: int, now_us: int) -> _Raw:
    chunks = list(store.scan_posts())
    at_us = np.concatenate([*(chunk.at_us for chunk in chunks), np.zeros(0, dtype=np.int64)])
    there = np.flatnonzero(at_us <= now_us)[-most:]

    def joined(name: str, dtype: type) -> NDArray:
        parts = [np.asarray(getattr(chunk, name), dtype=dtype) for chunk in chunks]
        return np.concatenate([*parts, np.zeros(0, dtype=dtype)])[there]

    languages = np.array(
        [language_row(langs) for chunk in chunks for langs in chunk.langs], dtype=np.int16
    )
    return _Raw(
        id=joined("id", np.int64), author=joined("author", np.int64),
        at_us=joined("at_us", np.int64), parent=joined("parent", np.int64),
        root=joined("root", np.int64), quote=joined("quote", np.int64),
        media=joined("media", np.uint8), length=joined("length", np.int32),
        language=languages[there],
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Acts:
    """Public acts by ids, in any order."""

    account: NDArray[np.int64]
    post: NDArray[np.int64]
    kind: NDArray[np.int8]
    at_us: NDArray[np.int64]


def _scan_acts(store: PostStore, raw: _Raw, between_us: tuple[int, int]) -> _Acts:
    since_us, now_us = between_us
    parts: list[tuple[NDArray[np.int64], NDArray[np.int64], EventKind, NDArray[np.int64]]] = []
    for edge, kind in _EDGE_ACTS.items():
        for columns in store.scan_edges(edge):
            late = (columns.at_us >= since_us) & (columns.at_us <= now_us)
            parts.append((columns.actor[late], columns.subject[late], kind, columns.at_us[late]))
    for target, kind in ((raw.parent, EventKind.REPLY), (raw.quote, EventKind.QUOTE)):
        there = (target != NO_ID) & (raw.at_us >= since_us)
        parts.append((raw.author[there], target[there], kind, raw.at_us[there]))
    return _Acts(
        account=np.concatenate([part[0] for part in parts]),
        post=np.concatenate([part[1] for part in parts]),
        kind=np.concatenate([np.full(len(part[0]), int(part[2]), np.int8) for part in parts]),
        at_us=np.concatenate([part[3] for part in parts]),
    )


def _act_columns(public: _Acts, events: list[ViewerEventColumns], rows: Rows) -> ActColumns:
    """Public acts and viewers' own, each (account, post, kind) once, without what was undone."""
    n = len(public.account)
    account, post = [rows.accounts(public.account)], [rows.posts(public.post)]
    kind, at_us = [public.kind], [public.at_us]
    seconds = [np.full(n, np.nan, np.float32)]
    undone = undone_acts(events)
    for columns in events:
        keep = ~np.isin(columns.kind, [int(k) for k in _NOT_ACTS]) & ~undone(columns)
        account.append(rows.accounts(columns.viewer[keep]))
        post.append(rows.posts(columns.post[keep]))
        kind.append(columns.kind[keep])
        at_us.append(columns.at_us[keep])
        seconds.append(columns.seconds[keep])
    made = [np.concatenate(parts) for parts in (at_us, account, post, kind, seconds)]
    known = (made[1] != NOBODY) & (made[2] != NOBODY)
    made = [column[known] for column in made]
    order = np.lexsort((made[3], made[2], made[1], made[0]))
    made = [column[order] for column in made]
    _, first = np.unique(
        np.stack([made[1], made[2], made[3].astype(np.int32)]), axis=1, return_index=True
    )
    first.sort()
    at, who, what, which, looked = (column[first] for column in made)
    return ActColumns(
        at_us=at.astype(np.int64), account=who.astype(np.int32), post=what.astype(np.int32),
        kind=which.astype(np.int8), seconds=looked.astype(np.float32),
        surface=np.zeros(len(at), np.int8),
    )  # fmt: skip


def _post_columns(
    store: PostStore, encoder: TextEncoder, rows: Rows, raw: _Raw, order: NDArray[np.int64]
) -> PostColumns:
    ids = raw.id[order]
    text = np.zeros((len(ids), encoder.dim), dtype=np.float32)
    domain = np.zeros(len(ids), dtype=np.int32)
    for start in range(0, len(ids), _READ_TOGETHER):
        part = ids[start : start + _READ_TOGETHER]
        found = store.posts(part.tolist())
        here = [i for i, post in enumerate(part.tolist()) if post in found]
        posts = [found[part[i]] for i in here]
        if posts:
            at = start + np.array(here)
            text[at] = encoder.encode([searchable_text(post) for post in posts])
            domain[at] = list(map(link_domain, posts))
    own = np.arange(len(ids), dtype=np.int32)
    root = rows.posts(raw.root[order])
    return PostColumns(
        at_us=raw.at_us[order], author=rows.accounts(raw.author[order]),
        parent=rows.posts(raw.parent[order]), root=np.where(root == NOBODY, own, root),
        language=raw.language[order], media=raw.media[order].astype(np.int16),
        domain=domain, length=raw.length[order], text=text,
    )  # fmt: skip
