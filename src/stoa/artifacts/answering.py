"""What finding answers has learnt, in one JSON file that carries its own hash."""

from __future__ import annotations

import hashlib
import json
import math
from pathlib import Path
from typing import Any, cast

from stoa.ask_records import AnsweringWeights
from stoa.errors import BadModel

SHIPPED_ANSWERING = Path(__file__).parent / "shipped" / "answering.json"
"""Made by `python benchmarks/train_answering.py --out ...`, byte for byte from its seeds."""

ANSWERING_FORMAT = 1
_MOST_BYTES = 1024 * 1024
_MEND = "install Stoa again, or train it anew with benchmarks/train_answering.py"


def answering_bytes(weights: AnsweringWeights) -> bytes:
    """The file of these weights; equal weights give equal bytes.

    Raises:
        BadModel: a number is NaN or infinite.
    """
    for name, values in weights.arrays.items():
        if not all(math.isfinite(value) for value in values):
            raise BadModel("answering", f"NaN or infinity in {name}", "look for damaged input")
    body: dict[str, object] = {
        "format": ANSWERING_FORMAT,
        "columns": {name: list(weights.columns[name]) for name in sorted(weights.columns)},
        "arrays": {name: list(weights.arrays[name]) for name in sorted(weights.arrays)},
    }
    body["sha256"] = _digest(body)
    return (json.dumps(body, indent=0) + "\n").encode()


def read_answering(path: Path = SHIPPED_ANSWERING) -> AnsweringWeights:
    """The weights in a file, its hash, format and numbers checked.

    Raises:
        BadModel: it is missing, damaged or of another format; says how to mend it.
    """
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise BadModel(str(path), "too large", _MEND)
        found: Any = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as problem:
        raise BadModel(str(path), str(problem), _MEND) from problem
    if not isinstance(found, dict):
        raise BadModel(str(path), "no JSON object", _MEND)
    body = cast("dict[str, Any]", found)
    if body.get("format") != ANSWERING_FORMAT:
        raise BadModel(str(path), f"of format {body.get('format')!r}", _MEND)
    told = body.pop("sha256", None)
    if told != _digest(body):
        raise BadModel(str(path), "not what its hash says", _MEND)
    try:
        return AnsweringWeights(
            {str(name): tuple(map(str, names)) for name, names in body["columns"].items()},
            {str(name): tuple(map(float, row)) for name, row in body["arrays"].items()},
        )
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        raise BadModel(str(path), f"not as answering is kept ({problem!r})", _MEND) from problem


def _digest(body: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
