"""Days of a simulated town through the real process: what learning while serving is worth.

    python benchmarks/live_day.py [--people bait] [--seed 0] [--residents 100] [--days 4]

On day 0 a real `stoa up` serves the residents by its first version, and its trainer learns from
that. What it promotes is copied: a second process serves it on, frozen (`--learn off`), to the same
residents on the same later days, while the first goes on learning. Each resident is compared with
themself: true unregretted seconds a day, learning less frozen, which only the town knows. Then the
gate is offered a ranker that learned the reverse of what was read, and one version is rolled back;
both are read from `/api/v1/square` and `/square`. With several seeds, as many towns. One JSON line.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault(
    "XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
)
import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import jax
import numpy as np

from live_town import LiveSquare, LiveTown
from stoa.app.learned import open_shelf
from stoa.app.learner import LearnerConfig, model_of, serving_ranker
from stoa.app.versions import newest_log
from stoa.cli.train import compile_cache
from stoa.encoders.hashed import HashedEncoder
from stoa.model_records import Fate
from stoa.space.learning_log import LearningLog
from stoa.town.society import Society, SocietyConfig
from stoa.train.ranker_round import learn_round

_READ_S = 2.0


def main() -> None:
    flags = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    flags.add_argument("--people", default="bait", choices=("bait", "opportunity", "mixed"))
    flags.add_argument("--seed", default="0", help="of the town; commas between several")
    flags.add_argument("--residents", type=int, default=100)
    flags.add_argument("--background", type=int, default=400)
    flags.add_argument("--posts", type=int, default=1_000, help="a day, replies on top")
    flags.add_argument("--days", type=int, default=4, help="day 0, then days that are compared")
    flags.add_argument("--slots", type=int, default=50, help="posts handed out for a sitting")
    flags.add_argument("--every", type=float, default=60.0, help="seconds between two rounds")
    flags.add_argument("--shipped", action="store_true", help="begin with the weights that ship")
    flags.add_argument("--share", type=float, default=0.5, help="of a core for the trainer")
    flags.add_argument("--keep", default="", help="folder for the squares that learned, by seed")
    given = flags.parse_args()
    began_s = time.monotonic()
    runs = [run(given, seed) for seed in map(int, given.seed.split(","))]
    print(json.dumps({
        "benchmark": "live_day",
        **{k: v for k, v in vars(given).items() if k != "keep"},
        **compared(runs),
        "towns": [{k: v for k, v in told.items() if k != "gains"} for told in runs],
        "minutes": round((time.monotonic() - began_s) / 60, 1),
        "cpu_s": round(time.process_time() + sum(told["cpu_s"] for told in runs), 1),
    }))  # fmt: skip


def run(given: argparse.Namespace, seed: int) -> dict[str, Any]:
    """One town; the figures, and each resident's gain a day under `gains`."""
    config = SocietyConfig(
        seed=seed, people=given.people, residents=given.residents, background=given.background,
        posts_a_day=given.posts, survey_share=1.0,  # who is asked is the square's to decide
    )  # fmt: skip
    pace = {"every_s": given.every, "share": given.share, "shipped": given.shipped}
    with tempfile.TemporaryDirectory() as held:
        folder = Path(held) / "learning"
        square = LiveSquare.open(folder, learn=True, **pace)
        town = LiveTown(Society(config), square)
        town.live_a_day(given.slots)
        first = _learned_of(square, town.society.now_us)
        square.stop()
        first = open_shelf(folder).serving()  # the trainer may have promoted another meanwhile
        say(f"seed {seed}: day 0 served, {first} promoted")
        spent = square.cpu_s
        copy = Path(held) / "frozen"
        shutil.copytree(folder, copy)
        other = LiveSquare.open(copy, learn=False, **pace)
        frozen = town.fork(other)
        square = town.square = LiveSquare.open(folder, learn=True, **pace)
        for live in (square, other):
            live.wait_for(f"learned, {first}")
        for day in range(1, given.days):
            town.live_a_day(given.slots)
            frozen.live_a_day(given.slots)
            say(f"seed {seed}: day {day}: {_day_words(town, frozen, day)}")
            if day + 1 < given.days:
                _learned_of(square, town.society.now_us)
        assert f"learned, {first}" in other.client.get("/square").text
        shown = _three_decisions(square, given)
        rounds = open_shelf(folder).decisions()
        for live in (square, other):
            live.stop()
            spent += live.cpu_s
        if given.keep:
            shutil.copytree(folder, Path(given.keep) / str(seed))
    return {
        "seed": seed,
        "first": first,
        "rounds": [
            {"version": d.version, "fate": d.fate.value, "by": d.by, "reason": d.reason}
            for d in rounds
        ],
        "shown": shown,
        **_figures(town, frozen, given.days),
        "cpu_s": spent,
    }


def _learned_of(square: LiveSquare, until_us: int) -> str:
    """Waits until a round was decided whose log reached that moment; the version that serves."""
    shelf = open_shelf(square.folder)
    until_us -= 3_600_000_000  # a square's now is the newest that it holds, and nights are quiet
    deadline = time.monotonic() + 1_500
    square.hurry()
    while not any(d.at_us >= until_us and d.by == "gate" for d in shelf.decisions()):
        assert time.monotonic() < deadline, ("no round", shelf.decisions()[-2:], square.lines[-5:])
        time.sleep(0.5)
    while square.json("/api/v1/square")["ranking"] != f"learned, {shelf.serving()}":
        assert time.monotonic() < deadline, (shelf.decisions()[-2:], square.lines[-5:])
        time.sleep(0.5)
    serving = shelf.serving()
    assert serving is not None, shelf.decisions()
    return serving


def _three_decisions(square: LiveSquare, given: argparse.Namespace) -> dict[str, Any]:
    """A promotion, a refusal and a rollback, as the square tells them."""
    shelf = open_shelf(square.folder)
    passed = [d for d in shelf.decisions() if d.fate is Fate.PROMOTED and d.by == "gate"]
    spoilt = _misled(square.folder)
    offered = _models(square, "offer", spoilt, "--json")
    before = shelf.before()
    _models(square, "rollback", "--reason", "gone back for the benchmark")
    page = square.wait_for(f"learned, {before}")
    told = square.json("/api/v1/square")
    fates = {(d["version"], d["fate"]) for d in told["decisions"]}
    return {
        "promoted": any((d.version, "promoted") in fates and d.version in page for d in passed),
        "refused": (spoilt, "refused") in fates and spoilt in page,
        "refusal": json.loads(offered)["reason"],
        "rolled_back": (before, "rolled_back") in fates and "gone back for the benchmark" in page,
        "serves_again": told["ranking"] == f"learned, {before}",
    }


def _misled(folder: Path) -> str:
    """Keeps a ranker that learned that what was read was skipped, and the reverse; its version."""
    jax.config.update("jax_compilation_cache_dir", str(compile_cache()))
    encoder, config = HashedEncoder(), LearnerConfig()
    shelf = open_shelf(folder)
    _, own = newest_log(folder, encoder, days=config.days, most_posts=config.most_posts)
    assert own is not None
    round_config = replace(config.round, training=replace(config.round.training, epochs=1))
    log = _turned_about(own.log)
    version = f"misled-{own.log.until_us // 1_000_000}"
    serving = serving_ranker(shelf)
    found = learn_round(log, log.posts.text, serving, round_config, version=version)
    shelf.save(model_of(found, own, encoder, round_config))
    return version


def _turned_about(log: LearningLog) -> LearningLog:
    shown = log.impressions
    turned = np.where(shown.seconds >= _READ_S, 0.5, 10.0).astype(np.float32)
    return replace(log, impressions=replace(shown, seconds=turned))


def _models(square: LiveSquare, *arguments: str) -> str:
    """`stoa models`; tried again while the square's own trainer is at work."""
    deadline = time.monotonic() + 300
    while True:
        done = subprocess.run(
            [sys.executable, "-m", "stoa.cli", "models", *arguments, "--data", str(square.folder)],
            env=square.environment,
            capture_output=True, text=True, timeout=600,
        )  # fmt: skip
        if done.returncode == 0:
            return done.stdout
        assert "another process trains" in done.stderr, done.stderr
        assert time.monotonic() < deadline, done.stderr
        time.sleep(0.5)


def _gains(town: LiveTown, frozen: LiveTown, days: int) -> np.ndarray:
    """Unregretted seconds of each resident and day, learning less frozen; NaN before they came."""
    rows = []
    for day in range(1, days):
        ours, theirs = town.society.truth.days[day], frozen.society.truth.days[day]
        gain = ours.unregretted_s.astype(np.float64) - theirs.unregretted_s
        rows.append(np.where(ours.arrived, gain, np.nan))
    return np.array(rows).T


def _day_words(town: LiveTown, frozen: LiveTown, day: int) -> str:
    ours, theirs = (
        float(t.society.truth.days[day].unregretted_s.sum())
        / int(t.society.truth.days[day].arrived.sum())
        for t in (town, frozen)
    )
    return f"{ours:.1f} s learning, {theirs:.1f} s frozen"


def _figures(town: LiveTown, frozen: LiveTown, days: int) -> dict[str, Any]:
    told: dict[str, Any] = {"gains": _gains(town, frozen, days)}
    for name, arm in (("learning", town), ("frozen", frozen)):
        truth = arm.society.truth
        told[f"{name}_s"] = round(truth.unregretted_s_a_day(1), 2)
        told[f"{name}_by_day_s"] = [
            round(float(d.unregretted_s.sum()) / max(int(d.arrived.sum()), 1), 2)
            for d in truth.days
        ]
        told[f"{name}_regret_rate"] = round(truth.regret_rate(1), 4)
        told[f"{name}_active"] = [round(share, 3) for share in truth.active()[1:]]
    return told


def compared(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """Gains a resident and day with 95 % intervals over residents of all towns."""
    gains = np.concatenate([told["gains"] for told in runs])
    return {
        "gain_s": interval(by_resident(gains)),
        "gain_by_day_s": [interval(column) for column in gains.T],
        "gain_by_town_s": [interval(by_resident(told["gains"])) for told in runs],
    }


def by_resident(gains: np.ndarray) -> np.ndarray:
    """Each resident's mean gain over the days since they came; NaN for who never did."""
    days = np.isfinite(gains).sum(axis=1)
    return np.where(days > 0, np.nansum(gains, axis=1) / np.maximum(days, 1), np.nan)


def interval(values: np.ndarray) -> dict[str, float]:
    """Mean and 95 % interval of one number a resident."""
    known = values[np.isfinite(values)]
    half = 1.96 * known.std(ddof=1) / np.sqrt(len(known))
    mean = known.mean()
    return {k: round(float(v), 2) for k, v in
            (("mean", mean), ("low", mean - half), ("high", mean + half))}  # fmt: skip


def say(line: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {line}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
