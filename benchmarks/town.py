"""True unregretted seconds per viewer-day in the simulated town, by policy, in closed loop.

Every policy serves the same residents of the same towns on the same evenings through the real
feed (memory store and index), and learns from what they do. One JSON line, or with --table the
README's table.

    python benchmarks/town.py [--seeds 0,1,2,3,4] [--people 600] [--residents 60] [--days 2]
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict

from stoa.evaluation import ClosedLoopConfig, PolicyDays, compare, run_policy
from stoa.evaluation.closed_loop import POLICIES

OURS = "first_version"


def run(job: tuple[str, int, ClosedLoopConfig]) -> PolicyDays:
    return run_policy(*job)


def table(figures: dict[str, dict[str, float]]) -> str:
    lines = [
        "| policy | true unregretted s / viewer-day (95 %) | seconds | regretted | ours minus it |",
        "|---|---|---|---|---|",
    ]
    for policy in POLICIES:
        f = figures[policy]
        gain = figures.get(f"{OURS}_minus_{policy}")
        behind = f"{gain['mean']:+.0f} ({gain['low']:+.0f} to {gain['high']:+.0f})" if gain else ""
        lines.append(
            f"| `{policy}` | {f['mean']:.0f} ({f['low']:.0f} to {f['high']:.0f}) "
            f"| {f['seconds']:.0f} | {100 * f['regret_rate']:.1f} % | {behind} |"
        )
    return "\n".join(lines)


def main() -> None:
    defaults = ClosedLoopConfig()
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seeds", default="0,1,2,3,4")
    parser.add_argument("--people", type=int, default=defaults.people)
    parser.add_argument("--residents", type=int, default=defaults.residents)
    parser.add_argument("--days", type=int, default=defaults.days)
    parser.add_argument("--workers", type=int, default=min(2, os.cpu_count() or 1))
    parser.add_argument("--table", action="store_true", help="print Markdown instead of JSON")
    given = parser.parse_args()
    config = ClosedLoopConfig(people=given.people, residents=given.residents, days=given.days)
    seeds = [int(seed) for seed in given.seeds.split(",")]
    jobs = [(policy, seed, config) for seed in seeds for policy in POLICIES]
    runs: dict[str, list[PolicyDays]] = {policy: [] for policy in POLICIES}
    with ProcessPoolExecutor(given.workers) as pool:
        for done, days in enumerate(pool.map(run, jobs), start=1):
            runs[days.policy].append(days)
            print(f"\r{done}/{len(jobs)}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    figures = compare(runs, OURS)
    if given.table:
        print(table(figures))
    else:
        settings = {k: v for k, v in asdict(config).items() if k != "feed"}
        print(json.dumps(figures | {"seeds": seeds, "settings": settings}))


if __name__ == "__main__":
    main()
