"""Attention predicted before anything is learned: the mean observed, by kind of post."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_LENGTH_EDGES = (0, 40, 120, 240, 600)  # characters; the last bucket is open
_N_MEDIA = 16
N_KINDS = len(_LENGTH_EDGES) * _N_MEDIA
LONGEST_S = 300.0
"""A longer look is counted as this: somebody left the page open (feed-anchors 1.8 caps alike)."""


@dataclass(frozen=True, slots=True)
class DwellMeans:
    """Sums of observed seconds by kind of post; a value, so that readers never see half of one."""

    n: NDArray[np.float64]
    seconds: NDArray[np.float64]

    @classmethod
    def nothing_observed(cls) -> DwellMeans:
        """No look was ever measured."""
        return cls(np.zeros(N_KINDS), np.zeros(N_KINDS))

    @property
    def looks(self) -> float:
        """How many looks were heard."""
        return float(self.n.sum())

    def with_observed(self, kinds: NDArray[np.int64], seconds: NDArray[np.float64]) -> DwellMeans:
        """These means and some more looks; looks that are not positive numbers are left out."""
        usable = np.isfinite(seconds) & (seconds > 0)
        kinds, looks = kinds[usable], np.minimum(seconds[usable], LONGEST_S)
        return DwellMeans(
            self.n + np.bincount(kinds, minlength=N_KINDS),
            self.seconds + np.bincount(kinds, weights=looks, minlength=N_KINDS),
        )

    def predict(
        self, kinds: NDArray[np.int64], *, prior: float = 5.0
    ) -> NDArray[np.float64] | None:
        """Mean seconds by kind, drawn to the mean of all by `prior` looks; None before any look.

        >>> means = DwellMeans.nothing_observed()
        >>> means.predict(np.array([0])) is None
        True
        >>> means.with_observed(np.array([0]), np.array([8.0])).predict(np.array([0])).tolist()
        [8.0]
        """
        total = self.n.sum()
        if total == 0:
            return None
        mean = self.seconds.sum() / total
        return ((self.seconds + prior * mean) / (self.n + prior))[kinds]

    def relative(self, kinds: NDArray[np.int64], *, prior: float = 5.0) -> NDArray[np.float64]:
        """Mean seconds by kind as a share of the mean look; 1 before any look."""
        seconds = self.predict(kinds, prior=prior)
        if seconds is None:
            return np.ones(len(kinds))
        return seconds * (self.n.sum() / self.seconds.sum())


def kind_of(length: NDArray[np.integer], media: NDArray[np.integer]) -> NDArray[np.int64]:
    """Kinds of posts by length of text in characters and by media bits; shape (n,)."""
    bucket = np.searchsorted(np.asarray(_LENGTH_EDGES), length, side="right") - 1
    return bucket.astype(np.int64) * _N_MEDIA + (media.astype(np.int64) & (_N_MEDIA - 1))
