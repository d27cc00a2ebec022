import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from tests.bridging.small_ratings import make_ratings, squares

from stoa.bridging.side_counts import sampled_counts, side_counts, topic_confident

FACTOR = np.array([-0.5, -0.1, 0.0, 0.7, np.nan])


def test_both_sides_are_counted_and_zero_is_positive():
    ratings = make_ratings([(0, 0, 0), (0, 1, 1), (0, 2, 2), (0, 3, 2), (0, 4, 2)])
    counts = side_counts(ratings, FACTOR, 2)
    assert counts.n_negative.tolist() == [2, 0]
    assert counts.n_positive.tolist() == [2, 0]
    assert counts.mean_negative[0] == 0.25
    assert counts.mean_positive[0] == 1.0
    assert counts.net_min_helpful.tolist() == [0, 0]
    assert counts.min_sign_count.tolist() == [2, 0]
    assert np.isnan(counts.mean_negative[1])
    assert counts.net_min_helpful_ratio.tolist() == [0, 0]


def test_net_helpfulness_is_that_of_the_less_convinced_side():
    ratings = make_ratings([(0, 0, 2), (0, 1, 2), (0, 2, 2), (0, 3, 0), (1, 0, 2), (1, 3, 2)])
    counts = side_counts(ratings, FACTOR, 2)
    assert counts.net_min_helpful.tolist() == [0, 1]
    assert counts.net_min_helpful_ratio.tolist() == [0, 0.5]


def test_only_sampled_ratings_count_as_such():
    ratings = make_ratings([(0, 0, 2), (0, 3, 2), (0, 1, 2)])
    ratings.sampled[:2] = True
    counts = sampled_counts(ratings, FACTOR, 1)
    assert (counts.n_negative.tolist(), counts.n_positive.tolist()) == ([1], [1])


def test_confidence_needs_more_than_four_on_each_side():
    factor = np.array([-1.0] * 5 + [1.0] * 5)
    ratings = make_ratings([(0, rater, 2) for rater in range(10)] + [(1, 0, 2), (1, 9, 2)])
    scored = np.array([0.1, 0.2])
    assert topic_confident(ratings, factor, scored).tolist() == [True, False]
    assert topic_confident(ratings, factor, scored, more_than=0).tolist() == [True, True]
    assert topic_confident(ratings, factor, np.array([np.nan, 0])).tolist() == [False, False]


@given(squares(), st.integers(0, 99))
def test_row_order_signs_and_strangers_change_nothing(square, seed):
    n = len(square.notes)
    known = square.ratings.take(square.ratings.rater != len(square.rater_factor) - 1)
    here = side_counts(square.ratings, square.rater_factor, n)
    mirrored = side_counts(square.ratings, -square.rater_factor, n)
    for other in (
        side_counts(square.shuffled(seed), square.rater_factor, n),
        side_counts(known, square.rater_factor, n),
        mirrored,
    ):
        assert np.array_equal(here.min_sign_count, other.min_sign_count)
        assert np.array_equal(here.net_min_helpful, other.net_min_helpful)
        assert np.array_equal(here.net_min_helpful_ratio, other.net_min_helpful_ratio)
    assert np.array_equal(here.mean_negative, mirrored.mean_positive, equal_nan=True)
