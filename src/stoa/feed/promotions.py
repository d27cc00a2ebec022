"""The promoted posts of one reading: where they were put, and how far places were looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from stoa.feed.outcome import Promotion
from stoa.pipeline import Candidates
from stoa.records import as_ids


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotedPost:
    """A promoted post in its place."""

    candidate: Candidates  # of length 1
    terms: Mapping[str, float]  # the named parts of its score
    promotion: Promotion
    gap: int  # what its campaign asks for

    @property
    def post(self) -> int:
        """Its id."""
        return int(self.candidate.post[0])


@dataclass(frozen=True, slots=True)
class Worth:
    """What the ranker of a reading made of a post."""

    score: float
    terms: Mapping[str, float]

    @property
    def value_s(self) -> float:
        """U before its floor: seconds also where they are negative.

        Ranking bends small and negative values towards 0, which keeps their order and hides what
        a showing costs; whoever pays must not profit from that.
        """
        return self.score - max(self.terms.get("floor", 0.0), 0.0)


@dataclass(slots=True)
class Promotions:
    """Kept with the reading, so that the same page asked twice is the same page."""

    at: dict[int, PromotedPost] = field(default_factory=dict[int, PromotedPost])  # by position
    planned: int = 0  # positions before this were looked at for good
    since: int = 0  # organic posts shown since the last promoted one, or the start
    last_gap: int = 0
    worths: dict[int, Worth] = field(default_factory=dict[int, Worth])  # post -> what it is worth

    def posts(self) -> NDArray[np.int64]:
        """Posts that stand in this reading as promoted."""
        return as_ids([one.post for one in self.at.values()])

    def of(self, post: int) -> Promotion | None:
        """How a post is promoted in this reading, if it is."""
        return next((one.promotion for one in self.at.values() if one.post == post), None)

    def passed(self, position: int) -> None:
        """Notes that the organic post of this position is shown, after what is promoted there."""
        if position in self.at:
            self.since, self.last_gap = 0, self.at[position].gap
        self.since += 1
