import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from tests.bridging.small_ratings import join, make_ratings, squares

from stoa.bridging.tag_ratios import tag_aggregates, tag_thresholds
from stoa.note_records import NOT_HELPFUL_TAGS, tag_bit

OUTDATED = NOT_HELPFUL_TAGS.index("notHelpfulOutdated")


def same(a, b, rtol=1e-6) -> bool:
    pairs = ((a.rating_weight, b.rating_weight), (a.adjusted, b.adjusted))
    return all(np.allclose(x, y, rtol=rtol, equal_nan=True) for x, y in pairs)


def test_near_raters_weigh_more_and_a_tag_is_a_share_of_weight():
    rater_factor = np.array([-1.0, 0.0, 1.0, np.nan])
    note_factor = np.array([-1.0, 1.0, np.nan])
    tagged = make_ratings([(0, 0, 0)], tags=tag_bit("notHelpfulOutdated"))
    silent = make_ratings([(0, 1, 2), (0, 2, 2), (1, 2, 2), (1, 3, 0), (2, 0, 0)])
    result = tag_aggregates(join(tagged, silent), note_factor, rater_factor)
    assert result.adjusted[0, OUTDATED] > result.rating_weight[0] / 2
    assert np.isclose(
        result.adjusted_ratio[0, OUTDATED], result.adjusted[0, OUTDATED] / result.rating_weight[0]
    )
    assert result.adjusted[1].sum() == 0
    assert np.isnan(result.rating_weight[2])
    assert np.isnan(result.adjusted_ratio[2]).all()


def test_without_ratings_or_factors_there_is_nothing():
    nothing = make_ratings([])
    assert np.isnan(tag_aggregates(nothing, np.array([0.1]), np.array([0.1])).adjusted).all()
    one = make_ratings([(0, 0, 2)])
    unknown = np.array([np.nan])
    assert np.isnan(tag_aggregates(one, unknown, unknown).rating_weight).all()


def test_thresholds_are_percentiles_over_helpful_notes_and_zero_without_any():
    rows = [(note, rater, 0) for note in range(3) for rater in range(4)]
    ratings = make_ratings(rows, tags=tag_bit("notHelpfulOutdated"))
    result = tag_aggregates(ratings, np.array([-0.5, 0.1, 0.6]), np.array([-1.0, -0.2, 0.3, 1.1]))
    crh = np.array([True, True, False])
    thresholds = tag_thresholds(result, crh, 95)
    assert thresholds[OUTDATED] == 1.0
    assert np.count_nonzero(thresholds) == 1
    assert tag_thresholds(result, ~crh & crh, 95).tolist() == [0.0] * len(NOT_HELPFUL_TAGS)


@given(squares(), st.integers(0, 99))
def test_row_order_and_the_sign_of_all_factors_change_nothing(square, seed):
    here = tag_aggregates(square.ratings, square.note_factor, square.rater_factor)
    assert same(
        here, tag_aggregates(square.shuffled(seed), square.note_factor, square.rater_factor)
    )
    mirrored = tag_aggregates(square.ratings, -square.note_factor, -square.rater_factor)
    assert same(here, mirrored, rtol=1e-4)


@given(squares())
def test_a_rater_without_parameters_changes_nothing(square):
    stranger = len(square.rater_factor) - 1
    known = square.ratings.take(square.ratings.rater != stranger)
    here = tag_aggregates(square.ratings, square.note_factor, square.rater_factor)
    assert same(here, tag_aggregates(known, square.note_factor, square.rater_factor))
