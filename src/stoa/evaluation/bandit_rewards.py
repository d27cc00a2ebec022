"""A reward model of clicks for the doubly robust estimators: ridge regression, cross-fitted.

Click rates are half a percent and a log holds some fifty clicks, so the model is linear and
heavily shrunk: its penalty is chosen by generalised cross-validation (Golub, Heath, Wahba 1979),
and no row is predicted by a model that saw it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.measure.off_policy import PredictedReward
from stoa.tables.bandit_files import BanditCampaign, BanditImpressions, BanditItems

Floats = NDArray[np.float64]
N_FOLDS = 5
_PENALTIES = np.logspace(0, 6, 25)


@dataclass(frozen=True, slots=True)
class _Ridge:
    """click ~ intercept + weight . (features - mean)."""

    intercept: float
    weight: Floats
    mean: Floats

    def __call__(self, features: Floats) -> Floats:
        return self.intercept + (features - self.mean) @ self.weight


def predict_rewards(
    campaign: BanditCampaign, log: BanditImpressions, prob: Floats, seed: int
) -> PredictedReward:
    """Cross-fitted guesses for what was shown, and for what the evaluated policy would show.

    Args:
        campaign: whose items they are.
        log: the impressions to learn from and to predict.
        prob: (n_positions, n_items) of the evaluated policy.
        seed: shuffles rows into folds.
    """
    items = _item_features(campaign.items)
    people = np.concatenate(
        [one_hot(log.position, campaign.n_positions), *map(_codes, log.user.values())], axis=1
    )
    affinity = log.affinity.astype(np.float64)
    row = np.arange(len(log))
    shown = np.concatenate([people, items[log.item], affinity[row, [*log.item], None]], axis=1)
    # The model is linear, so the mean prediction over items is the prediction of mean features.
    target = prob[log.position]
    wanted = np.concatenate(
        [people, target @ items, (target * affinity).sum(axis=1, keepdims=True)], axis=1
    )
    fold = np.random.default_rng(seed).permutation(len(log)) % N_FOLDS
    of_shown, of_policy = np.empty(len(log)), np.empty(len(log))
    for k in range(N_FOLDS):
        held = fold == k
        model = _fit(shown[~held], log.click[~held])
        of_shown[held], of_policy[held] = model(shown[held]), model(wanted[held])
    return PredictedReward(shown=of_shown, policy=of_policy)


def _fit(features: Floats, reward: Floats) -> _Ridge:
    """Ridge with the penalty that generalised cross-validation likes best."""
    mean, intercept = features.mean(axis=0), float(reward.mean())
    centred, surprise = features - mean, reward - intercept
    value, vector = np.linalg.eigh(centred.T @ centred)
    value = np.maximum(value, 0)
    turned = vector.T @ (centred.T @ surprise)
    n, total = len(reward), float(surprise @ surprise)
    shrunk = turned / (value + _PENALTIES[:, None])  # (penalties, d)
    left = total - 2 * shrunk @ turned + np.square(shrunk) @ value
    freedom = 1 + (value / (value + _PENALTIES[:, None])).sum(axis=1)
    best = int(np.argmin(left / np.square(n - np.minimum(freedom, n - 1))))
    return _Ridge(intercept, vector @ shrunk[best], mean)


def _item_features(items: BanditItems) -> Floats:
    """(n_items, d): numbers scaled to unit spread, the rest one column a value."""
    columns = [np.ones((len(items), 1))]
    for name, column in items.features.items():
        if name in items.numbers:
            number = items.numbers[name]
            columns.append(((number - number.mean()) / max(float(number.std()), 1e-9))[:, None])
        else:
            columns.append(_codes(column))
    return np.concatenate(columns, axis=1)


def _codes(column: NDArray[np.object_]) -> Floats:
    """One column for each value found."""
    named, code = np.unique(column.astype(str), return_inverse=True)
    return one_hot(code.astype(np.int64), len(named))


def one_hot(code: NDArray[np.int64], n: int) -> Floats:
    """(len(code), n) with a 1 in each row."""
    made = np.zeros((len(code), n))
    made[np.arange(len(code)), code] = 1
    return made
