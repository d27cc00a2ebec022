"""`stoa ask verify`: does the evidence support the claim, for many pairs at once."""

from __future__ import annotations

import gc
import json as reading
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Annotated, cast

from cyclopts import Parameter

from stoa.cli.batches_in_order import in_order
from stoa.errors import BadInput

Pair = tuple[str, list[str]]

_BATCH = 512
_ALONE = 16  # batches: of fewer, a second process would save less than a second
_ENCODER = reading.JSONEncoder(ensure_ascii=False)
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
    # What is read is kept as many small objects and no cycles: looking for cycles among them
    # would cost a third of the time.
    gc.disable()
    from stoa.app.verifying import shipped_verifier

    shipped_verifier()
    batches = ((batch, json) for batch in _batches(_read(pairs)))
    for lines in in_order(_judged, batches, alone=_ALONE):
        sys.stdout.write(lines)
    gc.freeze()  # nor at the end of the process, which would look for them once more


def _batches(pairs: Iterator[Pair]) -> Iterator[list[Pair]]:
    while batch := list(islice(pairs, _BATCH)):
        yield batch


def _judged(batch: tuple[list[Pair], bool]) -> str:
    """The lines that are printed of some pairs."""
    from stoa.app.verifying import shipped_verifier

    pairs, json = batch
    judged = shipped_verifier().judge([claim for claim, _ in pairs], [said for _, said in pairs])
    lines: list[str] = []
    for (claim, _), one in zip(pairs, judged, strict=True):
        if json:
            told = {
                "probability": round(one.probability, 6),
                "supported": one.supported,
                "verdict": one.verdict.value,
                "contradiction": round(one.contradiction, 6),
                "because": one.because,
            }
            lines.append(_ENCODER.encode(told))
        else:
            why = f"  ({'; '.join(one.because)})" if one.because else ""
            lines.append(f"{one.verdict!s:10} {one.probability:.2f}  {claim}{why}")
    return "\n".join([*lines, ""])


def _read(path: Path) -> Iterator[Pair]:
    where = "standard input" if str(path) == "-" else str(path)
    try:
        file = sys.stdin.buffer if str(path) == "-" else path.open("rb")
    except OSError as problem:
        raise BadInput("--pairs", str(path), f"give a file that can be read ({problem})") from None
    with file:
        for number, raw in enumerate(file, start=1):
            if raw.strip():
                yield _pair(f"{where}, line {number}", raw)


def _pair(where: str, raw: bytes) -> Pair:
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
