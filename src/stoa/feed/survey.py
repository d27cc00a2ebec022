"""Which posts a reader is asked about: "Are you glad you saw this?", at random, seldom, logged."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import blake2b

LEAST_BETWEEN = 20
"""Posts that pass between two questions (learning.md 4: never twice in 20 posts)."""


@dataclass(slots=True)
class Survey:
    """The questions of one reading, drawn position by position and never drawn again.

    Given what was asked before, each post that may be asked about is, with chance `share`: that
    chance is the propensity to log. Nothing about the post or the reader moves it.
    """

    share: float
    seed: int
    passed: int = LEAST_BETWEEN  # posts since the last question, of the reading before too
    decided: dict[int, bool] = field(default_factory=dict[int, bool])

    def asks(self, position: int, *, distressing: bool) -> bool:
        """Whether the post at this position is asked about; the same answer every time.

        >>> survey = Survey(share=1.0, seed=1)
        >>> [p for p in range(50) if survey.asks(p, distressing=False)]
        [0, 20, 40]
        """
        if position not in self.decided:
            may = self.passed >= LEAST_BETWEEN and not distressing
            asked = may and self._chance(position) < self.share
            self.passed = 1 if asked else self.passed + 1
            self.decided[position] = asked
        return self.decided[position]

    def _chance(self, position: int) -> float:
        raw = blake2b(f"asked {self.seed} {position}".encode(), digest_size=8).digest()
        return int.from_bytes(raw) / 2**64
