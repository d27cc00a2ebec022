"""Calibration by group over several towns: files that `ranker_town.py --keep` wrote, pooled.

    python benchmarks/calibration_town.py FILE.npz [FILE.npz ...]

Each file is calibrated by its own ninth day and measured on the days after it; then all are laid
together, with viewers of different towns kept apart. Groups as in `ranker_town.py`. Prints one
JSON line that `stoa evaluate report` draws: by head and group rows, viewers, calibration error
(noise taken off) and slope with 95 % intervals, tenths, and `target`: an error of at most .02
(like) and .05 (regret, gladness), a slope of seconds within .9 to 1.1; "met" where the figure is,
"missed" where its whole interval lies outside, else "unknown".
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from stoa.evaluation.calibration_figures import calibration_figures
from stoa.measure.calibration import CalibrationConfig, CalibrationRow, calibration_table
from stoa.measure.intervals import Interval
from stoa.ranking.heads import Targets
from stoa.ranking.readout import read_out
from stoa.train.ranker_quality import AnswerNoise, fit_calibration
from stoa.train.ranker_reliability import predicted_and_observed

MOST = {"like": 0.02, "regret": 0.05, "glad": 0.05, "true_regret": 0.05}
SLOPE = (0.9, 1.1)

Columns = dict[str, NDArray[np.float64]]


def main() -> None:
    flags = argparse.ArgumentParser()
    flags.add_argument("files", nargs="+", type=Path)
    flags.add_argument("--seed", type=int, default=0, help="of the bootstrap's draws")
    given = flags.parse_args()
    parts = [read(path, number) for number, path in enumerate(given.files)]
    predicted, observed, groups = (
        {name: np.concatenate([part[k][name] for part in parts]) for name in parts[0][k]}
        for k in range(3)
    )
    viewer = np.concatenate([part[3] for part in parts])
    rows = calibration_table(
        predicted, observed, groups, viewer, CalibrationConfig(seed=given.seed)
    )
    found = calibration_figures(rows)
    for row, figures in zip(rows, found, strict=True):
        figures["target"] = target_of(row)
    print(json.dumps({"benchmark": "calibration_town", "towns": len(parts), "calibration": found}))


def read(path: Path, number: int) -> tuple[Columns, Columns, dict, NDArray[np.int64]]:
    kept = np.load(path)
    noise = AnswerNoise(glad=tuple(kept["glad"]), regret=tuple(kept["regret"]))

    def targets(part: str) -> Targets:
        return Targets(**{name: kept[f"{part}_{name}"] for name in Targets._fields})

    calibration = fit_calibration(
        kept["held_outputs"], targets("held"), noise,
        is_reply=kept["held_group_replies"], is_new=kept["held_group_new_authors"],
    )  # fmt: skip
    outputs, test = kept["test_outputs"], targets("test")
    kinds = kept["test_group_replies"], kept["test_group_new_authors"]
    predicted, observed = predicted_and_observed(outputs, test, calibration, noise, *kinds)
    believed = read_out(outputs, calibration, *kinds)
    predicted |= {"true_regret": believed.regret, "true_seconds": believed.seconds}
    observed["true_regret"] = kept["test_true_regretted"].astype(np.float64)
    observed["true_seconds"] = kept["test_true_expected_s"].astype(np.float64)
    prefix = "test_group_"
    groups = {name[len(prefix) :]: kept[name] for name in kept.files if name.startswith(prefix)}
    viewer = np.asarray(test.viewer, dtype=np.int64) + number * 1_000_000
    return predicted, observed, groups, viewer


def target_of(row: CalibrationRow) -> str | None:
    if row.head in MOST:
        return verdict(row.ece_adaptive, (0.0, MOST[row.head]))
    return verdict(row.slope, SLOPE) if row.head in ("seconds", "true_seconds") else None


def verdict(figure: Interval, within: tuple[float, float]) -> str:
    if within[0] <= figure.mean <= within[1]:
        return "met"
    return "missed" if figure.high < within[0] or figure.low > within[1] else "unknown"


if __name__ == "__main__":
    main()
