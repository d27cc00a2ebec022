"""The policy behind a bandit log, as a distribution over items for each position.

Open Bandit's Thompson sampler did not look at who was reading, so what it did over the week is one
distribution a position: the mean over impressions t of p_t(item), the chances in force at t. The
value of that distribution is the sampler's own value wherever an item's click rate does not move
together with its chance within the week.

The log does not hold p_t, only its entry for the item that was shown, and that choice must be
undone. The plain mean of an item's logged propensities is the mean of p_t where p_t chose it, which
is the mean of p_t^2 over the mean of p_t: too large wherever chances moved (on the men's campaign
these "distributions" sum to 2.3, 1.8 and 1.7). Weighing each showing by 1 / p_t gives

    E[ 1(item shown) p_t(item) / p_t(item) ] = mean of p_t(item):

the share of impressions in which the item was shown: unbiased, and it sums to 1. The harmonic mean
of an item's propensities has the same limit and is kept as a check. Split in halves, shares
foretold the other half best: squared error .0030, harmonic mean .0079, plain mean .0238, with the
noise of the other half in all three.

A policy whose logged propensities never move, such as the uniform one, needs no estimate: they are
the distribution.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.tables.bandit_files import BanditImpressions

Floats = NDArray[np.float64]
_EQUAL = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class BanditPolicy:
    """A distribution over items at each position, and how it was come by."""

    prob: Floats  # (n_positions, n_items); rows sum to 1
    is_exact: bool  # the logged propensities themselves, not an estimate
    harmonic_sum: list[float]  # by position; near 1 where the logged propensities are right
    mean_sum: list[float]  # by position, of the plain mean: how far it would have been off


def policy_of_log(log: BanditImpressions, n_positions: int, n_items: int) -> BanditPolicy:
    """The distribution a policy showed items with, from its own log; clicks are not looked at."""
    shown = _by_place(log, np.ones(len(log)), n_positions, n_items)
    total = _by_place(log, log.propensity, n_positions, n_items)
    inverse = _by_place(log, 1 / log.propensity, n_positions, n_items)
    mean = np.divide(total, shown, out=np.zeros_like(total), where=shown > 0)
    harmonic = np.divide(shown, inverse, out=np.zeros_like(total), where=shown > 0)
    constant = np.abs(log.propensity - mean[log.position, log.item]) <= _EQUAL * log.propensity
    is_exact = bool(constant.all() and np.allclose(mean.sum(axis=1), 1, atol=1e-3))
    chosen = mean if is_exact else shown
    n_shown = chosen.sum(axis=1, keepdims=True)
    prob = np.divide(chosen, n_shown, out=np.full_like(chosen, 1 / n_items), where=n_shown > 0)
    return BanditPolicy(
        prob=prob,
        is_exact=is_exact,
        harmonic_sum=harmonic.sum(axis=1).tolist(),
        mean_sum=mean.sum(axis=1).tolist(),
    )


def _by_place(log: BanditImpressions, value: Floats, n_positions: int, n_items: int) -> Floats:
    """Sums of a value over the impressions of each position and item."""
    place = log.position * n_items + log.item
    summed = np.bincount(place, weights=value, minlength=n_positions * n_items)
    return summed.astype(np.float64).reshape(n_positions, n_items)
