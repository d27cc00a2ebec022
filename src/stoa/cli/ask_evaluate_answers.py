"""`stoa ask evaluate answers`: whether the sentence that answers is found, and its absence seen."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from stoa.cli.folders import held_in
from stoa.cli.numbers import Count, Seed
from stoa.cli.printing import print_json
from stoa.evaluation.answering_study import (
    AnsweringStudy,
    Figures,
    StudyConfig,
    study_answering,
)
from stoa.measure import Interval


def answers(
    *, data: Path, halves: Count = 2, quick: bool = False, seed: Seed = 0, json: bool = False
) -> None:
    """Takes half of XQuAD's documents away and asks all its questions, in twelve languages.

    Args:
        data: folder that holds `xquad`.
        halves: how many random halves.
        quick: leave out the runs without a language and with whole articles taken away.
        seed: of the first half and of the intervals.
        json: one JSON object.
    """
    from stoa.cli.progress import progress_bar
    from stoa.evaluation.answering_fit import FitConfig

    fit = FitConfig(seeds=tuple(range(seed, seed + halves)))
    config = StudyConfig(fit=fit, leaves_languages_out=not quick, takes_articles=not quick)
    with progress_bar("answering"):
        study = study_answering(held_in(data, "xquad") / "xquad", config, seed, lambda _: None)
    if json:
        print_json(figures(study))
    else:
        print(_table(study))


def figures(study: AnsweringStudy) -> dict[str, Any]:
    """Everything as one JSON object."""
    return {
        "by_language": {lang: asdict(each) for lang, each in study.by_language.items()},
        "by_seed": {str(each): asdict(found) for each, found in study.by_seed.items()},
        "language_left_out": {lang: asdict(f) for lang, f in study.language_left_out.items()},
        "articles_taken": asdict(study.articles_taken) if study.articles_taken else None,
        "baselines": {name: asdict(each) for name, each in study.baselines.items()},
        "shown_holds_answer": study.shown_holds_answer,
        "first_holds_answer": study.first_holds_answer,
        "confidence": [
            {"stated": stated, "right": right, "n": n} for stated, right, n in study.confidence
        ],
        "cpu_s": round(study.cpu_s, 1),
    }


_COLUMNS = (
    "right_of_answerable",
    "right_of_answered",
    "right_of_all",
    "unanswerable_recognised",
    "sure_of_answerable",
    "sure_and_wrong_of_all",
    "sure_and_wrong_of_sure",
)


def _table(study: AnsweringStudy) -> str:
    lines = ["  ".join(("", *(name.replace("_", " ") for name in _COLUMNS)))]
    parts: list[tuple[str, dict[str, Figures]]] = [
        ("articles held out", study.by_language),
        ("halves", {str(each): found for each, found in study.by_seed.items()}),
        ("the language held out as well", study.language_left_out),
        ("baselines", study.baselines),
    ]
    if study.articles_taken is not None:
        parts.append(("whole articles taken away", {"all": study.articles_taken}))
    for heading, rows in parts:
        lines.append(heading)
        lines += [f"  {name:28} {_row(found)}" for name, found in rows.items()]
    lines.append("confidence stated, right, answers")
    lines += [f"  {stated:.2f}  {right:.2f}  {n}" for stated, right, n in study.confidence]
    lines.append(f"{study.cpu_s:.0f} CPU-s")
    return "\n".join(lines)


def _row(found: Figures) -> str:
    return "  ".join(_words(getattr(found, name)) for name in _COLUMNS)


def _words(interval: Interval) -> str:
    return f"{interval.mean:.3f} [{interval.low:.3f}, {interval.high:.3f}]"
