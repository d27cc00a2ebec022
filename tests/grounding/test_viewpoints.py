"""Few sources out of many, from more than one side."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from stoa.grounding.viewpoints import (
    ViewpointConfig,
    choose_various,
    likeness,
    likeness_of_sides,
    likeness_of_words,
)

words = st.lists(st.frozensets(st.sampled_from("abcdef"), max_size=4), min_size=1, max_size=8)
factor = st.floats(-1, 1) | st.just(float("nan"))


@given(words, st.integers(0, 10), st.integers(0, 999))
def test_as_many_as_asked_each_once_and_the_most_relevant_first(texts, k, seed):
    relevance = np.random.default_rng(seed).random(len(texts))
    chosen = choose_various(relevance, likeness_of_words(texts), k)
    assert len(chosen) == len(set(chosen)) == min(k, len(texts))
    assert not chosen or chosen[0] == int(np.argmax(relevance))


@given(words)
def test_without_variety_it_is_the_order_of_relevance(texts):
    relevance = np.linspace(1, 0, len(texts))
    config = ViewpointConfig(relevance=1.0)
    chosen = choose_various(relevance, likeness_of_words(texts), len(texts), config)
    assert chosen == list(range(len(texts)))


@given(words, st.data())
def test_likeness_is_symmetric_and_within_bounds(texts, data):
    factors = np.array([data.draw(factor) for _ in texts])
    made = likeness(texts, factors)
    assert np.allclose(made, made.T)
    assert ((made >= 0) & (made <= 1)).all()


def test_a_flipped_axis_changes_nothing():
    factors = np.array([0.4, -0.3, np.nan, 0.9])
    assert np.allclose(likeness_of_sides(factors), likeness_of_sides(-factors))


def test_the_other_side_gets_a_place():
    texts = [frozenset({f"w{at}"}) for at in range(5)]
    relevance = np.array([1.0, 0.95, 0.9, 0.85, 0.8])
    factors = np.array([0.5, 0.5, 0.5, 0.5, -0.5])
    assert choose_various(relevance, likeness(texts, factors), 2) == [0, 4]
    unknown = np.full(5, np.nan)
    assert choose_various(relevance, likeness(texts, unknown), 2) == [0, 1]
