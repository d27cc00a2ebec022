"""Subjects: posts that are about the same, found by spherical k-means, as soft memberships.

Even along axes that tell subjects (`text_axes`), two posts of one subject differ much by how they
are put: a linear reader of a viewer's taste then learns every turn of phrase anew. A membership
says only which of some dozens of subjects a post belongs to,

    m_k ~ exp(sharpness <x, c_k>),    unit in length,

with centres c_k of spherical k-means (Dhillon and Modha, "Concept decompositions for large sparse
text data using clustering", 2001), begun as in k-means++ (Arthur and Vassilvitskii 2007).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.errors import BadInput
from stoa.space.text_axes import TextAxes

Reals = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectsConfig:
    """How many subjects, how sharp memberships are, and from how much they are found."""

    count: int = 100
    sharpness: float = 12.0
    rounds: int = 12
    sample: int = 6_000  # texts; more cost time and tell nothing new

    def __post_init__(self) -> None:
        if self.count < 1:
            raise BadInput("count", self.count, "give at least 1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Subjects:
    """Text vectors in, memberships out."""

    axes: TextAxes
    centres: Reals  # (k, axes), unit
    sharpness: float

    @property
    def length(self) -> int:
        """Of what comes out, k."""
        return len(self.centres)

    def of(self, text: Reals) -> Reals:
        """Unit rows (n, k), none below 0, for text vectors (n, d); rows of nothing for nothing."""
        rows = self.axes.of(text)
        near = rows @ self.centres.T * np.float32(self.sharpness)
        made = np.exp(near - near.max(axis=1, keepdims=True, initial=-np.inf))
        made /= np.maximum(np.linalg.norm(made, axis=1, keepdims=True), 1e-6)
        return np.where(rows.any(axis=1, keepdims=True), made, 0.0).astype(np.float32)


def fit_subjects(
    axes: TextAxes, text: Reals, seed: int, config: SubjectsConfig = SubjectsConfig()
) -> Subjects:
    """Finds the centres in some of the texts, (n, d); fewer than asked where there are few texts.

    Raises:
        BadInput: there is no text.
    """
    if len(text) == 0:
        raise BadInput("text", len(text), "give one text at least")
    random = np.random.default_rng([seed, 53])
    chosen = random.permutation(len(text))[: config.sample]
    rows = axes.of(text[np.sort(chosen)])
    centres = _begun(rows, min(config.count, len(rows)), random)
    for _ in range(config.rounds):
        nearest = (rows @ centres.T).argmax(axis=1)
        sums = np.zeros_like(centres)
        np.add.at(sums, nearest, rows)
        length = np.linalg.norm(sums, axis=1, keepdims=True)
        centres = np.where(length > 1e-6, sums / np.maximum(length, 1e-6), centres)
    return Subjects(axes=axes, centres=centres, sharpness=config.sharpness)


def _begun(rows: Reals, count: int, random: np.random.Generator) -> Reals:
    """First centres: each drawn with a chance that grows with its distance from those before."""
    centres = rows[random.integers(0, len(rows), 1)]
    far = 1.0 - rows @ centres[0]
    while len(centres) < count:
        odds = np.maximum(far, 0.0).astype(np.float64) ** 2
        odds = odds / odds.sum() if odds.sum() > 0 else np.full(len(rows), 1.0 / len(rows))
        centres = np.concatenate([centres, rows[random.choice(len(rows), 1, p=odds)]])
        far = np.minimum(far, 1.0 - rows @ centres[-1])
    return centres
