"""Bandit logs whose truth is known: few actions, known click rates, known policies."""

import numpy as np

from stoa.measure.off_policy import BanditLog, PredictedReward


class BanditWorld:
    """Two kinds of viewer, six actions; the policy that serves and the one asked about differ."""

    def __init__(self, *, heavy=0.7, rate=0.1, noisy=True):
        chance = np.random.default_rng(7)
        self.rate = rate * np.exp(chance.normal(scale=0.5, size=(2, 6)))
        self.served = _softmax(heavy * chance.normal(size=(2, 6)))
        self.asked = _softmax(heavy * chance.normal(size=(2, 6)))
        self.noisy = noisy
        self.truth = float((self.asked * self.rate).sum(axis=1).mean())

    def log(self, seed, n=500, *, per_viewer=1):
        """A log of n impressions, and what a reward model would say that is a third too low."""
        chance = np.random.default_rng(seed)
        viewer = np.arange(n) // per_viewer
        kind = chance.integers(0, 2, viewer[-1] + 1)[viewer]
        mood = chance.gamma(2, 0.5, viewer[-1] + 1)[viewer] if per_viewer > 1 else 1.0
        action = (chance.random(n)[:, None] > self.served[kind].cumsum(axis=1)).sum(axis=1)
        action = np.minimum(action, 5)
        prob = self.rate[kind, action] * mood
        self.kind, self.action = kind, action
        return BanditLog(
            reward=(chance.random(n) < prob).astype(float) if self.noisy else prob,
            propensity=self.served[kind, action],
            target=self.asked[kind, action],
            viewer=viewer if per_viewer > 1 else None,
        )

    def model(self, share=0.67):
        """Of the last log: the true rates times a share."""
        whole = (self.asked * self.rate).sum(axis=1)
        return PredictedReward(
            shown=share * self.rate[self.kind, self.action], policy=share * whole[self.kind]
        )


def _softmax(logit):
    made = np.exp(logit)
    return made / made.sum(axis=1, keepdims=True)
