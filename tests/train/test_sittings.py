"""Histories tell only of what came before; every impression is a candidate exactly once."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.train.made_log import made_log

from stoa.records import EventKind
from stoa.space.learning_log import NOBODY, ActColumns
from stoa.train.sittings import (
    SittingConfig,
    batches,
    history_rows,
    meetings_of,
    sittings_of,
)

CONFIG = SittingConfig(history=16, candidates=5, history_shapes=(4, 16))


@pytest.fixture(scope="module")
def log():
    return made_log(3, n_viewers=20, n_posts=300, n_sittings=4, n_shown=7)[0]


@pytest.fixture(scope="module")
def meetings(log):
    return meetings_of(log.acts, log.n_accounts, CONFIG)


@pytest.fixture(scope="module")
def sittings(log, meetings):
    return sittings_of(log, meetings, CONFIG)


def acts(*rows):
    at, account, post, kind, seconds = zip(*rows, strict=True)
    return ActColumns(
        at_us=np.array(at, dtype=np.int64) * 1_000_000,
        account=np.array(account, dtype=np.int32),
        post=np.array(post, dtype=np.int32),
        kind=np.array(kind, dtype=np.int8),
        seconds=np.array(seconds, dtype=np.float32),
        surface=np.zeros(len(at), dtype=np.int8),
    )


def test_acts_on_one_post_in_a_row_are_one_meeting():
    nan = np.nan
    seen = acts(
        (1, 0, 7, EventKind.DWELL, 5.0),
        (2, 1, 7, EventKind.LIKE, nan),
        (3, 0, 7, EventKind.LIKE, nan),
        (4, 0, 8, EventKind.DWELL, 0.5),  # hardly looked: no history
        (9_000, 0, 7, EventKind.DWELL, 6.0),  # met again
    )
    made = meetings_of(seen, 3, CONFIG)
    assert made.first.tolist() == [0, 2, 3, 3]
    assert made.post.tolist() == [7, 7, 7]
    assert made.acts.tolist() == [
        1 << EventKind.DWELL | 1 << EventKind.LIKE, 1 << EventKind.DWELL, 1 << EventKind.LIKE,
    ]  # fmt: skip
    np.testing.assert_array_equal(made.seconds, np.float32([5.0, 6.0, nan]))
    assert made.at_us.tolist() == [3_000_000, 9_000_000_000, 2_000_000]


def test_being_shown_is_not_history():
    seen = acts((1, 0, 7, EventKind.IMPRESSION, np.nan), (2, 0, 7, EventKind.SERVED, np.nan))
    assert len(meetings_of(seen, 1, CONFIG).post) == 0


def test_every_impression_is_a_candidate_exactly_once(log, sittings):
    rows = sittings.impression[sittings.impression != NOBODY]
    assert sorted(rows) == list(range(len(log.impressions)))


def test_a_part_is_of_one_viewer_and_one_sitting(log, sittings):
    for rows, viewer in zip(sittings.impression, sittings.viewer, strict=True):
        real = rows[rows != NOBODY]
        assert set(log.impressions.viewer[real]) == {viewer}
        assert len(set(log.impressions.session[real])) == 1


def test_history_is_the_viewers_own_newest_first_and_never_of_later(log, meetings, sittings):
    rows = history_rows(meetings, sittings, 16)
    owner = np.repeat(np.arange(log.n_accounts), np.diff(meetings.first))
    for i, found in enumerate(rows):
        real = found[found != NOBODY]
        assert (meetings.at_us[real] < sittings.at_us[i]).all()
        assert (owner[real] == sittings.viewer[i]).all()
        assert (np.diff(meetings.at_us[real]) <= 0).all()
        later = (owner == sittings.viewer[i]) & (meetings.at_us < sittings.at_us[i])
        assert len(real) == min(later.sum(), 16)


@given(st.one_of(st.none(), st.integers(0, 99)), st.integers(10, 200))
@settings(max_examples=20)
def test_batches_hold_every_sitting_once_with_room_for_its_history(sittings, seed, tokens):
    seen = []
    for shape, rows in batches(sittings, CONFIG, tokens, seed):
        assert (sittings.n_history[rows] <= shape).all()
        assert len(rows) <= max(1, tokens // (shape + CONFIG.candidates))
        seen.extend(rows.tolist())
    assert sorted(seen) == list(range(len(sittings)))


def test_the_same_seed_gives_the_same_batches(sittings):
    def made(seed):
        return [rows.tolist() for _, rows in batches(sittings, CONFIG, 60, seed)]

    assert made(1) == made(1)
    assert made(1) != made(2)
