"""A town for learning and for closed loops: whole cohorts as arrays, everything from a seed."""

from stoa.town.society.config import SocietyConfig
from stoa.town.society.observed import MoreActs
from stoa.town.society.society import DayPlan, Round, Society
from stoa.town.society.truth import SocietyTruth, TrueDay

__all__ = [
    "DayPlan",
    "MoreActs",
    "Round",
    "Society",
    "SocietyConfig",
    "SocietyTruth",
    "TrueDay",
]
