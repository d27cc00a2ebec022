"""Promoted posts in real pages: marked, paid for when seen, and never dearer than agreed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from tests.feed.conftest import SECOND_US, did
from tests.feed.test_learned import ranker

from stoa.errors import StoreError
from stoa.feed.config import FeedConfig, PromotedConfig
from stoa.promoted_records import BudgetUnit, Campaign, CampaignId
from stoa.records import DAY_US, EventKind

HOUR_US = 3_600 * SECOND_US


class Square:
    """A taught square with `me` in it, and campaigns added by post."""

    def __init__(self, new_world, reading=1_500, **config):
        config = FeedConfig(reading=reading, promoted=PromotedConfig(**config))
        self.world = world = new_world(config)
        self.posts = [
            world.post(f"a{i % 9}", f"post about topic {i % 5} number {i}", i % 5)
            for i in range(90)
        ]
        for post in self.posts[:6]:
            world.act("me", EventKind.LIKE, post)
        world.seat.take(ranker())
        self.n = 0

    def promote(self, post, **fields):
        self.n += 1
        now_us = self.world.clock.us
        known = {
            "id": CampaignId(f"c{self.n}"), "uri": self.world.uri(post), "advertiser": "Tea & Co",
            "unit": BudgetUnit.IMPRESSIONS, "budget": 100, "starts_us": now_us,
            "ends_us": now_us + HOUR_US, "gap": 3,
        }  # fmt: skip
        self.world.store.promoted.add(Campaign(post=post, **known | fields))

    def new_post(self, author="shop", text="tea for sale", topic=0):
        post = self.world.post(author, text, topic)
        self.world.clock.us += SECOND_US
        return post

    def ranked(self):
        """All posts of a reading, in order."""
        return [i.post for i in self.world.feed.page(did("me"), limit=200, peek=True).items]

    def page(self, limit=30, who="me", **more):
        return self.world.page(who, limit, **more)

    def state(self, n=1):
        states = self.world.store.promoted.campaigns(self.world.clock.us)
        return {s.campaign.id: s for s in states}[CampaignId(f"c{n}")]


def promoted(page):
    return [item for item in page.items if item.promoted is not None]


@pytest.fixture
def square(new_world):
    return Square(new_world)


def agreeing(square, agreed_s=10_000.0):
    square.world.wish("me", promoted_agreed_s=agreed_s, exploration=0.0)


def test_a_promoted_post_is_marked_and_says_what_it_displaced(square):
    agreeing(square)
    square.promote(square.posts[40])
    plain = [item.post for item in square.page(peek=True).items]
    page = square.page(20)
    (item,) = promoted(page)
    assert item.post == square.posts[40]
    assert page.items.index(item) == 3
    told = item.promoted
    assert (told.campaign, told.advertiser, told.agreed_s) == ("c1", "Tea & Co", 10_000.0)
    after = page.items[4]
    assert (told.displaced, item.position) == (after.post, after.position)
    assert told.value_s >= told.displaced_s - told.agreed_s
    assert "Tea & Co paid" in item.why[0]
    organic = [i.post for i in page.items if i.promoted is None]
    assert organic == [post for post in plain if post != square.posts[40]][:19]


def test_the_organic_slate_is_the_same_bit_for_bit(square):
    agreeing(square)
    plain = square.ranked()
    looked_at = [*plain[:12], *plain[60:70]]
    before = {post: square.world.feed.why(did("me"), post) for post in looked_at}
    for post in plain[60:70]:
        square.promote(post, gap=3)
    page = square.page(40)
    assert len(promoted(page)) > 3
    again = [item.post for item in page.items if item.post in before]
    assert len(again) > 16
    for post in again:
        why, told = square.world.feed.why(did("me"), post), before[post]
        assert (why.score, why.terms, why.rank) == (told.score, told.terms, told.rank)
    organic = [i.post for i in page.items if i.promoted is None]
    assert organic == plain[: len(organic)]


def test_with_nothing_agreed_it_stands_only_where_it_is_worth_as_much(new_world):
    square = Square(new_world, reading=40)
    square.world.wish("me", exploration=0.0)
    left_out = sorted(set(square.posts) - set(square.ranked()))
    for post in left_out:
        square.promote(post, gap=1)
    page = square.page(50)
    assert promoted(page)
    organic = [square.world.feed.why(did("me"), i.post).score for i in page.items
               if i.promoted is None]  # fmt: skip
    assert max(organic) > min(organic)
    for item in promoted(page):
        assert item.promoted.agreed_s == 0.0
        assert item.promoted.value_s >= item.promoted.displaced_s


def test_who_demands_a_surplus_is_shown_none_that_lacks_it(square):
    agreeing(square, -10_000.0)
    for post in square.posts[30:60]:
        square.promote(post, gap=1)
    assert promoted(square.page(60)) == []


@pytest.mark.parametrize(
    "wish", [{"promoted": False}, {"preset": "first_version"}, {"preset": "chronological"},
             {"preset": "x2026_weighted"}],
)  # fmt: skip
def test_none_where_switched_off_or_where_scores_are_not_seconds(square, wish):
    agreeing(square)
    square.world.wish("me", **wish)
    square.promote(square.posts[40])
    assert promoted(square.page()) == []


def test_none_before_there_is_a_model_nor_for_nobody_nor_for_a_peek_nor_unasked(square):
    agreeing(square)
    square.promote(square.posts[40])
    assert promoted(square.page(who=None)) == []
    assert promoted(square.page(peek=True)) == []
    assert promoted(square.page(surface="bluesky")) == []
    square.world.seat.take(None)
    assert promoted(square.page()) == []
    assert square.state().held == 0


def test_bluesky_only_where_the_operator_wants_it(new_world):
    square = Square(new_world, surfaces=frozenset({"bluesky"}))
    agreeing(square)
    square.promote(square.posts[40])
    assert promoted(square.page()) == []
    assert len(promoted(square.page(surface="bluesky"))) == 1
    square.world.feed.forget(did("me"))
    assert promoted(square.page(surface="bluesky", fits=lambda posts: [])) == []


@pytest.mark.parametrize("how", ["mute", "block", "dismissed", "words", "deleted", "own", "old"])
def test_what_keeps_others_out_keeps_it_out(square, how):
    agreeing(square)
    world, post = square.world, square.new_post(author="me" if how == "own" else "shop")
    square.promote(post, ends_us=world.clock.us + 9 * DAY_US)
    if how not in ("own", "old"):
        assert len(promoted(square.page())) == 1
        world.wish("me", rules_off=frozenset({"served"}))
    if how == "mute":
        world.wish("me", muted_accounts=frozenset({int(world.account("shop"))}))
    elif how == "block":
        world.block("me", "shop")
    elif how == "dismissed":
        world.act("me", EventKind.NOT_INTERESTED, post)
    elif how == "words":
        world.wish("me", muted_words=("tea",))
    elif how == "deleted":
        world.delete(post)
    elif how == "old":
        world.clock.us += 3 * DAY_US
        for i in range(40):
            world.post(f"late{i}", f"something new {i}", i % 5)
    assert promoted(square.page()) == []


def test_it_leaves_a_page_asked_again_once_its_author_is_muted(square):
    agreeing(square)
    world, post = square.world, square.new_post()
    square.promote(post)
    first = square.page(10)
    second = square.page(10, cursor=first.cursor)
    assert square.page(10, cursor=first.cursor) == second
    assert post in [i.post for i in first.items]
    world.wish("me", muted_accounts=frozenset({int(world.account("shop"))}))
    assert promoted(square.page(10, cursor=first.cursor)) == []


def test_a_walk_shows_each_post_once_and_loses_none(square):
    agreeing(square)
    for post in square.posts[20:60:4]:
        square.promote(post, gap=4)
    plain = square.world.feed.page(did("me"), limit=200, peek=True)
    walked, n_promoted, page = [], 0, square.page(7)
    while True:
        walked += [i.post for i in page.items]
        n_promoted += len(promoted(page))
        if page.cursor is None:
            break
        assert len(page.items) == 7
        assert square.page(7, cursor=page.cursor) == square.page(7, cursor=page.cursor)
        page = square.page(7, cursor=page.cursor)
    assert n_promoted > 3
    assert len(walked) == len(set(walked))
    assert sorted(walked) == sorted(i.post for i in plain.items)


def test_the_gap_holds_from_page_to_page_and_a_page_of_one_goes_on(square):
    agreeing(square)
    for post in square.posts[20:60:4]:
        square.promote(post, gap=5)
    marks, page = [], square.page(7)
    while page.cursor is not None:
        marks += [i.promoted is not None for i in page.items]
        page = square.page(7, cursor=page.cursor)
    at = np.flatnonzero(marks)
    assert at[0] >= 5
    assert (np.diff(at) > 5).all()
    square.world.wish("me", rules_off=frozenset({"served"}))
    one = square.page(1)
    assert len(one.items) == 1
    assert square.page(1, cursor=one.cursor).items[0].post != one.items[0].post


def test_a_day_has_its_caps(new_world):
    square = Square(new_world, most_a_day=2)
    agreeing(square)
    for post in square.posts[20:60:4]:
        square.promote(post, gap=1)
    assert len(promoted(square.page(40))) == 2
    assert promoted(square.page(40)) == []


def test_only_what_was_seen_is_paid_and_once(square):
    agreeing(square)
    square.promote(square.posts[40])
    (item,) = promoted(square.page())
    assert (square.state().spent, square.state().held) == (0, 1)
    for _ in range(2):
        square.world.act("me", EventKind.IMPRESSION, item.post, surface="page")
    square.world.act("me", EventKind.REGRET, item.post, surface="page")
    state = square.state()
    assert (state.spent, state.held) == (1, 0)
    assert state.figures.n_regret == 1
    assert state.figures.value_s == pytest.approx(item.promoted.value_s)
    assert state.figures.displaced_s == pytest.approx(item.promoted.displaced_s)


def test_many_readers_at_once_never_hold_more_than_there_is(square):
    square.promote(square.new_post(), budget=5)
    names = [f"r{i}" for i in range(24)]
    for name in names:
        square.world.wish(name, promoted_agreed_s=10_000.0)
    with ThreadPoolExecutor(8) as pool:
        pages = list(pool.map(lambda name: square.page(who=name), names))
    shown = [name for name, page in zip(names, pages, strict=True) if promoted(page)]
    assert len(shown) == 5
    for name in shown:
        square.world.act(name, EventKind.IMPRESSION, square.state().campaign.post, surface="page")
    assert square.state().spent == 5
    assert promoted(square.page(who="me")) == []


def test_a_model_exchanged_in_mid_reading_ends_promotion_there(square):
    agreeing(square)
    first = square.page(5)
    square.promote(square.new_post(), gap=1)
    square.world.seat.take(ranker("v2", seed=5))
    assert promoted(square.page(5, cursor=first.cursor)) == []


def test_a_worth_that_is_no_number_is_not_shown(square, monkeypatch):
    agreeing(square)
    first = square.page(5)
    square.promote(square.new_post(), gap=1)
    valued = type(square.world.feed._policies["unregretted"].pipeline.ranker)
    honest = valued.score

    def spoilt(self, query, candidates):
        scores = honest(self, query, candidates)
        return replace(scores, score=np.full(len(candidates), np.nan))

    monkeypatch.setattr(valued, "score", spoilt)
    assert promoted(square.page(5, cursor=first.cursor)) == []


def test_a_store_that_refuses_costs_no_page(square, monkeypatch):
    agreeing(square)
    square.promote(square.posts[40])

    def refuse(*_):
        raise StoreError("the disk is full")

    monkeypatch.setattr(square.world.store.promoted, "hold", refuse)
    page = square.page()
    assert (len(page.items), promoted(page)) == (30, [])


def test_why_tells_of_the_promotion(square):
    agreeing(square)
    post = square.new_post()
    square.promote(post)
    (item,) = promoted(square.page())
    why = square.world.feed.why(did("me"), post)
    assert why.promoted == item.promoted
    assert why.sentences[0] == item.why[0]
    assert why.sources[0] == "promoted"
    assert why.composing == ()
    assert why.dropped_by is None
    assert square.world.feed.why(did("me"), item.promoted.displaced).promoted is None


def test_a_second_post_of_an_author_is_discounted_and_one_author_is_promoted_once(square):
    agreeing(square)
    square.promote(square.new_post(text="tea for sale"), gap=1)
    square.promote(square.new_post(text="cups for sale"), gap=1)
    assert len(promoted(square.page(40))) == 1


def test_asked_at_the_same_rate_as_others(square):
    agreeing(square)
    square.world.wish("me", survey_share=1.0)
    square.promote(square.new_post(), gap=3)
    page = square.page(30)
    asked = [i for i, item in enumerate(page.items) if item.ask]
    assert asked == [0, 20]


def test_what_its_floor_hides_is_counted(square):
    """A post below the floor of U is worth its true seconds, not the bent ones."""
    agreeing(square)
    square.promote(square.ranked()[-1])
    (item,) = promoted(square.page())
    why = square.world.feed.why(did("me"), item.post)
    assert dict(why.terms)["floor"] > 1.0
    assert item.promoted.value_s == pytest.approx(why.score - dict(why.terms)["floor"])
    assert item.promoted.value_s < 0 < why.score
    square.world.feed.forget(did("me"))
    square.world.wish("me", rules_off=frozenset({"served"}))
    agreeing(square, 0.9 * -item.promoted.value_s)
    assert promoted(square.page()) == []
