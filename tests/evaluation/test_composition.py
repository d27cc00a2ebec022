"""Laying out shortlists: nothing lost or doubled, repetition costs, chances add up."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from stoa.evaluation.composition import (
    CompositionConfig,
    Shortlisted,
    compose_shortlists,
    discounted_order,
)


def listed(seed: int, rows: int = 3, width: int = 24, missing: int = 0) -> Shortlisted:
    chance = np.random.default_rng(seed)
    column = np.stack([chance.permutation(60)[:width] for _ in range(rows)]).astype(np.int32)
    column[:, width - missing :] = -1
    return Shortlisted(
        column=column,
        value=chance.normal(1.0, 1.0, (rows, width)),
        author=chance.integers(0, 6, (rows, width)),
        conversation=chance.integers(0, 9, (rows, width)),
    )


@given(st.integers(0, 10_000), st.integers(0, 20), st.sampled_from([0.0, 0.1]))
def test_a_slate_holds_listed_posts_once_each(seed, missing, exploration):
    posts = listed(seed, missing=missing)
    config = CompositionConfig(exploration=exploration)
    made = compose_shortlists(posts, 8, config, np.random.default_rng(seed))
    for row, shown in enumerate(made.post):
        there = shown[shown >= 0]
        assert len(set(there.tolist())) == len(there) == min(8, 24 - missing)
        assert set(there.tolist()) <= set(posts.column[row].tolist())
    assert (np.isfinite(made.propensity) == (made.post >= 0)).all()


def test_without_discounts_the_order_is_that_of_values():
    posts = listed(4)
    plain = CompositionConfig(author_decay=1.0, conversation_decay=1.0)
    expected = np.argsort(-posts.value, axis=1)[:, :8]
    np.testing.assert_array_equal(discounted_order(posts, 8, plain), expected)


def test_a_second_post_of_an_author_waits_for_others():
    posts = Shortlisted(
        column=np.arange(3, dtype=np.int32)[None, :],
        value=np.array([[3.0, 2.9, 2.0]]),
        author=np.array([[7, 7, 8]]),
        conversation=np.array([[1, 2, 3]]),
    )
    assert discounted_order(posts, 3, CompositionConfig()).tolist() == [[0, 2, 1]]


def test_a_third_post_of_a_subject_waits_where_subjects_wear_off():
    posts = Shortlisted(
        column=np.arange(4, dtype=np.int32)[None, :],
        value=np.array([[3.0, 2.9, 2.8, 2.5]]),
        author=np.arange(4)[None, :],
        conversation=np.arange(4)[None, :],
        subject=np.eye(2, dtype=np.float32)[[0, 0, 0, 1]][None],
        read=np.full((1, 4), 0.5),
    )
    order = {wear: discounted_order(posts, 4, CompositionConfig(subject_wear=wear)).tolist()[0]
             for wear in (0.0, 0.2, 0.5)}  # fmt: skip
    assert order == {0.0: [0, 1, 2, 3], 0.2: [0, 1, 3, 2], 0.5: [0, 3, 1, 2]}


def test_chances_are_those_with_which_posts_come_up():
    posts = listed(5, rows=1)
    config = CompositionConfig(exploration=0.3)
    seen = np.zeros(60)
    told = np.zeros(60)
    for seed in range(3_000):
        made = compose_shortlists(posts, 8, config, np.random.default_rng(seed))
        seen[made.post[0]] += 1
        told[made.post[0]] = made.propensity[0]
    shown = told > 0
    np.testing.assert_allclose(seen[shown] / 3_000, told[shown], atol=0.04)
    assert abs(told.sum() - 8.0) < 1e-4
