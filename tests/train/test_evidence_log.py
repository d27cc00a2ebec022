"""Evidence from a log is as of each showing: what comes later moves nothing before it."""

from dataclasses import replace

import numpy as np
from tests.train.made_log import made_log

from stoa.ranking.evidence import N_EVIDENCE
from stoa.space.learning_log import ImpressionColumns, LearningLog, empty_log
from stoa.train.evidence_log import evidence_of_log


def cut(log: LearningLog, n: int) -> LearningLog:
    """The log with its first n impressions only."""
    shown = log.impressions
    first = {name: getattr(shown, name)[:n] for name in ImpressionColumns.__slots__}
    return replace(log, impressions=ImpressionColumns(**first))


def test_what_comes_later_moves_nothing_before_it():
    log, vectors, _ = made_log(3, n_viewers=20, n_posts=200, n_sittings=6)
    whole, told = evidence_of_log(log, vectors)
    assert whole.shape == (len(log.impressions), N_EVIDENCE)
    assert np.isfinite(whole).all()
    assert told.seen == len(log.impressions)
    assert whole.any()
    half = len(log.impressions) // 2
    part, _ = evidence_of_log(cut(log, half), vectors)
    np.testing.assert_array_equal(part, whole[:half])


def test_the_first_showings_know_nothing():
    log, vectors, _ = made_log(3, n_viewers=20, n_posts=200, n_sittings=6)
    whole, _ = evidence_of_log(log, vectors)
    first = log.impressions.at_us == log.impressions.at_us[0]
    by_showings = [*range(20), 22, 23]  # all but ties, which may be older than any showing
    assert not whole[first][:, by_showings].any()


def test_told_step_by_step_is_told_at_once():
    log, vectors, _ = made_log(4, n_viewers=15, n_posts=150, n_sittings=5)
    _, whole = evidence_of_log(log, vectors)
    viewer = np.unique(log.impressions.viewer)
    window = log.impressions.at_us // (4 * 3_600_000_000)
    begins = np.flatnonzero(np.diff(window))
    _, again = evidence_of_log(cut(log, int(begins[len(begins) // 3]) + 1), vectors)
    again.advance(log, vectors, log.until_us)
    np.testing.assert_allclose(
        again.evidence.seeking(viewer), whole.evidence.seeking(viewer), atol=1e-4
    )


def test_a_log_without_showings_has_no_evidence():
    log, vectors, _ = made_log(3, n_viewers=5, n_posts=50, n_sittings=2)
    made, told = evidence_of_log(cut(log, 0), vectors)
    assert made.shape == (0, N_EVIDENCE)
    assert told.seen == 0


def test_of_nothing_nothing_is_known():
    """The log of a square on its first minute: no posts, no accounts, nobody who read."""
    log = empty_log(8)
    whole, told = evidence_of_log(log, np.zeros((0, 8), dtype=np.float32))
    assert whole.shape == (0, N_EVIDENCE)
    assert (told.seen, told.posts, told.acts) == (0, 0, 0)
