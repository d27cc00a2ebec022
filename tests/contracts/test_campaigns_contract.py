"""One suite for every adapter of `CampaignStore`, with the charging of recorded events."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from stoa.errors import BadInput
from stoa.promoted_records import BudgetUnit, Campaign, CampaignId, Placement, PromotedFigures
from stoa.records import (
    SECOND_US,
    AccountState,
    AccountStatus,
    Batch,
    EventKind,
    PostId,
    ViewerEvent,
)
from stoa.store import MemoryStore, SqliteStore

START_US = 1_790_000_000 * SECOND_US
HOUR_US = 3_600 * SECOND_US
HOLD_US = 1_800 * SECOND_US


@pytest.fixture(params=["memory", "sqlite"])
def store(request, tmp_path):
    opened = MemoryStore() if request.param == "memory" else SqliteStore(tmp_path / "square.db")
    opened.intern_account("ana")
    opened.intern_account("bo")
    yield opened
    opened.close()


@pytest.fixture
def kept(store):
    return store.promoted


def campaign(name="tea", post=7, **fields) -> Campaign:
    known = {
        "uri": f"local:{post}", "advertiser": "A tea shop", "unit": BudgetUnit.IMPRESSIONS,
        "budget": 3, "starts_us": START_US, "ends_us": START_US + HOUR_US,
    }  # fmt: skip
    return Campaign(id=CampaignId(name), post=PostId(post), **known | fields)


def placement(viewer=1, reading="r1", post=7, name="tea", **fields) -> Placement:
    known = {
        "position": 8, "at_us": START_US + SECOND_US, "hold": 1, "value_s": 3.0,
        "displaced": PostId(5), "displaced_s": 2.0, "agreed_s": 0.0,
    } | fields  # fmt: skip
    known.setdefault("until_us", known["at_us"] + HOLD_US)
    return Placement(
        campaign=CampaignId(name), viewer=viewer, post=PostId(post), reading=reading, **known
    )


def event(kind=EventKind.IMPRESSION, viewer=1, post=7, after_s=2.0, **fields) -> ViewerEvent:
    fields.setdefault("surface", "page")
    return ViewerEvent(viewer, kind, PostId(post), START_US + int(after_s * SECOND_US), **fields)


def state(kept, after_s=5.0, name="tea"):
    found = {s.campaign.id: s for s in kept.campaigns(START_US + int(after_s * SECOND_US))}
    return found[CampaignId(name)]


def test_a_campaign_comes_back_as_it_was_given(kept):
    one = campaign(unit=BudgetUnit.MILLISECONDS, budget=90_000, gap=4, per_day=2)
    kept.add(one)
    assert state(kept).campaign == one
    assert state(kept).figures == PromotedFigures()


@pytest.mark.parametrize(
    ("second", "field"),
    [({"name": "tea", "post": 8}, "id"), ({"name": "more"}, "post"),
     ({"name": "more", "starts_us": START_US + HOUR_US - 1, "ends_us": START_US + 2 * HOUR_US},
      "post")],
)  # fmt: skip
def test_an_id_or_a_post_taken_is_refused(kept, second, field):
    kept.add(campaign())
    with pytest.raises(BadInput) as problem:
        kept.add(campaign(**second))
    assert problem.value.field == field
    assert len(kept.campaigns(START_US)) == 1


def test_a_post_may_be_promoted_again_afterwards_or_once_it_was_stopped(kept):
    kept.add(campaign())
    kept.add(campaign("later", starts_us=START_US + HOUR_US, ends_us=START_US + 2 * HOUR_US))
    kept.add(campaign("other", post=8))
    assert kept.stop(CampaignId("other"), START_US, "for a test")
    kept.add(campaign("again", post=8))
    assert [c.id for c in kept.running(START_US)] == ["again", "tea"]


def test_it_runs_from_its_start_to_its_end(kept):
    kept.add(campaign())
    assert [bool(kept.running(START_US + t)) for t in (-1, 0, HOUR_US - 1, HOUR_US)] == [
        False, True, True, False,
    ]  # fmt: skip


def test_stopping_holds_for_good_and_says_why(kept):
    kept.add(campaign())
    assert kept.stop(CampaignId("tea"), START_US + 9, "enough")
    assert not kept.stop(CampaignId("tea"), START_US + 10, "again")
    assert not kept.stop(CampaignId("none"), START_US, "unknown")
    assert (state(kept).stopped_us, state(kept).stopped_because) == (START_US + 9, "enough")
    assert kept.running(START_US + 11) == []
    assert kept.hold([placement()]) == []


def test_posts_that_go_take_their_campaigns_along(kept):
    kept.add(campaign())
    kept.add(campaign("other", post=8))
    assert kept.stop_posts([7, 99], START_US, "gone") == 1
    assert kept.stop_posts([7], START_US, "gone") == 0
    assert [c.id for c in kept.running(START_US)] == ["other"]


def test_what_is_handed_out_is_held_and_no_more_than_there_is(kept):
    kept.add(campaign(budget=2))
    four = [placement(viewer=1 + n % 2, reading=f"r{n}") for n in range(4)]
    assert kept.hold(four) == four[:2]
    assert (state(kept).spent, state(kept).held) == (0, 2)
    assert kept.running(START_US + 2 * SECOND_US) == []


def test_a_hold_that_lapses_unseen_is_free_again(kept):
    kept.add(campaign(budget=1))
    assert kept.hold([placement()])
    late = placement(viewer=2, at_us=START_US + SECOND_US + HOLD_US)
    assert kept.hold([replace(late, at_us=late.at_us - 1)]) == []
    assert kept.hold([late]) == [late]


def test_the_same_placement_is_held_once(kept):
    kept.add(campaign())
    assert kept.hold([placement(), placement()]) == [placement()]
    assert kept.hold([placement(position=20)]) == []
    assert state(kept).held == 1
    assert kept.placements(1) == [placement()]


def test_only_what_was_seen_is_spent_and_only_once(store, kept):
    kept.add(campaign())
    kept.hold([placement()])
    store.record([event(EventKind.SERVED), event(EventKind.ASKED)])
    assert state(kept).spent == 0
    seen = [event(), event(EventKind.DWELL, seconds=2.5, after_s=3), event(EventKind.LIKE)]
    for _ in range(2):
        store.record(seen)
        store.record(seen + seen)
    found = state(kept)
    assert (found.spent, found.held) == (1, 0)
    assert found.figures == PromotedFigures(
        n_shown=1, value_s=3.0, displaced_s=2.0, looked_ms=2_500
    )
    assert found.figures.net_s == 1.0


def test_what_was_seen_without_being_promoted_costs_nothing(store, kept):
    kept.add(campaign())
    store.record([event(), event(viewer=2)])
    kept.hold([placement()])
    store.record([event(viewer=2, after_s=9), event(post=8), event(after_s=9, surface="import")])
    assert state(kept).spent == 0


def test_a_budget_of_looks_is_spent_by_measured_time(store, kept):
    kept.add(campaign(unit=BudgetUnit.MILLISECONDS, budget=10_000))
    first, second = placement(hold=4_000), placement(viewer=2, hold=7_000)
    assert kept.hold([first, second]) == [first, replace(second, hold=6_000)]
    assert kept.hold([placement(reading="r2", hold=1)]) == []
    store.record([event()])
    assert (state(kept).spent, state(kept).held) == (0, 10_000)
    store.record([event(EventKind.DWELL, seconds=1.5)])
    assert (state(kept).spent, state(kept).held) == (1_500, 8_500)
    store.record([event(EventKind.DWELL, seconds=60, after_s=4)])
    assert (state(kept).spent, state(kept).held) == (10_000, 0)
    assert state(kept).figures.looked_ms == 61_500


@pytest.mark.parametrize("seconds", [None, float("nan"), float("inf"), -3.0])
def test_a_look_that_is_no_time_costs_nothing(store, kept, seconds):
    kept.add(campaign(unit=BudgetUnit.MILLISECONDS, budget=10_000))
    kept.hold([placement(hold=1_000)])
    store.record([event(EventKind.DWELL, seconds=seconds)])
    assert state(kept).spent == 0
    assert state(kept).figures.n_shown == 1


def test_answers_are_counted(store, kept):
    kept.add(campaign())
    kept.hold([placement(), placement(viewer=2)])
    store.record([event(EventKind.GLAD), event(EventKind.REGRET, viewer=2)])
    store.record([event(EventKind.NO_OPINION, viewer=2, after_s=3)])
    figures = state(kept).figures
    assert (figures.n_glad, figures.n_no_opinion, figures.n_regret) == (1, 1, 1)
    assert state(kept).spent == 2


def test_a_late_look_beyond_the_budget_is_free(store, kept):
    kept.add(campaign(budget=1))
    kept.hold([placement()])
    kept.hold([placement(viewer=2, at_us=START_US + SECOND_US + HOLD_US)])
    store.record([event(viewer=2, after_s=1_900)])
    store.record([event(after_s=1_901)])
    found = state(kept, 1_902)
    assert (found.spent, found.held, found.figures.n_shown) == (1, 0, 2)


def test_a_readers_showings_are_counted_and_forgotten(store, kept):
    kept.add(campaign(budget=9))
    kept.hold([placement(), placement(reading="r2"), placement(viewer=2)])
    now_us = START_US + 2 * SECOND_US
    assert kept.placed(1, START_US, now_us) == {"tea": 2}
    assert kept.placed(1, now_us, now_us) == {}
    store.record([event()])
    assert kept.placed(1, START_US, START_US + HOUR_US) == {"tea": 1}
    assert store.forget(1)["placements"] == 2
    assert kept.placements(1) == []
    assert state(kept).spent == 1
    store.record([event(after_s=9)])
    assert state(kept).spent == 1


def test_a_reader_whose_account_is_deleted_is_forgotten(store, kept):
    kept.add(campaign())
    kept.hold([placement()])
    store.record([event()])
    store.commit(Batch((AccountState("ana", AccountStatus.DELETED, START_US + HOUR_US),)))
    assert kept.placements(1) == []
    store.record([event(after_s=9)])
    assert (state(kept).spent, state(kept).figures.n_shown) == (1, 1)


def test_many_at_once_hold_and_see_no_more_than_there_is(store, kept):
    kept.add(campaign(budget=10))
    names = [f"reader {n}" for n in range(24)]

    def read(name):
        viewer = store.intern_account(name)
        held = kept.hold([placement(viewer=viewer, reading=name)])
        for _ in range(2):
            store.record([event(viewer=viewer), event(EventKind.DWELL, viewer=viewer, seconds=1)])
        return len(held)

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(read, names)) == 10
    found = state(kept)
    assert (found.spent, found.held, found.figures.n_shown) == (10, 0, 10)
    assert found.figures.looked_ms == 10_000


def test_old_showings_go_with_the_log(store, kept):
    kept.add(campaign())
    kept.hold([placement()])
    store.record([event()])
    store.expire(0, START_US + HOUR_US)
    assert kept.placements(1) == []
    assert state(kept).figures.n_shown == 1
