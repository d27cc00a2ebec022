"""Which people model a society's configuration names."""

from __future__ import annotations

from stoa.town.society.config import SocietyConfig
from stoa.town.society.people import PeopleModel
from stoa.town.society.people_bait import BaitPeople
from stoa.town.society.people_mixed import MixedPeople
from stoa.town.society.people_opportunity import OpportunityPeople


def people_model(config: SocietyConfig) -> PeopleModel:
    """The model that `config.people` names."""
    bait = BaitPeople(bait_likes=config.bait_likes)
    opportunity = OpportunityPeople(bait_likes=config.bait_likes)
    if config.people == "bait":
        return bait
    if config.people == "opportunity":
        return opportunity
    return MixedPeople(first=bait, second=opportunity)
