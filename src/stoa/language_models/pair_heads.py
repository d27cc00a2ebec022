"""The two heads of a pair encoder: does the evidence support, does it contradict.

Two heads, because one that learns both gets worse at each. Support is the weighted mean of a linear
head and trees, contradiction a sum of linear heads. For a linear head each pair's numbers are put
on one scale, cut where they lie far outside of what was learnt on, weighted and summed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from stoa.errors import BadModel
from stoa.language_models.pair_trees import PairTrees

F64 = NDArray[np.float64]
TREES_SHARE = 0.7
"""How much the trees' logit counts beside the linear one, as in the verifier."""
_MOST_PARTS = 2
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

    def times(self, share: float) -> PairHead:
        """The head whose logits are this share of its logits."""
        return replace(self, weights=share * self.weights, intercept=share * self.intercept)

    def arrays(self, name: str) -> dict[str, NDArray[np.float32]]:
        """Under the names of a weights file."""
        return {
            f"{name}.{field}": np.atleast_1d(np.asarray(getattr(self, field), dtype=np.float32))
            for field in _FIELDS
        }

    @classmethod
    def of_arrays(cls, name: str, arrays: Mapping[str, NDArray[np.floating]], n: int) -> PairHead:
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


@dataclass(frozen=True, slots=True)
class PairHeads:
    """What judges rows of numbers of pairs. Linear heads of one question are added."""

    linear: PairHead
    trees: PairTrees
    against: tuple[PairHead, ...]

    def support(self, rows: F64) -> F64:
        """Logits that the evidence supports the claim: shape (n,)."""
        # A mean, not the sum: a sum is surer than either, and passes twice the refuted at .8.
        return (self.linear(rows) + TREES_SHARE * self.trees(rows)) / (1 + TREES_SHARE)

    def contradiction(self, rows: F64) -> F64:
        """Logits that it contradicts the claim: shape (n,)."""
        return np.sum([head(rows) for head in self.against], axis=0)

    def probabilities(self, rows: F64) -> F64:
        """(support, contradiction) of rows (n, d), each in 0..1: shape (n, 2)."""
        logits = np.stack([self.support(rows), self.contradiction(rows)], axis=1)
        return 1.0 / (1.0 + np.exp(-np.clip(logits, -40.0, 40.0)))

    def arrays(self, name: str) -> dict[str, NDArray[np.floating]]:
        """Under the names of a weights file."""
        told: dict[str, NDArray[np.floating]] = {**self.linear.arrays(f"{name}.support")}
        told |= self.trees.arrays(f"{name}.trees")
        for at, head in enumerate(self.against):
            told |= head.arrays(f"{name}.contradiction.{at}")
        return told

    @classmethod
    def of_arrays(cls, name: str, arrays: Mapping[str, NDArray[np.floating]], n: int) -> PairHeads:
        """What `arrays` wrote, for rows of `n` numbers.

        Raises:
            BadModel: an array is missing, of another size, or not finite.
        """
        parts = [at for at in range(_MOST_PARTS) if f"{name}.contradiction.{at}.weights" in arrays]
        return cls(
            PairHead.of_arrays(f"{name}.support", arrays, n),
            PairTrees.of_arrays(f"{name}.trees", arrays, n),
            tuple(
                PairHead.of_arrays(f"{name}.contradiction.{at}", arrays, n) for at in parts or [0]
            ),
        )
