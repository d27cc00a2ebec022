"""A viewer's vectors: one an act, weighed, traceable, removable."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.feed.viewer_vectors import VectorConfig, viewer_vectors
from stoa.index import MemoryIndex, MemoryRows
from stoa.records import DAY_US, NEGATIVE_EVENTS, EventKind, HistoryEvent, PostId, as_ids
from stoa.space.generation import first_generation

NOW_US = 100 * DAY_US
CONFIG = VectorConfig()
INDEX, ROWS = MemoryIndex(4), MemoryRows(4)
INDEX.put(as_ids([1, 2, 3]), np.eye(4, dtype=np.float32)[:3])
ROWS.put(as_ids([4, 5]), np.eye(4, dtype=np.float32)[2:])
SPACE = first_generation(INDEX, ROWS)


def event(kind: EventKind, post: int, days: float = 0, seconds: float | None = None):
    return HistoryEvent(kind, PostId(post), NOW_US - int(days * DAY_US), seconds)


def made(*events: HistoryEvent, sliders=None, config=CONFIG):
    return viewer_vectors(events, sliders or {}, NOW_US, SPACE, config)


def test_each_post_gives_one_vector_named_by_its_weightiest_act():
    mine = made(event(EventKind.CLICK, 1), event(EventKind.LIKE, 1), event(EventKind.GLAD, 2))
    assert mine.posts.tolist() == [1, 2]
    assert mine.kinds == (EventKind.LIKE, EventKind.GLAD)
    assert mine.weights.tolist() == pytest.approx([1.0, 1.25])
    assert mine.vectors.tolist() == np.eye(4)[:2].tolist()
    assert mine.queries[1].tolist() == pytest.approx([0, 1.25, 0, 0])


def test_regret_overrules_gladness():
    mine = made(event(EventKind.REGRET, 1), event(EventKind.LIKE, 1), event(EventKind.LIKE, 2))
    assert mine.posts.tolist() == [2]
    assert mine.against_posts.tolist() == [1]
    assert mine.against_weights.tolist() == pytest.approx([1.2])


def test_posts_out_of_the_index_fall_back_to_their_content():
    mine = made(event(EventKind.LIKE, 4), event(EventKind.LIKE, 99))
    assert mine.posts.tolist() == [4]
    assert mine.vectors[0].tolist() == pytest.approx([0, 0, 1, 0], abs=0.01)


def test_acts_fade_to_a_floor():
    mine = made(event(EventKind.LIKE, 1, 14), event(EventKind.LIKE, 2, 100_000 / 14))
    assert mine.weights.tolist() == pytest.approx([0.8, 0.6], abs=1e-3)


def test_sliders_weigh_and_remove():
    likes = [event(EventKind.LIKE, 1), event(EventKind.LIKE, 2), event(EventKind.HIDE, 3)]
    mine = made(*likes, sliders={1: 0.0, 2: 2.0, 3: 0.0})
    assert mine.posts.tolist() == [2]
    assert mine.weights.tolist() == [2.0]
    assert mine.sliders.tolist() == [2.0]
    assert len(mine.against) == 0


@pytest.mark.parametrize(
    ("seconds", "weight"), [(None, 0), (4, 0), (10, 0.4), (20, 0.8), (99, 0.8)]
)
def test_looks_count_by_their_length(seconds, weight):
    mine = made(event(EventKind.DWELL, 1, seconds=seconds))
    assert mine.weights.tolist() == pytest.approx([weight] if weight else [])


kinds = st.sampled_from(list(EventKind))
events = st.lists(st.builds(event, kinds, st.integers(0, 6), st.floats(0, 50), st.floats(0, 60)))


@given(events, st.integers(1, 4))
def test_every_vector_comes_from_an_act_and_is_a_unit(history, limit):
    mine = made(*history, config=VectorConfig(limit=limit))
    acts = {(e.post, e.kind, e.at_us) for e in history}
    for trace in zip(mine.posts.tolist(), mine.kinds, mine.at_us.tolist(), strict=True):
        assert trace in acts
        assert trace[1] not in NEGATIVE_EVENTS
    assert len(mine) <= limit
    assert np.linalg.norm(mine.vectors, axis=1) == pytest.approx(np.ones(len(mine)), abs=0.02)
    assert (mine.weights > 0).all()
    assert (mine.against_weights > 0).all()
    sorry = {e.post for e in history if e.kind in NEGATIVE_EVENTS}
    assert not sorry & set(mine.posts.tolist())
