"""Attacks do what they say, and the rules of a square withstand what they are said to."""

import numpy as np
import pytest

from stoa.errors import BadInput
from stoa.evaluation.note_attacks import (
    BUILD_UP,
    RING,
    Attack,
    Strike,
    attacked,
    choose_targets,
    judge,
    shown_by_majority,
    shown_by_stoa,
    without_cliques,
)
from stoa.note_records import MINUTE_MS, NOT_HELPFUL_BITS
from stoa.town.raters import Kind, RaterTownConfig, make_rater_town

TOWN = make_rater_town(RaterTownConfig(seed=3, raters=800, notes=500, ratings_per_note=45))
TARGETS = choose_targets(TOWN, 3)
N_HONEST = 800


def false_ratings(attack, share=0.05):
    ratings = attacked(TOWN, TARGETS, Strike(attack, share), 3).ratings
    return ratings.take(ratings.rater >= N_HONEST)


def test_targets_are_recent_and_of_the_kinds_they_should_be():
    assert set(TOWN.kind[TARGETS.suppressed]) == {Kind.FAIR}
    assert set(TOWN.kind[TARGETS.pushed]) == {Kind.SLANTED, Kind.WRONG}


@pytest.mark.parametrize("attack", [a for a in Attack if a is not Attack.NONE])
def test_an_attack_pushes_some_and_suppresses_others(attack):
    made = false_ratings(attack)
    assert set(made.level[np.isin(made.note, TARGETS.pushed)]) == {2}
    assert set(made.level[np.isin(made.note, TARGETS.suppressed)]) == {0}
    n = len(np.unique(made.rater))
    per_target = len(made.note[np.isin(made.note, TARGETS.pushed)]) / len(TARGETS.pushed)
    assert 0.3 * 42 < per_target < 0.7 * 42
    assert n == (21 if attack is Attack.FLOOD else 42)
    reasons = made.tags[np.isin(made.note, TARGETS.suppressed)] & np.uint32(NOT_HELPFUL_BITS)
    assert (reasons != 0).any() == (attack is not Attack.SILENT)


def test_puppets_earn_their_reputation_first():
    made = false_ratings(Attack.PUPPETS)
    free = ~np.isin(made.note, np.concatenate([TARGETS.pushed, TARGETS.suppressed]))
    count = np.bincount(made.rater[free] - N_HONEST)
    assert count.max() <= BUILD_UP
    assert count.mean() > 0.9 * BUILD_UP
    fair = free & (TOWN.kind[made.note] == Kind.FAIR)
    assert made.helpful[fair].mean() > 0.9


def test_members_of_a_ring_copy_their_leader_within_minutes():
    made = false_ratings(Attack.RINGS)
    ring = (made.rater - N_HONEST) // RING
    for r in np.unique(ring):
        for note in np.unique(made.note[ring == r])[:5]:
            inside = (ring == r) & (made.note == note)
            assert len(set(made.level[inside])) == 1
            assert np.ptp(made.at_ms[inside]) <= 5 * MINUTE_MS


def test_without_attackers_nothing_changes():
    assert attacked(TOWN, TARGETS, Strike(Attack.NONE, 0.1), 3) is TOWN.data
    assert attacked(TOWN, TARGETS, Strike(Attack.PUPPETS, 0.0), 3) is TOWN.data


def test_wrong_notes_stay_hidden_where_a_majority_would_show_them():
    data = attacked(TOWN, TARGETS, Strike(Attack.PUPPETS, 0.1), 3)
    ours = judge(TOWN, TARGETS, shown_by_stoa(data))
    majority = judge(TOWN, TARGETS, shown_by_majority(data, 1 / 2))
    assert ours.wrong_shown == 0
    assert majority.wrong_shown >= 0.4
    assert ours.wrongly_shown < majority.wrongly_shown


def test_members_of_a_flood_are_a_clique():
    data = attacked(TOWN, TARGETS, Strike(Attack.FLOOD, 0.05), 3)
    left = without_cliques(data).ratings
    gone = 1 - (left.rater >= N_HONEST).sum() / (data.ratings.rater >= N_HONEST).sum()
    honest = (left.rater < N_HONEST).sum() / (data.ratings.rater < N_HONEST).sum()
    assert gone > 0.9
    assert honest > 0.98


def test_in_peace_most_fair_notes_show_and_no_other():
    peace = judge(TOWN, TARGETS, shown_by_stoa(TOWN.data))
    assert peace.wrongly_shown == 0
    assert peace.others_wrongly_shown < 0.02
    assert peace.others_wrongly_suppressed < 0.35


@pytest.mark.parametrize("broken", [(1.0, 0.5), (-0.1, 0.5), (0.1, 1.5)])
def test_shares_beyond_all_are_refused(broken):
    with pytest.raises(BadInput):
        Strike(Attack.PUPPETS, *broken)
