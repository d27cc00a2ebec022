"""What defines a society: the seed, its people, how many there are and what they write."""

from __future__ import annotations

from dataclasses import dataclass

from stoa.errors import BadInput
from stoa.records import DAY_US, SECOND_US

PEOPLE = ("bait", "opportunity", "mixed")
"""Names of the people models; see docs/explanation/town.md."""

HOUR_US = 3_600 * SECOND_US


@dataclass(frozen=True, slots=True, kw_only=True)
class SocietyConfig:
    """Everything that defines a society; `residents` is the dial, `people` the world's nature."""

    seed: int = 0
    people: str = "bait"
    residents: int = 500  # served by the policy under study
    background: int = 1_500  # not served: they read elsewhere, and write, like and answer publicly
    posts_a_day: int = 1_500  # written unprompted, over all accounts; replies come on top
    logged_days: int = 5  # served by a logging policy before a study begins
    survey_share: float = 0.02  # of showings: "glad you saw this?"
    answered: float = 0.7  # of the questions put
    flipped: float = 0.1  # of the answers given: regret said where there is none, or the reverse
    bait_likes: bool = False  # bait also draws likes, not only clicks, answers and reposts
    incentive: float = 0.1  # how fast authors' log-odds of bait follow what it earned; 0: never
    strangers: bool = False  # residents follow nobody from the start
    newcomers: float = 0.1  # share of residents who arrive only after day 0
    new_authors: float = 0.1  # share of the background who write only from some later day on
    glances: int = 50  # posts that a background person passes in a day
    alive_h: int = 48  # a post can be shown for so long
    rounds_h: tuple[int, ...] = (8, 13, 20)  # hours at which people sit down
    start_us: int = 1_789_948_800 * SECOND_US  # 2026-09-21, midnight UTC: a Monday

    def __post_init__(self) -> None:
        if self.people not in PEOPLE:
            raise BadInput("people", self.people, f"use one of {', '.join(PEOPLE)}")
        if not 1 <= self.residents <= 200_000:
            raise BadInput("residents", self.residents, "give a whole number from 1 to 200,000")
        if self.background < 10:
            raise BadInput("background", self.background, "give at least 10")
        if self.posts_a_day < 3:
            raise BadInput("posts_a_day", self.posts_a_day, "give at least 3")
        for name in ("survey_share", "answered", "flipped", "newcomers", "new_authors"):
            if not 0.0 <= getattr(self, name) <= 1.0:
                raise BadInput(name, getattr(self, name), "give a share from 0 to 1")
        gaps = [b - a for a, b in zip(self.rounds_h, self.rounds_h[1:], strict=False)]
        if not self.rounds_h or min(gaps, default=3) < 3 or not 0 <= self.rounds_h[0] < 21:
            raise BadInput("rounds_h", self.rounds_h, "give rising hours, three or more apart")
        if self.rounds_h[-1] > 21:
            raise BadInput("rounds_h", self.rounds_h, "let the last be 21 o'clock or earlier")

    @property
    def accounts(self) -> int:
        """Residents (rows 0 to residents - 1) and background people (the rows after them)."""
        return self.residents + self.background

    def round_us(self, day: int, number: int) -> int:
        """When a round of sittings begins."""
        return self.start_us + day * DAY_US + self.rounds_h[number] * HOUR_US
