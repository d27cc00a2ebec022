"""Regret told from other beliefs: found through noisy signs; without signs, as was believed."""

import numpy as np

from stoa.ranking.heads import probabilities
from stoa.ranking.told_regret import (
    SignRates,
    Signs,
    ToldRegretConfig,
    fit_told_regret,
)
from stoa.space.learning_log import Answer

RATES = SignRates(answer=(0.9, 0.1), explicit=(0.1, 0.001), late=(0.25, 0.03))


def seen(n=20_000, seed=0):
    """Clues, true regret, and signs as noisy as a town's."""
    random = np.random.default_rng(seed)
    clues = random.standard_normal((n, 3)) * [1.0, 5.0, 0.2]
    true = probabilities(-1.5 + clues @ [1.0, -0.1, 0.0])
    regretted = random.random(n) < true

    def sign(rates):
        return random.random(n) < np.where(regretted, *rates)

    asked = random.random(n) < 0.02
    answer = np.where(sign(RATES.answer), Answer.REGRET, Answer.NEITHER)
    late = np.where(random.random(n) < 0.9, sign(RATES.late), -1)
    signs = Signs(
        answer=np.where(asked, answer, Answer.NONE), explicit=sign(RATES.explicit), late=late
    )
    return clues, true, signs


def nothing_seen(n):
    return Signs(
        answer=np.full(n, Answer.NONE), explicit=np.zeros(n, dtype=bool), late=np.full(n, -1)
    )


def test_regret_is_found_through_noise():
    clues, true, signs = seen()
    found = fit_told_regret(clues, signs, RATES).regret(clues)
    assert np.corrcoef(found, true)[0, 1] > 0.95
    assert abs(found.mean() - true.mean()) < 0.03


def test_without_signs_an_own_logit_is_believed_as_it_is():
    clues, _, _ = seen(500)
    silent = SignRates(explicit=(0.01, 0.01))  # that nothing was marked says nothing either
    found = fit_told_regret(clues, nothing_seen(500), silent, own=0)
    np.testing.assert_allclose(found.regret(clues), probabilities(clues[:, 0]), atol=1e-6)


def test_without_posts_everything_is_as_usual():
    config = ToldRegretConfig(usual=0.2)
    found = fit_told_regret(np.zeros((0, 2)), nothing_seen(0), RATES, config)
    np.testing.assert_allclose(found.regret(np.ones((3, 2))), 0.2, atol=1e-6)


def test_more_signs_speak_louder():
    none, one = Answer.NONE, Answer.REGRET
    signs = Signs(
        answer=np.array([none, none, none, one]),
        explicit=np.array([False, False, True, True]),
        late=np.array([0, -1, -1, 1]),
    )
    odds = signs.log_odds(RATES)
    assert (np.diff(odds) > 0).all()
    assert odds[0] < 0
