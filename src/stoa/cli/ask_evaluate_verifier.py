"""`stoa ask evaluate verifier`: the claim verifier on claims and sets it was not fitted on."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

from stoa.cli.numbers import Count, Seed
from stoa.cli.printing import print_json
from stoa.cli.progress import progress_bar
from stoa.errors import BadInput


def verifier(
    *,
    data: Path,
    fit: Path | None = None,
    draw: Path | None = None,
    seed: Seed = 0,
    draws: Count = 1000,
    json: bool = False,
) -> None:
    """Cross-validates the verifier by claim and by whole set, beside its trivial baselines.

    Args:
        data: folder that holds the public sets, each in its own folder.
        fit: instead, fit the file that ships on all of it and write it here.
        draw: write the curve of refuted against supported claims here, as a page.
        seed: of the refuting pairs that are made.
        draws: of the bootstrap, for the intervals.
        json: print one JSON object.
    """
    from stoa.evaluation.verifier_sets import read_sets

    if seed < 0:
        raise BadInput("--seed", seed, "give a whole number from 0")
    if draws < 20:
        raise BadInput("--draws", draws, "give at least 20")
    pairs = read_sets(data)
    if fit is not None:
        _fit(pairs, fit, seed)
        return
    from stoa.evaluation.verifier_study import study_verifier

    started_s = time.process_time()
    with progress_bar("Fitting and judging") as show:
        report = study_verifier(pairs, seed, draws, show)
    report |= {"seed": seed, "draws": draws}
    report["cpu_s"] = round(time.process_time() - started_s, 1)
    if draw is not None:
        from stoa.evaluation.verifier_drawing import curve_page

        draw.write_text(curve_page(report), encoding="utf-8")
    if json:
        print_json(report)
    else:
        print(_table(report))


def _fit(pairs: Any, out: Path, seed: int) -> None:
    from stoa.artifacts.verifier import verifier_bytes
    from stoa.evaluation.verifier_training import train_verifier

    raw = verifier_bytes(train_verifier(pairs, seed))
    out.write_bytes(raw)
    print(f"{out}: {len(raw)} bytes", file=sys.stderr)


def _table(report: dict[str, Any]) -> str:
    lines: list[str] = []
    for how, words in (("held_out", "held out by claim"), ("set_left_out", "set left out")):
        lines.append(f"{words:18} pairs  balanced accuracy    17 features  idf recall  auroc   ece")
        for name, one in report[how]["sets"].items():
            mean, low, high = (100 * one["balanced_accuracy"][k] for k in ("mean", "low", "high"))
            plain = [
                100 * one["baselines"][k]["balanced_accuracy"]["mean"]
                for k in ("features_17", "idf_recall")
            ]
            lines.append(
                f"{name:18} {one['pairs']:5}  {mean:5.1f} [{low:4.1f}, {high:4.1f}]"
                f"  {plain[0]:11.1f} {plain[1]:11.1f}  {100 * one['auroc']['mean']:5.1f}"
                f"  {one['ece']['mean']:.3f}"
            )
        refuted = report[how]["refuted"]
        if refuted:
            shares = [refuted[f"likely_of_{k}"]["mean"] for k in ("refuted", "supported")]
            lines.append(f"likely: {shares[0]:.1%} of refuted, {shares[1]:.1%} of supported")
    return "\n".join(lines)
