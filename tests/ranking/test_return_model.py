"""What an action is worth is learned from returns, and is the prior without them."""

import numpy as np
import pytest

from stoa.errors import BadInput
from stoa.ranking.return_model import ActionWorth, ReturnPrior, ServedDays, learn_worth
from stoa.ranking.value import WORTHS

LIKE, REPLY = WORTHS.index("like"), WORTHS.index("reply")


def served(n, seed, *, like=0.0, pool_like=0.0, confounded=0.0):
    """Days whose return hangs on the mean chance of a like, by `like` log-odds a unit.

    With `confounded`, viewers whose pools hold more to like come back more for other reasons.
    """
    chance = np.random.default_rng(seed)
    posts = chance.integers(10, 40, n).astype(float)
    pool = np.zeros((n, len(WORTHS)))
    pool[:, LIKE] = 0.05 + pool_like * chance.random(n)
    share = np.zeros((n, len(WORTHS)))
    share[:, LIKE] = pool[:, LIKE] + 0.2 * chance.random(n)
    share[:, REPLY] = 0.02 * chance.random(n)
    logit = -0.3 + like * (share[:, LIKE] - 0.15) + confounded * (pool[:, LIKE] - 0.15)
    next_day = (chance.random(n) < 1 / (1 + np.exp(-logit))).astype(float)
    later = (chance.random(n) < 1 / (1 + np.exp(-(logit + 1.5)))).astype(float)
    return ServedDays(
        posts=posts,
        actions=share * posts[:, None],
        regret=0.1 * posts * chance.random(n),
        seconds=posts * chance.uniform(3, 6, n),
        next_day=next_day,
        within_week=np.maximum(next_day, later),
        pool=pool,
    )


def true_worth(days, like, horizon=28.0):
    """Seconds that one more unit of P(like) on one post is worth, by the truth of `served`."""
    share = days.actions[:, LIKE] / days.posts
    logit = -0.3 + like * (share - 0.15)
    first = 1 / (1 + np.exp(-logit))
    second = 1 / (1 + np.exp(-(logit + 1.5)))
    visit = (days.seconds * (1 - days.regret / days.posts)).mean()
    gone = days.next_day.mean() * (horizon - 7) + 1
    slope = first * (1 - first) + (1 - first) * second * (1 - second) * gone
    return float(like * slope.mean() / days.posts.mean() * visit)


def test_without_days_the_worth_is_the_prior():
    worth = learn_worth(served(0, 0))
    assert worth.mean_s[LIKE] == pytest.approx(60.0)
    assert worth.low_s[LIKE] == pytest.approx(60.0 - 1.96 * ReturnPrior().error_s["like"], abs=0.1)
    assert worth.as_worth() == {"like": pytest.approx(60.0)}


def test_days_whose_returns_are_not_known_yet_teach_nothing():
    days = served(500, 1, like=20.0)
    unknown = np.full(500, np.nan)
    waiting = ServedDays(
        posts=days.posts, actions=days.actions, regret=days.regret, seconds=days.seconds,
        next_day=unknown, within_week=unknown,
    )  # fmt: skip
    assert learn_worth(waiting).mean_s[LIKE] == pytest.approx(60.0)


@pytest.mark.parametrize("like", [8.0, -8.0])
def test_sign_and_size_are_recovered(like):
    days = served(40_000, 2, like=like)
    worth = learn_worth(days, ReturnPrior(error_s={"like": 200.0, "reply": 30.0}))
    truth = true_worth(days, like)
    assert worth.low_s[LIKE] < truth < worth.high_s[LIKE]
    assert worth.mean_s[LIKE] == pytest.approx(truth, rel=0.3)
    assert worth.high_s[LIKE] - worth.low_s[LIKE] < abs(truth)


def test_intervals_hold_the_truth_about_as_often_as_they_say():
    held = 0
    for seed in range(40):
        days = served(1_500, 100 + seed, like=6.0)
        worth = learn_worth(days, ReturnPrior(mean_s={}, error_s={"like": 1e4}))
        held += bool(worth.low_s[LIKE] < true_worth(days, 6.0) < worth.high_s[LIKE])
    assert held >= 35


def test_few_days_stay_near_the_prior_and_many_leave_it():
    few = [learn_worth(served(8, seed)).mean_s[LIKE] for seed in range(20)]
    many = learn_worth(served(60_000, 3)).mean_s[LIKE]
    assert 30.0 < np.mean(few) < 60.0
    assert abs(many) < 15.0


def test_what_the_pool_held_is_no_doing_of_the_policy():
    days = served(40_000, 4, like=5.0, pool_like=0.3, confounded=12.0)
    wide = ReturnPrior(error_s={"like": 300.0})
    truth = true_worth(days, 5.0)
    with_pool = learn_worth(days, wide).mean_s[LIKE]
    blind = ServedDays(**{**{name: getattr(days, name) for name in days.__slots__}, "pool": None})
    assert abs(with_pool - truth) < 0.5 * abs(learn_worth(blind, wide).mean_s[LIKE] - truth)


def test_days_without_posts_are_refused():
    days = served(3, 5)
    empty = ServedDays(
        posts=np.zeros(3), actions=days.actions, regret=days.regret, seconds=days.seconds,
        next_day=days.next_day, within_week=days.within_week,
    )  # fmt: skip
    with pytest.raises(BadInput, match="posts"):
        learn_worth(empty)


def worth_of(like, reply=0.0):
    mean = np.zeros(len(WORTHS))
    mean[LIKE], mean[REPLY] = like, reply
    return ActionWorth(mean_s=mean, low_s=mean - 1.0, high_s=mean + 1.0, days=9)


@pytest.mark.parametrize("like", [-500.0, -60.0, 0.0, 3.0])
def test_a_like_keeps_a_tenth_of_what_was_stated(like):
    assert worth_of(like).held_s()["like"] == pytest.approx(6.0)


def test_what_is_learned_within_bounds_serves_as_it_is():
    assert worth_of(75.0, -20.0).held_s() == {"like": 75.0, "reply": -20.0}


def test_nothing_gets_a_worth_that_was_not_thought_possible():
    assert worth_of(9_000.0, 9_000.0).held_s() == {"like": 120.0, "reply": 30.0}
    assert worth_of(60.0, -9_000.0).held_s()["reply"] == -30.0


def test_a_card_is_told_every_action_that_may_be_worth_something():
    told = learn_worth(served(0, 0)).figures()
    assert set(told) == set(ReturnPrior().error_s)
    assert 0 < told["like"]["low"] < told["like"]["mean"] == pytest.approx(60.0)
