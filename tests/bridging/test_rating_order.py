from hypothesis import given
from hypothesis import strategies as st
from tests.bridging.small_ratings import make_ratings, squares

from stoa.bridging.rating_order import in_canonical_order


@given(squares(), st.integers(0, 99))
def test_any_order_becomes_the_same(square, seed):
    ordered = in_canonical_order(square.shuffled(seed))
    assert ordered.note.tolist() == square.ratings.note.tolist()
    assert ordered.rater.tolist() == square.ratings.rater.tolist()
    assert ordered.at_ms.tolist() == square.ratings.at_ms.tolist()


def test_an_ordered_table_is_not_copied():
    ratings = make_ratings([(0, 1, 2), (0, 3, 1), (2, 0, 0)])
    assert in_canonical_order(ratings) is ratings
    assert len(in_canonical_order(make_ratings([]))) == 0
