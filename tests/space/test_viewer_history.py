"""Events: looks and likes of one post together, regret at its own time, gladness as a label."""

from dataclasses import replace

import numpy as np
from tests.train.small_log import HOUR_US, START_US, small_log

from stoa.records import EventKind
from stoa.space.learning_log import ActColumns, Answer, ImpressionColumns
from stoa.space.viewer_history import viewer_events

NAN = float("nan")


def log_of(*acts, n_accounts=3):
    """A log of acts (minutes after the start, account, post, kind, seconds)."""
    log = small_log(n_accounts=n_accounts, n_posts=10, acts_each=1, dim=4)[0]
    minute, account, post, kind, seconds = (np.array(c) for c in zip(*acts, strict=True))
    return replace(
        log,
        acts=ActColumns(
            at_us=START_US + (minute * 60e6).astype(np.int64),
            account=account.astype(np.int32),
            post=post.astype(np.int32),
            kind=kind.astype(np.int8),
            seconds=seconds.astype(np.float32),
            surface=np.zeros(len(acts), np.int8),
        ),
        until_us=START_US + 1000 * HOUR_US,
    ).checked()


def test_a_look_and_a_like_are_one_event_named_by_the_like():
    events = viewer_events(log_of((0, 1, 4, EventKind.DWELL, 6), (1, 1, 4, EventKind.LIKE, NAN)))
    assert events.kind.tolist() == [EventKind.LIKE]
    assert events.seconds.tolist() == [6.0]
    assert events.glad.tolist() == [True]
    assert events.start.tolist() == [0, 0, 1, 1]


def test_a_regret_of_the_next_day_is_its_own_event_and_unmakes_the_gladness():
    events = viewer_events(
        log_of(
            (0, 0, 4, EventKind.LIKE, NAN),
            (30, 0, 5, EventKind.LIKE, NAN),
            (1500, 0, 4, EventKind.REGRET, NAN),
        )
    )
    assert events.kind.tolist() == [EventKind.LIKE, EventKind.LIKE, EventKind.REGRET]
    assert events.post.tolist() == [4, 5, 4]
    assert events.glad.tolist() == [False, True, False]
    assert events.regretted.tolist() == [True, False, True]


def test_a_long_look_is_glad_and_a_short_one_is_not():
    events = viewer_events(log_of((0, 0, 1, EventKind.DWELL, 40), (1, 0, 2, EventKind.DWELL, 3)))
    assert events.glad.tolist() == [True, False]


def test_an_answer_of_regret_unmakes_a_like():
    log = log_of((0, 2, 4, EventKind.LIKE, NAN), (1, 2, 5, EventKind.LIKE, NAN))
    shown = {
        name: np.zeros(1, getattr(log.impressions, name).dtype)
        for name in log.impressions.__slots__
    }
    shown |= {
        "viewer": np.array([2], np.int32), "post": np.array([4], np.int32),
        "propensity": np.array([NAN], np.float32), "answer": np.array([Answer.REGRET], np.int8),
    }  # fmt: skip
    events = viewer_events(replace(log, impressions=ImpressionColumns(**shown)).checked())
    assert events.glad.tolist() == [False, True]


def test_events_are_sorted_by_account_then_time():
    log = small_log(n_accounts=20, n_posts=80, acts_each=10, dim=4)[0]
    events = viewer_events(log)
    assert (np.diff(events.account) >= 0).all()
    same = events.account[1:] == events.account[:-1]
    assert (np.diff(events.at_us)[same] >= 0).all()
    assert events.start[-1] == len(events) == len(log.acts)
