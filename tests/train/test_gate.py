"""A version that is worse does not come to serve; one that is not, does."""

from dataclasses import replace

import numpy as np
import pytest

from stoa.ranking.heads import N_ACTIONS, SKIP_S
from stoa.ranking.readout import Readout
from stoa.ranking.value import ValueConfig
from stoa.space.learning_log import Answer, empty_log
from stoa.train.gate import GateConfig, compare, judge

N, VIEWERS = 2_000, 40


@pytest.fixture(scope="module")
def world():
    chance = np.random.default_rng(1)
    truth = chance.random(N)
    shown = empty_log(4).impressions
    columns = {name: np.zeros(N, getattr(shown, name).dtype) for name in shown.__slots__}
    columns["viewer"] = np.repeat(np.arange(VIEWERS), N // VIEWERS).astype(np.int32)
    columns["session"] = np.repeat(np.arange(N // 10), 10).astype(np.int32)
    columns["seconds"] = np.where(chance.random(N) < truth, 20 * truth, 0.3).astype(np.float32)
    columns["answer"] = np.full(N, Answer.NONE, np.int8)
    return truth, type(shown)(**columns)


def believes(truth, noise, seed=0):
    guess = np.clip(truth + noise * np.random.default_rng(seed).normal(size=N), 0.01, 0.99)
    return Readout(
        actions=np.full((N, N_ACTIONS), 0.01), skip=1 - guess, seconds=20 * guess**2,
        glad=np.full(N, 0.5), regret=np.full(N, 0.05),
    )  # fmt: skip


def judged(world, noise, seed=0):
    truth, shown = world
    return judge(believes(truth, noise, seed), shown, ValueConfig())


def test_the_first_version_serves(world):
    verdict = compare(judged(world, 0.3), None, 0, GateConfig())
    assert verdict.passes
    assert 0.5 < verdict.figures["ndcg_at_10"]["mean"] < 1


def test_a_worse_version_is_refused_and_the_reason_has_figures(world):
    verdict = compare(judged(world, 1.0), judged(world, 0.05), 0, GateConfig())
    assert not verdict.passes
    assert "NDCG@10 -0." in verdict.reason


def test_a_version_that_ranks_alike_but_is_badly_calibrated_is_refused(world):
    truth, shown = world
    good = believes(truth, 0.1)
    bold = replace(good, skip=np.where(good.skip > 0.5, 0.999, 0.001))
    verdict = compare(
        judge(bold, shown, ValueConfig()), judge(good, shown, ValueConfig()), 0, GateConfig()
    )
    assert not verdict.passes
    assert "log loss" in verdict.reason


def test_a_glance_over_a_second_is_a_skip_to_the_gate_as_it_is_to_the_heads(world):
    truth, shown = world
    glanced = replace(shown, seconds=np.where(shown.seconds < SKIP_S, 0.6 * SKIP_S, shown.seconds))
    good = believes(truth, 0.1)
    bold = replace(good, skip=0.7 * good.skip)  # as if a glance like this had been read
    verdict = compare(
        judge(bold, glanced, ValueConfig()), judge(good, glanced, ValueConfig()), 0, GateConfig()
    )
    assert not verdict.passes


def test_a_better_version_and_a_tie_pass(world):
    assert compare(judged(world, 0.05), judged(world, 0.5), 0, GateConfig()).passes
    assert compare(judged(world, 0.3, 1), judged(world, 0.3, 2), 0, GateConfig()).passes


def test_too_few_viewers_say_so(world):
    few = replace(GateConfig(), least_viewers=VIEWERS + 1)
    verdict = compare(judged(world, 1.0), judged(world, 0.05), 0, few)
    assert verdict.passes
    assert "too few" in verdict.reason


def test_all_regret_gains_nothing_and_breaks_nothing(world):
    truth, shown = world
    sorry = replace(shown, answer=np.full(N, Answer.REGRET, np.int8))
    figures = judge(believes(truth, 0.1), sorry, ValueConfig())
    assert np.isnan(figures.ndcg).all()
    assert np.isfinite(figures.loss).all()
    assert compare(figures, figures, 0, GateConfig()).passes
