"""The real feed serves the town in closed loop, deterministically, and learns while it does."""

from dataclasses import replace

import pytest

from stoa.errors import BadInput
from stoa.evaluation import ClosedLoopConfig, run_policy
from stoa.evaluation.closed_loop import POLICIES

SMALL = ClosedLoopConfig(people=200, past_days=1, days=1, residents=12)


@pytest.fixture(scope="module")
def runs():
    return {policy: run_policy(policy, 100, SMALL) for policy in POLICIES}


def test_every_policy_serves_pages_that_people_read(runs):
    for policy, days in runs.items():
        assert days.policy == policy
        assert days.viewer_days == 12
        assert 0 < days.unregretted_s <= days.seconds
        assert 0 < days.truth.read < days.truth.shown
        assert 0 < days.reply_share < 1  # replies are candidates like any other


def test_the_same_arguments_give_the_same_result(runs):
    assert run_policy("first_version", 100, SMALL) == runs["first_version"]


def test_a_second_day_is_served_on_top_of_the_first(runs):
    longer = run_policy("first_version", 100, replace(SMALL, days=2))
    assert longer.viewer_days == 24
    assert longer.truth.shown > 1.3 * runs["first_version"].truth.shown


def test_popular_shows_what_was_liked_and_newest_first_does_not(runs):
    assert runs["popular"].unliked_share < 0.3 < runs["chronological"].unliked_share


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.timeout(400)
def test_the_first_version_gives_more_unregretted_seconds_than_both_baselines():
    config = ClosedLoopConfig(people=400, past_days=2, days=1, residents=40)
    for seed in (100, 101):
        ours, *others = (run_policy(policy, seed, config) for policy in POLICIES)
        assert all(ours.unregretted_s > other.unregretted_s for other in others)


def test_impossible_studies_are_refused():
    with pytest.raises(BadInput, match="residents is 50"):
        ClosedLoopConfig(people=20, residents=50)
    with pytest.raises(BadInput, match="days is 0"):
        ClosedLoopConfig(days=0)
    with pytest.raises(BadInput, match="policy"):
        run_policy("no_such_policy", 100, SMALL)
