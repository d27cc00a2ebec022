"""Off-policy in closed loop: a mix's value told from another's log, then served to the same people.

What is asked is exact for the estimators that ask it. Posts of a sitting are drawn from the top
down, each with a known chance given those above, and people leave by what they have seen: the
chance of all that a sitting saw of its first K posts is a product, and a sitting weighed by the
ratio of two such products is unbiased for the mean of anything that its first K posts came to.
Weighing each showing by its own chances alone is not, since what stands above has changed too; it
is measured beside them as `a_showing`. What no weight mends is that people, once served, come
back in other states than the log found them in; closed loop has that, and the study measures it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from stoa.errors import BadInput
from stoa.evaluation.town_mixes import ASKED, LOGGED, Real
from stoa.evaluation.town_sittings import ServedSittings, serve_mix
from stoa.measure.off_policy import (
    BanditLog,
    OffPolicyConfig,
    OffPolicyResult,
    PredictedReward,
    estimate_off_policy,
)
from stoa.space.learning_log import Answer
from stoa.town.society import Society, SocietyConfig

VALUES = ("seconds_1", "seconds_3", "likes_1", "likes_3", "glad_1", "a_showing")
"""Of a sitting: seconds and likes on its first post and on its first three; of those asked about
their first post, how many were glad; and seconds a showing, weighed showing by showing."""

_FOLDS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class TownTrialConfig:
    """How a log is written and how the truth is found."""

    trials: int = 20
    first_seed: int = 1
    people: tuple[str, ...] = ("bait", "opportunity")
    residents: int = 500
    past_days: int = 3  # served before the log, so that there are habits and likes
    days: int = 6  # of the log, and of each run of the mix asked for
    runs: int = 6  # of the mix asked for, whose mean is the truth
    survey: float = 0.1

    def __post_init__(self) -> None:
        for name in ("trials", "residents", "days", "runs"):
            if getattr(self, name) < 1:
                raise BadInput(name, getattr(self, name), "give at least 1")


@dataclass(frozen=True, slots=True, kw_only=True)
class TownTrial:
    """One value of one mix, told from another's log, and what closed loop gave."""

    people: str
    seed: int
    mix: str
    value: str
    truth: float
    logged: float
    result: OffPolicyResult


def study_town(
    config: TownTrialConfig, *, show: Callable[[float], None] = lambda share: None
) -> list[TownTrial]:
    """All trials: seeds in turn over people models, mixes in turn over trials."""
    made: list[TownTrial] = []
    mixes = list(ASKED)
    for trial in range(config.trials):
        show(trial / config.trials)
        model = config.people[trial % len(config.people)]
        round_ = trial // len(config.people)
        mix = mixes[(trial + round_) % len(mixes)]
        made += run_trial(config, model, config.first_seed + round_, mix)
    return made


def run_trial(config: TownTrialConfig, people: str, seed: int, mix: str) -> list[TownTrial]:
    """One log, one mix asked for, all values."""
    society = Society(
        SocietyConfig(
            seed=seed, people=people, residents=config.residents, survey_share=config.survey
        )
    )
    serve_mix(society, LOGGED, LOGGED, config.past_days, seed)
    log = serve_mix(society.fork(), LOGGED, ASKED[mix], config.days, seed)
    served = [
        serve_mix(society.fork(), ASKED[mix], ASKED[mix], config.days, 1_000 * (run + 1) + seed)
        for run in range(config.runs)
    ]
    return [
        TownTrial(
            people=people,
            seed=seed,
            mix=mix,
            value=value,
            truth=float(np.mean([_mean_of(one, value) for one in served])),
            logged=_mean_of(log, value),
            result=_estimated(log, value, seed),
        )
        for value in VALUES
    ]


def _rows(log: ServedSittings, value: str) -> tuple[BanditLog, np.ndarray[Any, Any]]:
    """The log as a bandit's, and which sitting each row is of."""
    if value == "a_showing":
        row, slot = np.nonzero(log.reached)
        made = BanditLog(
            reward=log.seconds[row, slot],
            propensity=log.propensity[row, slot],
            target=log.target[row, slot],
            viewer=log.viewer[row],
        )
        return made, row
    kind, first = value.split("_")
    k = int(first)
    row = np.arange(len(log))
    if kind == "glad":
        row = np.flatnonzero(log.answer[:, 0] != Answer.NONE)
        reward = (log.answer[row, 0] == Answer.GLAD).astype(np.float64)
    else:
        reward = (log.seconds if kind == "seconds" else log.liked)[:, :k].sum(axis=1)
    made = BanditLog(
        reward=reward,
        propensity=log.propensity[row, :k].prod(axis=1),
        target=log.target[row, :k].prod(axis=1),
        viewer=log.viewer[row],
    )
    return made, row


def _mean_of(log: ServedSittings, value: str) -> float:
    return float(_rows(log, value)[0].reward.mean())


def _estimated(log: ServedSittings, value: str, seed: int) -> OffPolicyResult:
    rows, sitting = _rows(log, value)
    model = None if value == "a_showing" else _predicted(log, rows.reward, sitting, seed)
    return estimate_off_policy(rows, model, OffPolicyConfig(seed=seed))


def _predicted(
    log: ServedSittings, reward: Real, sitting: np.ndarray[Any, Any], seed: int
) -> PredictedReward:
    """Least squares on the first post's features, fitted without the viewer it is for.

    Whatever a guess is worth, its mean over first posts of the mix asked for is exact.
    """
    shown, policy = log.features[sitting], log.expected[sitting]
    fold = np.random.default_rng(seed).integers(0, _FOLDS, int(log.viewer.max()) + 1)
    of_row = fold[log.viewer[sitting]]
    q, q_policy = np.zeros(len(reward)), np.zeros(len(reward))
    for one in range(_FOLDS):
        here, others = of_row == one, of_row != one
        if not others.any():
            continue
        gram = shown[others].T @ shown[others] + np.eye(shown.shape[1])
        weight = np.linalg.solve(gram, shown[others].T @ reward[others])
        q[here], q_policy[here] = shown[here] @ weight, policy[here] @ weight
    return PredictedReward(shown=q, policy=q_policy)


def town_figures(trials: list[TownTrial], config: TownTrialConfig) -> dict[str, Any]:
    """What `stoa evaluate offpolicy --town --json` prints."""
    return {
        "values": {
            value: _value_figures([t for t in trials if t.value == value]) for value in VALUES
        },
        "settings": asdict(config),
    }


def _value_figures(trials: list[TownTrial]) -> dict[str, Any]:
    told = [t for t in trials if not t.result.is_refused]
    names = sorted({name for t in told for name in (*t.result.estimates, "logged_mean")})
    return {
        "trials": len(trials),
        "refused": len(trials) - len(told),
        "truth_over_logged": [round(t.truth / t.logged, 3) if t.logged else None for t in trials],
        "effective_n": [round(t.result.effective_n) for t in trials],
        "estimators": {name: _estimator_figures(told, name) for name in names},
        "verdicts": _verdicts(trials),
    }


def _estimator_figures(trials: list[TownTrial], name: str) -> dict[str, float]:
    made = [(t, (t.result.estimates | t.result.baselines)[name]) for t in trials]
    error = np.array([i.mean - t.truth for t, i in made])
    truth = np.array([t.truth for t in trials])
    half = np.array([(i.high - i.low) / 2 for _, i in made])
    return {
        "hits": sum(i.low <= t.truth <= i.high for t, i in made),
        "of": len(made),
        "mean_error": float(error.mean() / truth.mean()),
        "rms_error": float(np.sqrt(np.mean(error**2)) / truth.mean()),
        "half_width": float(half.mean() / truth.mean()),
    }


def _verdicts(trials: list[TownTrial]) -> dict[str, int]:
    """How often "better" or "worse" was said, and rightly."""
    told = {"right": 0, "wrong": 0, "undecided": 0, "refused": 0}
    for trial in trials:
        said = "refused" if trial.result.is_refused else trial.result.verdict
        if said in ("better", "worse"):
            said = "right" if (said == "better") == (trial.truth > trial.logged) else "wrong"
        told[said] += 1
    return told
