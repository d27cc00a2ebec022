"""Why a post is there, in sentences a neighbour would say, computed from what ranked it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.feed.viewer_vectors import ViewerVectors
from stoa.records import SECOND_US, EventKind

CHANCE = "Shown by chance, so that posts nobody knows yet get a start"
UNFOUND = "New here: nobody has found it yet"
POPULAR = "Popular here right now"
NEWEST = "One of the newest posts here"

PROMOTED = "Promoted: {advertiser} paid for it to be looked at, which moved no score"

_TIE_TELLS = 0.4

_VERBS: dict[EventKind, str] = {
    EventKind.LIKE: "liked",
    EventKind.REPOST: "reposted",
    EventKind.REPLY: "answered",
    EventKind.QUOTE: "quoted",
    EventKind.FOLLOW: "followed the authors of",
    EventKind.CLICK: "opened",
    EventKind.SHOW_MORE: "asked for more of",
    EventKind.GLAD: "were glad of",
    EventKind.DWELL: "took time for",
}


@dataclass(frozen=True, slots=True)
class Nearness:
    """Which of a viewer's vectors stand behind a post."""

    similarity: float  # cosine to the nearest
    kind: EventKind
    n_alike: int  # posts of that kind of act about as near
    last_us: int  # the newest of those acts


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """What an explanation may draw on, for one post."""

    terms: Mapping[str, float]
    sources: tuple[str, ...]
    nearness: Nearness | None
    explored: bool
    untouched: bool  # no like, repost or reply yet
    alike: int
    followed_author: str | None  # handle or "" where there is none; None: not followed
    followed_reposter: str | None
    now_us: int


def nearness(
    vectors: NDArray[np.float32], mine: ViewerVectors, *, least: float = 0.2, share: float = 0.8
) -> list[Nearness | None]:
    """For each post vector (n, dim), the acts whose vectors are about as near as the nearest.

    None where no vector is nearer than `least`: below that, any two texts are alike.
    """
    if len(mine) == 0 or len(vectors) == 0:
        return [None] * len(vectors)
    products = vectors @ mine.vectors.T
    best = (products * mine.weights).argmax(axis=1)
    similarity = products[np.arange(len(best)), best]
    kinds = np.array(mine.kinds, dtype=np.int64)
    alike = (products >= share * similarity[:, None]) & (kinds == kinds[best][:, None])
    last_us = np.where(alike, mine.at_us, np.iinfo(np.int64).min).max(axis=1)
    columns = (similarity, best, alike.sum(axis=1), last_us)
    return [
        None if near < least else Nearness(near, mine.kinds[act], n_alike, us)
        for near, act, n_alike, us in zip(*(column.tolist() for column in columns), strict=True)
    ]


def sentences(grounds: Grounds) -> tuple[str, ...]:
    """The reasons of a post, most telling first; never empty."""
    said: list[tuple[float, str]] = []
    terms = grounds.terms
    if grounds.nearness is not None:
        said.append((terms.get("match", 0.5), _because(grounds.nearness, grounds.now_us)))
    # Whom you chose to follow says more than a number of likes, and less than a near match.
    tie = max(terms.get("followed", 0.0), _TIE_TELLS)
    if grounds.followed_reposter is not None:
        said.append((tie + 0.01, _tie(grounds.followed_reposter, "reposted")))
    elif grounds.followed_author is not None:
        said.append((tie, _tie(grounds.followed_author, "posted")))
    if "co_engagement" in grounds.sources and grounds.alike > 0:
        said.append((terms.get("co_engagement", 0.0), _shared_taste(grounds.alike)))
    if "popular" in grounds.sources and not grounds.untouched:
        said.append((terms.get("popularity", 0.0), POPULAR))
    if grounds.untouched:
        said.append((0.0, UNFOUND))
    ordered = [sentence for _, sentence in sorted(said, key=lambda s: -s[0])]
    if grounds.explored:
        ordered.insert(0, CHANCE)
    return tuple(ordered) or (NEWEST,)


def promoted_sentences(advertiser: str, grounds: Grounds) -> tuple[str, ...]:
    """The reasons of a promoted post: that it is one first, then what ranked it."""
    rest = [line for line in sentences(grounds) if line not in (CHANCE, NEWEST)]
    return (PROMOTED.format(advertiser=advertiser), *rest)


def ago(then_us: int, now_us: int) -> str:
    """A stretch of time in words.

    >>> ago(0, 7_200_000_000), ago(0, 0)
    ('2 hours ago', 'just now')
    """
    seconds = max(now_us - then_us, 0) / SECOND_US
    for size, word in ((86_400, "day"), (3600, "hour"), (60, "minute")):
        n = int(seconds // size)
        if n:
            return f"{n} {word}{'s' if n > 1 else ''} ago"
    return "just now"


def _because(near: Nearness, now_us: int) -> str:
    verb = _VERBS.get(near.kind, "liked")
    when = ago(near.last_us, now_us)
    if near.n_alike == 1:
        return f"Because you {verb} a post like this {when}"
    return f"Because you {verb} {near.n_alike} posts like this, the last one {when}"


def _tie(handle: str, did: str) -> str:
    who = f"Someone you follow, @{handle}," if handle else "Someone you follow"
    return f"{who} {did} it"


def _shared_taste(alike: int) -> str:
    if alike == 1:
        return "Somebody who likes what you like liked it"
    return f"{alike} people who like what you like liked it"
