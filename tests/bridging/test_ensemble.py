"""The list of models, and whose ratings each hears."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from stoa.bridging.ensemble import (
    CORE,
    CORE_WITH_TOPICS,
    ENSEMBLE,
    EXPANSION_PLUS,
    GROUP_33,
    GROUP_SCORERS,
    TOPIC_SCORERS,
    captured,
    heard,
    in_groups,
)
from stoa.bridging.gaussian_scorers import GAUSSIAN_SCORERS
from stoa.bridging.scorers import Scope, Topic
from stoa.note_records import NO_GROUP, Contributors, RatingTable


def people(groups) -> Contributors:
    """Contributors by group; None is somebody who is not enrolled."""
    n = len(groups)
    none = np.zeros(n, dtype=np.int64)
    return Contributors(
        name=np.array([f"{i:03}" for i in range(n)], dtype=object),
        enrolled=np.array([g is not None for g in groups]),
        state=np.zeros(n, dtype=np.int8),
        needed=none,
        changed_ms=none,
        earned_out_ms=none,
        group=np.array([NO_GROUP if g is None else g for g in groups], dtype=np.int16),
        times_earned_out=none,
    )


def rated(pairs) -> RatingTable:
    note, rater = (np.array(column, dtype=np.int32) for column in zip(*pairs, strict=True))
    n = len(note)
    return RatingTable(
        note=note,
        rater=rater,
        at_ms=np.zeros(n, dtype=np.int64),
        level=np.full(n, 2, dtype=np.int8),
        tags=np.zeros(n, dtype=np.uint32),
        sampled=np.zeros(n, dtype=np.bool_),
    )


def test_every_model_stands_once_in_the_list():
    names = [config.name for config in ENSEMBLE]
    assert len(set(names)) == len(names) == 28
    assert {config.group for config in GROUP_SCORERS} == {*range(1, 16), 18, 33}
    assert {config.scope.topic for config in TOPIC_SCORERS} == set(Topic)
    assert {gaussian.borrows for gaussian in GAUSSIAN_SCORERS} <= set(names)


def test_those_who_never_enrolled_count_for_core_and_for_no_group():
    who = people([1, 4, 0, None, NO_GROUP])
    assert in_groups(CORE.scope, who).tolist() == [True, False, False, True, False]
    assert in_groups(EXPANSION_PLUS.scope, who).tolist() == [True, True, True, True, False]
    assert in_groups(Scope(groups=frozenset({4})), who).tolist() == [False, True] + [False] * 3
    assert in_groups(Scope(), who).all()


def test_a_note_is_captured_by_the_share_of_its_ratings():
    inside = np.array([True, True, False])
    ratings = rated([(0, 0), (0, 2), (1, 0), (1, 1), (1, 2), (2, 2)])
    assert captured(Scope(capture=0.5), ratings, inside, 4).tolist() == [True, True, False, False]
    assert captured(Scope(capture=0.6), ratings, inside, 4).tolist() == [False, True, False, False]
    assert captured(Scope(), ratings, inside, 4).all()


def test_topic_notes_are_left_to_the_topic_models_by_core_alone():
    who, ratings = people([1, 1]), rated([(0, 0), (1, 1)])
    topic = np.array([Topic.UNASSIGNED, Topic.SCAMS], dtype=np.int8)
    assert heard(CORE.scope, ratings, who, topic).rows.tolist() == [True, False]
    assert heard(CORE_WITH_TOPICS.scope, ratings, who, topic).rows.all()
    scams = next(c for c in TOPIC_SCORERS if c.scope.topic is Topic.SCAMS)
    assert heard(scams.scope, ratings, who, topic).rows.tolist() == [False, True]
    unassigned = next(c for c in TOPIC_SCORERS if c.scope.topic is Topic.UNASSIGNED)
    assert not heard(unassigned.scope, ratings, who, topic).rows.any()


def test_group_33_hears_nothing_of_notes_that_others_rate_more():
    who = people([33, 33, 33, 33, 1])
    ratings = rated([(0, r) for r in range(5)] + [(1, 0), (1, 4)])
    topic = np.zeros(2, dtype=np.int8)
    assert heard(GROUP_33.scope, ratings, who, topic).rows.tolist() == [True] * 4 + [False] * 3


pairs = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 6)), min_size=1, unique=True)
groups = st.lists(st.sampled_from([1, 4, 13, 33, None]), min_size=7, max_size=7)


@given(
    pairs, groups, st.sampled_from(ENSEMBLE), st.lists(st.integers(0, 5), min_size=5, max_size=5)
)
def test_a_model_hears_only_its_own(pairs, groups, config, topics):
    who, ratings = people(groups), rated(pairs)
    topic = np.array(topics, dtype=np.int8)
    found = heard(config.scope, ratings, who, topic)
    inside = in_groups(config.scope, who)
    assert not found.rows[~inside[ratings.rater]].any()
    assert not found.rows[~found.notes[ratings.note]].any()
