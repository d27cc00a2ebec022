"""Reaches the fixed point of a descending step in fewer steps (Anderson 1965, guarded).

Alternating least squares converges linearly. Mixing the last few steps so that the mixed
residual is smallest reaches the same point several times sooner; a mixed point is only a
proposal, and whoever asks takes it if the loss agrees.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(slots=True)
class Anderson:
    """Remembers steps x -> g(x) and proposes the next x. Holds 2 * `memory` vectors like x."""

    memory: int = 5
    _steps: list[Floats] = field(default_factory=list[Floats])  # differences of g
    _moves: list[Floats] = field(default_factory=list[Floats])  # differences of g - x
    _gram: Floats = field(default_factory=lambda: np.zeros((0, 0)))  # inner products of moves
    _last: tuple[Floats, Floats] | None = None  # g and g - x of the step before

    def forget(self) -> None:
        """Starts anew; what was learned far away misleads."""
        self._steps.clear()
        self._moves.clear()
        self._gram = np.zeros((0, 0))
        self._last = None

    def propose(self, x: Floats, g: Floats) -> Floats:
        """The next x, given that the plain step leads from `x` to `g`; `g` itself at first."""
        residual = g - x
        if self._last is not None:
            self._remember(g - self._last[0], residual - self._last[1])
        self._last = (g, residual)
        if not self._moves:
            return g
        target = np.array([(move * residual).sum() for move in self._moves], dtype=float)
        ridge = 1e-12 * float(self._gram.trace()) * np.eye(len(target))
        mix = np.linalg.solve(self._gram + ridge, target)
        proposal = g.copy()
        for share, step in zip(mix, self._steps, strict=True):
            proposal -= share * step
        return proposal

    def _remember(self, step: Floats, move: Floats) -> None:
        if not move.any():
            return
        if len(self._moves) == self.memory:
            self._steps.pop(0)
            self._moves.pop(0)
            self._gram = self._gram[1:, 1:]
        self._steps.append(step)
        self._moves.append(move)
        n = len(self._moves)
        gram = np.empty((n, n))
        gram[:-1, :-1] = self._gram
        gram[-1] = gram[:, -1] = [(move * other).sum() for other in self._moves]
        self._gram = gram
