"""Off-policy estimators against worlds whose truth is known, and against their own laws."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.measure.bandit_world import BanditWorld

from stoa.errors import BadInput
from stoa.measure.off_policy import (
    BanditLog,
    OffPolicyConfig,
    PredictedReward,
    effective_n,
    estimate_off_policy,
)

QUICK = OffPolicyConfig(resamples=20)
FEW = settings(max_examples=40)
ROW = st.tuples(st.floats(-5, 5), st.floats(0.05, 1), st.floats(0, 1), st.floats(-2, 2))
ROWS = st.lists(ROW, min_size=2, max_size=12).filter(lambda rows: sum(row[2] for row in rows) > 0.1)


def columns(rows):
    reward, propensity, target, guess = (np.array(column) for column in zip(*rows, strict=True))
    log = BanditLog(reward=reward, propensity=propensity, target=target)
    return log, PredictedReward(shown=guess, policy=guess[::-1].copy())


def means(log, model=None, config=QUICK):
    result = estimate_off_policy(log, model, config)
    return {name: i.mean for name, i in (result.estimates | result.baselines).items()}


def test_estimates_are_right_on_average():
    """Over 400 logs, the mean of each unbiased estimator is within 3 standard errors of truth."""
    world = BanditWorld()
    made = []
    for seed in range(400):
        log = world.log(seed, n=200)
        made.append(means(log, world.model(), OffPolicyConfig(resamples=1)))
    for name in ("ips", "snips", "dr"):
        values = np.array([one[name] for one in made])
        assert abs(values.mean() - world.truth) < 3 * values.std() / 20, name
    naive = np.array([one["logged_mean"] for one in made])
    assert abs(naive.mean() - world.truth) > 3 * naive.std() / 20  # or the test shows nothing


def test_doubly_robust_is_exact_where_the_reward_model_is():
    world = BanditWorld(noisy=False)
    log = world.log(3)
    truth = (world.asked * world.rate).sum(axis=1)[world.kind].mean()
    made = means(log, world.model(share=1.0))
    assert made["dr"] == pytest.approx(truth, abs=1e-12)
    assert made["switch_dr"] == pytest.approx(truth, abs=1e-12)
    assert made["ips"] != pytest.approx(truth, abs=1e-4)


def test_a_reward_model_narrows_the_interval():
    world = BanditWorld(noisy=False)
    log = world.log(3)
    made = estimate_off_policy(log, world.model(), QUICK).estimates
    assert made["dr"].high - made["dr"].low < (made["ips"].high - made["ips"].low) / 2


@FEW
@given(ROWS, st.floats(-10, 10))
def test_a_constant_added_to_rewards_moves_snips_and_dr_by_it(rows, shift):
    log, model = columns(rows)
    moved = replace(log, reward=log.reward + shift)
    guess = PredictedReward(shown=model.shown + shift, policy=model.policy + shift)
    before, after = means(log, model), means(moved, guess)
    for name in ("snips", "dr", "switch_dr", "logged_mean"):
        assert after[name] == pytest.approx(before[name] + shift, abs=1e-7)


@FEW
@given(ROWS, st.floats(0.1, 10))
def test_every_estimator_scales_with_rewards(rows, factor):
    log, model = columns(rows)
    guess = PredictedReward(shown=model.shown * factor, policy=model.policy * factor)
    before, after = means(log, model), means(replace(log, reward=log.reward * factor), guess)
    for name, value in before.items():
        assert after[name] == pytest.approx(value * factor, abs=1e-7)


@FEW
@given(ROWS, st.randoms(use_true_random=False))
def test_the_order_of_rows_says_nothing(rows, chance):
    shuffled = rows.copy()
    chance.shuffle(shuffled)
    log, _ = columns(rows)
    other, _ = columns(shuffled)
    before, after = means(log), means(other)
    assert after == pytest.approx(before, abs=1e-9)


@FEW
@given(ROWS)
def test_the_policy_that_served_is_worth_what_it_earned(rows):
    log, _ = columns(rows)
    same = estimate_off_policy(replace(log, target=log.propensity), config=QUICK)
    for interval in same.estimates.values():
        assert interval.mean == pytest.approx(log.reward.mean(), abs=1e-9)
    assert same.effective_n == pytest.approx(len(rows))
    assert (same.mean_weight, same.largest_weight) == (1.0, 1.0)
    assert same.gain.mean == pytest.approx(0, abs=1e-9)


@FEW
@given(ROWS)
def test_thresholds_lead_from_one_estimator_to_another(rows):
    log, model = columns(rows)
    open_ended = means(log, model, replace(QUICK, clip=1e9, switch=1e9))
    assert open_ended["clipped_ips"] == pytest.approx(open_ended["ips"])
    assert open_ended["switch_dr"] == pytest.approx(open_ended["dr"])
    shut = means(log, model, replace(QUICK, clip=0, switch=0))
    assert shut["clipped_ips"] == pytest.approx(0)
    assert shut["switch_dr"] == pytest.approx(shut["reward_model"])
    positive = replace(log, reward=np.abs(log.reward))
    assert means(positive, None, replace(QUICK, clip=1.5))["clipped_ips"] <= (
        means(positive)["ips"] + 1e-9
    )


@FEW
@given(st.lists(st.floats(0.01, 100), min_size=1, max_size=30))
def test_effective_n_lies_between_one_and_all(weights):
    weight = np.array(weights)
    made = effective_n(weight)
    assert 1 - 1e-9 <= made <= len(weights) + 1e-9
    assert effective_n(weight * 7) == pytest.approx(made)
    assert effective_n(weight, np.arange(len(weight))) == pytest.approx(made)
    assert effective_n(weight, np.zeros(len(weight), dtype=np.int64)) == pytest.approx(1)


def test_no_verdict_under_a_hundred():
    world = BanditWorld()
    refused = estimate_off_policy(world.log(0, n=60), config=QUICK)
    assert refused.is_refused
    assert refused.verdict.startswith("refused: effective sample size ")
    assert refused.estimates["snips"].low < refused.estimates["snips"].high
    assert not estimate_off_policy(world.log(0, n=2_000), config=QUICK).is_refused


def test_few_viewers_who_come_often_are_few():
    world = BanditWorld()
    log = world.log(0, n=2_000, per_viewer=100)
    made = estimate_off_policy(log, config=QUICK)
    assert made.effective_n <= 20
    assert made.is_refused
    alone = estimate_off_policy(replace(log, viewer=None), config=OffPolicyConfig(resamples=300))
    together = estimate_off_policy(log, config=OffPolicyConfig(resamples=300))
    width = {
        name: result.estimates["ips"].high - result.estimates["ips"].low
        for name, result in (("alone", alone), ("together", together))
    }
    assert width["together"] > 1.3 * width["alone"]


def test_a_clear_difference_gets_a_verdict():
    n = 2_000
    liked = np.arange(n) % 2 == 0
    log = BanditLog(
        reward=np.where(liked, 1.0, 0.0) * (np.arange(n) % 10 < 5),
        propensity=np.full(n, 0.5),
        target=np.where(liked, 0.9, 0.1),
    )
    assert estimate_off_policy(log, config=QUICK).verdict == "better"
    turned = replace(log, target=1 - log.target)
    assert estimate_off_policy(turned, config=QUICK).verdict == "worse"
    same = replace(log, target=log.propensity)
    assert estimate_off_policy(same, config=QUICK).verdict == "undecided"


def test_nothing_earned_is_no_error():
    log = BanditLog(reward=np.zeros(5), propensity=np.full(5, 0.5), target=np.full(5, 0.5))
    made = estimate_off_policy(log, config=QUICK)
    assert made.estimates["ips"].high == 0
    nowhere = estimate_off_policy(replace(log, target=np.zeros(5)), config=QUICK)
    assert np.isnan(nowhere.estimates["snips"].mean)
    assert nowhere.effective_n == 0
    assert nowhere.is_refused


@pytest.mark.parametrize(
    ("column", "value", "told"),
    [
        ("propensity", 0.0, "propensity, row 2 is 0.0: give the chance"),
        ("propensity", np.nan, "propensity, row 2 is nan"),
        ("propensity", -0.1, "propensity, row 2 is -0.1"),
        ("propensity", 1.5, "propensity, row 2 is 1.5"),
        ("target", 1.5, "target, row 2 is 1.5: give 0 to 1"),
        ("target", np.nan, "target, row 2 is nan"),
        ("reward", np.inf, "reward, row 2 is inf"),
    ],
)
def test_what_cannot_be_is_refused_by_row(column, value, told):
    log, _ = columns([(1.0, 0.5, 0.5, 0.0)] * 4)
    getattr(log, column)[2] = value
    with pytest.raises(BadInput, match=told):
        estimate_off_policy(log)


def test_columns_that_do_not_fit_are_refused():
    log, model = columns([(1.0, 0.5, 0.5, 0.0)] * 4)
    with pytest.raises(BadInput, match="target"):
        estimate_off_policy(replace(log, target=np.ones(3)))
    with pytest.raises(BadInput, match=r"model\.policy"):
        estimate_off_policy(log, replace(model, policy=np.ones(3)))
    with pytest.raises(BadInput, match="viewer"):
        estimate_off_policy(replace(log, viewer=np.arange(3)))
    none = np.zeros(0)
    with pytest.raises(BadInput, match="no rows"):
        estimate_off_policy(BanditLog(reward=none, propensity=none, target=none))
    with pytest.raises(BadInput, match="clip"):
        OffPolicyConfig(clip=-1)
    with pytest.raises(BadInput, match="resamples"):
        OffPolicyConfig(resamples=0)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("world", "per_viewer", "n"),
    [
        (BanditWorld(), 1, 600),
        (BanditWorld(heavy=1.2, rate=0.03), 1, 2_000),
        (BanditWorld(), 10, 2_000),
    ],
    ids=["mild", "heavy weights", "viewers"],
)
def test_intervals_cover_the_truth(world, per_viewer, n):
    """Of 250 logs nineteen in twenty; 250 fair ones fall below .91 once in three hundred times."""
    hit = dict.fromkeys(("ips", "snips", "dr"), 0)
    for seed in range(250):
        log = world.log(seed, n=n, per_viewer=per_viewer)
        model = world.model()
        made = estimate_off_policy(log, model, OffPolicyConfig(resamples=300, seed=seed))
        for name in hit:
            hit[name] += made.estimates[name].low <= world.truth <= made.estimates[name].high
    for name, n_hit in hit.items():
        assert 0.90 <= n_hit / 250 <= 0.985, name
