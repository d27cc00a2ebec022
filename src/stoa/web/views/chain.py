"""The chain behind one post: your act, your vector, this post, and what was made of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from stoa.feed.outcome import Why
from stoa.records import EventKind, Post, PostId
from stoa.web.views.acts_words import did_words
from stoa.web.views.card import post_href
from stoa.web.views.rules import dropped_words
from stoa.web.views.text import one_line
from stoa.web.views.words import counted, joined, sentence, since, span

SOURCE_WORDS = {
    "followed": "among posts by people you follow",
    "following": "among posts by people you follow",
    "vectors": "by your vectors",
    "vector": "by your vectors",
    "fresh": "among new posts that nobody has judged yet",
    "unexplored": "among posts that nobody has judged yet",
    "co_engagement": "through people who like what you like",
    "popular": "among what many read at the moment",
    "recent": "among what was just written",
    "reposts": "among reposts by people you follow",
    "promoted": "because somebody paid for it to be looked at",
}
PRESET_WORDS = {
    "unregretted": "this square’s own ranking: time you will be glad of",
    "keep_me_well": "only seconds you are glad of, actions count for nothing",
    "first_version": "this square’s first ranking, nothing learned",
    "chronological": "newest first",
    "popular": "most liked first",
    "x2026_weighted": "the formula X published in 2026",
    "x2026_dwell_regret": "X’s 2026 formula with dwell and regret",
    "t2023_heavy": "the heavy ranker Twitter published in 2023",
}
_SHOWN_MATCHES = 3


@dataclass(frozen=True, slots=True)
class Link:
    """One act of the reader, and how near its vector is to the post."""

    event_post: int
    did: str
    when: str
    excerpt: str
    href: str | None
    similarity: float
    percent: int
    weight: float


@dataclass(frozen=True, slots=True)
class Term:
    """A part of the score."""

    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """Everything the why page draws, in words, with the numbers one step further."""

    sentence: str
    more: tuple[str, ...]
    links: tuple[Link, ...]
    n_more_links: int
    sources: str
    alike: str
    seconds: str
    seconds_beside: str
    placed: str
    presets: tuple[tuple[str, int], ...]
    composing: tuple[str, ...]
    terms: tuple[Term, ...]
    score: str
    dropped_by: str | None


def chain(why: Why, posts: Mapping[PostId, Post], now_us: int) -> Chain:
    """The record of the feed as the page tells it."""
    # The feed names the most telling first; beside their bars, the nearest first reads better.
    matches = sorted(why.matches[:_SHOWN_MATCHES], key=lambda match: -match.similarity)
    return Chain(
        sentence=sentence(
            why.sentences[0] if why.sentences else "This post was not picked for you"
        ),
        more=tuple(map(sentence, why.sentences[1:])),
        links=tuple(
            Link(
                event_post=int(match.event_post),
                did=did_words(EventKind(match.kind)),
                when=since(match.at_us, now_us),
                excerpt=_excerpt(posts.get(match.event_post)),
                href=post_href(posts[match.event_post].uri) if match.event_post in posts else None,
                similarity=match.similarity,
                percent=max(0, min(100, round(100 * match.similarity))),
                weight=match.weight,
            )
            for match in matches
        ),
        n_more_links=len(why.matches) - len(matches),
        sources=joined(list(dict.fromkeys(source_words(s) for s in why.sources))),
        alike=counted(why.engaged_alike, "account") if why.engaged_alike else "",
        seconds=_seconds(why.seconds) if why.seconds is not None else "",
        seconds_beside=_seconds(why.mean_seconds) if why.mean_seconds is not None else "",
        placed=_placed(why),
        presets=tuple((preset_words(name), rank) for name, rank in why.preset_ranks),
        composing=tuple(map(sentence, why.composing)),
        terms=tuple(Term(n.replace("_", " "), f"{value:+.4f}") for n, value in why.terms),
        score=f"{why.score:.4f}",
        dropped_by=dropped_words(why.dropped_by),
    )


def _seconds(seconds: float) -> str:
    """Short stretches with a decimal: a post’s few seconds differ by less than one."""
    return f"{seconds:.1f} s" if seconds < 10 else span(seconds)


def _placed(why: Why) -> str:
    if why.rank is None:
        return ""
    ranked = f"It ranked {ordinal(why.rank + 1)} among the posts considered"
    if why.position is None:
        return ranked + "."
    return f"{ranked} and stands {ordinal(why.position + 1)} on your page."


def _excerpt(post: Post | None) -> str:
    if post is None:
        return "a post that is not here any more"
    return one_line(post.content.text, 90) or "a post without words"


def source_words(name: str) -> str:
    """A source in words, to follow “it was found”."""
    return SOURCE_WORDS.get(name, "by " + name.replace("_", " "))


def preset_words(name: str) -> str:
    """A ranking in words."""
    return PRESET_WORDS.get(name, name.replace("_", " "))


def ordinal(n: int) -> str:
    """A rank in words of a page.

    >>> [ordinal(n) for n in (1, 2, 3, 4, 11, 22, 1013)]
    ['1st', '2nd', '3rd', '4th', '11th', '22nd', '1,013th']
    """
    ending = "th" if 10 <= n % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n:,}{ending}"
