"""A viewer in a learned space: every vector has its event; regrets and what went have none."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stoa.feed.learned_viewer import learned_vectors
from stoa.feed.viewer_vectors import VectorConfig
from stoa.index import MemoryIndex, MemoryRows
from stoa.records import DAY_US, EventKind, HistoryEvent, PostId, as_ids
from stoa.space.generation import Generation
from stoa.space.post_tower import PostTowerConfig
from stoa.space.space_model import SpaceConfig, init_space
from stoa.space.viewer_history import REGRET_KINDS
from stoa.space.viewer_tower import ViewerTowerConfig

NOW_US = 100 * DAY_US
N = 40
CONFIG = VectorConfig(positions=12)


@cache
def space() -> Generation:
    """Made when a test asks, not when tests are collected: that is done in every process."""
    towers = SpaceConfig(
        post=PostTowerConfig(text=32, vector=32, hidden=8, account=4, account_rows=16),
        viewer=ViewerTowerConfig(vector=32, width=32, depth=1, longest=16, medoids=4),
    )
    index, rows = MemoryIndex(32), MemoryRows(32)
    made = np.random.default_rng(0).standard_normal((N, 32)).astype(np.float32)
    made /= np.linalg.norm(made, axis=1, keepdims=True)
    ids = np.arange(1, N + 1)
    index.put(ids[:30], made[:30])
    rows.put(ids[30:], made[30:])
    return Generation("v1", index, rows.get, init_space(0, towers))


def event(kind: EventKind, post: int, days: float = 0, seconds: float | None = None):
    return HistoryEvent(kind, PostId(post), NOW_US - int(days * DAY_US), seconds)


def likes(*posts: int) -> list[HistoryEvent]:
    return [event(EventKind.LIKE, post, days / 10) for days, post in enumerate(posts)]


def made(history, sliders=None, config=CONFIG):
    return learned_vectors(history, sliders or {}, NOW_US, space(), config)


def test_one_vector_for_every_event_newest_first_each_with_its_post():
    mine = made(likes(7, 3, 35))
    assert mine.posts.tolist() == [7, 3, 35]
    assert mine.kinds == (EventKind.LIKE,) * 3
    assert mine.at_us.tolist() == [e.at_us for e in likes(7, 3, 35)]
    np.testing.assert_allclose(np.linalg.norm(mine.vectors, axis=1), 1, atol=1e-5)


def test_an_untrained_viewer_is_near_what_they_met():
    mine = made(likes(7, 3, 35))
    posts = space().vectors(mine.posts)
    assert (np.sum(mine.vectors * posts, axis=1) > 0.5).all()


def test_a_regretted_post_is_never_searched_with_and_is_held_against_posts():
    history = [event(EventKind.REGRET, 3), *likes(7, 3, 9)]
    mine = made(history)
    assert mine.posts.tolist() == [7, 9]
    assert mine.against_posts.tolist() == [3]
    np.testing.assert_allclose(mine.against, space().vectors(as_ids([3])))


def test_an_interest_that_is_taken_away_is_not_even_read():
    without, away = made(likes(7, 9)), made([*likes(7), event(EventKind.LIKE, 9, 0.1)])
    taken = made(
        [event(EventKind.LIKE, 7), event(EventKind.LIKE, 3, 0.05), event(EventKind.LIKE, 9, 0.1)],
        {3: 0.0},
    )
    assert taken.posts.tolist() == [7, 9]
    np.testing.assert_allclose(taken.vectors, away.vectors, atol=1e-6)
    assert without.posts.tolist() == [7, 9]


def test_a_slider_weighs():
    plain, weighed = made(likes(7, 3)), made(likes(7, 3), {3: 1.5})
    assert weighed.sliders.tolist() == [1.0, 1.5]
    np.testing.assert_allclose(weighed.weights, plain.weights * [1.0, 1.5], rtol=1e-5)
    np.testing.assert_allclose(weighed.vectors, plain.vectors)


def test_older_interests_live_on_as_posts_that_were_liked():
    history = likes(*range(1, 31))
    mine = made(history)
    newest, older = mine.posts[:12], mine.posts[12:]
    assert newest.tolist() == list(range(1, 13))
    assert 1 <= len(older) <= 4
    assert set(older.tolist()) <= set(range(13, 31))
    np.testing.assert_allclose(mine.vectors[12:], space().vectors(older), atol=1e-6)


def test_posts_that_nobody_knows_any_more_give_nothing():
    assert len(made(likes(99, 98))) == 0
    assert len(made([])) == 0
    assert made(likes(99, 5)).posts.tolist() == [5]


def test_the_index_finds_what_the_added_weights_find():
    """The factor c / (c - w) and the weight w have the same posts above c."""
    mine = made(likes(*range(1, 13)))
    level = CONFIG.level
    added = level - level / mine.weights
    posts = np.random.default_rng(1).standard_normal((5_000, 32)).astype(np.float32)
    posts /= np.linalg.norm(posts, axis=1, keepdims=True)
    cosine = posts @ mine.vectors.T
    above = (cosine * mine.weights).max(axis=1) >= level
    np.testing.assert_array_equal(above, (cosine + added).max(axis=1) >= level)


kinds = st.sampled_from([kind for kind in EventKind if kind not in (EventKind.UNDO,)])
events = st.lists(
    st.builds(event, kinds, st.integers(0, 45), st.floats(0, 50), st.floats(0, 60)), max_size=30
)


@settings(max_examples=60)
@given(events, st.dictionaries(st.integers(1, 45), st.sampled_from([0.0, 0.5, 2.0]), max_size=5))
def test_every_vector_comes_from_an_act_that_may_speak(history, sliders):
    history = sorted(history, key=lambda e: -e.at_us)
    mine = made(history, sliders)
    acts = {(e.post, e.kind) for e in history}
    assert set(zip(mine.posts.tolist(), mine.kinds, strict=True)) <= acts
    assert not set(mine.kinds) & set(REGRET_KINDS)
    sorry = {e.post for e in history if e.kind in REGRET_KINDS}
    away = {post for post, weight in sliders.items() if weight == 0}
    assert not (sorry | away) & set(mine.posts.tolist())
    assert len(set(mine.posts.tolist())) == len(mine)
    assert (mine.weights > 0).all()
    assert np.isfinite(mine.vectors).all()


@pytest.mark.parametrize("level", [0.3, 0.9])
def test_weights_never_exceed_the_sliders(level):
    mine = made(likes(*range(1, 10)), config=replace(CONFIG, level=level))
    assert (mine.weights <= 1 + 1e-6).all()
    assert mine.weights.max() == pytest.approx(1.0)
