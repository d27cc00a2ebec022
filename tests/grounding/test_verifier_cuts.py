from __future__ import annotations

import numpy as np
import pytest

from stoa.grounding.pair_features import PAIR_NAMES
from stoa.grounding.verifier_cuts import fit_cuts
from stoa.grounding.verifier_rows import REFUTES, SILENT, SUPPORTS, FittingConfig, Labelled


@pytest.fixture(scope="module")
def judged():
    """Rows whose chance of support rises with logit and with length, as it is told."""
    rng = np.random.default_rng(0)
    n_rows = 4000
    support, length = rng.normal(size=n_rows) * 2, rng.uniform(1, 3, size=n_rows)
    chance = 1 / (1 + np.exp(-(0.8 * support + 0.5 * length - 1.5)))
    supported = rng.random(n_rows) < chance
    stance = np.where(supported, SUPPORTS, np.where(rng.random(n_rows) < 0.3, REFUTES, SILENT))
    against = np.where(stance == REFUTES, 1.0, 0.0) + rng.normal(size=n_rows)
    rows = np.zeros((n_rows, len(PAIR_NAMES)))
    rows[:, PAIR_NAMES.index("units")] = length
    name = np.full(n_rows, "factcheck-gpt")
    group = np.array([f"g{at}" for at in range(n_rows)])
    return Labelled(rows, stance, name, group), support, against, chance


def test_calibration_finds_what_logit_and_length_mean(judged):
    labelled, support, against, chance = judged
    cuts = fit_cuts(labelled, support, against, FittingConfig())
    assert cuts.slope == pytest.approx(0.8, abs=0.1)
    assert cuts.length == pytest.approx(0.5, abs=0.15)
    assert np.abs(cuts.probability(support, labelled.rows) - chance).mean() < 0.03


def test_likely_keeps_to_both_limits_and_is_never_less_strict_than_supported(judged):
    labelled, support, against, _ = judged
    config = FittingConfig()
    cuts = fit_cuts(labelled, support, against, config)
    likely = (support > cuts.likely) & (against < cuts.against)
    refuted, rest = labelled.stance == REFUTES, labelled.stance != SUPPORTS
    assert likely[refuted].mean() < config.refuted_pass + 0.02
    assert likely[rest].mean() < config.unsupported_pass + 0.02
    assert likely[labelled.stance == SUPPORTS].mean() > 0.2
    assert cuts.likely >= cuts.supported


def test_stricter_limits_keep_less(judged):
    labelled, support, against, _ = judged
    kept = []
    for limit in (0.02, 0.1, 0.3):
        config = FittingConfig(refuted_pass=limit, unsupported_pass=limit)
        cuts = fit_cuts(labelled, support, against, config)
        kept.append(((support > cuts.likely) & (against < cuts.against)).sum())
    assert kept == sorted(kept)
    assert kept[0] < kept[-1]
