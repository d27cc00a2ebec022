"""Slates are drawn with the chances they say."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stoa.errors import BadInput
from stoa.evaluation.slates import greedy_slates, inclusion, sampled_slates


@given(st.lists(st.floats(0.001, 1_000), min_size=6, max_size=40), st.integers(1, 6))
def test_chances_sum_to_the_slots_and_grow_with_weight(weights, slots):
    chance = inclusion(np.array([weights]), slots)[0]
    assert chance.sum() == pytest.approx(slots, rel=1e-6)
    assert (chance <= 1 + 1e-9).all()
    assert (chance > 0).all()
    order = np.argsort(weights)
    assert (np.diff(chance[order]) >= -1e-9).all()


@settings(max_examples=25)
@given(st.integers(0, 1_000), st.integers(2, 8), st.floats(0.0, 0.5))
def test_a_sample_fills_every_slot_with_another_post(seed, slots, explore):
    random = np.random.default_rng(seed)
    weight = random.pareto(1.0, (5, 30)) * (random.random((5, 30)) < 0.8)
    usable = int((weight > 0).sum(axis=1).min())
    slates = sampled_slates(weight, slots, explore, random)
    assert slates.post.shape == (5, min(slots, usable))
    for row, posts in enumerate(slates.post):
        assert len(set(posts.tolist())) == len(posts)
        assert (weight[row, posts] > 0).all()
    assert ((slates.propensity > 0) & (slates.propensity <= 1)).all()


def test_samples_come_as_often_as_their_propensity_says():
    random = np.random.default_rng(1)
    rows = 20_000
    weight = np.tile(np.array([8.0, 4.0, 2.0, 1.0, 1.0, 1.0, 1.0, 1.0]), (rows, 1))
    slates = sampled_slates(weight, 3, 0.1, random)
    seen = np.bincount(slates.post.ravel(), minlength=8) / rows
    said = np.zeros(8)
    said[slates.post.ravel()] = slates.propensity.ravel()
    assert said.sum() == pytest.approx(3.0, abs=1e-5)
    assert np.abs(seen - said).max() < 4 * 0.5 / np.sqrt(rows)
    # One slot in ten of three is explored, whatever the weights are.
    assert slates.explored.sum() / rows == pytest.approx(0.3, abs=0.02)


def test_greedy_slates_explore_as_often_as_they_say():
    random = np.random.default_rng(2)
    score = np.tile(np.arange(30.0), (10_000, 1))
    slates = greedy_slates(score, 5, 0.1, random)
    seen = np.bincount(slates.post.ravel(), minlength=30) / 10_000
    assert seen[25:] == pytest.approx(np.full(5, 0.9), abs=0.02)
    assert seen[:25] == pytest.approx(np.full(25, 0.5 / 25), abs=0.006)
    assert slates.propensity[~slates.explored] == pytest.approx(0.9)
    assert slates.propensity[slates.explored] == pytest.approx(0.02)
    # Summed over every post that came to stand there, the chances make up the slots.
    said = np.zeros(30)
    said[slates.post.ravel()] = slates.propensity.ravel()
    assert said.sum() == pytest.approx(5.0, abs=1e-5)


def test_nothing_is_shown_that_may_not_be_and_short_rows_end_early():
    score = np.full((2, 6), -np.inf)
    score[0, [1, 4]] = [1.0, 2.0]
    slates = greedy_slates(score, 3, 0.2, np.random.default_rng(0))
    assert slates.post.tolist() == [[4, 1, -1], [-1, -1, -1]]
    assert np.isnan(slates.propensity[slates.post < 0]).all()
    with pytest.raises(BadInput):
        greedy_slates(score, 3, 1.0, np.random.default_rng(0))
