"""`stoa ask verify`: does the evidence support the claim, for many pairs at once."""

from __future__ import annotations

import gc
import json as reading
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, cast

from cyclopts import Parameter

from stoa.errors import BadInput

_BATCH = 512
_SHAPE = 'give one JSON object a line: {"claim": "...", "evidence": ["...", ...]}'


def verify(
    *, pairs: Annotated[Path, Parameter(allow_leading_hyphen=True)], json: bool = False
) -> None:
    """Says of each claim whether its evidence fully supports it; needs no language model.

    One line out per line in. `probability` is calibrated: that the claim is fully supported.
    `supported` is the best guess; `verdict` the stricter word: `likely` only where a
    contradiction is unlikely too, else `not_found`. It never says that a claim is true.

    Args:
        pairs: file of lines {"claim": "...", "evidence": ["...", ...]}; - reads standard input.
        json: print one JSON object a line.
    """
    from stoa.app.verifying import shipped_verifier

    # What is read is kept as many small objects and no cycles: looking for cycles among them
    # would cost a third of the time.
    gc.disable()
    verifier = shipped_verifier()
    batch: list[tuple[str, list[str]]] = []
    for pair in _read(pairs):
        batch.append(pair)
        if len(batch) >= _BATCH:
            _print(verifier, batch, json)
            batch = []
    _print(verifier, batch, json)


def _print(verifier: Any, batch: list[tuple[str, list[str]]], json: bool) -> None:
    judged = verifier.judge([claim for claim, _ in batch], [said for _, said in batch])
    lines: list[str] = []
    for (claim, _), one in zip(batch, judged, strict=True):
        if json:
            told = {
                "probability": round(one.probability, 6),
                "supported": one.supported,
                "verdict": str(one.verdict),
                "contradiction": round(one.contradiction, 6),
                "because": list(one.because),
            }
            lines.append(reading.dumps(told, ensure_ascii=False))
        else:
            why = f"  ({'; '.join(one.because)})" if one.because else ""
            lines.append(f"{one.verdict!s:10} {one.probability:.2f}  {claim}{why}")
    if lines:
        sys.stdout.write("\n".join(lines) + "\n")


def _read(path: Path) -> Iterator[tuple[str, list[str]]]:
    where = "standard input" if str(path) == "-" else str(path)
    try:
        file = sys.stdin.buffer if str(path) == "-" else path.open("rb")
    except OSError as problem:
        raise BadInput("--pairs", str(path), f"give a file that can be read ({problem})") from None
    with file:
        for number, raw in enumerate(file, start=1):
            if raw.strip():
                yield _pair(f"{where}, line {number}", raw)


def _pair(where: str, raw: bytes) -> tuple[str, list[str]]:
    try:
        found: object = reading.loads(raw)
    except (ValueError, RecursionError):
        raise BadInput(where, raw.decode(errors="replace").strip(), _SHAPE) from None
    if not isinstance(found, dict):
        raise BadInput(where, found, _SHAPE)
    row = cast("dict[str, object]", found)
    claim, said = row.get("claim"), row.get("evidence")
    if not isinstance(claim, str) or not claim.strip():
        raise BadInput(f"{where}, claim", claim, "give a text that says something")
    if not isinstance(said, list):
        raise BadInput(f"{where}, evidence", said, "give a list of texts, [] where there are none")
    for text in cast("list[object]", said):
        if not isinstance(text, str):
            raise BadInput(f"{where}, evidence", text, "give texts only")
    return claim, cast("list[str]", said)
