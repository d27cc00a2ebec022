"""What a hostile minority of raters can show or suppress, under our rules and under majority vote.

Each seed is a town of raters whose notes are of known worth; each attack is repeated for each
share of attackers among all raters. Prints one JSON line: mean and 95 % t-interval over seeds of
the share of attacked notes that came out wrongly.

    python benchmarks/notes_attacks.py [--seeds 0,1,2,3,4] [--shares 0.02,0.05,0.1] [--effort 0.5]
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict

from stoa.evaluation.intervals import mean_interval
from stoa.evaluation.note_attacks import (
    EFFORT,
    Attack,
    Strike,
    attacked,
    choose_targets,
    judge,
    shown_by_majority,
    shown_by_stoa,
    without_cliques,
)
from stoa.town.raters import RaterTownConfig, make_rater_town

RULES = ("stoa", "stoa_without_cliques", "majority_1_2", "majority_2_3")

Job = tuple[int, int, tuple[Strike, ...]]


def run(job: Job) -> list[dict[str, dict[str, float]]]:
    """Figures by rule, one entry a strike, in one town."""
    seed, viewpoints, strikes = job
    town = make_rater_town(RaterTownConfig(seed=seed, viewpoints=viewpoints))
    targets = choose_targets(town, seed)
    out: list[dict[str, dict[str, float]]] = []
    for strike in strikes:
        data = attacked(town, targets, strike, seed)
        shown = {
            "stoa": shown_by_stoa(data),
            "stoa_without_cliques": shown_by_stoa(without_cliques(data)),
            "majority_1_2": shown_by_majority(data, 1 / 2),
            "majority_2_3": shown_by_majority(data, 2 / 3),
        }
        out.append({rule: asdict(judge(town, targets, shown[rule])) for rule in RULES})
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seeds", default="0,1,2,3,4")
    parser.add_argument("--shares", default="0.02,0.05,0.1", help="attackers among all raters")
    parser.add_argument("--effort", type=float, default=EFFORT, help="targets each rates")
    parser.add_argument("--workers", type=int, default=min(2, os.cpu_count() or 1))
    given = parser.parse_args()
    seeds = [int(seed) for seed in given.seeds.split(",")]
    shares = [float(share) for share in given.shares.split(",")]
    strikes = (
        Strike(Attack.NONE, 0.0),
        *(Strike(a, s, given.effort) for a in Attack if a is not Attack.NONE for s in shares),
    )
    figures: dict[str, object] = {"seeds": seeds, "effort": given.effort}
    for viewpoints in (2, 4):
        jobs: list[Job] = [(seed, viewpoints, strikes) for seed in seeds]
        with ProcessPoolExecutor(given.workers) as pool:
            runs = list(pool.map(run, jobs))
        print(f"{viewpoints} viewpoints done", file=sys.stderr)
        for k, strike in enumerate(strikes):
            name = f"viewpoints_{viewpoints}.{strike.attack}.{strike.share:g}"
            figures[name] = {
                rule: {
                    what: {
                        end: round(value, 3)
                        for end, value in asdict(
                            mean_interval([of_seed[k][rule][what] for of_seed in runs])
                        ).items()
                    }
                    for what in runs[0][k][rule]
                }
                for rule in RULES
            }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
