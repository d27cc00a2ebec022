"""Older interests are posts that were really liked, one for each cluster."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from stoa.space.medoids import older_interests


def test_three_interests_give_three_medoids_among_the_events():
    chance = np.random.default_rng(0)
    centres = np.eye(3, 8, dtype=np.float32)
    member = chance.integers(3, size=60)
    vectors = centres[member] + 0.05 * chance.standard_normal((60, 8)).astype(np.float32)
    medoid, size = older_interests(vectors, n_most=3)
    assert sorted(member[medoid].tolist()) == [0, 1, 2]
    assert sorted(size.tolist()) == sorted(np.bincount(member).tolist())


@given(n=st.integers(0, 40), most=st.integers(1, 10), seed=st.integers(0, 9))
def test_there_are_never_too_many_and_every_event_is_stood_for(n, most, seed):
    vectors = np.random.default_rng(seed).standard_normal((n, 4)).astype(np.float32)
    medoid, size = older_interests(vectors, n_most=most)
    assert len(medoid) <= min(most, n)
    assert len(np.unique(medoid)) == len(medoid)
    assert size.sum() == n


def test_beyond_what_can_be_compared_the_newest_events_count():
    vectors = np.ones((2_100, 2), dtype=np.float32)
    medoid, _ = older_interests(vectors, n_most=2)
    assert (medoid >= 52).all()
