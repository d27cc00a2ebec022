"""Days as served, and who came back: only days that are over are known."""

import numpy as np
import pytest
from tests.train.test_ranker_reliability import log_of

from stoa.ranking.heads import N_ACTIONS
from stoa.ranking.readout import Readout
from stoa.records import DAY_US
from stoa.train.served_days import served_days

POSTS = [(0.0, 0, -1), (0.0, 1, -1)]


def believed(n):
    return Readout(
        actions=np.full((n, N_ACTIONS), 0.1), skip=np.zeros(n), seconds=np.arange(n, dtype=float),
        glad=np.full(n, 0.5), regret=np.full(n, 0.2),
    )  # fmt: skip


def days_of(shown, until_day):
    log = log_of(POSTS, shown)
    object.__setattr__(log, "until_us", int(until_day * DAY_US))
    return served_days(log, np.arange(len(shown)), believed(len(shown)))


def test_a_day_is_a_viewer_and_a_date_with_sums_of_what_was_believed():
    made = days_of([(0.1, 2, 0), (0.2, 2, 1), (0.3, 3, 0), (1.5, 2, 1)], 3.0)
    assert made.posts.tolist() == [2, 1, 1]
    assert made.seconds.tolist() == [1, 2, 3]
    assert made.actions[:, 0].tolist() == pytest.approx([0.2, 0.1, 0.1])
    assert made.actions[:, -1].tolist() == pytest.approx([1.0, 0.5, 0.5])
    assert made.checked() is made


def test_who_came_back_the_next_day():
    made = days_of([(0.1, 2, 0), (0.3, 3, 0), (1.5, 2, 1)], 3.0)
    assert made.next_day.tolist() == [1, 0, 0]


def test_a_day_that_is_not_over_tells_nothing_yet():
    shown = [(0.1, 2, 0), (0.3, 3, 0), (1.01, 2, 1)]
    assert np.isnan(days_of(shown, 1.02).next_day).all()
    known = days_of(shown, 2.0).next_day
    assert known[:2].tolist() == [1, 0]
    assert np.isnan(known[2])


def test_a_week_is_known_when_seven_more_days_are_over():
    shown = [(0.1, 2, 0), (0.1, 3, 0), (6.5, 2, 0)]
    assert np.isnan(days_of(shown, 7.5).within_week).all()
    assert days_of(shown, 8.0).within_week[:2].tolist() == [1, 0]


def test_where_nothing_was_shown_there_are_no_days():
    log = log_of(POSTS, [(0.1, 2, 0)])
    assert served_days(log, np.zeros(0, dtype=np.int64), believed(0)) is None
