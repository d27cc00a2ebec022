"""How far a young ranker leans on the first version."""

import numpy as np
import pytest

from stoa.ranking.value import ValueConfig
from stoa.train.ranker_round import leaning_after


def looks(n, seconds=3.0):
    return np.full(n, seconds, dtype=np.float32)


def test_the_more_was_learned_from_the_less_it_leans_until_it_stands_alone():
    found = [leaning_after(ValueConfig(), looks(n), 100).guessed for n in (1, 100, 1_000, 10_000)]
    assert found[1] == pytest.approx(0.5)
    assert found == sorted(found, reverse=True)
    assert found[-1] == 0.0


def test_a_score_of_one_stands_for_the_mean_look_and_unmeasured_looks_tell_nothing():
    some = np.concatenate([looks(50, 2.0), looks(50, 6.0), looks(300, np.nan)])
    found = leaning_after(ValueConfig(kappa=2.0), some, 100)
    assert found.guessed == pytest.approx(0.5)
    assert found.guess_s == pytest.approx(4.0)
    assert found.kappa == 2.0


def test_without_doubt_or_without_a_look_the_ranker_stands_alone():
    old = ValueConfig(guessed=0.7, guess_s=4.0)
    assert leaning_after(old, looks(10), 0).guessed == 0.0
    assert leaning_after(old, looks(10, np.nan), 100).guessed == 0.0


def test_what_it_went_on_from_may_have_leaned_by_looks_heard_and_it_does_not():
    shipped = ValueConfig(guessed=0.4, guess_s=2.0, guess_looks=2_000)
    assert leaning_after(shipped, looks(100), 100).guess_looks == 0
    assert leaning_after(shipped, looks(10_000), 100).guess_looks == 0
