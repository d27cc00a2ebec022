"""Everybody named in the four files, by number: first as met, in the end by sorted id."""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from stoa.tables.cells import Cells

_INTEGER = re.compile(r"-?\d{1,19}")
_INT64 = np.iinfo(np.int64)


class Participants:
    """Numbers ids as they are met; `ranked` then gives the final numbering (spec 2.6)."""

    def __init__(self) -> None:
        self._code: dict[str, int] = {}

    def codes(self, cells: Cells, column: str) -> NDArray[np.int32]:
        """The provisional number of the participant in each row."""
        return self.numbered([cells.keys(column)])

    def numbered(self, parts: list[pa.StringArray]) -> NDArray[np.int32]:
        """Provisional numbers of ids; the more at once, the fewer are looked up."""
        coded = pa.chunked_array(parts, pa.string()).combine_chunks().dictionary_encode()
        code = self._code
        known = [code.setdefault(name, len(code)) for name in coded.dictionary.to_pylist()]
        return np.array(known, dtype=np.int32)[coded.indices.to_numpy()]

    def ranked(self) -> tuple[list[str], NDArray[np.int32]]:
        """Ids in their order, and the rank of each provisional number.

        If every id is a whole number of 64 bits they are ordered, and named, as numbers; two ways
        of writing one number are then one participant. Otherwise they are ordered as text.
        """
        names = list(self._code)
        numbers = _numbers(names)
        keys = names if numbers is None else numbers
        ordered = sorted(set(keys))
        place = {key: rank for rank, key in enumerate(ordered)}
        ranks = np.fromiter((place[key] for key in keys), dtype=np.int32, count=len(keys))
        return [str(key) for key in ordered], ranks


def _numbers(names: list[str]) -> list[int] | None:
    """The ids as numbers, if all are."""
    if not all(_INTEGER.fullmatch(name) and name.isascii() for name in names):
        return None
    numbers = [int(name) for name in names]
    return numbers if all(_INT64.min <= n <= _INT64.max for n in numbers) else None
