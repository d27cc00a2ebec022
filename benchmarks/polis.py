"""How well our model foretells held-out votes of Polis conversations, against baselines.

Every setting of the model was chosen on the three conversations of DEVELOPMENT; the others were
scored only. Prints one JSON line: per conversation the mean and spread over seeds of each figure,
and whether ours beats every baseline in both figures on the mean over seeds.

    python benchmarks/polis.py FOLDER [--seeds 0,1,2,3,4] [--only NAME ...]
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np

from stoa.app.polis_files import split_kinds
from stoa.bridging.opinion_study import OpinionStudy, study_opinions
from stoa.tables.polis_files import read_polis

DEVELOPMENT = (
    "brexit-consensus",
    "football-concussions",
    "ssis.land-bank-farmland.2rumnecbeh.2021-08-01",
)
FIGURES = ("auroc", "log_loss")


def run(job: tuple[Path, int]) -> OpinionStudy:
    folder, seed = job
    votes, passes = split_kinds(read_polis(folder))
    return study_opinions(votes, passes, seed)


def spread(values: list[float]) -> dict[str, float]:
    return {"mean": round(float(np.mean(values)), 4), "sd": round(float(np.std(values)), 4)}


def summary(studies: list[OpinionStudy]) -> dict[str, object]:
    out: dict[str, object] = {
        "ours": {f: spread([getattr(s.ours, f) for s in studies]) for f in FIGURES},
        "baselines": {
            name: {f: spread([getattr(s.baselines[name], f) for s in studies]) for f in FIGURES}
            for name in studies[0].baselines
        },
        "seeds_won": sum(s.is_best for s in studies),
        "held_out": studies[0].n_held_out,
    }
    gain = {
        name: {
            f: spread([getattr(s.ours, f) - getattr(s.baselines[name], f) for s in studies])
            for f in FIGURES
        }
        for name in studies[0].baselines
    }
    out["gain"] = gain
    out["is_best"] = all(
        one["auroc"]["mean"] > 0 and one["log_loss"]["mean"] < 0 for one in gain.values()
    )
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path, help="folder with one folder a conversation")
    parser.add_argument("--seeds", default="0,1,2,3,4")
    parser.add_argument("--only", nargs="*", help="names of conversations")
    parser.add_argument("--workers", type=int, default=min(2, os.cpu_count() or 1))
    given = parser.parse_args()
    seeds = [int(seed) for seed in given.seeds.split(",")]
    names = sorted(p.name for p in given.folder.iterdir() if p.is_dir())
    if given.only:
        names = [name for name in names if name in given.only]
    jobs = [(given.folder / name, seed) for name in names for seed in seeds]
    studies: dict[str, list[OpinionStudy]] = {name: [] for name in names}
    with ProcessPoolExecutor(given.workers) as pool:
        for (folder, _), study in zip(jobs, pool.map(run, jobs), strict=True):
            studies[folder.name].append(study)
            print(f"{folder.name} {len(studies[folder.name])}", file=sys.stderr, flush=True)
    conversations = {name: summary(studies[name]) for name in names}
    figures = {
        "seeds": seeds,
        "development": DEVELOPMENT,
        "conversations": conversations,
        "best_on": sum(bool(one["is_best"]) for one in conversations.values()),
        "of": len(names),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
