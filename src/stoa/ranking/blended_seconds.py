"""Seconds that two who know different things believe in: the ranker, and the first stage.

Three regressions on evidence know a small log better than a transformer that was trained on it;
the transformer reads a history, and knows more as the log grows. How far each is believed is
learned from showings that neither was fitted on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stoa.errors import BadInput
from stoa.ranking.dwell import LONGEST_S
from stoa.ranking.evidence import N_EVIDENCE
from stoa.ranking.first_stage import FirstStage, content_of
from stoa.ranking.ranker_inputs import N_FORMS, Candidates
from stoa.ranking.readout import Readout

Floats = NDArray[np.float64]

UNDER = "first_stage"
"""What names of its arrays begin with in a model file."""

_PARTS = ("read", "length", "sorry")
_BELIEVED = np.array([0.1, 0.9])  # of the ranker and of the first stage, before anything is seen
_AS_ROWS = 4_000  # showings that count as much as that


@dataclass(frozen=True, slots=True)
class BlendedSeconds:
    """The first stage and how far each is believed."""

    first: FirstStage
    ranked: float  # weight of the ranker's seconds
    guessed: float  # and of the first stage's

    def of(self, read: Readout, candidates: Candidates) -> Readout:
        """What is believed of n candidates, with these seconds."""
        content = content_of(candidates.vector, candidates.form)
        return self.on(read, self.first.seconds_of(candidates.evidence, content))

    def on(self, read: Readout, guess: Floats) -> Readout:
        """`of` with the first stage's seconds (n,)."""
        seconds = self.ranked * read.seconds + self.guessed * guess
        return replace(read, seconds=np.clip(seconds, 0.0, LONGEST_S))

    def arrays(self) -> dict[str, NDArray[Any]]:
        """What a model file keeps, by name."""
        parts = {f"{UNDER}.{name}": getattr(self.first, name) for name in _PARTS}
        return {**parts, f"{UNDER}.blend": np.array([self.ranked, self.guessed])}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]], dim: int) -> BlendedSeconds | None:
        """What a model file for vectors of `dim` channels holds; None where it holds none.

        Raises:
            BadInput: an array is missing or of another shape.
        """
        if not any(name.startswith(f"{UNDER}.") for name in arrays):
            return None
        length = N_EVIDENCE + dim + N_FORMS + 2
        for name, shape in (*((part, (length,)) for part in _PARTS), ("blend", (2,))):
            found = arrays.get(f"{UNDER}.{name}")
            if found is None or found.shape != shape:
                told = "missing" if found is None else found.shape
                raise BadInput(f"{UNDER}.{name}", told, f"weights of this version have {shape}")
        first = FirstStage(**{name: arrays[f"{UNDER}.{name}"] for name in _PARTS})
        ranked, guessed = arrays[f"{UNDER}.blend"].tolist()
        return cls(first, ranked, guessed)


def fit_blend(ranked: Floats, guess: Floats, seconds: Floats) -> tuple[float, float]:
    """How far each of two guesses is believed: least squares, drawn to what is usual.

    Args:
        ranked: the ranker's, (n,).
        guess: the first stage's, (n,).
        seconds: what followed, (n,).
    """
    if not len(seconds):
        return float(_BELIEVED[0]), float(_BELIEVED[1])
    scale = np.sqrt(_AS_ROWS * np.mean(guess**2))
    design = np.concatenate([np.column_stack([ranked, guess]), scale * np.eye(2)])
    return blended(design[:, 0], design[:, 1], np.concatenate([seconds, scale * _BELIEVED]))


def blended(ranked: Floats, guess: Floats, target: Floats) -> tuple[float, float]:
    """Least squares of a target on two guesses, neither weight below 0."""
    design = np.column_stack([ranked, guess])
    both = np.linalg.solve(design.T @ design + 1e-6 * np.eye(2), design.T @ target)
    if both.min() >= 0:
        return float(both[0]), float(both[1])
    alone = np.maximum(design.T @ target, 0) / np.maximum((design**2).sum(axis=0), 1e-9)
    return (0.0, float(alone[1])) if both[0] < 0 else (float(alone[0]), 0.0)
