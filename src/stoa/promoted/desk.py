"""Takes campaigns in for posts that can be shown, ends them, and tells what they came to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from stoa.errors import BadInput
from stoa.own_labels import Fate
from stoa.ports import CampaignStore, PostFates, PostStore
from stoa.promoted_records import (
    BudgetUnit,
    Campaign,
    CampaignId,
    CampaignState,
    PromotedFigures,
)
from stoa.records import DAY_US, AccountErased, Effect, Post, PostGone

RANKED_FOR_US = 2 * DAY_US
"""A post is too old to be ranked afterwards, promoted or not."""

POST_GONE = "its post is gone"
BY_THE_OPERATOR = "stopped by the operator"
_LABELLED_AWAY = frozenset({"!hide", "!takedown", "!suspend", "!no-promote"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A campaign as an advertiser asks for it."""

    post: str  # URI
    advertiser: str
    unit: BudgetUnit
    budget: int  # impressions or milliseconds
    id: str = ""  # made when absent
    starts_us: int | None = None  # when the post came in, so at once
    ends_us: int | None = None  # when the post is too old to be ranked
    gap: int = 8
    per_day: int = 1


@dataclass(frozen=True, slots=True)
class Desk:
    """What an operator may do about promoted posts."""

    campaigns: CampaignStore
    posts: PostStore
    fates: PostFates

    def add(self, wish: Wish, now_us: int) -> Campaign:
        """Takes a campaign in.

        Raises:
            BadInput: names the value that does not hold: the post is unknown, deleted, blocked or
                too old, it is promoted at that time already, or budget, times, gap or cap cannot
                be.
        """
        post = self._post(wish.post)
        starts_us = post.at_us if wish.starts_us is None else wish.starts_us
        ends_us = wish.ends_us
        if ends_us is None:
            ends_us = max(post.at_us + RANKED_FOR_US, starts_us + 1)
            if ends_us <= now_us:
                raise BadInput("post", post.uri, "it is over two days old: no such post is ranked")
        campaign = Campaign(
            id=CampaignId(wish.id or self._free_id(post)),
            post=post.id,
            uri=post.uri,
            advertiser=wish.advertiser,
            unit=wish.unit,
            budget=wish.budget,
            starts_us=starts_us,
            ends_us=ends_us,
            gap=wish.gap,
            per_day=wish.per_day,
        )
        if ends_us <= now_us:
            raise BadInput("ends", ends_us, f"give a time to come, after {now_us}")
        self.campaigns.add(campaign)
        return campaign

    def stop(self, name: str, now_us: int, because: str = BY_THE_OPERATOR) -> None:
        """Ends a campaign for good; what was handed out and is seen later is still charged.

        Raises:
            BadInput: there is none of this id, or it was stopped before.
        """
        if not self.campaigns.stop(CampaignId(name), now_us, because):
            raise BadInput("id", name, "give the id of a campaign that was not stopped yet")

    def _post(self, uri: str) -> Post:
        fate = self.fates.fates([uri])[uri].fate if uri else Fate.UNKNOWN
        if fate is Fate.GONE:
            raise BadInput("post", uri, "its author deleted it: give a post that is here")
        id_ = self.posts.post_id(uri) if uri else None
        post = self.posts.posts([id_]).get(id_) if id_ is not None else None
        if post is None:
            mend = "give the URI of a post that is here, by an account that is not hidden"
            raise BadInput("post", uri, mend)
        account = self.posts.accounts([post.author]).get(post.author)
        labels = {*self.fates.labels_on(uri), *(account.labels if account else ())}
        if (account is not None and account.opted_out) or labels & _LABELLED_AWAY:
            mend = "it is blocked: its author or a moderation service wants it in no recommendation"
            raise BadInput("post", uri, mend)
        return post

    def _free_id(self, post: Post) -> str:
        taken = {state.campaign.id for state in self.campaigns.campaigns(0)}
        names = (f"post-{post.id}{n}" for n in ("", *(f"-{i}" for i in range(2, 10_000))))
        return next(name for name in names if name not in taken)


@dataclass(frozen=True, slots=True)
class StopGone:
    """Ends the campaigns of posts that are gone, as soon as they are."""

    campaigns: CampaignStore

    def apply(self, effects: Sequence[Effect], now_us: int) -> None:
        """Takes in what a committed batch changed."""
        gone: list[int] = []
        for effect in effects:
            if isinstance(effect, PostGone):
                gone.append(effect.id)
            elif isinstance(effect, AccountErased):
                gone.extend(effect.posts)
        if gone:
            self.campaigns.stop_posts(gone, now_us, POST_GONE)

    def at_start(self, fates: PostFates, now_us: int) -> None:
        """Ends those whose post went while a kill kept it from being told."""
        for state in self.campaigns.campaigns(now_us):
            campaign = state.campaign
            is_over = state.stopped_us is not None or campaign.ends_us <= now_us
            if not is_over and fates.fates([campaign.uri])[campaign.uri].fate is Fate.GONE:
                self.campaigns.stop_posts([campaign.post], now_us, POST_GONE)


def state_word(state: CampaignState, now_us: int) -> str:
    """How a campaign stands, in a word or two."""
    if state.stopped_us is not None:
        return "stopped"
    if now_us >= state.campaign.ends_us:
        return "ended"
    if state.spent >= state.campaign.budget:
        return "spent"
    return "waiting" if now_us < state.campaign.starts_us else "running"


def total(states: Sequence[CampaignState]) -> PromotedFigures:
    """What all of them came to."""
    figures = PromotedFigures()
    for state in states:
        figures = figures.plus(state.figures)
    return figures
