"""A simulated town with ground truth: people, posts, bait and regret, everything from a seed."""

from stoa.town.config import SERVED_TOWN, TownConfig
from stoa.town.mix import real_mix
from stoa.town.town import Town

__all__ = ["SERVED_TOWN", "Town", "TownConfig", "real_mix"]
