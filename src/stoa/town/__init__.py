"""A simulated town with ground truth: people, posts, bait and regret, everything from a seed."""

from stoa.town.config import SERVED_TOWN, TownConfig
from stoa.town.mix import real_mix
from stoa.town.reading import Reaction, Reading
from stoa.town.town import Inhabitant, Town
from stoa.town.truth import TrueReading, Truth
from stoa.town.visit import Session

__all__ = [
    "SERVED_TOWN",
    "Inhabitant",
    "Reaction",
    "Reading",
    "Session",
    "Town",
    "TownConfig",
    "TrueReading",
    "Truth",
    "real_mix",
]
