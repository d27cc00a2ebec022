"""Whatever happens in whatever order: no budget is passed, replays change nothing, twins agree."""

from __future__ import annotations

import tempfile
from contextlib import closing
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from stoa.promoted_records import BudgetUnit, Campaign, CampaignId, Placement
from stoa.records import SECOND_US, EventKind, PostId, ViewerEvent
from stoa.store import MemoryStore, SqliteStore

START_US = 1_790_000_000 * SECOND_US
VIEWERS, POSTS = (1, 2, 3), (7, 8)
KINDS = (EventKind.IMPRESSION, EventKind.DWELL, EventKind.GLAD, EventKind.REGRET, EventKind.SERVED)

moments = st.integers(0, 40)
holds = st.tuples(
    st.just("hold"), st.sampled_from(VIEWERS), st.sampled_from(POSTS), st.integers(0, 4),
    moments, st.integers(1, 4_000),
)  # fmt: skip
looks = st.tuples(
    st.just("look"), st.sampled_from(VIEWERS), st.sampled_from(POSTS), st.sampled_from(KINDS),
    moments, st.none() | st.floats(-1, 400),
)  # fmt: skip
stops = st.tuples(st.just("stop"), st.sampled_from(POSTS), moments)
forgets = st.tuples(st.just("forget"), st.sampled_from(VIEWERS))
stories = st.lists(st.one_of(holds, holds, looks, looks, looks, stops, forgets), max_size=30)
budgets = st.tuples(st.integers(1, 5), st.integers(1, 9_000))


def open_campaigns(store, budgets):
    for name in ("ana", "bo", "cy"):
        store.intern_account(name)
    units = (BudgetUnit.IMPRESSIONS, BudgetUnit.MILLISECONDS)
    for post, unit, budget in zip(POSTS, units, budgets, strict=True):
        store.promoted.add(
            Campaign(
                id=CampaignId(f"c{post}"), post=PostId(post), uri=f"local:{post}",
                advertiser="Tea", unit=unit, budget=budget, starts_us=START_US,
                ends_us=START_US + 1_000 * SECOND_US,
            )
        )  # fmt: skip


def act(store, step):
    """One step of a story; what it answers must not depend on the adapter."""
    if step[0] == "hold":
        _, viewer, post, reading, moment, hold = step
        at_us = START_US + moment * SECOND_US
        one = Placement(
            campaign=CampaignId(f"c{post}"), viewer=viewer, post=PostId(post),
            reading=f"r{reading}", position=3, at_us=at_us, until_us=at_us + 15 * SECOND_US,
            hold=hold if post == POSTS[1] else 1, value_s=2.0, displaced=PostId(5),
            displaced_s=1.0, agreed_s=0.0,
        )  # fmt: skip
        return store.promoted.hold([one])
    if step[0] == "look":
        _, viewer, post, kind, moment, seconds = step
        at_us = START_US + moment * SECOND_US
        seen = ViewerEvent(viewer, kind, PostId(post), at_us, seconds=seconds, surface="page")
        return store.record([seen])
    if step[0] == "stop":
        return store.promoted.stop_posts([step[1]], START_US + step[2] * SECOND_US, "a test")
    return store.forget(step[1])["placements"]


def standing(store):
    return [store.promoted.campaigns(START_US + t * SECOND_US) for t in (0, 20, 60)]


@settings(max_examples=12)
@given(stories, budgets)
def test_no_budget_is_passed_and_the_twins_agree(story, budgets):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "square.db"
        with closing(MemoryStore()) as memory, closing(SqliteStore(path)) as disk:
            for store in (memory, disk):
                open_campaigns(store, budgets)
            for step in story:
                assert act(memory, step) == act(disk, step)
                for states in standing(memory):
                    assert all(s.spent + s.held <= s.campaign.budget for s in states)
            assert standing(memory) == standing(disk)
            assert [memory.promoted.placements(v) for v in VIEWERS] == [
                disk.promoted.placements(v) for v in VIEWERS
            ]
            before = standing(memory)
            for step in story:
                if step[0] == "look" and not any(s == ("forget", step[1]) for s in story):
                    act(memory, step)
            assert standing(memory) == before
        with closing(SqliteStore(path)) as again:
            assert standing(again) == before
