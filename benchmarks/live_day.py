"""Days of a simulated town through the real process: what learning while serving is worth.

    python benchmarks/live_day.py [--people bait] [--seed 0] [--residents 100] [--days 4]

On day 0 a real `stoa up` serves the residents by its first version, and its trainer learns from
that. What it promotes is copied: a second process serves it on, frozen (`--learn off`), to the same
residents on the same later days, while the first goes on learning; a third goes on by the first
version. Each resident is compared with themself: true unregretted seconds a day, learning less
frozen and less the first version, which only the town knows; and what the showings were worth in
expectation, without the luck of reading. Then the gate is offered a ranker that learned the reverse
of what was read, and one version is rolled back; both are read from `/api/v1/square` and `/square`.
With several seeds, as many towns (offer and rollback in the first). One JSON line.
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
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import jax
import numpy as np
from scipy.stats import t as student

from live_town import LiveSquare, LiveTown
from stoa.app.learned import open_shelf, open_space_shelf
from stoa.app.learner import LearnerConfig, model_of, serving_ranker
from stoa.app.versions import newest_log
from stoa.cli.train import compile_cache
from stoa.encoders.hashed import HashedEncoder
from stoa.model_records import Decision, Fate
from stoa.records import DAY_US
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
    flags.add_argument("--space", action="store_true", help="wait for a learned space after day 1")
    flags.add_argument("--keep", default="", help="folder for the squares that learned, by seed")
    given = flags.parse_args()
    began_s = time.monotonic()
    seeds = [int(seed) for seed in given.seed.split(",")]
    runs = [run(given, seed, decide=seed == seeds[0]) for seed in seeds]
    print(json.dumps({
        "benchmark": "live_day",
        **{k: v for k, v in vars(given).items() if k != "keep"},
        **compared(runs),
        "towns": [{k: v for k, v in told.items() if k != "gains"} for told in runs],
        "minutes": round((time.monotonic() - began_s) / 60, 1),
        "cpu_s": round(time.process_time() + sum(told["cpu_s"] for told in runs), 1),
    }))  # fmt: skip


def run(given: argparse.Namespace, seed: int, *, decide: bool) -> dict[str, Any]:
    """One town; the figures, and each resident's gain a day under `gains`.

    With `decide` the square is offered a misled ranker at the end, and goes back one version.
    """
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
        copies = {name: Path(held) / name for name in ("frozen", "untaught")}
        for copy in copies.values():
            shutil.copytree(folder, copy)
        shutil.rmtree(copies["untaught"] / "models")
        towns = {"learning": town}
        for name, copy in copies.items():
            still = pace | {"shipped": given.shipped and name == "frozen"}
            towns[name] = town.fork(LiveSquare.open(copy, learn=False, **still))
        square = town.square = LiveSquare.open(folder, learn=True, **pace)
        for name in ("learning", "frozen"):
            towns[name].square.wait_for(f"learned, {first}")
        for day in range(1, given.days):
            with ThreadPoolExecutor(len(towns)) as side_by_side:
                list(side_by_side.map(lambda one: one.live_a_day(given.slots), towns.values()))
            say(f"seed {seed}: day {day}: {_day_words(towns, day)}")
            say(f"seed {seed}: until day {day}: {_gains_words(towns, day + 1)}")
            if day + 1 < given.days:
                _learned_of(square, town.society.now_us)
                if given.space and day == 1:
                    say(f"seed {seed}: space {_space_of(square)}")
        assert f"learned, {first}" in towns["frozen"].square.client.get("/square").text
        assert "learned, " not in towns["untaught"].square.json("/api/v1/square")["ranking"]
        shown = _three_decisions(square) if decide else {}
        rounds = open_shelf(folder).decisions()
        spaces = open_space_shelf(folder).decisions()
        for living in towns.values():
            living.square.stop()
            spent += living.square.cpu_s
        if given.keep:
            shutil.copytree(folder, Path(given.keep) / str(seed))
    return {
        "seed": seed,
        "first": first,
        "rounds": _told(rounds),
        "spaces": _told(spaces),
        "shown": shown,
        **_figures(towns, given.days),
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


def _space_of(square: LiveSquare) -> str:
    """Waits until the gate of spaces decided, and the square's vectors lie where it says."""
    shelf = open_space_shelf(square.folder)
    deadline = time.monotonic() + 1_500
    while not (told := [d for d in shelf.decisions() if d.by == "gate"]):
        assert time.monotonic() < deadline, ("no space", square.lines[-5:])
        time.sleep(0.5)
    passed = [d for d in told if d.fate is Fate.PROMOTED]
    if not passed:
        return f"{told[-1].version} refused: {told[-1].reason}"
    while not any("vectors lie in space" in line for line in square.lines):
        assert time.monotonic() < deadline, ("no vectors", square.lines[-5:])
        time.sleep(0.5)
    return f"{passed[-1].version} serves: {passed[-1].reason}"


def _three_decisions(square: LiveSquare) -> dict[str, Any]:
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
    encoder, config = HashedEncoder().wide, LearnerConfig()
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
    deadline = time.monotonic() + 1_500
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


def _told(decisions: Sequence[Decision]) -> list[dict[str, str]]:
    return [
        {"version": d.version, "fate": d.fate.value, "by": d.by, "reason": d.reason}
        for d in decisions
    ]


def _worth(town: LiveTown, days: int) -> dict[str, np.ndarray]:
    """What each day from day 1 on was worth to each resident; NaN before they came.

    `true`: unregretted seconds; `expected`: what was to be expected of the same showings.
    """
    truth, config = town.society.truth, town.society.config
    arrived = np.array([truth.days[day].arrived for day in range(1, days)]).T
    true = np.array([truth.days[day].unregretted_s for day in range(1, days)], np.float64).T
    shown = town.society.log().impressions
    worth = truth.showings("expected_s") * (1.0 - truth.showings("regret_prob"))
    day = (shown.at_us - config.start_us) // DAY_US
    expected = np.zeros((config.residents, days))
    np.add.at(expected, (shown.viewer, np.minimum(day, days - 1)), worth)
    return {
        "true": np.where(arrived, true, np.nan),
        "expected": np.where(arrived, expected[:, 1:], np.nan),
    }


def _day_words(towns: dict[str, LiveTown], day: int) -> str:
    told = []
    for name, town in towns.items():
        lived = town.society.truth.days[day]
        told.append(f"{float(lived.unregretted_s.sum()) / int(lived.arrived.sum()):.1f} s {name}")
    return ", ".join(told)


def _gains_words(towns: dict[str, LiveTown], days: int) -> str:
    """What was gained so far, for a run that is cut short."""
    told: list[str] = []
    for kind, gains in _gains(towns, days).items():
        now = interval(by_resident(gains))
        told.append(f"{kind} {now['mean']:+.2f} ({now['low']:+.2f} to {now['high']:+.2f})")
    return ", ".join(told)


def _gains(towns: dict[str, LiveTown], days: int) -> dict[str, np.ndarray]:
    worth = {name: _worth(town, days) for name, town in towns.items()}
    return {
        f"{kind}_over_{name}": worth["learning"][kind] - worth[name][kind]
        for kind in ("true", "expected")
        for name in ("frozen", "untaught")
    }


def _figures(towns: dict[str, LiveTown], days: int) -> dict[str, Any]:
    worth = {name: _worth(town, days) for name, town in towns.items()}
    told: dict[str, Any] = {"gains": _gains(towns, days)}
    for name, town in towns.items():
        truth = town.society.truth
        told[name] = {
            "day_s": round(truth.unregretted_s_a_day(1), 2),
            "by_day_s": [
                round(float(d.unregretted_s.sum()) / max(int(d.arrived.sum()), 1), 2)
                for d in truth.days
            ],
            "expected_by_day_s": np.nanmean(worth[name]["expected"], axis=0).round(2).tolist(),
            "regret_rate": round(truth.regret_rate(1), 4),
            "active": [round(share, 3) for share in truth.active()[1:]],
        }
    return told


def compared(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """Gains a resident and day: 95 % intervals over the residents of all towns, and over towns."""
    told: dict[str, Any] = {}
    for kind in runs[0]["gains"]:
        gains = [one["gains"][kind] for one in runs]
        together = np.concatenate(gains)
        told[kind] = {
            "gain_s": interval(by_resident(together)),
            "by_day_s": [interval(column) for column in together.T],
            "by_town_s": [interval(by_resident(one)) for one in gains],
        }
        if len(runs) > 1:
            means = np.array([np.nanmean(by_resident(one)) for one in gains])
            told[kind]["over_towns_s"] = interval(means)
    return told


def by_resident(gains: np.ndarray) -> np.ndarray:
    """Each resident's mean gain over the days since they came; NaN for who never did."""
    days = np.isfinite(gains).sum(axis=1)
    return np.where(days > 0, np.nansum(gains, axis=1) / np.maximum(days, 1), np.nan)


def interval(values: np.ndarray) -> dict[str, float]:
    """Mean and 95 % interval (Student's) of one number a resident, or a town."""
    known = values[np.isfinite(values)]
    half = student.ppf(0.975, len(known) - 1) * known.std(ddof=1) / np.sqrt(len(known))
    mean = known.mean()
    return {k: round(float(v), 2) for k, v in
            (("mean", mean), ("low", mean - half), ("high", mean + half))}  # fmt: skip


def say(line: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {line}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
