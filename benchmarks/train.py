"""Trains the weights that ship with Stoa, in simulated towns, from a seed.

    python benchmarks/train.py [--seed 0] [--societies N] [--out src/stoa/artifacts/shipped]

Lives societies of both people models, trains one ranker on all of their logs, calibrates it on
societies more and measures it on others still. Prints one JSON line: `tokens_per_cpu_s` of
training, `minutes` of CPU altogether, `mib` of the file, and `held_out` by people model: AUROC and
log loss of likes and skips beside the base rate's, the slope of seconds, NDCG@10 of true
unregretted seconds. With `--closed-loop N` it serves N fresh societies a people model from the same
state of each (`--logged` days by a policy of chance before; with `--strangers` residents follow
nobody yet): the ranker leaning on the first version as a square would, the ranker alone, and the
first version. True unregretted seconds a viewer-day, and ours less the first version's with 95 %
intervals over societies. `--out` writes the folder, with the hash in its card; `--weights DIR`
measures a folder instead of training.
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
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np

from stoa.app.learner import ranker_of
from stoa.artifacts.model_files import WEIGHTS, read_model, write_model
from stoa.encoders.hashed import HashedEncoder
from stoa.evaluation.intervals import mean_interval
from stoa.evaluation.served_first_version import ServedFirstVersion
from stoa.evaluation.served_shipped import ServedShipped
from stoa.evaluation.shipped_weights import ShippingConfig, logged, make_shipment, measured
from stoa.evaluation.society_loop import PolicyRun, logged_society, run
from stoa.model_records import Model, ModelCard
from stoa.ranking.learned_ranker import LearnedRanker

FIRST = "first_version"


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
    flags.add_argument("--strangers", action="store_true", help="residents follow nobody yet")
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
        card = put(given.out, Model(made.card, arrays))
        told["mib"] = round((given.out / WEIGHTS).stat().st_size / 2**20, 3)
        told["sha256"] = card.weights_sha256
    return made.ranker


def put(folder: Path, model: Model) -> ModelCard:
    """Writes a model over one that may be there; what else lies in the folder stays."""
    beside = folder.with_name(f"{folder.name}.made")
    shutil.rmtree(beside, ignore_errors=True)
    card = write_model(beside, model)
    folder.mkdir(exist_ok=True)
    for path in beside.iterdir():
        path.replace(folder / path.name)
    beside.rmdir()
    return card


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
    table: dict[str, list[dict[str, PolicyRun]]] = {people: [] for people in config.people}
    alone = replace(ranker, value=replace(ranker.value, guessed=0.0))
    first = config.tested_on.stop
    for number in range(first, first + given.closed_loop * len(config.people)):
        of = config.society(number)
        of = replace(of, logged_days=given.logged, strangers=given.strangers)
        start = logged_society(of, HashedEncoder(dim=config.model.vector))
        policies = {
            "leaning": ServedShipped(ranker=ranker, seed=of.seed),
            "alone": ServedShipped(ranker=alone, seed=of.seed),
            FIRST: ServedFirstVersion(seed=of.seed, hears_at_once=True),
        }
        runs = {name: run(policy, of, given.served, start) for name, policy in policies.items()}
        table[of.people].append(runs)
        told = ", ".join(f"{name} {one.unregretted_s:.1f}" for name, one in runs.items())
        say(f"{of.people} {of.seed}: {told}")
    everywhere = {"all": [runs for lot in table.values() for runs in lot]}
    return {people: summary(lot) for people, lot in (table | everywhere).items()}


def summary(lot: list[dict[str, PolicyRun]]) -> dict[str, object]:
    return {
        "societies": len(lot),
        FIRST: round(float(np.mean([runs[FIRST].unregretted_s for runs in lot])), 1),
        "regret_rate": {
            name: round(float(np.mean([runs[name].regret_rate for runs in lot])), 4)
            for name in lot[0]
        },
        "gained": {name: gained(lot, name) for name in lot[0] if name != FIRST},
    }


def gained(lot: list[dict[str, PolicyRun]], name: str) -> dict[str, object]:
    seconds = [runs[name].unregretted_s - runs[FIRST].unregretted_s for runs in lot]
    days = np.array([np.subtract(runs[name].by_day, runs[FIRST].by_day) for runs in lot])
    present = [runs[name].last_day_active - runs[FIRST].last_day_active for runs in lot]
    return {
        "mean": told_interval(seconds),
        "by_day": [told_interval(day) for day in days.T],
        "last_day_active": round(float(np.mean(present)), 4),
    }


def told_interval(values: Sequence[float] | np.ndarray) -> dict[str, float]:
    if len(values) < 2:
        return {"mean": round(float(np.mean(values)), 2)}
    return {name: round(x, 2) for name, x in asdict(mean_interval(list(values))).items()}


if __name__ == "__main__":
    main()
