"""Vectors as int8 codes of one common step, and the products of codes with packed queries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numkong
import numpy as np
from numpy.typing import NDArray

from stoa.space.quantise import unit_rows
from stoa.space.rotation import orthonormal

_ROTATION_SEED = 128_001  # part of the format on disk
_SPREAD = 4.2  # standard deviations of a rotated unit vector's coordinate that the codes reach


class CodeSpace:
    """Rotates vectors and rounds them; one step for all rows, so that codes compare as integers.

    After a random rotation every coordinate of a unit vector is about normal with deviation
    1 / sqrt(dim), so a common step loses no more than a step of each row's own would (the
    argument of RaBitQ, Gao and Long 2024). The error of a product is about 0.0008 at 128-d.
    """

    def __init__(self, dim: int) -> None:
        self.dim = dim
        self.width = -(-dim // 8) * 8
        """Bytes a row: padded so that a row is whole 64-bit words."""
        self._rotation = orthonormal(dim, dim, _ROTATION_SEED)
        self.step = min(1.0, _SPREAD / np.sqrt(dim)) / 127

    def encode(self, vectors: NDArray[np.float32]) -> NDArray[np.int8]:
        """Codes (n, width) of the unit vectors along `vectors` (n, dim); zero rows stay zero."""
        codes = np.zeros((len(vectors), self.width), dtype=np.int8)
        rotated = unit_rows(vectors) @ self._rotation
        codes[:, : self.dim] = np.rint(np.clip(rotated / self.step, -127, 127))
        return codes

    def decode(self, codes: NDArray[np.int8]) -> NDArray[np.float32]:
        """Unit vectors (n, dim) from codes."""
        return unit_rows(codes[:, : self.dim].astype(np.float32) @ self._rotation.T)

    def rotate(self, queries: NDArray[np.float32]) -> NDArray[np.float32]:
        """Queries (q, width) as the codes see them, of their own length."""
        rotated = np.zeros((len(queries), self.width), dtype=np.float32)
        rotated[:, : self.dim] = queries @ self._rotation
        return rotated


@dataclass(frozen=True, slots=True)
class PackedRows:
    """Rows of int8 codes of one step, in the layout the processor multiplies fastest."""

    packed: Any
    n: int
    step: float

    @classmethod
    def of(cls, codes: NDArray[np.int8], step: float) -> PackedRows:
        """Packs codes (n, width), n >= 1."""
        return cls(numkong.dots_pack(codes), len(codes), step)

    def products(self, codes: NDArray[np.int8]) -> NDArray[np.int32]:
        """Integer products (m, n) of codes (m, width) with all packed rows."""
        return np.asarray(numkong.dots_packed(codes, self.packed))


def query_codes(rotated: NDArray[np.float32]) -> tuple[NDArray[np.int8], float]:
    """Rotated queries (q, width) as codes of one step, which lets the greatest use all of int8."""
    step = max(float(np.abs(rotated).max(initial=0.0)), 1e-12) / 127
    return np.rint(rotated / step).astype(np.int8), step
