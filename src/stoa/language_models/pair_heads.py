"""The two linear heads of a pair encoder: does the evidence support, does it contradict.

Two heads, because one that learns both gets worse at each. Each pair's numbers are put on one
scale, cut where they lie far outside of what was learnt on, weighted and summed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from stoa.errors import BadModel

F64 = NDArray[np.float64]
HEADS = ("support", "contradiction")
_FIELDS = ("means", "scales", "weights", "most", "intercept")


class PairFeatures(Protocol):
    """More numbers about pairs, such as the verifier's; handed in by who opens the encoder."""

    @property
    def names(self) -> Sequence[str]:
        """Of the columns: weights hold for these very columns."""
        ...

    def rows(self, claims: Sequence[str], evidence: Sequence[Sequence[str]]) -> F64:
        """Shape (n, len(names))."""
        ...


@dataclass(frozen=True, slots=True)
class PairHead:
    """logit = clip((x - means) / scales, -most, most) @ weights + intercept."""

    means: F64
    scales: F64
    weights: F64
    most: F64  # per column, in scales; infinite where nothing is cut
    intercept: float

    def __call__(self, rows: F64) -> F64:
        """Logits of rows (n, d): shape (n,)."""
        scaled = np.clip((rows - self.means) / self.scales, -self.most, self.most)
        return scaled @ self.weights + self.intercept

    def arrays(self, name: str) -> dict[str, NDArray[np.float32]]:
        """Under the names of a weights file."""
        return {
            f"{name}.{field}": np.atleast_1d(np.asarray(getattr(self, field), dtype=np.float32))
            for field in _FIELDS
        }

    @classmethod
    def of_arrays(cls, name: str, arrays: Mapping[str, NDArray[np.float32]], n: int) -> PairHead:
        """What `arrays` wrote, for rows of `n` numbers.

        Raises:
            BadModel: an array is missing, of another size, or not finite.
        """
        mend = "teach it anew with `stoa ask train-pairs`"
        found: dict[str, F64] = {}
        for field in _FIELDS:
            array = arrays.get(f"{name}.{field}")
            if array is None or array.shape != ((1,) if field == "intercept" else (n,)):
                shape = "missing" if array is None else array.shape
                raise BadModel(f"{name}.{field}", shape, mend)
            found[field] = array.astype(np.float64)
            if np.isnan(array).any() or (field != "most" and not np.isfinite(array).all()):
                raise BadModel(f"{name}.{field}", "no finite numbers", mend)
        if (found["scales"] <= 0).any():
            raise BadModel(f"{name}.scales", "not above zero", mend)
        intercept = float(found.pop("intercept")[0])
        return cls(**found, intercept=intercept)


def probabilities(heads: Sequence[PairHead], rows: F64) -> F64:
    """What the heads say of rows (n, d), each in 0..1: shape (n, heads)."""
    logits = np.stack([head(rows) for head in heads], axis=1)
    return 1.0 / (1.0 + np.exp(-np.clip(logits, -40.0, 40.0)))
