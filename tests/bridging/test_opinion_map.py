"""The map puts camps apart and names what each says and what all agree on."""

from dataclasses import replace

import numpy as np
from tests.bridging.small_opinions import camps

from stoa.bridging.opinion_map import draw_map, opinion_groups
from stoa.bridging.opinions import OpinionConfig

QUICK = OpinionConfig(n_factors=2, n_sweeps=80)


def test_two_camps_are_two_groups():
    votes, camp = camps()
    made = draw_map(votes, np.ones(votes.n_statements, dtype=bool), QUICK)
    assert len(made.groups) == 2
    same = (made.group == made.group[0]) == (camp == camp[0])
    assert same.mean() > 0.95
    assert [g.size for g in made.groups] == sorted((g.size for g in made.groups), reverse=True)


def test_groups_are_told_by_what_the_other_does_not_say():
    votes, _ = camps()
    made = draw_map(votes, np.ones(votes.n_statements, dtype=bool), QUICK)
    first = made.groups[0]
    assert made.prob[0, first.for_it[0]] > made.prob[1, first.for_it[0]] + 0.3
    assert made.prob[0, first.against_it[0]] < made.prob[1, first.against_it[0]] - 0.3
    assert all(row % 3 == 0 for row in made.agreed)  # statements of neither camp


def test_a_hidden_statement_is_never_named():
    votes, _ = camps()
    shown = np.arange(votes.n_statements) % 2 == 0
    made = draw_map(votes, shown, QUICK)
    named = {row for g in made.groups for row in (*g.for_it, *g.against_it)} | set(made.agreed)
    assert all(shown[row] for row in named)


def test_one_factor_and_a_silent_voter_still_make_a_map():
    votes, _ = camps(n_voters=40)
    votes = replace(votes, n_voters=41)
    one = replace(QUICK, n_factors=1)
    made = draw_map(votes, np.ones(votes.n_statements, dtype=bool), one)
    assert made.position.shape == (41, 2)
    assert 0 <= made.group[40] < len(made.groups)


def test_three_heaps_are_three_groups_and_one_place_is_one():
    heaps = np.repeat([[0.0, 0.0], [5.0, 0.0], [0.0, 5.0]], [30, 20, 10], axis=0)
    spread = heaps + np.random.default_rng(0).normal(0, 0.2, heaps.shape)
    assert np.bincount(opinion_groups(spread, 0)).tolist() == [30, 20, 10]
    assert opinion_groups(np.zeros((4, 2)), 0).tolist() == [0, 0, 0, 0]
