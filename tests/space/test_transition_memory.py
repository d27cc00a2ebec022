"""Pairs are counted by distance and direction, and never across users."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.space.item_sequences import ItemSequences
from stoa.space.transition_memory import TransitionConfig, TransitionMemory

LINEAR = TransitionConfig(reach=3, fade=0.5, recent=2, steepness=1.0)


def sequences_of(users, n_items):
    length = np.asarray([len(user) for user in users], np.int64)
    end = np.cumsum(length)
    return ItemSequences(
        item=np.asarray([i for user in users for i in user], np.int32), start=end - length,
        end=end, item_id=np.arange(n_items), user_id=np.arange(len(users)),
    )  # fmt: skip


def counts(known, history, config=LINEAR):
    return np.expm1(TransitionMemory(known, config).scores(np.arange(history.n_users), history))


def test_a_pair_counts_by_its_distance_and_only_forwards():
    known = sequences_of([[0, 1, 2, 3, 4], [5, 0]], 6)
    found = counts(known, sequences_of([[0], [4], [5]], 6))
    assert found[0].tolist() == pytest.approx([0, 1, 1 / 2, 1 / 3, 0, 0], abs=1e-6)
    assert found[1].tolist() == pytest.approx([0] * 6, abs=1e-6)
    assert found[2].tolist() == pytest.approx([1, 0, 0, 0, 0, 0], abs=1e-6)


def test_older_items_speak_more_softly_and_the_oldest_not_at_all():
    known = sequences_of([[0, 1], [2, 3], [4, 5]], 6)
    found = counts(known, sequences_of([[4, 2, 0]], 6))
    assert found[0].tolist() == pytest.approx([0, 1, 0, 1 / 2, 0, 0], abs=1e-6)


@given(users=st.lists(st.lists(st.integers(0, 5), max_size=6), min_size=1, max_size=5))
def test_counts_are_those_of_a_plain_loop(users):
    known = sequences_of(users, 6)
    expected = np.zeros((6, 6))
    for user in users:
        for i, before in enumerate(user):
            for d, after in enumerate(user[i + 1 : i + 4], 1):
                expected[before, after] += 1 / d
    found = counts(known, sequences_of([[i] for i in range(6)], 6))
    np.testing.assert_allclose(found, expected, atol=1e-5)
