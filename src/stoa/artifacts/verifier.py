"""The verifier's learnt numbers in one JSON file that carries its own hash."""

from __future__ import annotations

import hashlib
import json
import math
from pathlib import Path
from typing import Any, cast

from stoa.ask_records import VerifierWeights
from stoa.errors import BadModel

SHIPPED_VERIFIER = Path(__file__).parent / "shipped" / "verifier.json"
"""Made by `python benchmarks/train_verifier.py --out ...`, byte for byte from its seed."""

VERIFIER_FORMAT = 1
_MOST_BYTES = 4 * 1024 * 1024
_MEND = "install Stoa again, or train it anew with benchmarks/train_verifier.py"


def verifier_bytes(weights: VerifierWeights) -> bytes:
    """The file of these weights; equal weights give equal bytes.

    Raises:
        BadModel: a number is NaN or infinite.
    """
    for name, values in weights.arrays.items():
        if not all(math.isfinite(value) for value in values):
            raise BadModel("verifier", f"NaN or infinity in {name}", "look for damaged input")
    body: dict[str, object] = {
        "format": VERIFIER_FORMAT,
        "columns": {name: list(weights.columns[name]) for name in sorted(weights.columns)},
        "arrays": {name: list(weights.arrays[name]) for name in sorted(weights.arrays)},
    }
    body["sha256"] = _digest(body)
    return (json.dumps(body, indent=0) + "\n").encode()


def read_verifier(path: Path = SHIPPED_VERIFIER) -> VerifierWeights:
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
    if body.get("format") != VERIFIER_FORMAT:
        raise BadModel(str(path), f"of format {body.get('format')!r}", _MEND)
    told = body.pop("sha256", None)
    if told != _digest(body):
        raise BadModel(str(path), "not what its hash says", _MEND)
    try:
        return VerifierWeights(
            {str(name): tuple(map(str, names)) for name, names in body["columns"].items()},
            {str(name): tuple(map(float, row)) for name, row in body["arrays"].items()},
        )
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        raise BadModel(str(path), f"not as a verifier is kept ({problem!r})", _MEND) from problem


def _digest(body: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
