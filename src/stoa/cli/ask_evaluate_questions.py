"""`stoa ask evaluate questions`: the own question set, judged by rules written before it ran."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from stoa.cli.numbers import Seed
from stoa.cli.printing import print_json

if TYPE_CHECKING:
    from stoa.ask.service import Ask
    from stoa.ask_records import Source


def questions(
    *,
    part: str = "final",
    noise: int = 300,
    seed: Seed = 0,
    singles: bool = False,
    json: bool = False,
) -> None:
    """Answers every question of a part and judges the answers.

    Args:
        part: dev, dev2 or dev3a (on which settings are chosen), dev3b or final (for reporting).
        noise: how many posts of the simulated town lie among the texts.
        seed: of the noise.
        singles: leave out dialogues, modes and swapped names.
        json: print one JSON object, with what was missed.
    """
    from stoa.evaluation.question_study import QuestionStudyConfig, study_questions

    config = QuestionStudyConfig(part=part, n_noise=noise, seed=seed, pairs=not singles)
    say = lambda words: print(words, file=sys.stderr, flush=True)  # noqa: E731 - one line, used once
    found = asyncio.run(study_questions(_opened, config, say))
    if json:
        print_json(found)
    else:
        _print(found)


def _opened(sources: Sequence[Source]) -> Ask:
    from stoa.app.ask_room import ask_documents
    from stoa.settings import load_settings

    return ask_documents(sources, load_settings())


def _print(found: dict[str, Any]) -> None:
    rows = {"system": found["system"], **found["baselines"]}
    print(f"{found['questions']} questions ({found['part']}) over {found['texts']} texts")
    for name, figures in rows.items():
        print(f"\n{name}")
        for what, figure in figures.items():
            print(f"  {what:48} {_told(figure)}")


def _told(figure: dict[str, Any] | float) -> str:
    if not isinstance(figure, dict):
        return f"{figure:.3f}"
    if figure["value"] is None:
        return "-"
    low, high = 100 * figure["low"], 100 * figure["high"]
    return f"{100 * figure['value']:5.1f} % [{low:.1f}, {high:.1f}]  {figure['hits']}/{figure['n']}"
