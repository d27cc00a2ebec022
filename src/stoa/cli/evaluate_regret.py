"""`stoa evaluate regret`: hates told from likes by how they were watched and what came before."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

from stoa.cli.numbers import Seed
from stoa.cli.printing import print_json
from stoa.cli.progress import progress_bar
from stoa.errors import BadInput


def regret(
    folder: Path,
    *,
    heldout: Path | None = None,
    splits: int = 5,
    seed: Seed = 0,
    json: bool = False,
) -> None:
    """Tells hated rows from liked ones: a random like and hate of each viewer are the test.

    Args:
        folder: a folder with one table of likes and hates in KuaiRand's columns, or the table.
        heldout: the same of other viewers, judged by what was learned from `folder` alone.
        splits: random splits; figures are their means.
        seed: of the first split.
        json: print one JSON object.
    """
    from stoa.evaluation.regret_study import StudyConfig, study_regret
    from stoa.tables.feedback_files import read_feedback

    if seed < 0:
        raise BadInput("--seed", seed, "give a whole number from 0")
    rows = read_feedback(folder)
    others = None if heldout is None else read_feedback(heldout)
    started_s = time.process_time()
    with progress_bar("Learning") as show:
        config = StudyConfig(splits=splits, seed=seed)
        report = study_regret(rows, others, config, show)
    report |= {
        "viewers": len(rows.viewer_id),
        "rows": len(rows),
        "hates": int(rows.is_hate.sum()),
        "splits": splits,
        "seed": seed,
        "cpu_s": round(time.process_time() - started_s, 1),
    }
    if report["suspected_leak"]:
        print("Suspected leak: no honest signal tells hates this well.", file=sys.stderr)
    if json:
        print_json(report)
    else:
        print(_table(report))


def _table(report: dict[str, Any]) -> str:
    past = report["past_only"]
    shown = {
        "all signals": report,
        "before exposure": report["before_exposure"],
        "all signals, past only": past["all_signals"],
        "before exposure, past only": past["before_exposure"],
    }
    if "heldout" in report:
        shown["held-out viewers"] = report["heldout"]
        shown["held-out, before exposure"] = report["heldout"]["before_exposure"]
    shown |= {name.replace("_", " "): one for name, one in report["baselines"].items()}
    names = ("f1", "precision", "recall", "auroc", "ece")
    lines = [f"{report['viewers']} viewers, {report['rows']} rows, {report['hates']} hates"]
    lines.append(
        " " * 28 + "".join(f"{name:>10}" for name in names) + "   auroc, 95 % over viewers"
    )
    for words, one in shown.items():
        line = f"{words:28}" + "".join(f"{one[name]:10.3f}" for name in names)
        if "over_viewers" in one:
            low, high = one["over_viewers"]["auroc"]
            line += f"   {low:.3f} to {high:.3f}"
        lines.append(line)
    for words, group in report["by_viewer"].items():
        if group["viewers"]:
            about = f"{words.replace('_', ' ')} ({group['viewers']} viewers)"
            lines.append(f"{about:28}" + "".join(f"{group[name]:10.3f}" for name in names))
    return "\n".join(lines)
