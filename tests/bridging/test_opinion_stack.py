"""Models are weighed by votes they did not see, and the stack is no worse for a useless one."""

import numpy as np
import pytest
from scipy.special import expit
from tests.bridging.small_opinions import camps

from stoa.bridging import opinion_stack
from stoa.bridging.opinion_stack import foretell, stack
from stoa.bridging.opinions import OpinionConfig, Votes

QUICK = OpinionConfig(n_factors=3, n_sweeps=100)
NOTHING = (np.zeros(0, dtype=int), np.zeros(0, dtype=int))


def everything(votes):
    grid = np.indices((votes.n_voters, votes.n_statements)).reshape(2, -1)
    return grid[0], grid[1]


def test_a_model_too_sure_of_itself_is_calmed_and_noise_is_not_heard():
    random = np.random.default_rng(0)
    logit = random.normal(size=20_000)
    agrees = random.random(20_000) < expit(logit)
    probs = [expit(2 * logit + 1), expit(random.normal(size=20_000))]
    weight, offset = stack(probs, agrees, np.array([0.5, 0.5]))
    assert weight == pytest.approx([0.5, 0.0], abs=0.05)
    assert offset == pytest.approx(-0.5, abs=0.05)


def test_weights_stay_where_they_were_until_votes_speak():
    none = np.zeros(0)
    first = np.array([0.7, 0.3])
    weight, offset = stack([none, none], np.zeros(0, dtype=bool), first)
    assert (weight.tolist(), offset) == (first.tolist(), 0.0)
    few = stack([np.array([0.9, 0.2]), np.array([0.2, 0.9])], np.array([True, False]), first)[0]
    assert 0.7 < few[0] < 0.9


def test_no_vote_is_weighed_that_a_model_saw(monkeypatch):
    votes, _ = camps(n_voters=20, n_statements=10)
    n_learned = []

    def spy(seen, passes, pairs, config):
        known = set(zip(seen.voter.tolist(), seen.statement.tolist(), strict=True))
        asked = set(zip(pairs[0].tolist(), pairs[1].tolist(), strict=True))
        n_learned.append(len(known))
        assert not known & asked
        return [np.full(len(pairs[0]), 0.5)]

    monkeypatch.setattr(opinion_stack, "_ours", spy)
    rows, said = opinion_stack._unseen(votes, NOTHING, QUICK)
    assert sorted(rows.tolist()) == list(range(len(votes)))
    assert len(said[0]) == len(votes)
    assert len(n_learned) == 5


def test_a_large_conversation_hides_no_more_than_enough(monkeypatch):
    votes, _ = camps(n_voters=20, n_statements=10)
    monkeypatch.setattr(opinion_stack, "ENOUGH_UNSEEN", len(votes) // 5 + 2)
    quick = OpinionConfig(n_factors=1, n_sweeps=2)
    rows, _ = opinion_stack._unseen(votes, NOTHING, quick)
    assert len(votes) * 0.3 < len(rows) < len(votes) * 0.5


@pytest.mark.parametrize("n_votes", [1, 2])
def test_one_vote_or_two_are_enough_to_say_something(n_votes):
    rows = np.arange(n_votes)
    votes = Votes(rows, rows, rows == 0, 2, 2)
    prob = foretell(votes, NOTHING, everything(votes), OpinionConfig(n_sweeps=4))
    assert ((prob > 0) & (prob < 1)).all()


def test_the_same_seed_gives_the_same_bits():
    votes, _ = camps(n_voters=30, n_statements=10)
    passes = np.array([0, 1]), np.array([2, 3])
    ask = everything(votes)
    quick = OpinionConfig(n_factors=2, n_sweeps=10)
    first = foretell(votes, passes, ask, quick)
    assert (foretell(votes, passes, ask, quick) == first).all()


def test_who_passes_by_camp_is_foretold_by_camp():
    """Of 20 statements each camp passes on every second; two voters did nothing else."""
    votes, camp = camps(n_voters=120, n_statements=40)
    voter, statement = np.indices((120, 20)).reshape(2, -1)
    passed = (statement % 2 == 0) == (camp[voter] > 0)
    passes = voter[passed], statement[passed]
    may_vote = (votes.statement >= 20) | ((votes.statement % 2 == 0) != (camp[votes.voter] > 0))
    kept = votes.take(np.flatnonzero(may_vote & (votes.voter > 1)))
    prob = foretell(kept, passes, everything(votes), QUICK).reshape(120, 40)[:2, 20:]
    of_camp = [(np.arange(20, 40) % 3 > 0) & (np.arange(20, 40) % 2 == k) for k in (0, 1)]
    leaning = prob[:, of_camp[0]].mean(axis=1) - prob[:, of_camp[1]].mean(axis=1)
    assert np.sign(leaning).tolist() == camp[:2].tolist()
    assert abs(leaning[0] - leaning[1]) > 0.2
