from collections import defaultdict
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stoa.bridging.co_rating import Meetings, pair_counts

ROWS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 6), st.integers(0, 2)), max_size=25)


@settings(deadline=None)
@given(ROWS, st.integers(1, 40))
def test_every_pair_is_counted_once_a_post_whatever_the_memory(rows, most_pairs):
    # Group g is a run of rows that all meet; its post is g % 2.
    rows = sorted(rows)
    group = np.array([g for g, _, _ in rows], dtype=np.int64)
    meetings = Meetings(
        rater=np.array([r for _, r, _ in rows], dtype=np.int32),
        post=group % 2,
        first=np.searchsorted(group, group, side="left"),
        stop=np.searchsorted(group, group, side="right"),
    )
    expected = defaultdict(set)
    for (g, a, _), (h, b, _) in combinations(rows, 2):
        if g == h and a != b:
            expected[min(a, b), max(a, b)].add(g % 2)
    found = {}
    for block in pair_counts(meetings, most_pairs):
        for left, right, count in zip(block.left, block.right, block.count, strict=True):
            assert (left, right) not in found
            found[left, right] = count
    assert found == {pair: len(posts) for pair, posts in expected.items()}


@pytest.mark.parametrize("n_raters", [2, 2_000_000_000])
def test_keys_do_not_overflow(n_raters):
    rater = np.array([0, n_raters - 1, 1, n_raters - 1], dtype=np.int32)
    post = np.array([0, 0, 4_000_000, 4_000_000])
    first, stop = np.array([0, 0, 2, 2]), np.array([2, 2, 4, 4])
    pairs = {}
    for block in pair_counts(Meetings(rater, post, first, stop)):
        for pair in zip(
            block.left.tolist(), block.right.tolist(), block.count.tolist(), strict=True
        ):
            pairs[pair[:2]] = pair[2]
    expected = {(0, n_raters - 1): 1, (1, n_raters - 1): 1}
    assert pairs == {pair: n for pair, n in expected.items() if pair[0] != pair[1]}
