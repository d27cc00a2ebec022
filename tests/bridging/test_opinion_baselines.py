"""Baselines are what they claim, and choose their settings without seeing the test."""

import numpy as np
import pytest
from scipy.special import expit
from tests.bridging.small_opinions import camps

from stoa.bridging.opinion_baselines import (
    N_COMPONENTS,
    _rebuilt,
    platt,
    principal_components,
    statement_mean,
    user_mean,
)
from stoa.measure import auroc, log_loss


def test_a_curve_finds_slope_and_offset():
    random = np.random.default_rng(0)
    score = random.normal(size=20_000)
    agrees = random.random(20_000) < expit(2 * score - 1)
    assert platt(score, agrees) == pytest.approx((2, -1), abs=0.1)


def test_a_curve_stays_finite_where_the_score_tells_all():
    slope, _ = platt(np.array([-1.0, 1.0]), np.array([False, True]))
    assert 0 < slope < 100


@pytest.mark.parametrize("turned", [False, True])
def test_components_rebuild_the_table(turned):
    votes, _ = camps(n_voters=25, n_statements=12, share=1.0)
    ask = votes.voter, votes.statement
    if turned:  # more statements than voters: the other of the two squares
        votes, _ = camps(n_voters=12, n_statements=25, share=1.0)
        ask = votes.voter, votes.statement
    lines = _rebuilt(votes, None, ask)
    whole = np.where(votes.agrees, 1.0, -1.0)
    assert lines[-1] == pytest.approx(whole)
    error = ((lines - whole) ** 2).mean(axis=1)
    assert (np.diff(error) < 1e-9).all()
    table = np.zeros((votes.n_voters, votes.n_statements))
    table[ask] = whole
    centred = table - table.mean(axis=0)
    size = np.linalg.svd(centred, compute_uv=False)
    two = N_COMPONENTS.index(2)
    assert error[two] * whole.size == pytest.approx((size[2:] ** 2).sum())


def test_components_beat_means_where_camps_decide():
    votes, _ = camps(n_voters=150)
    hidden = np.arange(len(votes)) % 5 == 0
    seen, out = votes.take(np.flatnonzero(~hidden)), votes.take(np.flatnonzero(hidden))
    ask = out.voter, out.statement
    passes = np.array([0]), np.array([0])
    made = {
        "pca": principal_components(seen, ask, 0, passes),
        "plain": principal_components(seen, ask, 0),
        "statement": statement_mean(seen, ask, 0),
        "user": user_mean(seen, ask, 0),
    }
    losses = {name: log_loss(one.prob, out.agrees) for name, one in made.items()}
    assert losses["pca"] < losses["statement"] < losses["user"]
    assert auroc(made["plain"].prob, out.agrees) > 0.8
    assert "1 components" in made["plain"].setting
