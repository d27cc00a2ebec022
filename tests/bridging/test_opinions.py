"""Opinions learned from votes: what was drawn is found, and laws hold."""

from dataclasses import replace

import numpy as np
import pytest
from tests.bridging.small_opinions import camps

from stoa.bridging.opinions import OpinionConfig, Votes, learn_opinions
from stoa.errors import BadInput

QUICK = OpinionConfig(n_factors=3, n_sweeps=150)
NOTHING = (np.zeros(0, dtype=int), np.zeros(0, dtype=int))


def everything(votes):
    grid = np.indices((votes.n_voters, votes.n_statements)).reshape(2, -1)
    return grid[0], grid[1]


def test_the_first_axis_parts_the_camps():
    votes, camp = camps()
    learned = learn_opinions(votes, NOTHING, QUICK)
    side = np.sign(learned.voter_factor[:, 0])
    assert max((side == camp).mean(), (side == -camp).mean()) > 0.95
    assert learned.width[0] > 3 * learned.width[1]
    assert (np.diff(learned.width) <= 0).all()
    assert 2 * (learned.voter_factor[:, 0] < 0).sum() >= votes.n_voters


def test_the_same_seed_gives_the_same_bits_and_another_nearly_the_same():
    votes, _ = camps()
    ask = everything(votes)
    first = learn_opinions(votes, ask, QUICK).prob
    assert (learn_opinions(votes, ask, QUICK).prob == first).all()
    other = learn_opinions(votes, ask, replace(QUICK, seed=1)).prob
    assert np.abs(other - first).mean() < 0.06


def test_turning_every_vote_turns_every_prediction():
    votes, _ = camps(n_voters=40)
    ask = everything(votes)
    prob = learn_opinions(votes, ask, QUICK).prob
    turned = learn_opinions(replace(votes, agrees=~votes.agrees), ask, QUICK).prob
    assert np.abs(prob + turned - 1).mean() < 0.07


def test_predictions_mean_what_they_say():
    votes, _ = camps(n_voters=200, share=0.5)
    hidden = np.arange(len(votes)) % 5 == 0
    seen = votes.take(np.flatnonzero(~hidden))
    ask = votes.voter[hidden], votes.statement[hidden]
    prob = learn_opinions(seen, ask, QUICK).prob
    agrees = votes.agrees[hidden]
    for low, high in ((0.0, 0.3), (0.3, 0.7), (0.7, 1.0)):
        inside = (prob >= low) & (prob < high)
        assert abs(prob[inside].mean() - agrees[inside].mean()) < 0.08


def test_a_voter_who_never_voted_is_foretold_as_anybody():
    votes, _ = camps()
    votes = replace(votes, n_voters=votes.n_voters + 1)
    learned = learn_opinions(votes, NOTHING, QUICK)
    assert np.abs(learned.voter_factor[-1]).max() < 0.5


@pytest.mark.parametrize(
    "broken",
    [
        lambda: OpinionConfig(n_factors=0),
        lambda: OpinionConfig(n_sweeps=1),
        lambda: OpinionConfig(slips=1.0),
        lambda: Votes(np.zeros(0, int), np.zeros(0, int), np.zeros(0, bool), 1, 1),
        lambda: Votes(np.zeros(2, int), np.zeros(1, int), np.zeros(2, bool), 1, 1),
    ],
)
def test_what_cannot_be_learned_is_refused(broken):
    with pytest.raises(BadInput):
        broken()
