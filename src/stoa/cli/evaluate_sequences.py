"""`stoa evaluate sequences`: what users choose next, foretold from what they chose before."""

from __future__ import annotations

import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from stoa.cli.printing import print_json
from stoa.cli.progress import progress_bar
from stoa.errors import BadInput
from stoa.evaluation.sequence_study import (
    SequenceRun,
    SequenceStudy,
    SequenceStudyConfig,
    study_sequences,
)
from stoa.space.item_sequences import no_attributes
from stoa.tables.sequence_files import read_attributes, read_sequences


def sequences(
    file: Path, *, attributes: Path | None = None, seeds: str = "0,1,2", json: bool = False
) -> None:
    """Learns from users' sequences and foretells the last item of each, ranked among all items.

    Args:
        file: lines of `user item item ...`, earliest item first; plain or .gz.
        attributes: JSON object of item: [attribute, ...] that items share, such as categories.
        seeds: of the towers to train, with commas between; figures are their means.
        json: one JSON object.
    """
    began = time.process_time()
    numbers = _seeds(seeds)
    read = read_sequences(file)
    table = no_attributes(read.n_items)
    if attributes is not None:
        table = read_attributes(attributes, read.item_id)
    with progress_bar("learning") as show:
        study = study_sequences(
            read, table, SequenceStudyConfig(), numbers, lambda words, share: show(share)
        )
    cpu_s = time.process_time() - began
    if json:
        print_json(_figures(study, cpu_s))
    else:
        print(_table(study, cpu_s))


def _seeds(text: str) -> tuple[int, ...]:
    words = [word.strip() for word in text.split(",") if word.strip()]
    if not words or not all(w.isascii() and w.isdigit() and len(w) < 10 for w in words):
        raise BadInput("--seeds", text, "give whole numbers with commas between, such as 0,1,2")
    return tuple(int(word) for word in words)


def _figures(study: SequenceStudy, cpu_s: float) -> dict[str, Any]:
    return {
        **asdict(study.figures),
        "users": study.users,
        "items": study.items,
        "cpu_s": round(cpu_s, 1),
        "tower_alone": asdict(study.tower_alone),
        "by_seed": [_one_seed(run) for run in study.runs],
        "baselines": {name: asdict(figures) for name, figures in study.baselines.items()},
        "settings": study.settings,
    }


def _one_seed(run: SequenceRun) -> dict[str, Any]:
    every = asdict(run)
    return {"seed": run.seed, **every.pop("figures"), **every, "cpu_s": round(run.cpu_s, 1)}


def _table(study: SequenceStudy, cpu_s: float) -> str:
    lines = [
        f"{study.users} users, {study.items} items, {len(study.runs)} seeds, {cpu_s:.0f} CPU-s",
        f"{'':14} NDCG@10  HR@10    HR@200   HR@200 by the last position",
    ]
    rows = [("mean", study.figures)]
    rows += [(f"  seed {run.seed}", run.figures) for run in study.runs]
    rows += [("tower alone", study.tower_alone)]
    rows += list(study.baselines.items())
    for name, one in rows:
        found = (one.ndcg_at_10, one.hr_at_10, one.hr_at_200, one.hr_at_200_last)
        lines.append(f"{name:14} " + "   ".join(f"{value:.4f}" for value in found))
    return "\n".join(lines)
