"""The bridging score of posts keeps its laws: one side alone is never enough, however many."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stoa.bridging.agreement import (
    Reactions,
    agreement,
    reactions,
    sides,
    support,
    with_passed_over,
)
from stoa.bridging.layout import Layout
from stoa.errors import BadInput

N_SIDE = 40


def square(seed=0, spread=0.3):
    """Accounts of two sides that react to ordinary posts of either side, as rows."""
    random = np.random.default_rng(seed)
    side = np.repeat([-1, 1], N_SIDE)
    out = 1 + random.uniform(-spread, spread, 2 * N_SIDE)
    lean = np.resize([-1, 1], 40)
    likes = side[:, None] * out[:, None] * lean + random.normal(0, 0.7, (80, 40)) > 0
    seen = random.random((80, 40)) < 0.6
    account, post = np.nonzero(seen)
    return account, post, likes[account, post]


def with_posts(square_rows, likers):
    """The square and one more post for each list of likers; everybody else did not see it."""
    account, post, likes = square_rows
    for k, who in enumerate(likers):
        account = np.concatenate([account, who])
        post = np.concatenate([post, np.full(len(who), 40 + k)])
        likes = np.concatenate([likes, np.ones(len(who), dtype=bool)])
    return Reactions(account, post, likes, np.ones(len(account)))


def score_of(made, post):
    return float(made.score[np.searchsorted(made.post, post)])


LEFT, RIGHT = np.arange(N_SIDE), np.arange(N_SIDE, 2 * N_SIDE)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 50), st.integers(1, N_SIDE), st.integers(3, 10), st.sampled_from([0, 1]))
def test_one_side_alone_never_lifts_a_post_above_one_liked_by_both(seed, n_one, n_each, which):
    one = (LEFT, RIGHT)[which][:n_one]
    both = np.concatenate([LEFT[:n_each], RIGHT[:n_each]])
    made = agreement(with_posts(square(seed), [one, both]))
    assert score_of(made, 40) <= 0 < score_of(made, 41)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.floats(0.3, 1.2), min_size=1, max_size=60),
    st.lists(st.floats(0.3, 1.2), min_size=0, max_size=5),
    st.floats(-0.2, 0.4),
)
def test_more_likes_of_a_side_never_pass_the_support_of_the_other(many, few, mu):
    lean = np.array([-x for x in many] + few)
    rest = np.full(len(lean), -mu)

    def supports(n):
        who = np.concatenate([np.arange(n), len(many) + np.arange(len(few))]).astype(int)
        layout = Layout.of(np.zeros(len(who), int), who, np.ones(len(who), np.float32))
        kept = layout.rater
        return support(layout, rest[kept], np.sign(lean[kept]).astype(np.int8), 1.5)

    bound = supports(1)[1, 0]
    assert bound < 1 - mu
    for n in range(1, len(many) + 1, 7):
        assert supports(n).min() <= bound
        assert supports(n)[1, 0] == pytest.approx(bound)


def test_the_score_never_passes_the_model_s_own_intercept():
    made = agreement(Reactions(*square()[:2], square()[2], np.ones(len(square()[0]))))
    assert (made.score <= made.intercept).all()
    assert (made.score <= made.support.min(axis=0)).all()


def test_a_crowd_of_one_side_that_differs_in_zeal_would_fool_the_intercept_alone():
    rows = square(spread=0.7)
    made = agreement(with_posts(rows, [LEFT]))
    at = np.searchsorted(made.post, 40)
    assert made.intercept[at] > 0.1
    assert made.score[at] <= 0


def test_accounts_fall_on_the_sides_they_are_of():
    made = agreement(Reactions(*square()[:2], square()[2], np.ones(len(square()[0]))))
    assert (made.side[:N_SIDE] == made.side[0]).mean() > 0.9
    assert (made.side[N_SIDE:] == -made.side[0]).mean() > 0.9
    assert sides(np.zeros(3)).tolist() == [0, 0, 0]


def test_row_order_changes_no_score():
    given_ = with_posts(square(), [LEFT[:5]])
    order = np.random.default_rng(1).permutation(len(given_))
    shuffled = Reactions(
        given_.account[order], given_.post[order], given_.likes[order], given_.weight[order]
    )
    assert (agreement(given_).score == agreement(shuffled).score).all()


def test_likes_alone_find_what_both_sides_like():
    account, post, likes = square()
    both = np.concatenate([LEFT[:15], RIGHT[:15]])
    everything = with_posts((account, post, likes), [both, LEFT[:30]])
    liked = everything.account[everything.likes], everything.post[everything.likes]
    made = agreement(with_passed_over(liked, seed=3, per_like=2.0))
    assert score_of(made, 40) > 0 >= score_of(made, 41)


def test_a_draw_never_takes_back_a_like_and_repeats():
    account, post, likes = square()
    liked = account[likes], post[likes]
    first, again = with_passed_over(liked, seed=1), with_passed_over(liked, seed=1)
    assert (first.post == again.post).all()
    assert first.likes.sum() == likes.sum()
    pairs = set(zip(first.account.tolist(), first.post.tolist(), strict=True))
    assert len(pairs) == len(first)
    assert set(first.weight[~first.likes]) == {0.5}


def test_a_regretted_like_is_a_regret():
    made = reactions((np.array([1, 2]), np.array([5, 5])), (np.array([2]), np.array([5])))
    told = dict(zip(made.account.tolist(), made.likes.tolist(), strict=True))
    assert told == {1: True, 2: False}
    assert reactions((np.array([1]), np.array([5]))).likes.tolist() == [True]


@pytest.mark.parametrize(
    "broken",
    [
        lambda: Reactions(np.zeros(1, int), np.zeros(2, int), np.zeros(1, bool), np.ones(1)),
        lambda: agreement(Reactions(*(np.zeros(0, int),) * 2, np.zeros(0, bool), np.ones(0))),
        lambda: with_passed_over((np.zeros(0, int), np.zeros(0, int)), seed=0),
    ],
)
def test_nothing_and_ragged_columns_are_refused(broken):
    with pytest.raises(BadInput):
        broken()
