"""The desk takes in what can be shown, says what is wrong with the rest, and ends what is gone."""

from dataclasses import replace

import pytest
from tests.feed.conftest import START_US, World, did

from stoa.errors import BadInput
from stoa.promoted.desk import Desk, StopGone, Wish, state_word, total
from stoa.promoted_records import BudgetUnit
from stoa.records import DAY_US, SECOND_US, AccountErased, AccountStatus, PostGone, PostId

NOW_US = START_US + 60 * SECOND_US


@pytest.fixture
def world():
    return World()


@pytest.fixture
def desk(world):
    return Desk(world.store.promoted, world.store, world.store)


def wish(world, post, **fields):
    known = {"unit": BudgetUnit.IMPRESSIONS, "budget": 10}
    return Wish(post=world.uri(post), advertiser="Tea & Co", **known | fields)


def test_a_post_is_promoted_from_when_it_came_in_until_it_is_too_old(world, desk):
    post = world.post("shop", "tea")
    made = desk.add(wish(world, post), NOW_US)
    assert (made.post, made.uri) == (post, world.uri(post))
    assert (made.starts_us, made.ends_us) == (START_US, START_US + 2 * DAY_US)
    assert world.store.promoted.running(NOW_US) == [made]


def test_ids_are_made_free(world, desk):
    post = world.post("shop", "tea")
    first = desk.add(wish(world, post), NOW_US)
    desk.stop(first.id, NOW_US)
    again = desk.add(wish(world, post), NOW_US)
    assert again.id == f"{first.id}-2"


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"budget": 0}, "budget"), ({"budget": -3}, "budget"), ({"gap": 0}, "gap"),
     ({"per_day": 0}, "per_day"), ({"advertiser": " "}, "advertiser"),
     ({"advertiser": "two\nlines"}, "advertiser"), ({"id": "x" * 101}, "id"),
     ({"starts_us": NOW_US + 9, "ends_us": NOW_US + 8}, "ends"),
     ({"starts_us": START_US, "ends_us": NOW_US}, "ends"),
     ({"post": ""}, "post"), ({"post": "no address"}, "post"),
     ({"post": "at://did:plc:x/app.bsky.feed.post/3mvzvhc222222"}, "post")],
)  # fmt: skip
def test_what_cannot_be_is_refused_by_name(world, desk, fields, field):
    post = world.post("shop", "tea")
    with pytest.raises(BadInput) as problem:
        desk.add(replace(wish(world, post), **fields), NOW_US)
    assert problem.value.field == field
    assert problem.value.mend
    assert desk.campaigns.campaigns(NOW_US) == []


@pytest.mark.parametrize(
    ("spoil", "said"),
    [(lambda w, post: w.delete(post), "deleted"),
     (lambda w, post: w.state("shop", AccountStatus.HIDDEN), "not hidden"),
     (lambda w, post: w.store.opt_out(did("shop"), True), "blocked"),
     (lambda w, post: w.label(did("shop"), "!hide"), "hidden"),
     (lambda w, post: w.label(w.uri(post), "!takedown"), "blocked"),
     (lambda w, post: w.label(w.uri(post), "!no-promote"), "blocked"),
     (lambda w, post: setattr(w.clock, "us", START_US + 3 * DAY_US), "two days old")],
)  # fmt: skip
def test_a_post_that_cannot_be_shown_is_refused(world, desk, spoil, said):
    post = world.post("shop", "tea")
    asked = wish(world, post)
    spoil(world, post)
    with pytest.raises(BadInput, match=said) as problem:
        desk.add(asked, world.clock.us)
    assert problem.value.field == "post"


def test_the_same_post_twice_is_refused(world, desk):
    post = world.post("shop", "tea")
    made = desk.add(wish(world, post), NOW_US)
    with pytest.raises(BadInput, match=f"stop campaign {made.id} first"):
        desk.add(wish(world, post), NOW_US)


def test_stopping_what_is_not_there_is_refused(world, desk):
    made = desk.add(wish(world, world.post("shop", "tea")), NOW_US)
    desk.stop(made.id, NOW_US)
    for name in (made.id, "none"):
        with pytest.raises(BadInput, match="not stopped yet"):
            desk.stop(name, NOW_US)


def test_a_deleted_post_ends_its_campaign_at_once(world, desk):
    ends = StopGone(world.store.promoted)
    one, two, three = (world.post(f"shop{i}", "tea") for i in range(3))
    for post in (one, two, three):
        desk.add(wish(world, post), NOW_US)
    ends.apply([PostGone(PostId(one))], NOW_US)
    ends.apply([AccountErased(world.account("shop1"), (PostId(two),))], NOW_US)
    ends.apply([PostGone(PostId(999))], NOW_US)
    states = desk.campaigns.campaigns(NOW_US)
    assert [state_word(s, NOW_US) for s in states] == ["stopped", "stopped", "running"]
    assert [s.stopped_because for s in states] == ["its post is gone"] * 2 + [""]


def test_one_that_went_untold_is_ended_at_the_next_start(world, desk):
    gone, here = world.post("shop", "tea"), world.post("other", "cups")
    for post in (gone, here):
        desk.add(wish(world, post), NOW_US)
    world.delete(gone)
    StopGone(world.store.promoted).at_start(world.store, NOW_US)
    assert [c.post for c in world.store.promoted.running(NOW_US)] == [here]


def test_words_for_how_it_stands(world, desk):
    made = desk.add(wish(world, world.post("shop", "tea"), budget=1), NOW_US)
    (state,) = desk.campaigns.campaigns(NOW_US)
    assert state_word(state, made.starts_us - 1) == "waiting"
    assert state_word(state, made.ends_us) == "ended"
    assert state_word(replace(state, spent=1), NOW_US) == "spent"
    assert total([state, state]).net_s == 0.0
