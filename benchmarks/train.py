"""Trains the weights that ship with Stoa, in simulated towns, from a seed.

    python benchmarks/train.py [--seed 0] [--societies N] [--out src/stoa/artifacts/shipped]

Lives societies of both people models, trains one ranker on all of their logs, calibrates it on
societies more and measures it on others still. Prints one JSON line: `tokens_per_cpu_s` of
training, `minutes` of CPU altogether, `mib` of the file, and `held_out` by people model: AUROC and
log loss of likes and skips beside the base rate's, the slope of seconds, NDCG@10 of true
unregretted seconds. With `--closed-loop N` it serves N fresh societies a people model beside the
first version (`--logged` days by a policy of chance before), from the same state of each: true
unregretted seconds a viewer-day, and the difference. `--out` writes the folder, with the hash in
its card; `--weights DIR` measures a folder instead of training.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault(
    "XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
)
import argparse
import json
import shutil
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from stoa.app.learner import ranker_of
from stoa.artifacts.model_files import WEIGHTS, read_model, write_model
from stoa.encoders.hashed import HashedEncoder
from stoa.evaluation.served_first_version import ServedFirstVersion
from stoa.evaluation.served_shipped import ServedShipped
from stoa.evaluation.shipped_weights import ShippingConfig, logged, make_shipment, measured
from stoa.evaluation.society_loop import PolicyRun, logged_society, run
from stoa.model_records import Model
from stoa.ranking.learned_ranker import LearnedRanker


def main() -> None:
    flags = argparse.ArgumentParser()
    standard = ShippingConfig()
    for name in ("seed", "societies", "residents", "background", "posts-a-day", "days"):
        usual = getattr(standard, name.replace("-", "_"))
        flags.add_argument(f"--{name}", type=int, default=usual)
    flags.add_argument("--epochs", type=int, default=standard.training.epochs)
    flags.add_argument("--out", type=Path, help="folder to write; replaced where it is there")
    flags.add_argument("--weights", type=Path, help="measure these instead of training")
    flags.add_argument("--closed-loop", type=int, default=0, help="fresh societies a people model")
    flags.add_argument("--logged", type=int, default=0, help="days before serving, by chance")
    flags.add_argument("--served", type=int, default=4, help="days served")
    given = flags.parse_args()
    config = ShippingConfig(
        seed=given.seed,
        societies=given.societies,
        residents=given.residents,
        background=given.background,
        posts_a_day=given.posts_a_day,
        days=given.days,
        training=replace(standard.training, epochs=given.epochs),
    )
    told: dict[str, object] = {"benchmark": "train", "seed": given.seed}
    ranker = measure(given.weights, config, told) if given.weights else train(config, given, told)
    if given.closed_loop:
        told["closed_loop"] = closed_loop(ranker, config, given)
    print(json.dumps(told))


def say(line: str) -> None:
    print(f"{time.process_time():.0f} s: {line}", file=sys.stderr, flush=True)


def train(
    config: ShippingConfig, given: argparse.Namespace, told: dict[str, object]
) -> LearnedRanker:
    made = make_shipment(config, say)
    arrays = made.ranker.arrays()
    told |= {
        "societies": config.societies,
        "tokens_per_cpu_s": round(made.tokens_per_cpu_s),
        "minutes": round(made.cpu_s / 60, 2),
        "mib": round(sum(array.nbytes for array in arrays.values()) / 2**20, 3),
        "counts": dict(made.card.counts),
        "losses": dict(made.card.losses),
        "held_out": made.held_out,
    }
    if given.out:
        shutil.rmtree(given.out, ignore_errors=True)
        card = write_model(given.out, Model(made.card, arrays))
        told["mib"] = round((given.out / WEIGHTS).stat().st_size / 2**20, 3)
        told["sha256"] = card.weights_sha256
    return made.ranker


def measure(folder: Path, config: ShippingConfig, told: dict[str, object]) -> LearnedRanker:
    ranker = ranker_of(read_model(folder))
    told["held_out"] = {
        config.society(number).people: measured(ranker, logged(config, number))
        for number in config.tested_on
    }
    return ranker


def closed_loop(
    ranker: LearnedRanker, config: ShippingConfig, given: argparse.Namespace
) -> dict[str, object]:
    """True unregretted seconds a viewer-day, in societies after all that were used before."""
    table: dict[str, list[tuple[PolicyRun, PolicyRun]]] = {people: [] for people in config.people}
    first = config.tested_on.stop
    for number in range(first, first + given.closed_loop * len(config.people)):
        of = replace(config.society(number), logged_days=given.logged)
        start = logged_society(of, HashedEncoder(dim=config.model.vector))
        theirs = run(ServedFirstVersion(seed=of.seed), of, given.served, start)
        ours = run(ServedShipped(ranker=ranker, seed=of.seed), of, given.served, start)
        table[of.people].append((ours, theirs))
        say(f"{of.people} {of.seed}: {ours.unregretted_s:.1f} against {theirs.unregretted_s:.1f}")
    return {people: summary(runs) for people, runs in table.items()}


def summary(runs: list[tuple[PolicyRun, PolicyRun]]) -> dict[str, object]:
    pairs = np.array([[one.unregretted_s for one in pair] for pair in runs])
    days = np.array([[one.by_day for one in pair] for pair in runs])
    gained = pairs[:, 0] - pairs[:, 1]
    error = gained.std(ddof=1) / len(gained) ** 0.5 if len(gained) > 1 else float("nan")
    return {
        "shipped": round(float(pairs[:, 0].mean()), 2),
        "first_version": round(float(pairs[:, 1].mean()), 2),
        "gained": round(float(gained.mean()), 2),
        "standard_error": round(float(error), 2) if np.isfinite(error) else None,
        "gained_by_day": np.round((days[:, 0] - days[:, 1]).mean(axis=0), 1).tolist(),
        "regret_rate": [round(float(np.mean([p[i].regret_rate for p in runs])), 4) for i in (0, 1)],
        "societies": len(runs),
    }


if __name__ == "__main__":
    main()
