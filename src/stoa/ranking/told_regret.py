"""Regret of what is read, told from what else is believed of a showing: few numbers, few signs.

A regret head has hundreds of weights and, in a small square, hundreds of signs to learn them from,
most of them late and noisy. What it would have to find is often known already by heads that see
thousands: who would like what they read seldom regrets it, and who would look long has more to
regret. So beliefs are the columns of one logistic regression,

    logit R = b + clues . w,    w ~ normal(0, prior_sd) for columns of unit spread

and R is latent, seen through windows as in `regret_windows`: P(sign) = hit R + slip (1 - R). It is
fitted by expectation maximisation (Dempster, Laird and Rubin 1977), with Newton's steps inside.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import NDArray

from stoa.ranking.heads import probabilities
from stoa.space.learning_log import Answer

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignRates:
    """Chance of each sign where what was read was regretted (hit), and where not (slip)."""

    answer: tuple[float, float] = (0.9, 0.1)  # "I wish I had not", of those who answered
    explicit: tuple[float, float] = (0.1, 0.001)
    late: tuple[float, float] = (0.2, 0.03)

    @property
    def any_unasked(self) -> tuple[float, float]:
        """Of a sign that was not asked for."""
        hit = 1.0 - (1.0 - self.explicit[0]) * (1.0 - self.late[0])
        return hit, self.explicit[1] + self.late[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """What was seen after n posts were read."""

    answer: NDArray[np.integer]  # `Answer`
    explicit: NDArray[np.bool_]
    late: NDArray[np.integer]  # 1, 0, or -1 where it is not known yet

    def log_odds(self, rates: SignRates) -> Floats:
        """What the signs add to the logit of regret, (n,)."""
        answered, waited = self.answer != Answer.NONE, self.late >= 0
        answer: Floats = np.where(answered, _told(self.answer == Answer.REGRET, rates.answer), 0.0)
        late: Floats = np.where(waited, _told(self.late == 1, rates.late), 0.0)
        told: Floats = answer + late + _told(self.explicit, rates.explicit)
        return told


def _told(sign: NDArray[np.bool_], rates: tuple[float, float]) -> Floats:
    hit, slip = (min(max(rate, 1e-4), 1.0 - 1e-4) for rate in rates)
    return np.where(sign, log(hit / slip), log((1.0 - hit) / (1.0 - slip)))


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldRegret:
    """The regression: coefficients of clues as they come, the constant last."""

    weight: Floats  # (k + 1,)

    def regret(self, clues: Floats) -> Floats:
        """Chance that a post, if read, is regretted; clues (n, k) give (n,)."""
        return probabilities(clues @ self.weight[:-1] + self.weight[-1])


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldRegretConfig:
    """What is believed before signs are seen."""

    prior_sd: float = 0.15  # of weights, where a clue's spread is 1
    usual: float = 0.12  # regret of what is read
    usual_sd: float = 1.0  # of its logit
    rounds: int = 25


def fit_told_regret(
    clues: Floats,
    signs: Signs,
    rates: SignRates = SignRates(),
    config: ToldRegretConfig = ToldRegretConfig(),
    own: int | None = None,
) -> ToldRegret:
    """Fits the regression on n posts that were read.

    Args:
        clues: (n, k), finite.
        signs: of the same n.
        rates: how signs come about.
        config: what is believed before.
        own: the clue that is a logit of regret itself, believed as it is before signs are seen.
    """
    k = clues.shape[1]
    told = signs.log_odds(rates)
    mean = clues.mean(axis=0) if len(clues) else np.zeros(k)
    spread = clues.std(axis=0) if len(clues) else np.ones(k)
    spread = np.where(spread > 1e-6, spread, 1.0)
    design = np.column_stack([(clues - mean) / spread, np.ones(len(clues))])
    start = np.append(np.zeros(k), np.log(config.usual / (1.0 - config.usual)))
    if own is not None:
        start[own] = spread[own]
        start[-1] = mean[own]
    precision = np.append(np.full(k, config.prior_sd), config.usual_sd) ** -2.0
    theta = start.copy()
    for _ in range(config.rounds):
        sorry = probabilities(design @ theta + told)
        before, theta = theta, _newton(design, sorry, theta, (start, precision))
        if np.abs(theta - before).max() < 1e-4:
            break
    weight = theta[:-1] / spread
    return ToldRegret(weight=np.append(weight, theta[-1] - mean @ weight))


def _newton(
    design: Floats, sorry: Floats, theta: Floats, prior: tuple[Floats, Floats], steps: int = 3
) -> Floats:
    """Most probable coefficients, nearly, where each row is regretted with chance `sorry`."""
    start, precision = prior
    for _ in range(steps):
        prob = probabilities(design @ theta)
        gradient = design.T @ (prob - sorry) + precision * (theta - start)
        curve = (design * (prob * (1.0 - prob))[:, None]).T @ design + np.diag(precision)
        theta = theta - np.linalg.solve(curve, gradient)
    return theta
