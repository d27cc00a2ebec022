"""Votes of a town of two camps, drawn by the very equation that is learned."""

import numpy as np

from stoa.bridging.opinions import Votes


def camps(n_voters=80, n_statements=30, share=0.6, seed=0, pull=1.5):
    """Votes, and the camp (-1 or 1) of each voter; statements alternate between the camps."""
    random = np.random.default_rng(seed)
    camp = np.where(np.arange(n_voters) % 2, 1, -1)
    lean = np.where(np.arange(n_statements) % 3 == 0, 0.0, np.resize([1, -1], n_statements))
    appeal = random.normal(0.4, 0.5, n_statements)
    voted = random.random((n_voters, n_statements)) < share
    voter, statement = np.nonzero(voted)
    logit = pull * camp[voter] * lean[statement] + appeal[statement]
    agrees = logit + random.normal(size=len(voter)) > 0
    return Votes(voter, statement, agrees, n_voters, n_statements), camp
