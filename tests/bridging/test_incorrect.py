import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from tests.bridging.small_ratings import join, make_ratings, squares

from stoa.bridging.incorrect import TagHabits, incorrect_aggregates, tag_habits
from stoa.note_records import tag_bit

WRONG, OTHER = tag_bit("notHelpfulIncorrect"), tag_bit("notHelpfulOther")
COLUMNS = ("incorrect", "rate_sum", "voters", "tf_idf")


def same(a, b) -> bool:
    return all(
        np.allclose(getattr(a, name), getattr(b, name), rtol=1e-12, equal_nan=True)
        for name in COLUMNS
    )


def test_habits_count_ratings_with_a_not_helpful_tag():
    ratings = join(
        make_ratings([(0, 0, 0), (1, 0, 0)], tags=WRONG | OTHER),
        make_ratings([(2, 0, 0), (2, 1, 0)], tags=OTHER),
        make_ratings([(3, 0, 2), (3, 2, 2)], tags=tag_bit("helpfulClear")),
    )
    habits = tag_habits(ratings, 3)
    assert habits.total[:2].tolist() == [3, 1]
    assert habits.incorrect[:2].tolist() == [2, 0]
    assert np.isnan(habits.total[2])


def test_only_near_raters_with_a_tag_vote_and_habitual_accusers_count_less():
    rater_factor = np.array([0.0, 0.2, 0.5, -0.9, np.nan, 0.1])
    note_factor = np.array([0.0, -0.9, np.nan])
    ratings = join(
        make_ratings([(0, rater, 0) for rater in range(5)], tags=WRONG),
        make_ratings([(0, 5, 0)], tags=OTHER),
        make_ratings([(1, 3, 0), (1, 2, 0), (2, 0, 0)], tags=WRONG),
    )
    habits = TagHabits(
        incorrect=np.array([1.0, 2.0, 1.0, np.nan, 1.0, 0.0]),
        total=np.array([2.0, 2.0, 1.0, np.nan, 1.0, 4.0]),
    )
    result = incorrect_aggregates(ratings, note_factor, rater_factor, habits)
    assert result.voters[:2].tolist() == [3, 1]  # rater 2 is at 0.4, too far from 0
    assert result.incorrect[:2].tolist() == [2, 1]
    assert result.rate_sum[:2].tolist() == [1.5, 0]
    assert np.isclose(result.tf_idf[0], 2 / np.log(2.5))
    assert np.isinf(result.tf_idf[1])
    assert np.isnan(result.voters[2])


def test_nobody_votes_without_ratings():
    habits = TagHabits(np.zeros(1), np.zeros(1) + 1)
    result = incorrect_aggregates(make_ratings([]), np.zeros(2), np.zeros(1), habits)
    assert all(np.isnan(getattr(result, name)).all() for name in COLUMNS)


@given(squares(), st.integers(0, 99))
def test_row_order_signs_and_strangers_change_nothing(square, seed):
    habits = tag_habits(square.ratings, len(square.rater_factor))
    here = incorrect_aggregates(square.ratings, square.note_factor, square.rater_factor, habits)
    shuffled = square.shuffled(seed)
    assert same(
        here, incorrect_aggregates(shuffled, square.note_factor, square.rater_factor, habits)
    )
    assert same(
        here,
        incorrect_aggregates(square.ratings, -square.note_factor, -square.rater_factor, habits),
    )
    known = square.ratings.take(square.ratings.rater != len(square.rater_factor) - 1)
    assert same(here, incorrect_aggregates(known, square.note_factor, square.rater_factor, habits))
