"""A viewer is many vectors: causal, begun at the posts themselves, silent where they regretted."""

import jax
import numpy as np
import pytest

from stoa.records import EventKind
from stoa.space.late_interaction import NEVER
from stoa.space.viewer_tower import (
    History,
    ViewerTowerConfig,
    age_weight,
    init_viewer_tower,
    pair_weights,
    viewer_positions,
    viewer_vectors,
)

CONFIG = ViewerTowerConfig(vector=16, width=32, depth=1, longest=64)


@pytest.fixture(scope="module")
def params():
    made = init_viewer_tower(jax.random.key(0), CONFIG)
    return made | {"by_hours": -0.1 * np.arange(14, dtype=np.float32)}


def history(n, seed=0, segment=None):
    chance = np.random.default_rng(seed)
    vector = chance.standard_normal((n, 16)).astype(np.float32)
    return History(
        vector=vector / np.linalg.norm(vector, axis=1, keepdims=True),
        kind=np.full(n, EventKind.LIKE, np.int32),
        gap_s=chance.exponential(100, n).astype(np.float32),
        seconds=np.full(n, -1, np.float32),
        surface=np.zeros(n, np.int32),
        at_h=np.arange(n, dtype=np.float32) - n,
        segment=np.zeros(n, np.int32) if segment is None else np.array(segment, np.int32),
    )


@pytest.fixture(scope="module")
def positions(params):
    run = jax.jit(lambda h: viewer_positions(params, CONFIG, h).vector)
    return lambda h: np.asarray(run(h))


def test_no_position_reads_a_later_event(positions):
    one = history(6)
    other = one._replace(vector=np.roll(one.vector, 1, axis=0))
    mixed = one._replace(vector=np.concatenate([one.vector[:4], other.vector[4:]]))
    np.testing.assert_array_equal(positions(one)[:4], positions(mixed)[:4])
    assert not np.allclose(positions(one)[4:], positions(mixed)[4:])


def test_viewers_who_share_a_row_do_not_read_each_other(positions):
    alone = history(6, segment=[0, 0, 0, -1, -1, -1])
    beside = history(6, segment=[0, 0, 0, 1, 1, 1])
    np.testing.assert_array_equal(positions(alone)[:3], positions(beside)[:3])


def test_an_untrained_viewer_is_near_the_posts_they_met(positions):
    one = history(6)
    cosine = (positions(one) * one.vector).sum(axis=1)
    assert (cosine > 0.5).all()
    np.testing.assert_allclose(np.linalg.norm(positions(one), axis=1), 1, atol=1e-5)


def test_only_earlier_events_of_the_same_viewer_that_were_not_regretted_speak(params):
    one = history(5, segment=[0, 0, 0, 1, 1])
    one = one._replace(kind=np.array([3, EventKind.REGRET, 3, 3, 3], np.int32))
    weight = np.asarray(pair_weights(params, one, np.zeros(5, np.float32)))
    expected = [[0, 0, 0, 0, 0], [1, 0, 0, 0, 0], [1, 0, 0, 0, 0], [0] * 5, [0, 0, 0, 1, 0]]
    assert ((weight > NEVER / 2) == np.array(expected, bool)).all()


def test_weights_follow_age_between_the_learned_points(params):
    hours = np.array([0.0, 1.0, 3.0, 2.0, 1e9], np.float32)
    found = np.asarray(age_weight(params, np.zeros(5, np.float32), hours))
    np.testing.assert_allclose(found[:3], [0, -0.1, -0.2], atol=1e-5)
    assert -0.2 < found[3] < -0.1
    np.testing.assert_allclose(found[4], -1.3, atol=1e-2)


def test_serving_gives_a_vector_for_each_event_that_may_speak(params, positions):
    one = history(6)._replace(kind=np.array([3, 3, EventKind.REGRET, 3, 3, 3], np.int32))
    served = viewer_vectors(params, CONFIG, one, now_h=0.0)
    assert served.events.tolist() == [0, 1, 3, 4, 5]
    np.testing.assert_allclose(served.vectors, positions(one)[served.events], atol=1e-5)
    assert served.weights.max() == 0
    assert (served.weights <= 0).all()


def test_of_a_long_history_the_newest_events_are_read(params):
    served = viewer_vectors(params, CONFIG, history(80), now_h=0.0)
    assert served.events.tolist() == list(range(16, 80))


def test_nobody_has_no_vectors(params):
    served = viewer_vectors(params, CONFIG, history(0), now_h=0.0)
    assert served.vectors.shape == (0, 16)
