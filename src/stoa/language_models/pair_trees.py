"""Boosted trees beside a linear head: fitted elsewhere, judged here by NumPy, kept as arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.errors import BadModel

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
_WHOLE = ("columns", "feature", "left", "right", "roots")
_DEEPEST = 64
_BROKEN = ("threshold", "value", "base")


@dataclass(frozen=True, slots=True)
class PairTrees:
    """Trees under each other; a leaf leads to itself.

    A row goes left where its feature, which is one of `columns`, is at most `threshold`.
    """

    columns: I64
    feature: I64
    threshold: F64
    left: I64
    right: I64
    value: F64
    roots: I64
    base: F64  # one number
    depth: int

    def __call__(self, rows: F64) -> F64:
        """Logits of rows (n, d): shape (n,)."""
        read = rows[:, self.columns]
        node = np.broadcast_to(self.roots, (len(rows), len(self.roots)))
        for _ in range(self.depth):
            found = np.take_along_axis(read, self.feature[node], axis=1)
            node = np.where(found <= self.threshold[node], self.left[node], self.right[node])
        return self.value[node].sum(axis=1) + self.base[0]

    def arrays(self, name: str) -> dict[str, NDArray[np.float64]]:
        """Under the names of a weights file."""
        told = {field: np.asarray(getattr(self, field), np.float64) for field in _WHOLE + _BROKEN}
        told["depth"] = np.array([float(self.depth)])
        return {f"{name}.{field}": array for field, array in told.items()}

    @classmethod
    def of_arrays(cls, name: str, arrays: Mapping[str, NDArray[np.floating]], n: int) -> PairTrees:
        """What `arrays` wrote, for rows of `n` numbers.

        Raises:
            BadModel: an array is missing, not finite, or points to what is not there.
        """
        mend = "teach it anew with `stoa ask train-pairs`"
        found: dict[str, F64] = {}
        for field in (*_WHOLE, *_BROKEN, "depth"):
            array = arrays.get(f"{name}.{field}")
            if array is None or array.ndim != 1 or not len(array) or not np.isfinite(array).all():
                raise BadModel(f"{name}.{field}", "missing or no finite numbers", mend)
            found[field] = array.astype(np.float64)
        depth = int(found.pop("depth")[0])
        whole = {field: found.pop(field).astype(np.int64) for field in _WHOLE}
        n_nodes = len(found["value"])
        bounds = {"columns": n, "feature": len(whole["columns"])}
        lengths = [len(found["threshold"]), *(len(whole[f]) for f in _WHOLE[1:4])]
        inside = all(
            array.min() >= 0 and array.max() < bounds.get(field, n_nodes)
            for field, array in whole.items()
        )
        if not inside or set(lengths) != {n_nodes} or not 0 <= depth <= _DEEPEST:
            raise BadModel(name, "trees that lead nowhere", mend)
        return cls(
            whole["columns"], whole["feature"], found["threshold"], whole["left"], whole["right"],
            found["value"], whole["roots"], found["base"], depth,
        )  # fmt: skip
