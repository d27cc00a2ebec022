"""Ranking and probability measured against their definitions."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from stoa.measure import auroc, log_loss

pairs = st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=2, max_size=30)


@given(pairs)
def test_auroc_is_the_share_of_pairs_in_the_right_order(drawn):
    score = np.array([s for s, _ in drawn], dtype=float)
    truth = np.array([t for _, t in drawn])
    won = [(a > b) + (a == b) / 2 for a in score[truth].tolist() for b in score[~truth].tolist()]
    if won:
        assert auroc(score, truth) == np.mean(won)
    else:
        assert np.isnan(auroc(score, truth))


def test_log_loss_punishes_certainty_but_not_without_end():
    assert log_loss(np.array([0.9]), np.array([True])) < log_loss(np.array([0.6]), np.array([True]))
    assert np.isfinite(log_loss(np.array([0.0]), np.array([True])))
    assert np.isnan(log_loss(np.zeros(0), np.zeros(0, dtype=bool)))
