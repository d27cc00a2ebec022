"""Each policy estimated from the other's log, in a small world and on the real one."""

from dataclasses import replace

import numpy as np
import pytest
from tests.tables.bandit_folder import RATE, write_bandit

from stoa.evaluation.bandit_policy import policy_of_log
from stoa.evaluation.bandit_rewards import predict_rewards
from stoa.evaluation.off_policy_study import estimate_pair, off_policy_figures, study_off_policy
from stoa.tables.bandit_files import read_bandit

ESTIMATORS = ("ips", "snips", "clipped_ips", "dr", "switch_dr")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_bandit(tmp_path_factory.mktemp("bandit"), n=3_000)


@pytest.fixture(scope="module")
def campaign(folder):
    return read_bandit(folder)[0]


def test_an_adapting_policy_is_its_shares_not_its_mean_propensity(campaign):
    log = campaign.policies["bts"]
    made = policy_of_log(log, 2, 4)
    swing = np.sin(np.arange(3_000) / 40)[:, None] * np.array([2.0, -2.0, 1.0, -1.0])
    prob = np.exp(swing + np.array([0.0, 0.5, 1.0, 1.5]))
    true = (prob / prob.sum(axis=1, keepdims=True)).mean(axis=0)
    assert not made.is_exact
    assert made.prob.sum(axis=1) == pytest.approx([1, 1])
    assert made.prob == pytest.approx(np.tile(true, (2, 1)), abs=0.03)
    assert made.harmonic_sum == pytest.approx([1, 1], abs=0.06)
    assert min(made.mean_sum) > 1.3


def test_a_policy_that_never_moves_is_its_propensities(campaign):
    made = policy_of_log(campaign.policies["random"], 2, 4)
    assert made.is_exact
    assert made.prob == pytest.approx(np.full((2, 4), 0.25))


def test_a_position_never_filled_is_uniform(campaign):
    made = policy_of_log(campaign.policies["bts"], 3, 4)
    assert made.prob[2].tolist() == [0.25] * 4


def test_the_reward_model_finds_the_better_items_and_sees_no_row_twice(campaign):
    log = campaign.policies["random"]
    prob = np.full((2, 4), 0.25)
    made = predict_rewards(campaign, log, prob, seed=0)
    by_item = [made.shown[log.item == item].mean() for item in range(4)]
    assert by_item == sorted(by_item)
    assert by_item[3] - by_item[0] > 0.2
    assert made.policy.mean() == pytest.approx(RATE.mean(), abs=0.03)
    turned = log.click.copy()
    turned[7] = 1 - turned[7]
    other = predict_rewards(campaign, replace(log, click=turned), prob, seed=0)
    assert other.shown[7] == made.shown[7]
    assert not np.array_equal(other.shown, made.shown)


def test_truths_lie_inside_and_the_naive_mean_outside(folder):
    pairs = off_policy_figures(study_off_policy(folder), 0)["pairs"]
    assert {(pair["from"], pair["to"]) for pair in pairs} == {("bts", "random"), ("random", "bts")}
    for pair in pairs:
        for name in ESTIMATORS:
            assert pair[name]["low"] <= pair["truth"] <= pair[name]["high"], name
            assert pair["less_truth"][name]["low"] < 0 < pair["less_truth"][name]["high"]
        naive = pair["baselines"]["logged_mean"]
        assert not naive["low"] <= pair["truth"] <= naive["high"]
        assert 100 < pair["effective_n"] < 3_000
        assert pair["mean_weight"] == pytest.approx(1, abs=0.1)
        assert pair["verdict"] == ("better" if pair["to"] == "bts" else "worse")


def test_the_seed_alone_decides(campaign):
    made = [estimate_pair(campaign, "random", "bts", seed).result for seed in (1, 1, 2)]
    assert made[0] == made[1]
    assert made[0] != made[2]


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1])
def test_open_bandit_truths_lie_inside(shared_data, seed):
    folder = shared_data / "obd-small"
    if not folder.is_dir():
        pytest.skip("no Open Bandit rows here")
    pairs = off_policy_figures(study_off_policy(folder, seed=seed), seed)["pairs"]
    assert len(pairs) == 2
    for pair in pairs:
        for name in ESTIMATORS:
            assert pair[name]["low"] <= pair["truth"] <= pair[name]["high"], (pair["to"], name)
        assert pair["effective_n"] > 100
