"""Mixes promoted posts into a page that was composed without them.

Each is valued by the ranker of the reading, on the reading's own query, and goes in only where
`ranking.promotion` lets it. Everything that keeps other posts out keeps these out too.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from stoa.errors import StoreError
from stoa.feed.config import PromotedConfig
from stoa.feed.explain import promoted_sentences
from stoa.feed.hydrator import BoardHydrator
from stoa.feed.outcome import PageItem, Promotion
from stoa.feed.policies import Policy
from stoa.feed.presenting import sheet, terms_of
from stoa.feed.promotions import PromotedPost, Worth
from stoa.feed.query import FeedQuery
from stoa.feed.readings import Reading
from stoa.feed.serving import Fits, Server, Slice
from stoa.pipeline import Candidates, Found, merge
from stoa.ports import CampaignStore
from stoa.promoted_records import LONGEST_LOOK_MS, BudgetUnit, Campaign, Placement
from stoa.ranking.promotion import (
    Offers,
    OrganicSlate,
    Promoted,
    PromotionTerms,
    place_promoted,
)
from stoa.records import DAY_US, SECOND_US, AccountId, PostId, as_ids

_LEAST_HOLD_MS = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PageAsk:
    """One page of a reading, as it is asked for now."""

    reading: Reading
    query: FeedQuery  # with the reader's settings and blocks of this moment
    viewer: AccountId
    limit: int
    now_us: int
    fits: Fits | None = None

    @property
    def agreed_s(self) -> float:
        """Seconds that the reader gives for each promoted post."""
        wish_s = self.query.settings.promoted_agreed_s
        return wish_s if math.isfinite(wish_s) else 0.0


@dataclass(frozen=True, slots=True)
class _Offer:
    campaign: Campaign
    candidate: Candidates  # of length 1
    worth: Worth

    def placed(self, promotion: Promotion) -> PromotedPost:
        """The post in its place."""
        return PromotedPost(
            candidate=self.candidate,
            terms=self.worth.terms,
            promotion=promotion,
            gap=self.campaign.gap,
        )


@dataclass(frozen=True, slots=True)
class Promoter:
    """Puts promoted posts into pages, and holds their share of a budget; see decision 8."""

    campaigns: CampaignStore
    server: Server
    policies: Mapping[str, Policy]
    config: PromotedConfig

    def may_mix(self, reading: Reading, surface: str, query: FeedQuery) -> bool:
        """Whether this page may hold promoted posts at all."""
        wanted = reading.viewer is not None and query.settings.promoted
        return wanted and reading.in_seconds and surface in self.config.surfaces

    def mix(self, ask: PageAsk, cut: Slice) -> Slice:
        """The page with promoted posts in it, no longer than asked; the rest waits for the next.

        The caller holds the reading's lock. A store that refuses gives a page without new ones.
        """
        state = ask.reading.promotions
        fresh = [item for item in cut.items if item.position >= state.planned]
        for position, one in self._held(ask, self._plan(ask, cut, fresh)).items():
            state.at[position] = one
        items, n_organic = self._merged(ask, cut.items)
        for item in cut.items[:n_organic]:
            if item.position >= state.planned:
                state.passed(item.position)
        if n_organic == len(cut.items):
            state.planned = max(state.planned, cut.after)
            return replace(cut, items=tuple(items))
        after = cut.items[n_organic].position
        state.planned = max(state.planned, after)
        return replace(cut, items=tuple(items), after=after, ended=False)

    # ----------------------------------------------------------------------------- planning

    def _plan(
        self, ask: PageAsk, cut: Slice, fresh: Sequence[PageItem]
    ) -> dict[int, tuple[_Offer, PromotedPost]]:
        """Where offers would go among places not looked at before, within the page."""
        try:
            offers, room = self._offers(ask, cut) if fresh else ([], 0)
        except StoreError:
            return {}
        if not offers or room <= 0:
            return {}
        found, state = self._place(ask, fresh, offers, room), ask.reading.promotions
        known = [item for item in cut.items if item.position < state.planned]
        before = len(known) + sum(item.position in state.at for item in known)
        planned: dict[int, tuple[_Offer, PromotedPost]] = {}
        for n, (place, i) in enumerate(zip(found.place, found.offer, strict=True)):
            if before + int(place) + n + 1 >= ask.limit:
                break  # what it displaces would not fit beside it: the next page looks again
            offer, displaced = offers[int(i)], fresh[int(place)]
            promotion = Promotion(
                campaign=offer.campaign.id,
                advertiser=offer.campaign.advertiser,
                value_s=float(found.value_s[n]),
                displaced=displaced.post,
                displaced_s=float(found.displaced_s[n]),
                agreed_s=ask.agreed_s,
            )
            planned[displaced.position] = offer, offer.placed(promotion)
        return planned

    def _place(
        self, ask: PageAsk, fresh: Sequence[PageItem], offers: Sequence[_Offer], room: int
    ) -> Promoted:
        """Where the rule of `ranking.promotion` puts offers among some items of the reading."""
        slate, state = ask.reading.slate, ask.reading.promotions
        at = [item.position - ask.reading.start for item in fresh]
        worth = [
            slate.worth_at(
                one.worth.value_s, int(one.candidate.author[0]), int(one.candidate.root[0])
            )[at]
            for one in offers
        ]
        return place_promoted(
            OrganicSlate(
                value_s=np.array([slate.placed[i].value for i in at]),
                fixed=np.array([item.explored for item in fresh]),
            ),
            Offers(
                value_s=np.array(worth),
                gap=as_ids([one.campaign.gap for one in offers]),
                group=as_ids([int(one.candidate.author[0]) for one in offers]),
            ),
            PromotionTerms(
                agreed_s=ask.agreed_s, since=state.since, last_gap=state.last_gap, most=room
            ),
        )

    def _held(
        self, ask: PageAsk, planned: Mapping[int, tuple[_Offer, PromotedPost]]
    ) -> dict[int, PromotedPost]:
        """Those whose budget has room, which from now on is kept for them."""
        if not planned:
            return {}
        wanted = [self._placement(ask, position, *both) for position, both in planned.items()]
        try:
            kept = {one.position for one in self.campaigns.hold(wanted)}
        except StoreError:
            return {}
        return {position: both[1] for position, both in planned.items() if position in kept}

    def _placement(
        self, ask: PageAsk, position: int, offer: _Offer, one: PromotedPost
    ) -> Placement:
        hold = 1
        if offer.campaign.unit is BudgetUnit.MILLISECONDS:
            expected_ms = math.ceil(1000 * one.terms.get("expected_s", 0.0))
            hold = min(max(expected_ms, _LEAST_HOLD_MS), LONGEST_LOOK_MS)
        return Placement(
            campaign=offer.campaign.id,
            viewer=ask.viewer,
            post=PostId(one.post),
            reading=ask.reading.id,
            position=position,
            at_us=ask.now_us,
            until_us=ask.now_us + int(self.config.hold_s * SECOND_US),
            hold=hold,
            value_s=one.promotion.value_s,
            displaced=one.promotion.displaced,
            displaced_s=one.promotion.displaced_s,
            agreed_s=one.promotion.agreed_s,
        )

    # ------------------------------------------------------------------------------- offers

    def _offers(self, ask: PageAsk, cut: Slice) -> tuple[list[_Offer], int]:
        """What may be promoted to this reader now, valued, and how many today's caps allow."""
        policy = self.policies[ask.reading.policy]
        running = self.campaigns.running(ask.now_us)
        if not running or policy.pipeline.ranker.name != ask.reading.ranker:
            return [], 0
        today = self.campaigns.placed(ask.viewer, ask.now_us // DAY_US * DAY_US, ask.now_us)
        room = self.config.most_a_day - sum(today.values())
        shown = {*ask.reading.position_of, *(int(item.post) for item in cut.items)}
        open_ = {
            int(c.post): c
            for c in running
            if today.get(c.id, 0) < c.per_day and int(c.post) not in shown
        }
        if not open_ or room <= 0:
            return [], 0
        wanted = sorted(list(open_)[: self.config.most_offers])
        candidates = self._passing(ask, policy, wanted)
        worths = self._worths(ask.reading, policy, candidates)
        offers = [
            _Offer(open_[post], candidates.take(np.array([i])), worths[post])
            for i, post in enumerate(candidates.post.tolist())
            if post in worths and math.isfinite(worths[post].value_s)
        ]
        return offers, room

    def _passing(self, ask: PageAsk, policy: Policy, posts: Sequence[int]) -> Candidates:
        """Those of the posts that every rule of the reading lets through."""
        query, reading, off = ask.query, ask.reading, ask.query.settings.rules_off
        merged = merge([Found(post=as_ids(posts))])
        hydrated = BoardHydrator(self.server.board).hydrate(query, merged)
        found, _ = self.server.hydrate(
            query, replace(hydrated, sources=np.zeros(len(hydrated), np.uint16))
        )
        keep = self.server.keep(reading, query, found, {})
        for rule in policy.pipeline.filters:
            if not (rule.switchable and rule.name in off):
                keep &= rule.keep(query, found)
        authors = [one.candidate.author[0] for one in reading.promotions.at.values()]
        keep &= ~np.isin(found.author, authors)
        if ask.fits is not None and keep.any():
            fitting = ask.fits([PostId(post) for post in found.post[keep].tolist()])
            keep &= np.isin(found.post, list(fitting))
        found = found.take(keep)
        # Beside what stands on the reader's pages, the last comer of a group has to go.
        rows = as_ids([place.row for place in reading.slate.placed])
        for rule in policy.pipeline.group_filters:
            if len(found) and not (rule.switchable and rule.name in off):
                above = reading.ranked.candidates.take(rows)
                above = above.take(~np.isin(above.post, found.post))
                found = found.take(rule.keep(query, above.joined(found))[len(above) :])
        return found

    def _worths(self, reading: Reading, policy: Policy, candidates: Candidates) -> dict[int, Worth]:
        """What the reading's ranker makes of candidates: as it ranked them, or asked now."""
        known = reading.promotions.worths
        ranked = reading.ranked.candidates.post
        for row in np.flatnonzero(np.isin(ranked, candidates.post)).tolist():
            score = float(reading.ranked.scores.score[row])
            known[int(ranked[row])] = Worth(score, terms_of(reading, row))
        fresh = candidates.take(~np.isin(candidates.post, list(known)))
        if len(fresh):
            scores = policy.pipeline.ranker.score(reading.query, fresh)
            if policy.pipeline.ranker.name != reading.ranker:
                return {}  # another model took the seat meanwhile: its seconds are not these
            for i, post in enumerate(fresh.post.tolist()):
                terms = dict(zip(scores.names, scores.terms[i].tolist(), strict=True))
                known[post] = Worth(float(scores.score[i]), terms)
        return known

    # ------------------------------------------------------------------------------- a page

    def _merged(self, ask: PageAsk, items: Sequence[PageItem]) -> tuple[list[PageItem], int]:
        """The items of the page in order, and how many organic ones of them had room."""
        here = {item.position for item in items}
        at = ask.reading.promotions.at
        shown = self._items(ask, {p: one for p, one in at.items() if p in here})
        page: list[PageItem] = []
        for n, item in enumerate(items):
            if len(page) >= ask.limit:
                return page, n
            if item.position in shown and len(page) + 1 < ask.limit:
                page.append(shown[item.position])
            page.append(item)
        return page, len(items)

    def _items(self, ask: PageAsk, at: Mapping[int, PromotedPost]) -> dict[int, PageItem]:
        """Promoted posts as items, by position; those that may not be shown any more are absent."""
        if not at:
            return {}
        query, reading = ask.query, ask.reading
        candidates, accounts = self.server.hydrate(
            query, _joined(one.candidate for one in at.values())
        )
        keep = self.server.keep(reading, query, candidates, {})
        told = sheet(reading, query, candidates, accounts)
        items: dict[int, PageItem] = {}
        for i, (position, one) in enumerate(at.items()):
            if not keep[i]:
                continue
            expected_s = one.terms.get("expected_s")
            parent, marks = int(candidates.parent[i]), int(candidates.marks[i])
            items[position] = PageItem(
                post=PostId(one.post),
                position=position,
                why=promoted_sentences(one.promotion.advertiser, told.grounds(i, None, one.terms)),
                parent=PostId(parent) if parent else None,
                seconds=None if expected_s is None else round(expected_s, 1),
                cover=self.server.cover(query.settings, marks),
                promoted=one.promotion,
            )
            reading.position_of[PostId(one.post)] = position
        return items


def _joined(candidates: Iterable[Candidates]) -> Candidates:
    first, *rest = candidates
    for more in rest:
        first = first.joined(more)
    return first
