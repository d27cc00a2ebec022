from collections import Counter

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.bridging.small_notes import DAY_0, notes, ratings

from stoa.bridging.preprocessing import (
    NOT_MISLEADING_FROM_MS,
    counted_ratings,
    filter_ratings,
    high_volume_raters,
    preprocess,
)
from stoa.note_records import DAY_MS

PAIRS = st.sets(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=30).map(sorted)


@settings(deadline=None)
@given(PAIRS, st.integers(0, 4), st.integers(0, 4))
def test_filter_is_one_pass_of_notes_raters_notes(pairs, per_rater, per_note):
    rows = pairs
    for place, least in ((0, per_note), (1, per_rater), (0, per_note)):
        counts = Counter(row[place] for row in rows)
        rows = [row for row in rows if counts[row[place]] >= least]
    note, rater = np.array(pairs, dtype=np.int32).reshape(-1, 2).T
    kept = filter_ratings(note, rater, per_rater, per_note)
    assert [p for p, k in zip(pairs, kept, strict=True) if k] == rows


def test_old_notes_that_call_nothing_misleading_do_not_count():
    created = [NOT_MISLEADING_FROM_MS, NOT_MISLEADING_FROM_MS + 1, 0, 0]
    table = notes(4, created=created, classification=[2, 2, 1, 0])
    rated = ratings([(n, 0, DAY_0, 2) for n in range(4)])
    assert counted_ratings(table, rated).note.tolist() == [1, 2, 3]
    all_count = rated.take(np.array([2, 3]))
    assert counted_ratings(table, all_count) is all_count


def test_volume_is_nobodys_with_few_notes_and_above_the_quantile_with_many():
    rows = [(n, 0, DAY_0, 2) for n in range(199)]
    assert not high_volume_raters(ratings(rows), 3).any()
    rows.append((199, 1, DAY_0 - 27 * DAY_MS, 2))
    assert high_volume_raters(ratings(rows), 3).tolist() == [True, False, False]
    even = [(n, n % 2, DAY_0, 2) for n in range(200)]
    assert not high_volume_raters(ratings(even), 3).any()
    nobody = ratings([])
    assert not high_volume_raters(nobody, 3).any()


def test_volume_is_counted_before_ratings_are_left_out(oracle_data):
    pre = preprocess(oracle_data)
    assert len(pre.ratings) == len(oracle_data.ratings)
    assert np.count_nonzero(pre.high_volume) == 3
