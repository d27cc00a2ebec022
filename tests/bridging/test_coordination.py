import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.bridging.small_notes import DAY_0, notes, ratings

from stoa.bridging.coordination import Phase, drop_coordinated

N_NOTES = 200
ROWS = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(DAY_0, DAY_0 + 2), st.just(2)),
    unique_by=lambda row: row[:2],
    max_size=30,
)
VALUES = st.lists(st.integers(0, 2), min_size=6, max_size=6)


@settings(deadline=None)
@given(ROWS, VALUES, VALUES, st.sampled_from(Phase), st.booleans())
def test_one_rating_a_note_and_group_and_none_of_its_own_notes(rows, pss, clique, phase, deleted):
    classification = np.ones(N_NOTES + 1)
    classification[3] = 0 if deleted else 1
    table = notes(N_NOTES + 1, author=np.arange(N_NOTES + 1) % 6, classification=classification)
    if phase is Phase.FINAL:
        both = [p > 0 and c > 0 for p, c in zip(pss, clique, strict=True)]
        used = [p * b for p, b in zip(pss, both, strict=True)]
        flag = both
    else:
        used, flag = pss, [c > 0 for c in clique]
    expected, seen = set(), set()
    for n, r, _, _ in sorted(rows, key=lambda row: (row[2], row[1])):
        author = used[n % 6] if classification[n] else 0
        if used[r] and (used[r] == author or (n, used[r]) in seen):
            continue
        seen.add((n, used[r]))
        expected.add((n, r))
    rated = ratings(rows)
    arrays = np.array(pss, dtype=np.int32), np.array(clique, dtype=np.int32)
    found = drop_coordinated(table, rated, *arrays, phase)
    kept = rated.take(found.kept)
    assert set(zip(kept.note.tolist(), kept.rater.tolist(), strict=True)) == expected
    assert found.correlated.tolist() == flag


@pytest.mark.parametrize(("n_deleted", "n_kept"), [(0, 1), (1, 2)])
def test_with_fewer_than_200_notes_in_the_file_all_stay(n_deleted, n_kept):
    table = notes(
        N_NOTES, author=np.full(N_NOTES, 2), classification=np.arange(N_NOTES) >= n_deleted
    )
    values = np.array([1, 1, 0], dtype=np.int32)
    rated = ratings([(5, 0, DAY_0, 2), (5, 1, DAY_0, 0)])
    found = drop_coordinated(table, rated, values, values, Phase.PRESCORING)
    assert np.count_nonzero(found.kept) == n_kept
    assert found.correlated.tolist() == [True, True, False]
