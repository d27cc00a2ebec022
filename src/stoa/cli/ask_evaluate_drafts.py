"""`stoa ask evaluate drafts`: errors put into drafts, and what the check-and-revise loop leaves."""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import Any, cast

from stoa.cli.numbers import Seed
from stoa.cli.printing import print_json
from stoa.errors import BadInput


def drafts(*, n: int = 300, part: str = "final", seed: Seed = 0, json: bool = False) -> None:
    """Puts wrong numbers, dates, names and negations into true drafts and runs the loop on them.

    Args:
        n: drafts.
        part: `final`, or `dev`: the documents that the checks were written with.
        seed: of the drafts and their errors.
        json: print one JSON object.
    """
    from stoa.app.verifying import shipped_verifier
    from stoa.evaluation.injected_errors import DraftStudyConfig, study_drafts

    if n < 1:
        raise BadInput("--n", n, "give a whole number from 1")
    if part not in ("dev", "final"):
        raise BadInput("--part", part, "give dev or final")
    started_s = time.process_time()
    report = study_drafts(shipped_verifier(), DraftStudyConfig(n_drafts=n, part=part, seed=seed))
    plain = cast("dict[str, Any]", {name: _plain(value) for name, value in report.items()})
    plain |= {"seed": seed, "cpu_s": round(time.process_time() - started_s, 1)}
    if json:
        print_json(plain)
    else:
        print(_table(plain))


def _plain(value: Any) -> Any:
    """Shares as dictionaries, rounded."""
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if hasattr(value, "share"):
        return {name: round(each, 4) for name, each in asdict(value).items()}
    return value


def _table(report: dict[str, Any]) -> str:
    rows = [f"{report['drafts']} drafts, {report['errors']} errors, part {report['part']}"]
    rows.append(f"{'':18}{'errors removed':>24}{'true lost':>24}{'in its own words':>24}")
    for name, figures in report.items():
        if isinstance(figures, dict):
            keys = ("errors_removed", "true_lost", "true_in_own_words")
            rows.append(f"{name:18}" + "".join(f"{_share(figures[key]):>24}" for key in keys))
    return "\n".join(rows)


def _share(one: dict[str, float]) -> str:
    return f"{one['share']:.1%} [{one['low']:.1%}, {one['high']:.1%}]"
