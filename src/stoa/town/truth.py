"""What only the town knows: the attention, interest and regret that a feed can merely estimate.

The feed's rooms may not import this package; import-linter sees to it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Truth:
    """What is to be expected when a person meets a post fresh, at the start of a session."""

    uri: str
    seconds: float  # expected seconds of attention: P(read) times the mean when read
    regret_prob: float  # that it is regretted, if read
    interest: float  # 0..1: how much the person truly cares for it
    bait: float  # 0..1: how hard its wording pulls
    topic: str

    @property
    def unregretted_seconds(self) -> float:
        """Expected seconds that are not regretted: what a good feed maximises."""
        return self.seconds * (1.0 - self.regret_prob)


@dataclass(frozen=True, slots=True)
class TrueReading:
    """What a reading was truly worth to the reader; skims count as shown, not as seconds."""

    shown: int = 0  # posts that passed the eyes
    read: int = 0  # posts stopped at
    regretted: int = 0
    seconds: float = 0.0  # of attention, on posts stopped at
    unregretted_seconds: float = 0.0

    def __add__(self, other: TrueReading) -> TrueReading:
        return TrueReading(
            shown=self.shown + other.shown,
            read=self.read + other.read,
            regretted=self.regretted + other.regretted,
            seconds=self.seconds + other.seconds,
            unregretted_seconds=self.unregretted_seconds + other.unregretted_seconds,
        )
