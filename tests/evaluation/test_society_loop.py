"""Policies in a small society: paired, repeatable, and worth what the truth says."""

from dataclasses import replace

import numpy as np
import pytest

from stoa.evaluation.society_loop import PolicyRun, logged_society, run, serve_day
from stoa.evaluation.society_oracles import Oracle, greedy_order
from stoa.evaluation.society_policies import Chronological, LoggingPolicy, Popular
from stoa.evaluation.society_view import view_of
from stoa.town.society import Society, SocietyConfig

SMALL = SocietyConfig(seed=11, residents=60, background=150, posts_a_day=250, logged_days=2)


@pytest.fixture(scope="module")
def start() -> Society:
    return logged_society(SMALL)


@pytest.fixture(scope="module")
def runs(start) -> dict[str, PolicyRun]:
    policies = (Chronological(), Popular(), LoggingPolicy(seed=11), Oracle(composes=True))
    return {policy.name: run(policy, SMALL, 3, start) for policy in policies}


def test_a_run_repeats_itself_and_leaves_its_start_alone(start, runs):
    days = len(start.truth.days)
    assert run(Chronological(), SMALL, 3, start) == runs["chronological"]
    assert len(start.truth.days) == days == 2


def test_a_run_without_a_start_makes_its_own(runs):
    assert run(Popular(), SMALL, 3) == runs["popular"]


def test_who_knows_everything_does_best(runs):
    best = runs.pop("oracle")
    assert all(best.unregretted_s > other.unregretted_s for other in runs.values())
    runs["oracle"] = best
    assert len(best.by_day) == len(best.active_by_day) == best.days == 3
    assert best.last_day_active == best.active_by_day[-1]


def test_the_log_keeps_how_likely_each_post_was(start):
    log = start.log().checked()
    assert log.policies == ("random",)
    known = log.impressions.propensity
    assert (known > 0).all()
    assert (known <= 1).all()
    assert 0.02 < log.impressions.explored.mean() < 0.2


def first_view(society: Society):
    plan = society.begin_day(society.day)
    pool = society.pool(plan.rounds[0])
    return view_of(society.log(), plan, plan.rounds[0], pool, 20)


def test_a_view_shows_what_is_fresh_and_nothing_of_tomorrow(start):
    view = first_view(start.fork())
    log = view.log
    assert log.until_us == view.at_us
    assert log.posts.at_us[view.pool].max() <= view.at_us
    assert log.posts.at_us[view.pool].min() > view.at_us - 48 * 3_600_000_000
    pairs = set(zip(log.impressions.viewer.tolist(), log.impressions.post.tolist(), strict=True))
    rows, columns = np.nonzero(view.fresh)
    for row, column in list(zip(rows.tolist(), columns.tolist(), strict=True))[::97]:
        assert (int(view.viewer[row]), int(view.pool[column])) not in pairs
    stale = [(int(view.viewer[r]), int(view.pool[c])) for r, c in np.argwhere(~view.fresh)]
    author = log.posts.author
    assert stale
    assert all(p in pairs or author[p[1]] == p[0] for p in stale)


def test_newest_first_begins_with_whom_one_follows(start):
    view = first_view(start.fork())
    slates = Chronological().rank(view)
    followed = np.take_along_axis(view.followed(), slates.post, axis=1)
    assert (np.diff(followed.astype(int), axis=1) <= 0).all()  # first the followed, then others
    assert followed[:, 0].mean() > 0.5


def test_nobody_is_shown_a_post_twice(start):
    society = start.fork()
    n = len(society.log().impressions)
    for _ in range(2):
        serve_day(society, Popular())
    late = society.log().impressions
    pairs = late.viewer[n:].astype(np.int64) << 32 | late.post[n:]
    assert len(np.unique(pairs)) == len(pairs)


def test_a_policy_learns_before_the_first_day_and_after_each(start):
    class Pupil:
        name = "pupil"

        def __init__(self) -> None:
            self.seen: list[int] = []

        def rank(self, view):
            return Chronological().rank(replace(view, slots=5))

        def learn(self, log) -> None:
            self.seen.append(len(log.impressions))

    pupil = Pupil()
    run(pupil, SMALL, 2, start)
    assert len(pupil.seen) == 3
    assert pupil.seen[0] < pupil.seen[1] < pupil.seen[2]


def test_greedy_order_counts_what_stands_before():
    # Column 0 and 1 share a topic; the second of them is worth less once the first was read.
    worth = np.array([[[9.0, 8.0, 5.0]], [[4.0, 3.0, 5.0]]])
    stop = np.ones_like(worth)
    order = greedy_order(worth, stop, np.array([[0, 0, 1]]), 3)
    assert order.tolist() == [[0, 2, 1]]
