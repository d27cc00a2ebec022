"""A reader's vectors as dots on a map and rows of a table."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from stoa.feed.outcome import VectorPoint
from stoa.records import EventKind, Post, PostId
from stoa.web.views.acts_words import did_words, short_words
from stoa.web.views.card import post_href
from stoa.web.views.text import one_line
from stoa.web.views.words import age, full_moment, since

WIDTH, HEIGHT = 640, 400
_MARGIN = 36
_COLOURS = 8
_LABEL_HEIGHT = 26
_HALF_CHARACTER = 7.4  # in units of the drawing, with room for the larger print of a phone
SORTS = ("age", "weight", "kind", "cluster")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """One vector: its place and size on the map, and its row in the table."""

    id: int
    x: float
    y: float
    r: float
    colour: int
    cluster: str
    weight: float
    removed: bool
    did: str
    short: str
    when: str
    age: str
    full_moment: str
    at_us: int
    excerpt: str
    href: str | None

    @property
    def said(self) -> str:
        """What hovering says: the act that made it."""
        return f"{self.did} “{self.excerpt}”, {self.when}"


@dataclass(frozen=True, slots=True)
class Name:
    """The name of a cluster, where it can be read."""

    text: str
    x: float
    y: float
    colour: int
    n_vectors: int


def dots(points: Sequence[VectorPoint], posts: Mapping[PostId, Post], now_us: int) -> list[Dot]:
    """Vectors as the page draws them; the projection of the feed lies in -1..1."""
    return [_dot(point, posts.get(point.event_post), now_us) for point in points]


def names(dots_: Iterable[Dot]) -> list[Name]:
    """Names of clusters above their middle dots, moved so that none covers another or many dots."""
    groups: dict[tuple[int, str], list[Dot]] = {}
    drawn = [dot for dot in dots_ if not dot.removed]
    for dot in drawn:
        if dot.cluster:
            groups.setdefault((dot.colour, dot.cluster), []).append(dot)
    placed: list[Name] = []
    for (colour, text), members in sorted(groups.items(), key=lambda g: -len(g[1]))[:12]:
        shown = _fitting(text)
        half = _HALF_CHARACTER * len(shown)
        dot = _middle(members)
        x = min(max(dot.x, half + 4), WIDTH - half - 4)
        y = dot.y - dot.r - 6
        y = _free(x, y, half, placed, drawn)
        placed.append(Name(shown, round(x, 1), y, colour, len(members)))
    return placed


def sort_dots(found: list[Dot], by: str) -> list[Dot]:
    """Rows in the order asked for; newest first unless said otherwise."""
    keys = {
        "weight": lambda d: (-d.weight, -d.at_us),
        "kind": lambda d: (d.short, -d.at_us),
        "cluster": lambda d: (d.cluster, -d.at_us),
    }
    return sorted(found, key=keys.get(by, lambda d: -d.at_us))


def _fitting(text: str, limit: int = 28) -> str:
    """As many of the words as fit a label, whole where any does."""
    words = text.split(", ")
    while len(words) > 1 and len(", ".join(words)) > limit:
        words.pop()
    return one_line(", ".join(words), limit)


def _middle(members: Sequence[Dot]) -> Dot:
    """The dot nearest to the middle of a cluster: a mean alone may lie where nothing is."""
    x = sum(dot.x for dot in members) / len(members)
    y = sum(dot.y for dot in members) / len(members)
    return min(members, key=lambda dot: (dot.x - x) ** 2 + (dot.y - y) ** 2)


def _dot(point: VectorPoint, post: Post | None, now_us: int) -> Dot:
    kind = EventKind(point.kind)
    weight = max(point.weight, 0.0)
    return Dot(
        id=int(point.event_post),
        x=round(_MARGIN + (point.x + 1) / 2 * (WIDTH - 2 * _MARGIN), 1),
        y=round(_MARGIN + (1 - point.y) / 2 * (HEIGHT - 2 * _MARGIN), 1),
        r=round(4 + 4 * math.sqrt(min(weight, 4.0)), 1),
        colour=point.cluster % _COLOURS,
        cluster=point.cluster_name,
        weight=weight,
        removed=weight == 0,
        did=did_words(kind),
        short=short_words(kind),
        when=since(point.at_us, now_us),
        age=age(point.at_us, now_us),
        full_moment=full_moment(point.at_us),
        at_us=point.at_us,
        excerpt=_excerpt(post),
        href=post_href(post.uri) if post else None,
    )


def _excerpt(post: Post | None) -> str:
    if post is None:
        return "a post that is not here any more"
    return one_line(post.content.text, 80) or "a post without words"


def _free(x: float, y: float, half: float, placed: Sequence[Name], drawn: Sequence[Dot]) -> float:
    """The height near `y` at which a name of this width covers no other name and fewest dots."""

    def cost(at: float) -> tuple[int, float]:
        names_hit = sum(
            abs(at - other.y) < _LABEL_HEIGHT
            and abs(x - other.x) < half + _HALF_CHARACTER * len(other.text)
            for other in placed
        )
        dots_hit = sum(
            abs(x - dot.x) < half + dot.r and at - _LABEL_HEIGHT / 2 - dot.r < dot.y < at + dot.r
            for dot in drawn
        )
        # A name that strays from its dots names nothing: a dot is worth two thirds of a line.
        return names_hit, dots_hit + 1.5 * abs(at - y) / _LABEL_HEIGHT

    steps = (y + move * _LABEL_HEIGHT / 2 for move in range(-30, 31))
    return round(min((min(max(at, _LABEL_HEIGHT), HEIGHT - 6) for at in steps), key=cost), 1)
