"""A study hides votes fairly and tells who foretold them best."""

from dataclasses import replace

import numpy as np
import pytest
from tests.bridging.small_opinions import camps

from stoa.bridging import opinion_study
from stoa.bridging.opinion_study import split_votes, study_opinions
from stoa.bridging.opinions import OpinionConfig, Votes
from stoa.errors import BadInput

NOBODY = (np.zeros(0, dtype=int), np.zeros(0, dtype=int))


def test_tenths_do_not_overlap():
    votes, _ = camps()
    parts = [split_votes(votes, 3, part)[1] for part in range(10)]
    pairs = [pair for p in parts for pair in zip(p.voter, p.statement, strict=True)]
    assert len(pairs) == len(set(pairs)) == len(votes)


def test_a_small_conversation_hides_every_tenth_in_turn():
    votes, _ = camps(n_voters=20, n_statements=30)
    quick = OpinionConfig(n_factors=1, n_sweeps=4)
    assert study_opinions(votes, NOBODY, 0, quick).n_held_out == len(votes) < 2_000


def test_a_tenth_is_hidden_and_nothing_is_lost():
    votes, _ = camps()
    seen, hidden = split_votes(votes, 3)
    assert abs(len(hidden) - len(votes) / 10) < 1
    both = [
        *zip(seen.voter, seen.statement, strict=True),
        *zip(hidden.voter, hidden.statement, strict=True),
    ]
    assert sorted(both) == sorted(zip(votes.voter, votes.statement, strict=True))


def test_ours_beats_every_baseline_on_two_camps(monkeypatch):
    monkeypatch.setattr(opinion_study, "ENOUGH_HIDDEN", 200)  # two tenths, not ten
    votes, _ = camps(n_voters=150, n_statements=40, share=0.3)
    study = study_opinions(votes, NOBODY, 0, OpinionConfig(n_sweeps=120))
    assert study.is_best
    assert set(study.baselines) == {"statement_mean", "user_mean", "pca"}


def test_too_few_votes_or_votes_all_alike_are_refused():
    votes, _ = camps(n_voters=4, n_statements=5)
    with pytest.raises(BadInput, match="at least 100"):
        split_votes(votes, 0)
    rows = np.arange(200)
    alike = Votes(rows % 20, rows // 20, np.ones(200, dtype=bool), 20, 10)
    with pytest.raises(BadInput, match="all alike"):
        study_opinions(alike, NOBODY, 0)
    with pytest.raises(BadInput, match="at least 100"):
        study_opinions(votes, NOBODY, 0)


def test_a_tenth_of_votes_all_alike_is_left_out():
    votes, _ = camps(n_voters=20, n_statements=30)
    one_against = replace(votes, agrees=np.arange(len(votes)) != 0)
    quick = OpinionConfig(n_factors=1, n_sweeps=4)
    n_held_out = study_opinions(one_against, NOBODY, 0, quick).n_held_out
    assert abs(n_held_out - len(votes) / 10) < 1
