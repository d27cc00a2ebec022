"""Compares policies over seeds, each seed's policies served on the same evenings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict

from stoa.errors import BadInput
from stoa.evaluation.closed_loop import PolicyDays
from stoa.evaluation.intervals import mean_interval

Figures = dict[str, float]


def compare(runs: Mapping[str, Sequence[PolicyDays]], ours: str) -> dict[str, Figures]:
    """Figures of each policy, and ours minus each other, paired by seed.

    `runs` holds one `PolicyDays` a seed for each policy, in the same order of seeds.

    Returns:
        policy -> mean, low, high (true unregretted seconds per viewer-day, 95 % t-interval over
        seeds), seconds, regret_rate, reply_share, unliked_share; and `{ours}_minus_{other}` ->
        mean, low, high.

    Raises:
        BadInput: the policies were not run on the same number of seeds.
    """
    if len({len(of_seed) for of_seed in runs.values()}) != 1:
        raise BadInput("runs", {k: len(v) for k, v in runs.items()}, "run all on the same seeds")
    figures: dict[str, Figures] = {}
    for policy, of_seed in runs.items():
        figures[policy] = asdict(mean_interval([run.unregretted_s for run in of_seed])) | {
            "seconds": _mean([run.seconds for run in of_seed]),
            "regret_rate": _mean([run.regret_rate for run in of_seed]),
            "reply_share": _mean([run.reply_share for run in of_seed]),
            "unliked_share": _mean([run.unliked_share for run in of_seed]),
        }
    for other, of_seed in runs.items():
        if other != ours:
            paired = zip(runs[ours], of_seed, strict=True)
            gains = [mine.unregretted_s - theirs.unregretted_s for mine, theirs in paired]
            figures[f"{ours}_minus_{other}"] = asdict(mean_interval(gains))
    return figures


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
