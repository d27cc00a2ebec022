"""Heads start at base rates, learn only from what is known, and mean what published ones mean."""

from dataclasses import fields

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from stoa.ranking.heads import (
    ACTIONS,
    GLAD,
    LOG_MEAN,
    LOG_SD,
    N_LOGITS,
    N_OUTPUTS,
    OUTPUTS,
    REGRET,
    SKIP,
    SKIP_S,
    Targets,
    expected_seconds,
    losses,
    probabilities,
    set_priors,
    window_labels,
)
from stoa.ranking.predictions import PostFacts, Predictions
from stoa.ranking.presets import PREDICTED_PRESETS, preset_score
from stoa.ranking.readout import NOT_PREDICTED, Calibration, predictions, read_out
from stoa.records import EventKind
from stoa.space.learning_log import Answer


def targets(n=400, seed=0, **changes):
    random = np.random.default_rng(seed)
    liked = random.random(n) < 0.03
    made = Targets(
        acts=np.where(liked, 1 << EventKind.LIKE, 0).astype(np.uint32),
        seconds=np.where(random.random(n) < 0.6, 0.4, random.lognormal(2, 0.5, n)),
        asked=np.zeros(n, dtype=bool),
        ask_rate=np.full(n, 0.1, dtype=np.float32),
        answer=np.full(n, int(Answer.NONE), dtype=np.int8),
        delayed=np.full(n, -1, dtype=np.int8),
        viewer=np.zeros(n, dtype=np.int32),
        weight=np.ones(n, dtype=np.float32),
    )
    made = made._replace(**changes)
    return made._replace(seconds=made.seconds.astype(np.float32))


def test_untrained_heads_predict_the_base_rates():
    seen = targets(4_000)
    params = set_priors(Calibration.none().in_params({}), seen)
    readout = read_out(np.asarray(params["prior"])[None], Calibration.of(params))
    assert readout.action(EventKind.LIKE)[0] == pytest.approx((seen.acts > 0).mean(), abs=0.001)
    assert readout.action(EventKind.REPORT)[0] < 0.001
    assert readout.skip[0] == pytest.approx((seen.seconds < SKIP_S).mean(), abs=0.001)
    assert readout.seconds[0] == pytest.approx(seen.seconds.mean(), rel=0.05)


@jax.jit
def slopes(outputs, seen):
    return jax.grad(lambda o: jnp.sum(losses(o, seen)))(outputs)


def gradient(outputs, seen):
    """Of six rows or fewer, padded to six, so that it is compiled once."""
    n = len(outputs)
    padded = [np.pad(c, [(0, 6 - n)] + [(0, 0)] * (np.ndim(c) - 1)) for c in (outputs, *seen)]
    return np.asarray(slopes(padded[0], Targets(*padded[1:])))[:n]


def test_unknown_labels_pull_at_nothing():
    outputs = np.random.default_rng(1).standard_normal((6, N_OUTPUTS)).astype(np.float32)
    nothing = gradient(outputs, targets(6, seconds=np.full(6, np.nan)))
    assert not nothing[:, [SKIP, GLAD, REGRET, LOG_MEAN, LOG_SD]].any()
    assert nothing[:, : len(ACTIONS)].all()
    answer = np.array([-1, 0, 1, 2, -1, -1], dtype=np.int8)
    told = gradient(outputs, targets(6, answer=answer, seconds=np.full(6, np.nan)))
    assert (told[:, REGRET] != 0).tolist() == [False, True, True, True, False, False]
    assert told[3, REGRET] < 0 < told[1, REGRET]


def test_what_is_padded_pulls_at_nothing():
    outputs = np.zeros((3, N_OUTPUTS), dtype=np.float32)
    found = gradient(outputs, targets(3, weight=np.array([1.0, 0.0, 1.0], dtype=np.float32)))
    assert not found[1].any()
    assert found[0].any()


def test_a_look_longer_than_the_cap_only_lasted_at_least_so_long():
    outputs = np.zeros((1, N_OUTPUTS), dtype=np.float32)
    outputs[0, LOG_MEAN] = 5.0
    cap, more = (gradient(outputs, targets(1, seconds=np.array([s]))) for s in (300.0, 9e6))
    np.testing.assert_allclose(cap, more)
    assert cap[0, LOG_MEAN] < 0


@pytest.mark.parametrize(("mean", "sd"), [(1.0, 0.4), (3.0, 1.0), (5.5, 0.8)])
def test_expected_seconds_are_those_of_draws(mean, sd):
    outputs = np.zeros((1, N_OUTPUTS))
    outputs[0, [SKIP, LOG_MEAN, LOG_SD]] = (0.5, mean, np.log(sd))
    random = np.random.default_rng(0)
    read = np.minimum(random.lognormal(mean, sd, 400_000), 300.0)
    skip = probabilities(np.array(0.5))
    expected = skip * 0.4 + (1 - skip) * read.mean()
    assert expected_seconds(outputs, 0.4)[0] == pytest.approx(expected, rel=0.01)


def test_a_skip_cannot_be_undone_and_regret_unasked_is_explicit():
    seen = targets(
        3,
        seconds=np.array([0.3, 5.0, np.nan]),
        delayed=np.array([0, 0, 1], dtype=np.int8),
        acts=np.array([0, 1 << EventKind.REGRET, 1 << EventKind.REGRET], dtype=np.uint32),
        asked=np.array([False, False, True]),
    )
    labels = window_labels(seen)
    assert np.asarray(labels.delayed).tolist() == [-1, 0, 1]
    assert np.asarray(labels.explicit).tolist() == [False, True, False]


def test_every_published_formula_runs_on_these_heads():
    random = np.random.default_rng(2)
    outputs = random.standard_normal((9, N_OUTPUTS))
    outputs[:, : len(ACTIONS)] -= 14.0  # rarer than that, and the harshest formula sees nothing
    made = predictions(read_out(outputs, Calibration.none()))
    for name in PREDICTED_PRESETS:
        scores = preset_score(name, made, PostFacts.plain(9))
        assert np.isfinite(scores).all()
        assert len(np.unique(scores)) == 9


def test_every_published_head_is_predicted_or_named_as_zero():
    readout = read_out(np.ones((2, N_OUTPUTS)), Calibration.none())
    made = predictions(readout)
    zero = {head.name for head in fields(Predictions) if not getattr(made, head.name).any()}
    assert zero == set(NOT_PREDICTED)


def test_calibration_travels_in_the_parameters():
    kept = Calibration(
        scale=np.linspace(0.5, 1.5, N_LOGITS), offset=np.linspace(-1, 1, N_LOGITS),
        seconds=1.25, skip_s=0.75, slope=0.5, mean_s=2.0,
    )  # fmt: skip
    found = Calibration.of(kept.in_params({}))
    np.testing.assert_allclose(found.scale, kept.scale, rtol=1e-6)
    np.testing.assert_allclose(found.offset, kept.offset, rtol=1e-6)
    assert (found.seconds, found.skip_s, found.slope, found.mean_s) == (1.25, 0.75, 0.5, 2.0)


def test_outputs_have_names_in_their_order():
    assert len(OUTPUTS) == N_OUTPUTS
    assert OUTPUTS[SKIP] == "skip"
    assert OUTPUTS[REGRET] == "regret"
