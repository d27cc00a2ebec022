"""What rules are worth in a society when they read the truth, beside policies that learn nothing.

    python benchmarks/society.py [--people bait] [--seeds 1,2] [--days 30] [--bait-likes]

Prints one JSON line: by policy, for each seed, true unregretted seconds per viewer-day (absent
viewers count 0) and the share of readers who were there on the last day, after 10 days and after
all; and means of the rest. The worlds are judged by it, no feed: nothing here is learned.
"""

from __future__ import annotations

import argparse
import json
import sys
import time

import numpy as np

from stoa.evaluation.society_loop import PolicyRun, logged_society, run
from stoa.evaluation.society_oracles import Oracle
from stoa.evaluation.society_policies import Chronological, LoggingPolicy, Popular
from stoa.town.society import SocietyConfig


def policies(seed: int) -> list:
    return [
        LoggingPolicy(seed=seed),
        Chronological(),
        Popular(),
        Oracle(rule="likes", name="true_likes"),
        Oracle(rule="seconds", name="true_seconds"),
        Oracle(rule="x2026", name="true_x2026"),
        Oracle(rule="value", name="true_value"),
        Oracle(rule="value", composes=True, name="true_value_composed"),
    ]


def figures(runs: list[PolicyRun]) -> dict[str, object]:
    def until(day: int) -> dict[str, list[float]]:
        return {
            "unregretted_s": [round(float(np.mean(r.by_day[:day])), 1) for r in runs],
            "last_day_active": [round(r.active_by_day[day - 1], 3) for r in runs],
        }

    days = runs[0].days
    rest = ("seconds", "regret_rate", "glad_rate", "reply_share", "bait_written")
    means = {name: round(float(np.mean([getattr(r, name) for r in runs])), 3) for name in rest}
    return {f"day_{day}": until(day) for day in sorted({min(10, days), days})} | means


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--people", default="bait")
    parser.add_argument("--residents", type=int, default=500)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--seeds", default="1,2")
    parser.add_argument("--bait-likes", action="store_true")
    given = parser.parse_args()
    seeds = [int(seed) for seed in given.seeds.split(",")]
    runs: dict[str, list[PolicyRun]] = {}
    started = time.process_time()
    for seed in seeds:
        config = SocietyConfig(
            seed=seed, people=given.people, residents=given.residents, bait_likes=given.bait_likes
        )
        start = logged_society(config)
        for policy in policies(seed):
            runs.setdefault(policy.name, []).append(run(policy, config, given.days, start))
            print(f"{seed} {policy.name}: {runs[policy.name][-1].unregretted_s:.0f}",
                  file=sys.stderr)  # fmt: skip
    print(json.dumps({
        "people": given.people, "bait_likes": given.bait_likes, "seeds": seeds,
        "residents": given.residents, "days": given.days,
        "policies": {name: figures(of) for name, of in runs.items()},
        "cpu_s": round(time.process_time() - started, 1),
    }))  # fmt: skip


if __name__ == "__main__":
    main()
