"""What defines a town: the seed, its size and its habits."""

from __future__ import annotations

from dataclasses import dataclass

from stoa.errors import BadInput
from stoa.records import SECOND_US


@dataclass(frozen=True, slots=True, kw_only=True)
class TownConfig:
    """Everything that defines a town; `people` is the dial, the rest are habits per person."""

    seed: int = 0
    people: int = 2_000
    start_us: int = 1_789_948_800 * SECOND_US  # 2026-09-21, midnight UTC: a Monday
    tick_s: int = 900  # the town lives in quarters of an hour
    posts_per_day: float = 1.6  # written unprompted; about as many replies come on top
    sessions_per_day: float = 8.0  # times a person opens the network, outside this square's pages
    posts_per_session: int = 60  # posts passed in one of those
    median_follows: float = 25.0

    def __post_init__(self) -> None:
        if not 10 <= self.people <= 200_000:
            raise BadInput("people", self.people, "give a whole number from 10 to 200,000")
        if self.tick_s < 60:
            raise BadInput("tick_s", self.tick_s, "give at least 60 seconds")

    @property
    def tick_us(self) -> int:
        """Length of a tick in microseconds."""
        return self.tick_s * SECOND_US


SERVED_TOWN = TownConfig(people=600)
"""A town small enough that a page can be served within seconds of the first command."""
