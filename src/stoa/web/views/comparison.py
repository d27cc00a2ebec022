"""Policies side by side on one evening of the town, with what each post was truly worth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from stoa.feed.outcome import Page
from stoa.records import Post, PostId
from stoa.town.truth import Truth
from stoa.web.views.card import post_href
from stoa.web.views.chain import PRESET_WORDS
from stoa.web.views.text import one_line
from stoa.web.views.words import span

_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Row:
    """One post of a policy's page."""

    href: str
    excerpt: str
    truth: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyView:
    """One policy's page, summed."""

    name: str
    label: str
    true_seconds: float
    true_regretted: float  # of them
    seconds: str
    unregretted: str
    regret: str
    predicted: str
    items: tuple[Row, ...]


def policy_view(
    name: str, page: Page, posts: Mapping[PostId, Post], truths: Mapping[str, Truth | None]
) -> PolicyView:
    """What one policy showed, and what it was worth."""
    shown = [(item, posts[item.post]) for item in page.items if item.post in posts]
    known = [t for _, post in shown if (t := truths.get(post.uri)) is not None]
    predicted = [item.seconds for item, _ in shown if item.seconds is not None]
    seconds = sum(t.seconds for t in known)
    regretted = sum(t.seconds * t.regret_prob for t in known)
    return PolicyView(
        name=name,
        label=PRESET_WORDS.get(name, name.replace("_", " ")).capitalize(),
        true_seconds=round(seconds, 1),
        true_regretted=round(regretted, 1),
        seconds=span(seconds),
        unregretted=span(seconds - regretted),
        regret=_percent(regretted / seconds) if seconds else _percent(0),
        predicted=span(sum(predicted)) if predicted else "none yet",
        items=tuple(_row(post, truths.get(post.uri)) for _, post in shown[:_SHOWN]),
    )


def _row(post: Post, truth: Truth | None) -> Row:
    words = "not of the town"
    if truth is not None:
        regretted = _percent(truth.regret_prob)
        words = f"{truth.seconds:.1f} s, regretted {regretted}, about {truth.topic}"
    return Row(post_href(post.uri), one_line(post.content.text, 70) or "no words", words)


def _percent(share: float) -> str:
    return f"{share:.0%}".replace("%", "\N{NO-BREAK SPACE}%")
