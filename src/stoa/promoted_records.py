"""Promoted posts: what was paid for, where it stood, and what came of it.

Amounts are whole numbers, so that sums are exact: impressions, or milliseconds of readers' looks.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import IntEnum
from typing import NewType

from stoa.errors import BadInput
from stoa.records import AccountId, PostId

CampaignId = NewType("CampaignId", str)

LONGEST_LOOK_MS = 300_000
"""Most that one showing is charged: beyond, somebody left the page open."""

_MOST = 1 << 53
_MOST_NAME = 100


class BudgetUnit(IntEnum):
    """What a budget counts."""

    IMPRESSIONS = 1
    MILLISECONDS = 2  # of readers' measured looks


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """A post that somebody pays for to be looked at by the feed.

    Raises:
        BadInput: a value that cannot be, by name.
    """

    id: CampaignId
    post: PostId
    uri: str
    advertiser: str  # who pays, in words that readers see
    unit: BudgetUnit
    budget: int
    starts_us: int
    ends_us: int
    gap: int = 8  # least other posts before it and between it and another promoted one
    per_day: int = 1  # most showings to one reader on one day

    def __post_init__(self) -> None:
        check_name("id", self.id, "give a short name")
        check_name("advertiser", self.advertiser, "say who pays, in words that readers see")
        if not 1 <= self.budget <= _MOST:
            raise BadInput("budget", self.budget, "give at least 1 impression or 0.001 seconds")
        if self.ends_us <= self.starts_us:
            raise BadInput("ends", self.ends_us, f"give a time after the start, {self.starts_us}")
        for name in ("gap", "per_day"):
            if not 1 <= getattr(self, name) <= 1_000:
                raise BadInput(name, getattr(self, name), "give a whole number from 1 to 1000")


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """One promoted post in one reading, as it was handed out."""

    campaign: CampaignId
    viewer: AccountId
    post: PostId
    reading: str
    position: int  # that of the post it displaced
    at_us: int
    until_us: int  # when what it holds of the budget is free again, unless it was seen
    hold: int  # impressions or milliseconds
    value_s: float  # U, discounted as it stood
    displaced: PostId
    displaced_s: float  # U of that post, as composed
    agreed_s: float  # what the reader had agreed to


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotedFigures:
    """What showings that were seen came to. Values are predictions, looks were measured."""

    n_shown: int = 0
    value_s: float = 0.0
    displaced_s: float = 0.0
    looked_ms: int = 0
    n_glad: int = 0
    n_no_opinion: int = 0
    n_regret: int = 0

    @property
    def net_s(self) -> float:
        """Seconds that readers won by them; below 0 is what they cost."""
        return self.value_s - self.displaced_s

    def plus(self, more: PromotedFigures) -> PromotedFigures:
        """Both together."""
        return PromotedFigures(
            **{name: getattr(self, name) + getattr(more, name) for name in self.__slots__}
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignState:
    """A campaign and how it stands."""

    campaign: Campaign
    spent: int = 0
    held: int = 0  # handed out, not seen yet, not lapsed
    stopped_us: int | None = None
    stopped_because: str = ""
    figures: PromotedFigures = PromotedFigures()

    def is_running(self, now_us: int) -> bool:
        """Whether it may be handed out now."""
        campaign = self.campaign
        is_time = campaign.starts_us <= now_us < campaign.ends_us
        return is_time and self.stopped_us is None and self.spent + self.held < campaign.budget


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a new event says of a showing, for the charge."""

    is_first: bool  # nothing had shown before that it was on screen
    looked_ms: int  # measured before this event
    seconds: float | None  # that this event measured


@dataclass(frozen=True, slots=True)
class Charge:
    """What one event adds."""

    amount: int  # to what is spent
    looked_ms: int  # to what was measured


def charge(unit: BudgetUnit, look: Look, left: int) -> Charge:
    """What a look costs: never more than is `left`, never more than the longest look.

    >>> charge(BudgetUnit.IMPRESSIONS, Look(is_first=True, looked_ms=0, seconds=2.0), 5)
    Charge(amount=1, looked_ms=2000)
    >>> charge(BudgetUnit.MILLISECONDS, Look(is_first=False, looked_ms=0, seconds=2.0), 1500)
    Charge(amount=1500, looked_ms=2000)
    """
    seconds = look.seconds if look.seconds is not None and math.isfinite(look.seconds) else 0.0
    room_ms = max(LONGEST_LOOK_MS - look.looked_ms, 0)
    looked_ms = min(round(max(min(seconds, 1e6), 0.0) * 1000), room_ms)
    due = int(look.is_first) if unit is BudgetUnit.IMPRESSIONS else looked_ms
    return Charge(max(min(due, left), 0), looked_ms)


def check_name(field: str, value: str, mend: str) -> None:
    """Refuses what cannot be a name in a line of text.

    Raises:
        BadInput: empty, too long, or not printable.
    """
    if not value.strip() or len(value) > _MOST_NAME or not value.isprintable():
        raise BadInput(field, value, f"{mend}, of at most {_MOST_NAME} printable characters")
