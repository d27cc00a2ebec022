"""What is said of a promoted post: who paid, what it is worth, what it moved down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from stoa.feed.outcome import Promotion
from stoa.promoted.desk import total
from stoa.promoted_records import CampaignState
from stoa.records import Post, PostId
from stoa.web.views.card import post_href
from stoa.web.views.text import one_line
from stoa.web.views.words import counted


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotedMark:
    """The mark on a card."""

    by: str
    price: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotedStory:
    """What the why page tells."""

    by: str
    worth: str
    agreed: str
    displaced: str
    displaced_href: str | None
    displaced_worth: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotedPulse:
    """What promoted posts cost and gave readers, all of them together."""

    n_running: int
    n_shown: int
    value_s: float
    displaced_s: float
    net_s: float
    looked_s: float
    n_glad: int
    n_no_opinion: int
    n_regret: int


def promoted_mark(promotion: Promotion) -> PromotedMark:
    """The mark of a post that stands where it was paid to be looked at."""
    return PromotedMark(
        by=promotion.advertiser,
        price=f"Taken to be worth {seconds(promotion.value_s)} to you; the post it moved down, "
        f"{seconds(promotion.displaced_s)}.",
    )


def promoted_story(promotion: Promotion, posts: Mapping[PostId, Post]) -> PromotedStory:
    """The promotion as the why page tells it."""
    post = posts.get(promotion.displaced)
    agreed_s = promotion.agreed_s
    agreed = "You agreed to give nothing for it."
    if agreed_s > 0:
        agreed = f"You agreed to give up to {seconds(agreed_s)} for each promoted post."
    if agreed_s < 0:
        agreed = f"You ask that it be worth {seconds(-agreed_s)} more than what it moves down."
    return PromotedStory(
        by=promotion.advertiser,
        worth=seconds(promotion.value_s),
        agreed=agreed,
        displaced=(one_line(post.content.text, 90) or "a post without words")
        if post
        else "a post that is not here any more",
        displaced_href=post_href(post.uri) if post else None,
        displaced_worth=seconds(promotion.displaced_s),
    )


def promoted_json(
    promotion: Promotion | None, uris: Mapping[PostId, str]
) -> dict[str, object] | None:
    """The promotion with a URI in place of the interned id."""
    if promotion is None:
        return None
    told: dict[str, object] = asdict(promotion)
    return told | {"displaced": uris.get(promotion.displaced)}


def promoted_pulse(states: list[CampaignState], now_us: int) -> PromotedPulse:
    """The figures of the square."""
    figures = total(states)
    return PromotedPulse(
        n_running=sum(state.is_running(now_us) for state in states),
        n_shown=figures.n_shown,
        value_s=figures.value_s,
        displaced_s=figures.displaced_s,
        net_s=figures.net_s,
        looked_s=figures.looked_ms / 1000,
        n_glad=figures.n_glad,
        n_no_opinion=figures.n_no_opinion,
        n_regret=figures.n_regret,
    )


def promoted_facts(now: PromotedPulse) -> dict[str, str]:
    """Each figure as the page prints it."""
    return {
        "promoted_running": counted(now.n_running, "campaign"),
        "promoted_shown": f"{now.n_shown:,}",
        "promoted_value": seconds(now.value_s),
        "promoted_displaced": seconds(now.displaced_s),
        "promoted_net": f"{now.net_s:+,.1f} s",
        "promoted_looked": seconds(now.looked_s),
        "promoted_answers": f"{now.n_glad:,} / {now.n_no_opinion:,} / {now.n_regret:,}",
    }


def seconds(value_s: float) -> str:
    """Seconds with a decimal: what is compared here differs by less than one.

    >>> seconds(1234.56)
    '1,234.6 s'
    """
    return f"{value_s:,.1f} s"
