"""The records that travel between rooms: frozen, small, and free of any library's types.

Three families. *Changes* are what a network says happened, named by external ids (URIs, DIDs).
*Stored records* carry the integers that the store interned. *Viewer events* are what a reader did
with what this square showed. Times are microseconds since 1970 in UTC and end in `_us`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum, IntFlag
from typing import NewType

import numpy as np
from numpy.typing import NDArray

PostId = NewType("PostId", int)
AccountId = NewType("AccountId", int)

NO_ID = 0
"""Interned ids start at 1, so that 0 can say "none" in a column of integers."""

SECOND_US = 1_000_000
DAY_US = 86_400 * SECOND_US


class Media(IntFlag):
    """What a post carries beside its text; a post may carry several."""

    NONE = 0
    IMAGE = 1
    VIDEO = 2
    LINK = 4
    QUOTE = 8


class EdgeKind(IntEnum):
    """A public act of one account on a post (like, repost) or on an account (follow, block)."""

    LIKE = 1
    REPOST = 2
    FOLLOW = 3
    BLOCK = 4


POST_EDGES = frozenset({EdgeKind.LIKE, EdgeKind.REPOST})


class AccountStatus(IntEnum):
    """Whether an account's posts may be served, and for how long not."""

    ACTIVE = 0
    HIDDEN = 1  # deactivated, suspended, taken down: kept, never served
    DELETED = 2  # erased; only the account row stays, to refuse what was sent before


# ---------------------------------------------------------------------------------- content


@dataclass(frozen=True, slots=True)
class Facet:
    """A stretch of text that is more than text; offsets count UTF-8 bytes, end exclusive."""

    start: int
    end: int
    kind: str  # "link" | "mention" | "tag"
    target: str  # a URL, a DID, or a tag without '#'


@dataclass(frozen=True, slots=True)
class Image:
    """One picture: where to fetch it (never fetched by default), its words, its shape."""

    url: str
    alt: str = ""
    width: int = 0
    height: int = 0


@dataclass(frozen=True, slots=True)
class LinkCard:
    """The preview of a link."""

    url: str
    title: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class PostContent:
    """Everything an author said in one version of one post."""

    text: str = ""
    created_us: int = 0  # the author's word; already clamped to the arrival time
    langs: tuple[str, ...] = ()
    parent_uri: str | None = None
    root_uri: str | None = None
    quote_uri: str | None = None
    media: Media = Media.NONE
    facets: tuple[Facet, ...] = ()
    images: tuple[Image, ...] = ()
    card: LinkCard | None = None
    labels: tuple[str, ...] = ()  # the author's own, e.g. "nudity"
    tags: tuple[str, ...] = ()


# ---------------------------------------------------------------------------------- changes


@dataclass(frozen=True, slots=True)
class PutPost:
    """A post was written or rewritten."""

    uri: str
    author: str
    revision: int
    at_us: int
    content: PostContent


@dataclass(frozen=True, slots=True)
class PutEdge:
    """A like, repost, follow or block came to be; `subject` is a post URI or an account id."""

    kind: EdgeKind
    uri: str
    actor: str
    subject: str
    revision: int
    at_us: int
    via: str | None = None


@dataclass(frozen=True, slots=True)
class PutProfile:
    """An account said how it wants to be called."""

    account: str
    revision: int
    at_us: int
    display_name: str = ""
    description: str = ""
    labels: tuple[str, ...] = ()  # the account's own, e.g. "!no-unauthenticated"


@dataclass(frozen=True, slots=True)
class PutGate:
    """An author's wishes about a thread: hidden replies, quotes disowned."""

    uri: str
    author: str
    post_uri: str
    revision: int
    at_us: int
    hidden_replies: tuple[str, ...] = ()
    detached_quotes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Remove:
    """A record (post, like, repost, follow, block, gate, profile) was deleted by its author."""

    uri: str
    author: str
    revision: int
    at_us: int


@dataclass(frozen=True, slots=True)
class AccountState:
    """An account was hidden, deleted or shown again."""

    account: str
    status: AccountStatus
    at_us: int


@dataclass(frozen=True, slots=True)
class Identity:
    """An account's handle or keys changed; cached identity documents are stale."""

    account: str
    at_us: int
    handle: str | None = None


@dataclass(frozen=True, slots=True)
class Label:
    """A moderation service's word on a post or an account; the newest `at_us` holds."""

    source: str
    subject: str  # post URI or account id
    value: str
    at_us: int
    negated: bool = False


Change = PutPost | PutEdge | PutProfile | PutGate | Remove | AccountState | Identity | Label


@dataclass(frozen=True, slots=True)
class Batch:
    """What one transaction takes in: changes, and the position in the source after them."""

    changes: tuple[Change, ...]
    source: str = ""  # names the cursor; "" keeps none
    cursor: int | None = None


# --------------------------------------------------------------------------- stored records


@dataclass(frozen=True, slots=True)
class Post:
    """A post as the store keeps it. `parent`, `root`, `quote` may name posts never seen."""

    id: PostId
    uri: str
    author: AccountId
    author_name: str  # external id (DID) of the author
    revision: int
    at_us: int  # arrival; the clock that ranking uses
    content: PostContent
    parent: PostId | None = None
    root: PostId | None = None
    quote: PostId | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """An account as the store keeps it; `name` is the external id (a DID, or an app's own id)."""

    id: AccountId
    name: str
    handle: str | None = None
    display_name: str = ""
    status: AccountStatus = AccountStatus.ACTIVE
    labels: tuple[str, ...] = ()
    opted_out: bool = False


@dataclass(frozen=True, slots=True)
class PostColumns:
    """Many live posts as columns, in order of id; all arrays have length n."""

    id: NDArray[np.int64]
    author: NDArray[np.int64]
    at_us: NDArray[np.int64]
    parent: NDArray[np.int64]  # NO_ID where none
    root: NDArray[np.int64]
    quote: NDArray[np.int64]
    media: NDArray[np.uint8]
    langs: list[str]  # primary language subtags joined by ',', '' where none
    labels: list[str]  # self-labels and labels applied to the post, joined by ','
    length: NDArray[np.int32]  # characters of text


@dataclass(frozen=True, slots=True)
class EdgeColumns:
    """Many live edges of one kind as columns; `subject` is a PostId or an AccountId."""

    kind: EdgeKind
    actor: NDArray[np.int64]
    subject: NDArray[np.int64]
    at_us: NDArray[np.int64]
    uri: list[str] = field(default_factory=list[str])  # reposts only: their own records


@dataclass(frozen=True, slots=True)
class ViewerEventColumns:
    """Many viewer events as columns; all have length n."""

    viewer: NDArray[np.int64]
    kind: NDArray[np.int8]
    post: NDArray[np.int64]
    at_us: NDArray[np.int64]
    seconds: NDArray[np.float32]  # NaN where none
    undoes: NDArray[np.int8]  # 0 where none
    position: NDArray[np.int32]  # -1 where none
    propensity: NDArray[np.float32]  # NaN where none
    policy: list[str]
    surface: list[str]

    def __len__(self) -> int:
        return len(self.viewer)


# ----------------------------------------------------------------- what a committed batch did


@dataclass(frozen=True, slots=True)
class PostPut:
    """A post is now live in this version; `fresh` is False for a rewrite."""

    post: Post
    fresh: bool


@dataclass(frozen=True, slots=True)
class PostGone:
    """A post must not be served any more; its text and vector are erased."""

    id: PostId


@dataclass(frozen=True, slots=True)
class EdgePut:
    """An edge now holds. `subject` is a PostId (like, repost) or an AccountId."""

    kind: EdgeKind
    actor: AccountId
    subject: int
    at_us: int
    uri: str = ""  # the repost's own record, wanted by skeleton reasons


@dataclass(frozen=True, slots=True)
class EdgeGone:
    """An edge holds no more."""

    kind: EdgeKind
    actor: AccountId
    subject: int


@dataclass(frozen=True, slots=True)
class AccountChanged:
    """Status, labels, names or opt-out of an account changed."""

    account: Account


@dataclass(frozen=True, slots=True)
class AccountErased:
    """An account was deleted: it, its posts and its acts are gone."""

    id: AccountId
    posts: tuple[PostId, ...]


@dataclass(frozen=True, slots=True)
class PostLabelled:
    """The labels a moderation service or the author put on a post, all that hold now."""

    id: PostId
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GatePut:
    """An author hid replies or disowned quotes; ids of posts, known or not yet."""

    post: PostId
    hidden_replies: tuple[PostId, ...] = ()
    detached_quotes: tuple[PostId, ...] = ()


Effect = (
    PostPut
    | PostGone
    | EdgePut
    | EdgeGone
    | AccountChanged
    | AccountErased
    | PostLabelled
    | GatePut
)


@dataclass(frozen=True, slots=True)
class Applied:
    """What a batch changed, after it is durable. A replayed batch has no effects.

    `applied` counts changes that were new; `ignored` those already known, older than what is
    known, or aimed at something deleted.
    """

    effects: tuple[Effect, ...]
    applied: int
    ignored: int


# ------------------------------------------------------------------------------- the viewer


class EventKind(IntEnum):
    """What a reader did; the names in lower case are the words of `POST /api/v1/events`."""

    IMPRESSION = 1
    DWELL = 2  # `seconds` says how long
    LIKE = 3
    REPOST = 4
    REPLY = 5
    QUOTE = 6
    FOLLOW = 7
    CLICK = 8
    SHOW_MORE = 9
    SHOW_LESS = 10
    NOT_INTERESTED = 11
    MUTE = 12
    BLOCK = 13
    REPORT = 14
    HIDE = 15
    GLAD = 16
    REGRET = 17
    NO_OPINION = 18
    UNDO = 19  # takes back `undoes` on the same post
    SERVED = 20  # written by the square itself when it hands out a page
    ASKED = 21  # likewise, where the page asks "glad you saw this?"; propensity is the chance


POSITIVE_EVENTS = frozenset(
    {
        EventKind.LIKE,
        EventKind.REPOST,
        EventKind.REPLY,
        EventKind.QUOTE,
        EventKind.FOLLOW,
        EventKind.CLICK,
        EventKind.SHOW_MORE,
        EventKind.GLAD,
    }
)
BY_THE_SQUARE = frozenset({EventKind.SERVED, EventKind.ASKED})
"""Kinds that the square writes about its own doing; no reader or app may send them."""

NEGATIVE_EVENTS = frozenset(
    {
        EventKind.SHOW_LESS,
        EventKind.NOT_INTERESTED,
        EventKind.MUTE,
        EventKind.BLOCK,
        EventKind.REPORT,
        EventKind.HIDE,
        EventKind.REGRET,
    }
)


@dataclass(frozen=True, slots=True)
class ViewerEvent:
    """One act of a viewer on a post. The same (viewer, kind, post, at_us) counts once."""

    viewer: AccountId
    kind: EventKind
    post: PostId
    at_us: int
    seconds: float | None = None
    undoes: EventKind | None = None
    position: int | None = None
    propensity: float | None = None  # with which the post was put there
    policy: str = ""  # ranking and model version that put it there
    surface: str = ""  # "page" | "bluesky" | "api" | "town"


@dataclass(frozen=True, slots=True)
class ViewerSettings:
    """What a reader chose. Kept whole; a change replaces it."""

    languages: tuple[str, ...] = ()  # () means any
    muted_words: tuple[str, ...] = ()
    muted_accounts: frozenset[int] = frozenset()
    muted_conversations: frozenset[int] = frozenset()
    sensitive: str = "cover"  # "show" | "cover" | "leave_out"
    exploration: float = 0.05
    preset: str = "unregretted"  # like first_version until there is a model
    rules_off: frozenset[str] = frozenset()  # names of filters the reader switched off
    survey_share: float = 0.02
    promoted: bool = True  # whether promoted posts may be shown
    promoted_agreed_s: float = 0.0  # seconds given for each; below 0 asks for that many more
    images: bool = False  # fetch pictures from the network
    theme: str = "auto"
    keep_questions: bool = True  # whether what was asked is kept for 30 days, or not at all
    vector_weights: Mapping[int, float] = field(default_factory=dict[int, float])
    """PostId of the event that made a vector -> weight; 0 removes it, absent is 1."""


@dataclass(frozen=True, slots=True)
class HistoryEvent:
    """One meaningful act of a viewer, from the network or from this square, newest first."""

    kind: EventKind
    post: PostId
    at_us: int
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Viewer:
    """Everything the feed knows of one reader when it starts a page."""

    id: AccountId
    name: str
    settings: ViewerSettings
    history: tuple[HistoryEvent, ...]  # newest first, at most 512 meaningful
    seen: frozenset[int]  # post ids that were on screen
    served: frozenset[int]  # post ids handed out in the last hours, seen or not
    logged_out: bool = False


@dataclass(frozen=True, slots=True)
class StoreCounts:
    """The figures of `stoa status`."""

    posts: int
    replies: int
    accounts: int
    events: int
    cursor: int | None
    bytes: int


@dataclass(frozen=True, slots=True)
class Matches:
    """Posts found by vectors, best first; arrays of equal length.

    `score` is max over queries of <query, post>; `query` the row that reached it.
    """

    post: NDArray[np.int64]
    score: NDArray[np.float32]
    query: NDArray[np.int32]


def tid_revision(rev: str, at_us: int) -> int:
    """Integer that orders revisions as the network does; a malformed `rev` falls back to time.

    A TID is 13 characters of base-32-sortable: 53 bits of microseconds and 10 of clock id, so a
    time shifted by 10 bits compares with it (AT Protocol, record keys).

    >>> tid_revision("3mvzvh5l6ql3k", 0) >> 10
    1790000001225425
    >>> tid_revision("garbage", 5) == 5 << 10
    True
    """
    if len(rev) != 13:
        return at_us << 10
    value = 0
    for character in rev:
        digit = _TID_DIGITS.get(character)
        if digit is None:
            return at_us << 10
        value = value << 5 | digit
    return value & ((1 << 63) - 1)


_TID_DIGITS = {c: i for i, c in enumerate("234567abcdefghijklmnopqrstuvwxyz")}


def as_ids(ids: Sequence[int]) -> NDArray[np.int64]:
    """A column of ids."""
    return np.asarray(ids, dtype=np.int64)
