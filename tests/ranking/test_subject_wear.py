"""Wear of subjects: found where it is, not found where it is not, whatever beliefs overstate."""

import numpy as np
import pytest

from stoa.ranking.subject_wear import MOST_WEAR, fit_subject_wear, read_before


def showings(wear: float, slope: float = 1.0, n: int = 8_000, seed: int = 0):
    """Looks at posts, and beliefs that exaggerate where `slope` is below 1."""
    random = np.random.default_rng(seed)
    true = np.exp(random.normal(1.0, 0.6, n))
    believed = true ** (1.0 / slope)
    before = random.poisson(0.5 * np.minimum(believed, 6.0))  # believed in: shown again and again
    is_read = random.random(n) < 0.4
    mean = true * np.exp(-wear * before) / 0.4
    return np.where(is_read, random.gamma(4.0, (mean + 2.0) / 4.0), 0.5), believed, before * 1.0


@pytest.mark.parametrize("wear", [0.1, 0.2])
def test_wear_is_found_from_looks(wear):
    looked, believed, before = showings(wear)
    assert 0.6 * wear < fit_subject_wear(looked, believed, before) < 1.2 * wear


def test_beliefs_that_say_too_much_are_not_taken_for_wear():
    looked, believed, before = showings(0.0, slope=0.6, n=20_000)
    assert fit_subject_wear(looked, believed, before) < 0.03


def test_it_stays_within_its_limits_and_says_nothing_of_too_little():
    looked, believed, before = showings(3.0)
    assert fit_subject_wear(looked, believed, before) <= MOST_WEAR
    assert fit_subject_wear(looked[:50], believed[:50], before[:50]) == 0.0
    assert fit_subject_wear(looked, believed, np.zeros(len(looked))) == 0.0
    assert fit_subject_wear(np.zeros(len(looked)), believed, before) == 0.0


def test_only_what_was_read_earlier_in_the_same_sitting_counts():
    vector = np.eye(2, dtype=np.float32)[[0, 0, 0, 1, 0]]
    session = np.array([4, 9, 4, 4, 4])
    is_read = np.array([1.0, 1.0, 0.0, 1.0, 1.0])
    assert read_before(session, vector, is_read).tolist() == [0.0, 0.0, 1.0, 0.0, 1.0]
    assert len(read_before(session[:0], vector[:0], is_read[:0])) == 0
