"""Mixes with exact chances, and a mix's value told from another's log in the town."""

from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest

from stoa.errors import BadInput
from stoa.evaluation.off_policy_town import (
    VALUES,
    TownTrialConfig,
    run_trial,
    study_town,
    town_figures,
)
from stoa.evaluation.society_view import view_of
from stoa.evaluation.town_mixes import (
    ASKED,
    LOGGED,
    chances_in_order,
    drawn_in_order,
    sources_of,
)
from stoa.evaluation.town_sittings import serve_mix
from stoa.town.society import Society, SocietyConfig

WEIGHT = np.array([0.4, 0.3, 0.2, 0.1, 0.0])
TINY = TownTrialConfig(trials=2, residents=70, past_days=1, days=1, runs=1)
TOWN = SocietyConfig(seed=5, residents=70, background=150, posts_a_day=250)


@pytest.fixture(scope="module")
def society() -> Society:
    made = Society(TOWN)
    serve_mix(made, LOGGED, LOGGED, 1, seed=5)
    return made


@pytest.fixture(scope="module")
def log(society):
    return serve_mix(society.fork(), LOGGED, ASKED["popular"], 2, seed=5)


@pytest.fixture(scope="module")
def trials():
    return study_town(TINY)


def test_chances_of_all_orders_sum_to_one():
    orders = np.array(list(permutations(range(4), 3)))
    chance = chances_in_order(np.tile(WEIGHT, (len(orders), 1)), orders)
    assert chance.prod(axis=1).sum() == pytest.approx(1.0)


def test_what_is_drawn_comes_as_often_as_its_chance_says():
    drawn = drawn_in_order(np.tile(WEIGHT, (40_000, 1)), 2, np.random.default_rng(0))
    for order in permutations(range(4), 2):
        expected = chances_in_order(WEIGHT[None], np.array([order])).prod()
        share = (drawn == order).all(axis=1).mean()
        assert share == pytest.approx(expected, abs=4 * np.sqrt(expected / 40_000))


def test_what_has_no_weight_is_never_drawn():
    drawn = drawn_in_order(np.tile(WEIGHT, (500, 1)), 4, np.random.default_rng(1))
    assert not (drawn == 4).any()


def test_every_source_sums_to_one_and_shows_nothing_twice(society):
    other = society.fork()
    plan = other.begin_day(other.day)
    round_ = plan.rounds[0]
    pool = other.pool(round_)
    view = view_of(other.log(), plan, round_, pool, 10)
    sources = sources_of(view)
    assert sources.sum(axis=2) == pytest.approx(np.ones(sources.shape[:2]))
    assert not sources[:, ~view.fresh].any()


def test_shares_of_a_mix_are_shares():
    for mix in (LOGGED, *ASKED.values()):
        assert mix.shares.sum() == pytest.approx(1.0)


def test_weights_are_bounded_by_the_largest_ratio_of_shares(log):
    bound = (ASKED["popular"].shares / LOGGED.shares).max()
    assert (log.target[:, 0] / log.propensity[:, 0]).max() <= bound + 1e-9


def test_a_mix_asked_for_itself_is_what_it_was(society):
    own = serve_mix(society.fork(), LOGGED, LOGGED, 1, seed=5)
    assert own.target == pytest.approx(own.propensity)
    assert own.reached[:, 0].all()
    assert not own.seconds[~own.reached].any()


def test_a_trial_tells_every_value_and_repeats_itself(trials):
    assert [t.value for t in trials] == list(VALUES) * 2
    assert {t.people for t in trials} == {"bait", "opportunity"}
    again = run_trial(TINY, trials[0].people, trials[0].seed, trials[0].mix)
    assert again == trials[: len(VALUES)]


def test_weights_have_mean_one_and_the_model_a_chance_to_be_used(trials):
    for trial in trials:
        assert trial.result.mean_weight == pytest.approx(1.0, abs=0.4)
        assert ("dr" in trial.result.estimates) == (trial.value != "a_showing")


def test_few_viewers_get_no_verdict_and_count_as_refused(trials):
    told = town_figures(trials, TINY)
    for value in told["values"].values():
        assert value["refused"] == 2
        assert value["verdicts"]["refused"] == 2
        assert value["estimators"] == {}


def test_hits_count_truths_within_intervals(trials):
    known = [t for t in trials if t.value == "seconds_1"]
    sure = [replace(t, result=replace(t.result, verdict="better")) for t in known]
    far = [replace(t, truth=t.truth + 1e6) for t in sure]
    for given, hits in ((sure, None), (far, 0)):
        told = town_figures(given, TINY)["values"]["seconds_1"]["estimators"]
        for name, its in told.items():
            inside = 0
            for t in given:
                made = (t.result.estimates | t.result.baselines)[name]
                inside += made.low <= t.truth <= made.high
            assert its["hits"] == (inside if hits is None else hits)
            assert its["of"] == 2


def test_a_study_of_nothing_is_refused():
    with pytest.raises(BadInput, match="runs"):
        TownTrialConfig(runs=0)


@pytest.mark.long
@pytest.mark.slow
def test_the_truth_lies_within_most_intervals_of_the_exact_estimators():
    config = TownTrialConfig(trials=4, first_seed=301, residents=300, days=4, runs=2)
    found = town_figures(study_town(config), config)
    for value in ("seconds_1", "seconds_3"):
        for name in ("snips", "dr"):
            its = found["values"][value]["estimators"][name]
            assert its["hits"] >= its["of"] - 1
            assert its["of"] >= 3
