"""`stoa ask evaluate ragtruth` and `aggrefact`: the verifier on sets that the user brings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from stoa.cli.printing import print_json
from stoa.errors import BadInput


def ragtruth(*, data: Path, draws: int = 1000, json: bool = False) -> None:
    """Tells answers with unsupported spans from faithful ones, on RAGTruth's test part.

    Args:
        data: folder with response.jsonl and source_info.jsonl, as published.
        draws: of the bootstrap, for the intervals.
        json: print one JSON object.
    """
    from stoa.evaluation.verifier_own_sets import study_ragtruth

    _print(study_ragtruth(_shipped(), data, _checked(draws)), json)


def aggrefact(*, data: Path, draws: int = 1000, json: bool = False) -> None:
    """Balanced accuracy on each part of LLM-AggreFact, and their mean.

    Args:
        data: folder with its test files (.parquet, .csv or .jsonl: dataset, doc, claim, label).
        draws: of the bootstrap, for the intervals.
        json: print one JSON object.
    """
    from stoa.evaluation.verifier_own_sets import study_aggrefact

    _print(study_aggrefact(_shipped(), data, _checked(draws)), json)


def _shipped() -> Any:
    from stoa.app.verifying import shipped_verifier

    return shipped_verifier()


def _checked(draws: int) -> int:
    if draws < 20:
        raise BadInput("--draws", draws, "give at least 20")
    return draws


def _print(report: dict[str, Any], json: bool) -> None:
    print_json(report, indent=not json)
