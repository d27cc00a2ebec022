"""What another policy would have earned, from a log of this one and its propensities.

Per impression the policy that served chose one action with a known propensity. With
w = target / propensity, reward r, and a reward model's guess q for the action shown and q_pi for
the mean of the evaluated policy's actions:

    IPS        mean of  w r                              (Horvitz and Thompson 1952)
    SNIPS      sum of w r / sum of w                     (Swaminathan and Joachims 2015)
    clipped    mean of  min(w, M) r                      (Ionides 2008; M = sqrt(n))
    DR         mean of  q_pi + w (r - q)                 (Dudik, Langford, Li 2011)
    switch-DR  the same with w = 0 where w > M           (Wang, Agarwal, Dudik 2017)

IPS and DR are unbiased if propensities are right and nothing the evaluated policy does is
impossible in the log; clipping and switching trade bias for spread.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.errors import BadInput
from stoa.measure.intervals import Interval
from stoa.measure.resampling import Floats, Ints, ratio_intervals, viewer_sums

LEAST_EFFECTIVE_N = 100.0
"""Under this the estimate hangs on a handful of impressions, and no verdict is given."""

_BASELINES = ("logged_mean", "reward_model")


@dataclass(frozen=True, slots=True, kw_only=True)
class BanditLog:
    """Impressions of a contextual bandit, one row each; all arrays have shape (n,)."""

    reward: Floats
    propensity: Floats  # with which the policy that served chose the action shown
    target: Floats  # with which the evaluated policy would have chosen it there
    viewer: Ints | None = None  # any numbers; None where viewers are unknown

    def __len__(self) -> int:
        return len(self.reward)


@dataclass(frozen=True, slots=True, kw_only=True)
class PredictedReward:
    """A reward model's guesses, made without the row they are for (cross-fitted); shape (n,)."""

    shown: Floats  # q: of the action shown
    policy: Floats  # q_pi: mean over the actions of the evaluated policy


@dataclass(frozen=True, slots=True, kw_only=True)
class OffPolicyConfig:
    """How to estimate. Thresholds left out are sqrt(n), which keeps the bias of order 1/sqrt(n)."""

    clip: float | None = None  # largest weight of clipped IPS
    switch: float | None = None  # weight beyond which switch-DR believes the model
    resamples: int = 2_000
    seed: int = 0
    least_effective_n: float = LEAST_EFFECTIVE_N

    def __post_init__(self) -> None:
        for name in ("clip", "switch"):
            given = getattr(self, name)
            if given is not None and not given >= 0:
                raise BadInput(name, given, "give a weight of at least 0, or None for sqrt(n)")
        if self.resamples < 1:
            raise BadInput("resamples", self.resamples, "give at least 1")


@dataclass(frozen=True, slots=True, kw_only=True)
class OffPolicyResult:
    """What the evaluated policy would have earned per impression, and how far to trust it."""

    estimates: dict[str, Interval]  # ips, snips, clipped_ips; with a model dr, switch_dr
    baselines: dict[str, Interval]  # logged_mean (no correction); with a model reward_model
    gain: Interval  # DR (without a model, q is the mean reward) less what the log itself earned
    n: int
    effective_n: float
    mean_weight: float  # 1 in expectation: far from it, a propensity or target is wrong
    largest_weight: float
    verdict: str  # better, worse, undecided; or why none is given

    @property
    def is_refused(self) -> bool:
        """Whether too little is known for a verdict."""
        return self.verdict.startswith("refused")


def estimate_off_policy(
    log: BanditLog,
    model: PredictedReward | None = None,
    config: OffPolicyConfig | None = None,
) -> OffPolicyResult:
    """All estimators with 95 % intervals from the same draws of viewers, and a verdict.

    Raises:
        BadInput: no rows, columns of different lengths, or a value that cannot be; names the row.

    >>> log = BanditLog(
    ...     reward=np.array([1.0, 0.0, 1.0, 0.0]),
    ...     propensity=np.array([0.5, 0.5, 0.25, 0.25]),
    ...     target=np.array([0.5, 0.0, 0.5, 0.0]),
    ... )
    >>> result = estimate_off_policy(log)
    >>> result.estimates["ips"].mean, result.estimates["snips"].mean
    (0.75, 1.0)
    >>> result.verdict
    'refused: effective sample size 1.8, at least 100 needed'
    """
    config = config or OffPolicyConfig()
    _check(log, model)
    weight = log.target / log.propensity
    terms, ratios = _terms(log, model, weight, config)
    sums = viewer_sums(terms, log.viewer, seed=config.seed)
    made = ratio_intervals(sums, ratios, seed=config.seed, resamples=config.resamples)
    gain = made.pop("gain")
    baselines = {name: made.pop(name) for name in _BASELINES if name in made}
    effective = effective_n(weight, log.viewer)
    return OffPolicyResult(
        estimates=made,
        baselines=baselines,
        gain=gain,
        n=len(log),
        effective_n=effective,
        mean_weight=float(weight.mean()),
        largest_weight=float(weight.max()),
        verdict=_verdict(gain, effective, config.least_effective_n),
    )


def effective_n(weight: Floats, viewer: Ints | None = None) -> float:
    """How many equally weighted impressions tell as much: (sum w)^2 / sum w^2 (Kish 1965).

    Where viewers are known it is at most the same figure over viewers: one who came a thousand
    times is one person. 0 where all weights are.

    >>> effective_n(np.array([1.0, 1.0, 0.0, 0.0]))
    2.0
    >>> effective_n(np.ones(1000), np.arange(1000) % 2)
    2.0
    """
    total = float(weight.sum())
    if total <= 0:
        return 0.0
    of_rows = total**2 / float(np.square(weight).sum())
    if viewer is None:
        return of_rows
    _, unit = np.unique(viewer, return_inverse=True)
    of_viewer = np.bincount(unit, weights=weight)
    return min(of_rows, total**2 / float(np.square(of_viewer).sum()))


def _terms(
    log: BanditLog, model: PredictedReward | None, weight: Floats, config: OffPolicyConfig
) -> tuple[Floats, dict[str, tuple[int, int]]]:
    """Columns whose sums make every estimator, and the two columns of each."""
    limit = math.sqrt(len(log))
    clip = limit if config.clip is None else config.clip
    switch = limit if config.switch is None else config.switch
    q = np.full(len(log), log.reward.mean()) if model is None else model.shown
    q_policy = q if model is None else model.policy
    doubly = q_policy + weight * (log.reward - q)
    switched = q_policy + np.where(weight > switch, 0.0, weight) * (log.reward - q)
    clipped = np.minimum(weight, clip) * log.reward
    columns = [np.ones(len(log)), weight, log.reward, weight * log.reward, clipped]
    columns += [doubly - log.reward, q_policy, doubly, switched]
    ratios = {"logged_mean": (2, 0), "ips": (3, 0), "snips": (3, 1), "clipped_ips": (4, 0)}
    ratios["gain"] = (5, 0)
    if model is not None:
        ratios |= {"reward_model": (6, 0), "dr": (7, 0), "switch_dr": (8, 0)}
    return np.stack(columns, axis=1), ratios


def _verdict(gain: Interval, effective: float, least: float) -> str:
    if effective < least:
        return f"refused: effective sample size {effective:.1f}, at least {least:g} needed"
    if gain.low > 0:
        return "better"
    return "worse" if gain.high < 0 else "undecided"


def _check(log: BanditLog, model: PredictedReward | None) -> None:
    n = len(log)
    if n == 0:
        raise BadInput("reward", "no rows", "give at least one impression")
    columns = {"reward": log.reward, "propensity": log.propensity, "target": log.target}
    if model is not None:
        columns |= {"model.shown": model.shown, "model.policy": model.policy}
    for name, column in columns.items():
        if column.shape != (n,):
            raise BadInput(name, column.shape, f"give shape ({n},), as reward has")
    for name, column in columns.items():
        _refuse_first(name, column, ~np.isfinite(column), "give a finite number")
    known = "give the chance in (0, 1] with which the action shown was chosen"
    _refuse_first("propensity", log.propensity, (log.propensity <= 0) | (log.propensity > 1), known)
    _refuse_first("target", log.target, (log.target < 0) | (log.target > 1), "give 0 to 1")


def _refuse_first(
    name: str, column: NDArray[np.generic], wrong: NDArray[np.bool_], mend: str
) -> None:
    if wrong.any():
        row = int(np.argmax(wrong))
        raise BadInput(f"{name}, row {row}", column[row].item(), mend)
