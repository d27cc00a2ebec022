"""Policies compared in closed loop: each serves the same society from the same state, by seed.

A study is a list of runs (people model, seed, policy); what is finished is kept as JSON lines and
not run again. Learned policies of one (model, seed) share one ranker, trained on the log of a
policy that drew slates with known chances; only the oracle sees the truth.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from stoa.encoders.hashed import HashedEncoder
from stoa.errors import BadInput
from stoa.evaluation.composition import CompositionConfig
from stoa.evaluation.learned_policies import LEARNED, OURS, LearnedPolicy
from stoa.evaluation.served_first_version import ServedFirstVersion
from stoa.evaluation.shared_ranker import SharedConfig, SharedRanker, train_shared
from stoa.evaluation.society_loop import Policy, PolicyRun, logged_society, run
from stoa.evaluation.society_oracles import Oracle
from stoa.evaluation.society_policies import Chronological, Popular
from stoa.evaluation.study_processes import side_by_side
from stoa.measure.intervals import mean_interval
from stoa.town.society import SocietyConfig

POLICIES = (
    *OURS, "first_version", "chronological", "popular",
    *(name for name in LEARNED if name not in OURS), "oracle",
)  # fmt: skip
VARIANTS = {
    "unregretted_kappa_0": 0.0,
    "unregretted_kappa_1": 1.0,
    "unregretted_kappa_3": 3.0,
    "unregretted_kappa_6": 6.0,
}
"""Ours at other prices of a regretted second; run where asked for by name."""
SHORTLISTING = (*LEARNED, *VARIANTS)
PEOPLE = ("bait", "opportunity")
_WORDS = 512  # channels of text vectors: with 128, subjects fall together
_MEANS = (
    "seconds", "regret_rate", "glad_rate", "first_post_share", "reply_share", "bait_written",
    "last_day_active", "cpu_s",
)  # fmt: skip

Row = dict[str, Any]
Said = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyConfig:
    """What is compared, where and for how long."""

    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)
    people: tuple[str, ...] = PEOPLE
    policies: tuple[str, ...] = POLICIES
    days: int = 30
    residents: int = 500
    logged_days: int = 8
    survey: float = 0.02
    kappa: float = 0.5
    bait_likes: bool = False
    exploration: float = 0.02  # of our own policies' slots
    ranker: SharedConfig = field(default_factory=SharedConfig)

    def __post_init__(self) -> None:
        if not self.seeds or len(set(self.seeds)) != len(self.seeds):
            raise BadInput("seeds", self.seeds, "give one or more, each once")
        if self.days < 1:
            raise BadInput("days", self.days, "give at least 1")
        for name in self.people:
            if name not in PEOPLE:
                raise BadInput("people", name, f"use {' or '.join(PEOPLE)}")
        for name in self.policies:
            if name not in POLICIES and name not in VARIANTS:
                raise BadInput("policies", name, f"use {', '.join((*POLICIES, *VARIANTS))}")

    def society(self, people: str, seed: int) -> SocietyConfig:
        """The society of one seed."""
        return SocietyConfig(
            seed=seed,
            people=people,
            residents=self.residents,
            logged_days=self.logged_days,
            survey_share=self.survey,
            bait_likes=self.bait_likes,
        )

    @property
    def key(self) -> str:
        """Names the settings that all runs share; runs kept under another are not these."""
        told = asdict(self)
        for name in ("seeds", "people", "policies"):
            del told[name]
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:16]


def study_policies(
    config: StudyConfig,
    work: Path | None = None,
    said: Said = lambda words: None,
    jobs: int = 1,
) -> dict[str, Any]:
    """Runs what is not yet in `work` and compares all runs.

    Args:
        config: the study.
        work: folder that keeps finished runs, `runs.jsonl`, and compiled code; nothing is kept
            where not given.
        said: told of every run that ends.
        jobs: how many societies are served side by side, in processes of their own.

    Raises:
        PartFailed: such a process ended early.
    """
    kept = _kept(work, config.key)
    asked = [(p, s, name) for p in config.people for s in config.seeds for name in config.policies]
    parts = [
        (config, people, seed, missing)
        for seed in config.seeds
        for people in config.people
        if (missing := [n for n in config.policies if (people, seed, n) not in kept])
    ]
    compiled = None if work is None else work / "compiled"
    for row in side_by_side(_runs, parts, jobs, compiled):
        kept[row["people"], row["seed"], row["policy"]] = row
        _keep(work, row)
        done = sum(one in kept for one in asked)
        said(f"{done}/{len(asked)} {row['people']} seed {row['seed']} {row['policy']}: "
             f"{row['unregretted_s']:.1f} s a day, {row['cpu_s']:.0f} CPU-s")  # fmt: skip
    return study_figures(config, [kept[one] for one in asked])


def _runs(config: StudyConfig, people: str, seed: int, names: Sequence[str]) -> Iterator[Row]:
    began = time.process_time()
    society = config.society(people, seed)
    start = logged_society(society, HashedEncoder(dim=_WORDS))
    ranker = None
    if any(name in SHORTLISTING for name in names):
        ranker = train_shared(start.log(), config.ranker, seed)
    prepared = time.process_time() - began
    for name in names:
        began = time.process_time()
        made = run(_policy(name, config, ranker, seed), society, config.days, start)
        row = {"key": config.key, "people": people, "seed": seed, **_row(made), "policy": name}
        row |= {"cpu_s": time.process_time() - began, "prepare_cpu_s": prepared}
        if ranker is not None and name in SHORTLISTING:
            row |= {"worth_s": ranker.beliefs.worth_s, "heads": _heads(ranker)}
        yield row


def _policy(name: str, config: StudyConfig, ranker: SharedRanker | None, seed: int) -> Policy:
    simple = {"chronological": Chronological, "popular": Popular}
    if name in simple:
        return simple[name](seed=seed)
    if name == "oracle":
        return Oracle(seed=seed, kappa=config.kappa, composes=True)
    if name == "first_version":
        return ServedFirstVersion(seed=seed)
    assert ranker is not None, "all others come with a ranker"
    explores = config.exploration if name in OURS or name in VARIANTS else 0.0
    return LearnedPolicy(
        name=OURS[0] if name in VARIANTS else name,
        ranker=ranker,
        kappa=VARIANTS.get(name, config.kappa),
        seed=seed,
        composition=CompositionConfig(exploration=explores),
    )


def _row(made: PolicyRun) -> Row:
    row = asdict(made)
    return row | {name: list(row[name]) for name in ("by_day", "active_by_day")}


def _heads(ranker: SharedRanker) -> dict[str, Any]:
    told: dict[str, Any] = {"seconds_slope": ranker.quality.seconds_slope, "cpu_s": ranker.cpu_s}
    told["blend"] = list(ranker.beliefs.blend)
    for name in ("like", "skip", "glad", "regret"):
        told[f"{name}_auroc"] = ranker.quality.heads[name].auroc
    return told


def study_figures(config: StudyConfig, rows: Sequence[Row]) -> dict[str, Any]:
    """Means over seeds with 95 % t-intervals, and ours less each other, paired by seed.

    Args:
        config: the study.
        rows: one run each, all of `config`'s people models, seeds and policies.
    """
    people: dict[str, Any] = {}
    for model in config.people:
        of = {
            name: [r for r in rows if r["people"] == model and r["policy"] == name]
            for name in config.policies
        }
        people[model] = {name: _figures(runs, of.get(OURS[0])) for name, runs in of.items()}
    settings = asdict(config) | {"ranker": asdict(config.ranker)}
    ways = {model: _way_to_oracle(its) for model, its in people.items()}
    way = {model: share for model, share in ways.items() if share is not None}
    return {"people": people, "way_to_oracle": way, "settings": settings, "runs": len(rows)}


def _way_to_oracle(policies: dict[str, Any]) -> float | None:
    """How far ours goes from the best of the others to the oracle, 1 being all of it."""
    ours, oracle = policies.get(OURS[0]), policies.get("oracle")
    others = [
        its["mean"] for n, its in policies.items() if n in POLICIES and n not in (*OURS, "oracle")
    ]
    if ours is None or oracle is None or not others or oracle["mean"] <= max(others):
        return None
    return (ours["mean"] - max(others)) / (oracle["mean"] - max(others))


def _figures(runs: Sequence[Row], ours: Sequence[Row] | None) -> dict[str, Any]:
    told = _interval([r["unregretted_s"] for r in runs])
    told |= {name: float(np.mean([r[name] for r in runs])) for name in _MEANS}
    if ours is None or ours is runs:
        return told
    by_seed = {r["seed"]: r for r in ours}
    gains = [by_seed[r["seed"]]["unregretted_s"] - r["unregretted_s"] for r in runs]
    kept = [by_seed[r["seed"]]["last_day_active"] - r["last_day_active"] for r in runs]
    return told | {"behind": _interval(gains), "behind_last_day_active": _interval(kept)}


def _interval(values: Sequence[float]) -> dict[str, Any]:
    found = mean_interval(np.asarray(values, dtype=np.float64))
    finite = np.isfinite(found.low)
    return {
        "mean": found.mean,
        "low": found.low if finite else None,
        "high": found.high if finite else None,
    }


def _kept(work: Path | None, key: str) -> dict[tuple[str, int, str], Row]:
    """Finished runs of these settings; a line cut short by a crash is left out."""
    path = None if work is None else work / "runs.jsonl"
    if path is None or not path.exists():
        return {}
    kept: dict[tuple[str, int, str], Row] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            row = json.loads(line)
        except ValueError:
            continue
        if isinstance(row, dict) and row.get("key") == key:
            kept[row["people"], row["seed"], row["policy"]] = row
    return kept


def _keep(work: Path | None, row: Mapping[str, Any]) -> None:
    if work is None:
        return
    work.mkdir(parents=True, exist_ok=True)
    with (work / "runs.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(row) + "\n")
