"""Off-policy estimators against the truth: each policy's value from the other's log.

Open Bandit served two policies at the same places in the same week, so what one would have earned
can be estimated from the other's log and compared with what it did earn.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np

from stoa.evaluation.bandit_policy import BanditPolicy, policy_of_log
from stoa.evaluation.bandit_rewards import predict_rewards
from stoa.measure.intervals import Interval, difference_interval
from stoa.measure.off_policy import (
    BanditLog,
    OffPolicyConfig,
    OffPolicyResult,
    estimate_off_policy,
)
from stoa.measure.resampling import ratio_intervals
from stoa.tables.bandit_files import BanditCampaign, read_bandit


@dataclass(frozen=True, slots=True, kw_only=True)
class OffPolicyPair:
    """One policy estimated from another's log."""

    campaign: str
    logged: str  # the policy that served
    evaluated: str  # the policy whose value is asked for
    truth: Interval  # what the evaluated policy earned in its own log
    policy: BanditPolicy
    result: OffPolicyResult


def study_off_policy(
    folder: Path, *, seed: int = 0, show: Callable[[float], None] = lambda share: None
) -> list[OffPolicyPair]:
    """Every ordered pair of policies of every campaign in an Open Bandit folder.

    Raises:
        BadTable: a file does not read; names file, line, column, value and mend.
    """
    asked = [
        (campaign, logged, evaluated)
        for campaign in read_bandit(folder)
        for logged, evaluated in permutations(campaign.policies, 2)
    ]
    pairs: list[OffPolicyPair] = []
    for campaign, logged, evaluated in asked:
        show(len(pairs) / len(asked))
        pairs.append(estimate_pair(campaign, logged, evaluated, seed))
    return pairs


def estimate_pair(
    campaign: BanditCampaign, logged: str, evaluated: str, seed: int
) -> OffPolicyPair:
    """One policy's value per impression from the other's log; viewers are unknown there."""
    log, other = campaign.policies[logged], campaign.policies[evaluated]
    policy = policy_of_log(other, campaign.n_positions, len(campaign.items))
    made = BanditLog(
        reward=log.click,
        propensity=log.propensity,
        target=policy.prob[log.position, log.item],
    )
    model = predict_rewards(campaign, log, policy.prob, seed)
    return OffPolicyPair(
        campaign=campaign.name,
        logged=logged,
        evaluated=evaluated,
        truth=_mean(other.click, seed),
        policy=policy,
        result=estimate_off_policy(made, model, OffPolicyConfig(seed=seed)),
    )


def off_policy_figures(pairs: list[OffPolicyPair], seed: int) -> dict[str, Any]:
    """What `stoa evaluate offpolicy --json` prints."""
    return {"pairs": [_figures(pair) for pair in pairs], "seed": seed}


def _figures(pair: OffPolicyPair) -> dict[str, Any]:
    result = pair.result
    return {
        "campaign": pair.campaign,
        "from": pair.logged,
        "to": pair.evaluated,
        "truth": pair.truth.mean,
        "truth_low": pair.truth.low,
        "truth_high": pair.truth.high,
        **{name: asdict(interval) for name, interval in result.estimates.items()},
        "baselines": {name: asdict(interval) for name, interval in result.baselines.items()},
        "n": result.n,
        "effective_n": result.effective_n,
        "mean_weight": result.mean_weight,
        "largest_weight": result.largest_weight,
        "verdict": result.verdict,
        "gain": {f"{pair.evaluated} less {pair.logged}": asdict(result.gain)},
        "less_truth": {
            name: asdict(difference_interval(interval, pair.truth))
            for name, interval in result.estimates.items()
        },
        "policy": {
            "is_exact": pair.policy.is_exact,
            "harmonic_sum": pair.policy.harmonic_sum,
            "mean_sum": pair.policy.mean_sum,
        },
    }


def _mean(click: np.ndarray[Any, np.dtype[np.float64]], seed: int) -> Interval:
    sums = np.stack([click, np.ones(len(click))], axis=1)
    return ratio_intervals(sums, {"mean": (0, 1)}, seed=seed)["mean"]
