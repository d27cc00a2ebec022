"""Every topic of the town, in a fixed order: a topic's place in `TOPICS` is its number."""

from stoa.town.lexicon.arabic import ARABIC
from stoa.town.lexicon.arts import ARTS
from stoa.town.lexicon.city import CITY
from stoa.town.lexicon.hands import HANDS
from stoa.town.lexicon.japanese import JAPANESE
from stoa.town.lexicon.mind import MIND
from stoa.town.lexicon.nature import NATURE
from stoa.town.lexicon.spanish import SPANISH
from stoa.town.topic import Topic

TOPICS: tuple[Topic, ...] = (*NATURE, *HANDS, *CITY, *MIND, *ARTS, *SPANISH, *JAPANESE, *ARABIC)

__all__ = ["TOPICS"]
