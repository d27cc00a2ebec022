"""One quarter of an hour: some people write, some browse and react in public."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from stoa.records import DAY_US
from stoa.town.browsing import browse
from stoa.town.lexicon import TOPICS
from stoa.town.people import TOPIC_LANG
from stoa.town.publish import Intents, publish
from stoa.town.shelf import NONE

if TYPE_CHECKING:
    from stoa.town.life import Life

_QUOTED_SHARE = 0.05
_BAIT_TOPICS = frozenset(
    {"local politics", "housing", "celebrity gossip", "true crime", "markets and coins",
     "television series", "football", "emergency news", "cycling lanes"}
)  # fmt: skip
_QUARREL = np.array([1.8 if topic.name in _BAIT_TOPICS else 0.8 for topic in TOPICS])


def live_one_tick(life: Life) -> None:
    """Moves the town on by one tick; what happened waits in the ledger."""
    life.refresh()
    _write(life)
    browse(life)
    life.now_us += life.config.tick_us


def _write(life: Life) -> None:
    random, people = life.random, life.people
    share_of_day = life.config.tick_us / DAY_US
    counts = random.poisson(people.post_rate * people.waking(life.now_us) * share_of_day)
    author = np.repeat(np.arange(len(people)), counts)
    random.shuffle(author)
    n = len(author)
    topic = life.pick_topics(author)
    quote = np.full(n, NONE, dtype=np.int64)
    if len(life.popular) and n:
        chosen = life.popular[random.integers(0, len(life.popular), n)]
        reads = people.reads[author, TOPIC_LANG[life.shelf.topic[chosen]]]
        quote = np.where((random.random(n) < _QUOTED_SHARE) & reads, chosen, NONE)
        topic = np.where(quote != NONE, life.shelf.topic[quote], topic)
    bait = bait_of_posts(life, author, topic)
    bait = np.where(quote != NONE, 0.0, bait)
    quality = np.clip(people.skill[author] + 0.18 * random.standard_normal(n), 0.02, 0.98)
    publish(
        life,
        Intents(
            author=author,
            topic=topic,
            at_us=life.now_us + np.sort(random.integers(1, life.config.tick_us, n)),
            quality=np.where(bait > 0.3, 0.6 * quality, quality),
            bait=bait,
            parent=np.full(n, NONE, dtype=np.int64),
            quote=quote,
        ),
    )


def bait_of_posts(life: Life, author: np.ndarray, topic: np.ndarray) -> np.ndarray:
    """How baiting each new post is: mostly not at all, and more so on quarrelsome topics."""
    random = life.random
    share = np.minimum(life.people.baiting[author] * _QUARREL[topic], 0.9)
    baited = random.random(len(author)) < share
    strong = random.uniform(0.5, 1.0, len(author))
    return np.where(baited, strong, random.uniform(0.0, 0.1, len(author)))
