"""Thousands of slates at once: nobody twice, chances that add up, repetition that costs."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.errors import BadInput
from stoa.ranking.slate import ManySlates, ManySlatesConfig, Pool, compose_many


def pool(seed, s=5, n=12, absent=0.2):
    chance = np.random.default_rng(seed)
    value = chance.exponential(4.0, (s, n)) - 0.5
    value[chance.random((s, n)) < absent] = -np.inf
    return Pool(
        value=value,
        author=chance.integers(0, 4, n),
        conversation=chance.integers(0, 6, n),
        topic=chance.integers(0, 3, n),
        never_shown=chance.random(n) < 0.3,
    )


@given(st.integers(0, 10_000), st.sampled_from([0.0, 0.05, 0.5, 1.0]), st.integers(1, 12))
def test_chances_at_every_slot_sum_to_one_and_are_what_is_logged(seed, exploration, considered):
    one = pool(seed)
    config = ManySlatesConfig(exploration=exploration, considered=considered)
    slates = ManySlates(one, config, np.random.default_rng(seed))
    left = np.isfinite(one.value).sum(axis=1)
    total = np.zeros(len(left))
    for slot in range(14):
        chances = slates.chances()
        np.testing.assert_allclose(chances.sum(axis=1), (left > slot).astype(float), atol=1e-9)
        post, propensity, explored = slates.place()
        some = post >= 0
        np.testing.assert_array_equal(some, left > slot)
        expected = chances[np.flatnonzero(some), post[some]]
        np.testing.assert_allclose(propensity[some], expected, atol=1e-9)
        assert (propensity[some] > 0).all()
        assert not explored[~some].any()
        total += chances.sum(axis=1)
    np.testing.assert_allclose(total, left, atol=1e-8)


@given(st.integers(0, 10_000))
def test_no_post_twice_and_none_that_must_not_be_shown(seed):
    one = pool(seed)
    slates = compose_many(one, 12, ManySlatesConfig(exploration=0.3), np.random.default_rng(seed))
    for row, allowed in zip(slates.post, np.isfinite(one.value), strict=True):
        placed = row[row >= 0]
        assert sorted(placed) == np.flatnonzero(allowed).tolist()


def test_posts_come_as_often_as_their_propensity_says():
    one = pool(3, s=1, n=6, absent=0.0)
    many = Pool(
        value=np.repeat(one.value, 20_000, axis=0), author=one.author,
        conversation=one.conversation, topic=one.topic, never_shown=one.never_shown,
    )  # fmt: skip
    slates = ManySlates(many, ManySlatesConfig(exploration=0.4), np.random.default_rng(0))
    chances = slates.chances()[0]
    post, _, _ = slates.place()
    found = np.bincount(post, minlength=6) / len(post)
    np.testing.assert_allclose(found, chances, atol=0.015)


def test_without_exploration_the_best_discounted_value_is_taken():
    one = Pool(
        value=np.array([[10.0, 9.0, 6.0]]), author=np.array([1, 1, 2]),
        conversation=np.arange(3), topic=np.zeros(3, dtype=int), never_shown=np.zeros(3, bool),
    )  # fmt: skip
    config = ManySlatesConfig(exploration=0.0, topic_decay=1.0)
    slates = compose_many(one, 3, config, np.random.default_rng(0))
    assert slates.post.tolist() == [[0, 2, 1]]  # 9 is worth 9 * (.9 * .5 + .1) after its author
    assert slates.propensity.tolist() == [[1.0, 1.0, 1.0]]


def test_a_discount_never_lifts_what_is_worth_less_than_nothing():
    one = Pool(
        value=np.array([[5.0, -1.0, -0.9]]), author=np.array([1, 1, 2]),
        conversation=np.arange(3), topic=np.arange(3), never_shown=np.zeros(3, bool),
    )  # fmt: skip
    config = ManySlatesConfig(exploration=0.0)
    slates = compose_many(one, 3, config, np.random.default_rng(0))
    assert slates.post.tolist() == [[0, 2, 1]]


def test_posts_never_shown_get_their_share_of_exploration():
    n = 50
    one = Pool(
        value=np.tile(np.where(np.arange(n) < 40, 10.0, 0.0), (4, 1)), author=np.arange(n),
        conversation=np.arange(n), topic=np.arange(n), never_shown=np.arange(n) >= 40,
    )  # fmt: skip
    config = ManySlatesConfig(exploration=1.0, fresh=0.3)
    chances = ManySlates(one, config, np.random.default_rng(0)).chances()
    np.testing.assert_allclose(chances[:, 40:].sum(axis=1), 0.3, atol=0.01)


def test_columns_that_do_not_fit_are_refused():
    one = pool(0)
    wrong = Pool(
        value=one.value, author=one.author[:3], conversation=one.conversation, topic=one.topic,
        never_shown=one.never_shown,
    )  # fmt: skip
    with pytest.raises(BadInput, match="author"):
        compose_many(wrong, 2, ManySlatesConfig(), np.random.default_rng(0))
