"""The map of a viewer's vectors: where they lie and which belong together."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stoa.space.projection import cluster, to_plane
from stoa.space.quantise import unit_rows


def random(n, d=10, seed=0):
    return unit_rows(np.random.default_rng(seed).standard_normal((n, d)).astype(np.float32))


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 40), st.integers(1, 12), st.integers(0, 99))
def test_a_map_stays_in_its_frame_and_is_the_same_each_time(n, d, seed):
    rows = random(n, d, seed)
    plane = to_plane(rows)
    assert plane.shape == (n, 2)
    assert (np.abs(plane) <= 1 + 1e-6).all()
    assert (to_plane(rows) == plane).all()


def test_the_first_axis_tells_most_apart():
    rows = np.zeros((20, 6), dtype=np.float32)
    rows[:, 2] = np.linspace(-5, 5, 20)
    rows[:, 4] = np.cos(np.arange(20))
    plane = to_plane(rows)
    assert abs(np.corrcoef(plane[:, 0], rows[:, 2])[0, 1]) > 0.99
    assert plane[:, 0].var() > plane[:, 1].var()


@pytest.mark.parametrize("rows", [np.zeros((0, 4)), np.ones((1, 4)), np.ones((5, 4))])
def test_what_has_no_extent_lies_in_the_middle(rows):
    assert not to_plane(rows.astype(np.float32)).any()


def test_clusters_are_the_interests_largest_first():
    chance = np.random.default_rng(1)
    truth = np.repeat([0, 1, 2], [5, 30, 12])
    rows = unit_rows(random(3)[truth] + 0.1 * chance.standard_normal((47, 10)).astype(np.float32))
    shuffled = chance.permutation(47)
    member, medoid = cluster(rows[shuffled], 3)
    assert np.bincount(member).tolist() == [30, 12, 5]
    assert [truth[shuffled][row] for row in medoid] == [1, 2, 0]


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 30), st.integers(0, 8), st.integers(0, 99))
def test_every_vector_has_a_cluster_and_no_cluster_is_empty(n, k, seed):
    rows = random(n, seed=seed)
    member, medoid = cluster(rows, k)
    assert len(member) == n
    assert len(medoid) == min(n, k)
    if len(medoid):
        assert (member[medoid] == np.arange(len(medoid))).all()
        assert (np.diff(np.bincount(member)) <= 0).all()


def test_equal_vectors_make_one_cluster():
    member, medoid = cluster(np.tile(random(1), (9, 1)), 4)
    assert len(medoid) == 1
    assert not member.any()
