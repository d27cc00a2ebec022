"""Counts, states and targets of contributors."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from tests.bridging.merge_world import (
    CRH,
    CRNH,
    NMR,
    NOW_MS,
    contributors,
    empty_history,
    note_table,
    renamed_raters,
    world,
)
from tests.bridging.test_meta import few, seeds

from stoa.bridging.contributor_state import NO_STATE, TrackRecord, next_states
from stoa.bridging.contributors import contributor_results, rating_record
from stoa.bridging.early_ratings import early_ratings
from stoa.bridging.explanation_tags import tags_of_authors, top_two
from stoa.bridging.note_counts import count_ratings
from stoa.note_records import (
    DAY_MS,
    HELPFUL_TAG_RANK,
    HOUR_MS,
    NO_TIME,
    Enrollment,
    NotesData,
    RatingTable,
)

E = Enrollment


def rating_table(rows, at_ms) -> RatingTable:
    """Ratings (note, rater, level) at the given times."""
    table = np.array(rows, dtype=np.int32).reshape(-1, 3)
    return RatingTable(
        note=table[:, 0],
        rater=table[:, 1],
        at_ms=np.array(at_ms, dtype=np.int64),
        level=table[:, 2].astype(np.int8),
        tags=np.zeros(len(table), dtype=np.uint32),
        sampled=np.zeros(len(table), dtype=bool),
    )


def test_early_means_within_two_days_and_before_the_latest_status():
    notes = replace(
        note_table(np.random.default_rng(0), 2, 1), created_ms=np.array([NOW_MS, NOW_MS])
    )
    latest_ms = np.array([NO_TIME, NOW_MS + 9])
    hours = [0, 48 * HOUR_MS - 1, 48 * HOUR_MS]
    on_first = rating_table([(0, 0, 2)] * 3, [NOW_MS + t for t in hours])
    assert early_ratings(notes, latest_ms, on_first).tolist() == [True, True, False]
    on_second = rating_table([(1, 0, 2)] * 2, [NOW_MS + 8, NOW_MS + 9])
    assert early_ratings(notes, latest_ms, on_second).tolist() == [True, False]


def test_of_old_notes_the_first_five_ratings_are_early_whatever_the_status():
    old_ms = 1_600_000_000_000
    notes = replace(
        note_table(np.random.default_rng(0), 2, 1), created_ms=np.array([old_ms, old_ms])
    )
    rows = [(0, r, 2) for r in range(7)] + [(1, 0, 2)]
    at_ms = [old_ms + t for t in (9, 8, 7, 6, 5, 4, 3, 1)]
    early = early_ratings(notes, np.array([old_ms, old_ms]), rating_table(rows, at_ms))
    assert early.tolist() == [False, False, True, True, True, True, True, True]


def test_ties_between_tags_go_to_the_higher_rank():
    counts = np.array([[2, 2, 2, 0, 0, 0, 0, 0, 0], [9, 1, 0, 0, 0, 0, 0, 0, 0]])
    assert top_two(counts, HELPFUL_TAG_RANK).tolist() == [[1, 2], [-1, -1]]
    assert top_two(counts[:0], HELPFUL_TAG_RANK).shape == (0, 2)


def test_tags_of_an_author_are_counted_over_notes():
    counts = np.zeros((3, 13), dtype=np.int32)
    counts[0, [1, 5]] = 2
    counts[1, [1, 7]] = 4
    counts[2, 3] = 9  # one tag is not enough for a note
    author = np.array([0, 0, 1], dtype=np.int32)
    assert tags_of_authors(author, counts, 3).tolist() == [[1, 5], [-1, -1], [-1, -1]]


def after(state, recent=0, impact=0, needed=5, helpful=0, not_helpful=None, times=1):
    """State, target and count of times of one enrolled contributor."""
    who = replace(
        contributors(np.random.default_rng(0), 1),
        enrolled=np.array([True]),
        state=np.array([state], dtype=np.int8),
        needed=np.array([needed]),
        changed_ms=np.array([3]),
        times_earned_out=np.array([times]),
    )
    lost = recent if not_helpful is None else not_helpful
    record = TrackRecord(
        is_active=np.array([True]),
        rating_impact=np.array([impact]),
        recent_not_helpful=np.array([recent]),
        helpful=np.array([helpful]),
        not_helpful=np.array([lost]),
        written=np.array([helpful + lost]),
    )
    states = next_states(who, record, NOW_MS)
    assert (states.changed_ms[0] == NOW_MS) or states.changed_ms[0] == 3
    return E(int(states.state[0])), int(states.needed[0]), int(states.times_earned_out[0])


@pytest.mark.parametrize(
    ("state", "about", "expected"),
    [
        (E.NEW_USER, {"impact": 5}, (E.EARNED_IN, 5, 1)),
        (E.NEW_USER, {"impact": 4}, (E.NEW_USER, 5, 1)),
        (E.NEW_USER, {"recent": 3, "helpful": 9}, (E.NEW_USER, 5, 1)),
        # once changed, only the number of recent CRNH notes decides
        (E.NEW_USER, {"impact": 5, "recent": 2, "helpful": 9}, (E.AT_RISK, 5, 1)),
        (E.NEW_USER, {"impact": 7, "recent": 3, "helpful": 3}, (E.EARNED_OUT_ACKNOWLEDGED, 17, 2)),
        (E.EARNED_IN, {"recent": 2, "helpful": 9}, (E.AT_RISK, 5, 1)),
        (E.EARNED_IN, {"recent": 3, "helpful": 9}, (E.EARNED_OUT_ACKNOWLEDGED, 10, 2)),
        (E.EARNED_IN, {"recent": 1, "helpful": 1}, (E.EARNED_IN, 5, 1)),
        # more CRNH than CRH notes: one recent is enough
        (E.EARNED_IN, {"recent": 1, "helpful": 0}, (E.EARNED_OUT_ACKNOWLEDGED, 10, 2)),
        (E.API_EARNED_IN, {"recent": 3, "helpful": 9}, (E.API_EARNED_IN, 5, 1)),
        (E.API_EARNED_IN, {"recent": 1}, (E.EARNED_OUT_ACKNOWLEDGED, 10, 2)),
        (E.AT_RISK, {"recent": 1, "helpful": 1}, (E.EARNED_IN, 5, 1)),
        (E.AT_RISK, {"recent": 2, "helpful": 2}, (E.AT_RISK, 5, 1)),
        (E.REMOVED, {"recent": 4, "impact": 9}, (E.REMOVED, 5, 1)),
        (E.EARNED_OUT_NO_ACKNOWLEDGE, {"impact": 2}, (E.EARNED_OUT_ACKNOWLEDGED, 7, 1)),
        (E.EARNED_OUT_NO_ACKNOWLEDGE, {"recent": 3}, (E.EARNED_OUT_ACKNOWLEDGED, 10, 2)),
        # the targets of top writers do not rise
        (
            E.EARNED_IN,
            {"recent": 3, "helpful": 20, "impact": 2, "times": 4},
            (E.EARNED_OUT_ACKNOWLEDGED, 7, 5),
        ),
    ],
)
def test_the_state_machine(state, about, expected):
    assert after(state, **about) == expected


def small(status, **enrolment):
    """Three contributors: 0 writes two notes, 1 rates them, 2 does nothing."""
    rng = np.random.default_rng(0)
    notes = replace(
        note_table(rng, 2, 2),
        author=np.array([0, 0], dtype=np.int32),
        created_ms=np.array([NOW_MS - 20 * DAY_MS, NOW_MS - DAY_MS]),
    )
    who = replace(
        contributors(rng, 3),
        enrolled=np.array([True, False, False]),
        state=np.array([0, 4, 4], dtype=np.int8),
        needed=np.array([5, 5, 5]),
        earned_out_ms=np.array([1, 1, 1]),
        changed_ms=np.array([3, NO_TIME, NO_TIME]),
    )
    history = replace(empty_history(2), current=np.array(status, dtype=np.int8))
    rated = rating_table([(0, 1, 2), (1, 1, 0)], notes.created_ms + 5)
    data = NotesData(replace(who, **enrolment), notes, history, rated)
    counts = count_ratings(rated, 2, NOW_MS)
    intercept = np.array([0.9, np.nan], dtype=np.float32)
    return data, contributor_results(data, history, counts, intercept, NOW_MS)


def test_ratings_are_judged_by_final_statuses():
    data, _ = small([CRH, CRNH])
    record = rating_record(data, data.history)
    assert record.successful.tolist() == record.impact.tolist() == [0, 2, 0]
    wrong = rating_record(data, replace(data.history, current=data.history.current[::-1]))
    assert wrong.unsuccessful.tolist() == [0, 2, 0]
    assert wrong.impact.tolist() == [0, -3, 0]  # helpful on CRNH counts twice
    assert rating_record(data, replace(data.history, current=np.full(2, NMR))).awaiting[1] == 2


def test_a_contributor_without_enrolment_has_a_state_once_active():
    _, results = small([CRH, NMR])
    assert results.is_active.tolist() == [True, True, False]
    assert results.states.state.tolist() == [E.EARNED_IN, E.NEW_USER, NO_STATE]
    assert results.states.needed.tolist() == [5, 5, NO_TIME]
    assert results.states.times_earned_out[1] == NO_TIME


def test_who_acknowledged_earning_out_is_judged_by_later_notes_only():
    out = np.array([E.EARNED_OUT_ACKNOWLEDGED, 4, 4], dtype=np.int8)
    _, results = small([CRNH, CRNH], state=out)
    assert not results.is_active[0]
    assert results.states.state[0] == E.EARNED_OUT_ACKNOWLEDGED
    assert results.states.earned_out_ms[0] == NOW_MS


def test_emerging_writers_and_day_totals():
    _, results = small([CRH, NMR])
    assert not results.is_emerging.any()  # 0.9 / 2 notes is enough, two ratings are not
    assert results.last_90_days.crh.tolist() == [1, 0, 0]
    assert results.last_14_days.nmr.tolist() == [0, 0, 0]
    assert small([NMR, CRH])[1].last_14_days.crh.tolist() == [1, 0, 0]


@few
@given(seeds)
def test_names_of_contributors_change_nothing(seed):
    made = world(seed)
    order = np.random.default_rng(seed).permutation(len(made.data.contributors))
    here, there = made.run(), renamed_raters(made, order).run()
    np.testing.assert_array_equal(here.meta.status, there.meta.status)
    np.testing.assert_array_equal(here.contributors.top_tags[order], there.contributors.top_tags)
    np.testing.assert_array_equal(
        here.contributors.is_emerging[order], there.contributors.is_emerging
    )
    for part in ("rating", "writing", "states", "last_14_days", "last_90_days"):
        mine, other = getattr(here.contributors, part), getattr(there.contributors, part)
        for name in mine.__slots__:
            np.testing.assert_array_equal(
                getattr(mine, name)[order], getattr(other, name), err_msg=name
            )


@few
@given(seeds)
def test_nobody_leaves_a_run_earned_out_without_acknowledgement_if_active(seed):
    results = world(seed).run().contributors
    assert not (results.states.state[results.is_active] == E.EARNED_OUT_NO_ACKNOWLEDGE).any()
