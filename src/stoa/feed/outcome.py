"""What the feed answers with: pages, reasons, and what was left out. Records only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from stoa.records import AccountId, EventKind, PostId


@dataclass(frozen=True, slots=True, kw_only=True)
class Promotion:
    """That a post stands somewhere because somebody paid for it to be looked at, and the price."""

    campaign: str
    advertiser: str  # who pays
    value_s: float  # U of the post where it stands
    displaced: PostId  # the post that moved down by one
    displaced_s: float  # U of that post
    agreed_s: float  # seconds that the reader had agreed to give


@dataclass(frozen=True, slots=True)
class PageItem:
    """One post of a page, with everything needed to show it and to say why it is there."""

    post: PostId
    position: int  # from 0 within the reading
    why: tuple[str, ...]  # sentences, most telling first; never empty
    parent: PostId | None = None  # shown above it; may be absent from the store
    reposted_by: AccountId | None = None
    repost_uri: str | None = None
    seconds: float | None = None  # predicted attention; None while nothing was observed
    propensity: float = 1.0  # with which this post was put at this position
    explored: bool = False
    ask: bool = False  # whether the reader is asked "glad you saw this?"
    cover: str | None = None  # label under which the post is covered, e.g. "nudity"
    promoted: Promotion | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """A slice of a reading. `cursor` is None when the reading ends here."""

    items: tuple[PageItem, ...]
    cursor: str | None
    reading: str  # id of the reading, also the skeleton's reqId
    policy: str = ""  # ranking that made the reading, as SERVED events name it


@dataclass(frozen=True, slots=True)
class VectorMatch:
    """One of the viewer's vectors that found the post, and the act it came from."""

    event_post: PostId
    kind: EventKind
    at_us: int
    similarity: float
    weight: float


@dataclass(frozen=True, slots=True)
class Why:
    """The whole chain for one post and one viewer, computed from what ranked it."""

    post: PostId
    sentences: tuple[str, ...]
    sources: tuple[str, ...]  # names of the sources that brought it
    matches: tuple[VectorMatch, ...]  # best first
    engaged_alike: int  # accounts engaging with what the viewer engages with, and with this
    terms: tuple[tuple[str, float], ...]  # parts of the score, in order
    score: float
    seconds: float | None
    mean_seconds: float | None  # the viewer's own average over the reading
    rank: int | None  # in this reading, before composing
    position: int | None  # after composing
    preset_ranks: tuple[tuple[str, int], ...]  # where each preset would put it
    composing: tuple[str, ...]  # what composing did to it, in words
    dropped_by: str | None  # name of the filter that left it out, if one did
    promoted: Promotion | None = None  # where it stands in this reading because it was paid for


@dataclass(frozen=True, slots=True)
class LeftOutRule:
    """One rule, what it dropped from the viewer's last reading, and whether it may be switched."""

    name: str
    reason: str  # the sentence a reader sees
    count: int
    examples: tuple[PostId, ...]
    switchable: bool
    off: bool


@dataclass(frozen=True, slots=True)
class TraceTold:
    """What became of everything that one reading found; `n_found` is `n_kept` plus all drops."""

    policy: str
    n_found: int
    n_kept: int
    found: Mapping[str, int]  # by source
    failed: Mapping[str, str]  # source -> what it said
    dropped: Mapping[str, int]  # by rule
    n_not_finite: int
    seconds: Mapping[str, float]  # by stage


@dataclass(frozen=True, slots=True)
class VectorPoint:
    """One of the viewer's vectors as drawn on the map of `/you`."""

    event_post: PostId
    kind: EventKind
    at_us: int
    weight: float
    x: float  # -1..1
    y: float  # -1..1
    cluster: int
    cluster_name: str  # words nearest to the cluster
