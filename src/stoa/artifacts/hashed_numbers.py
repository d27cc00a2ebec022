"""Learnt numbers in one JSON file that carries its own hash: named columns, named arrays."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from stoa.errors import BadModel

Columns = dict[str, tuple[str, ...]]
Arrays = dict[str, tuple[float, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class NumbersFile:
    """One kind of file; `name`, `kept_as` and `mend` are words for its errors."""

    name: str
    kept_as: str
    mend: str
    version: int
    most_bytes: int

    def to_bytes(
        self, columns: Mapping[str, Sequence[str]], arrays: Mapping[str, Sequence[float]]
    ) -> bytes:
        """The file of these numbers; equal numbers give equal bytes.

        Raises:
            BadModel: a number is NaN or infinite.
        """
        for name, values in arrays.items():
            if not all(math.isfinite(value) for value in values):
                raise BadModel(self.name, f"NaN or infinity in {name}", "look for damaged input")
        body: dict[str, object] = {
            "format": self.version,
            "columns": {name: list(columns[name]) for name in sorted(columns)},
            "arrays": {name: list(arrays[name]) for name in sorted(arrays)},
        }
        body["sha256"] = _digest(body)
        return (json.dumps(body, indent=0) + "\n").encode()

    def read(self, path: Path) -> tuple[Columns, Arrays]:
        """The columns and arrays of a file, its hash, format and numbers checked.

        Raises:
            BadModel: it is missing, damaged or of another format; says how to mend it.
        """
        try:
            if path.stat().st_size > self.most_bytes:
                raise BadModel(str(path), "too large", self.mend)
            found: Any = json.loads(path.read_bytes())
        except (OSError, ValueError, RecursionError) as problem:
            raise BadModel(str(path), str(problem), self.mend) from problem
        if not isinstance(found, dict):
            raise BadModel(str(path), "no JSON object", self.mend)
        body = cast("dict[str, Any]", found)
        if body.get("format") != self.version:
            raise BadModel(str(path), f"of format {body.get('format')!r}", self.mend)
        told = body.pop("sha256", None)
        if told != _digest(body):
            raise BadModel(str(path), "not what its hash says", self.mend)
        try:
            return (
                {str(name): tuple(map(str, names)) for name, names in body["columns"].items()},
                {str(name): tuple(map(float, row)) for name, row in body["arrays"].items()},
            )
        except (KeyError, TypeError, ValueError, AttributeError) as problem:
            shown = f"not as {self.kept_as} is kept ({problem!r})"
            raise BadModel(str(path), shown, self.mend) from problem


def _digest(body: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
