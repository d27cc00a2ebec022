"""The town as it stands at one moment, and its next quarter of an hour."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from stoa.records import DAY_US
from stoa.town.attention import PeopleModel
from stoa.town.config import TownConfig
from stoa.town.follows import Follows, make_follows
from stoa.town.founding import found
from stoa.town.ledger import Ledger
from stoa.town.people import N_TOPICS, People
from stoa.town.shelf import NONE, Shelf

_PER_AUTHOR = 12  # newest posts kept at hand for each author
_PER_TOPIC = 160
_POPULAR = 400
_POPULAR_WINDOW = 12_000  # newest posts among which the popular ones are sought


class Life:
    """People, graph and posts, and the newest posts by author, by topic and by likes."""

    def __init__(self, config: TownConfig, people: People, model: PeopleModel) -> None:
        self.config = config
        self.people = people
        self.model = model
        self.follows: Follows = make_follows(config, people)
        self.shelf = Shelf()
        self.ledger = Ledger()
        self.random = np.random.default_rng([config.seed, 3])
        self.now_us = config.start_us
        self.by_author = np.full((len(people), _PER_AUTHOR), NONE, dtype=np.int64)
        self.by_topic = np.full((N_TOPICS, _PER_TOPIC), NONE, dtype=np.int64)
        self.popular = np.zeros(0, dtype=np.int64)
        self.popular_odds = np.zeros(0)
        self.liked: set[int] = set()
        self.hidden_replies: dict[int, list[str]] = {}
        self._day = -1
        self._affinity_of_day: dict[int, NDArray[np.float64]] = {}
        self.refresh()
        found(config, people, self.follows, self.ledger)

    def refresh(self) -> None:
        """Brings what depends on the day and on likes up to now."""
        day = self._day_of(self.now_us)
        if day != self._day:
            self._day = day
            self.affinity = self.people.affinities_on(self.now_us)
            self.topic_odds = np.cumsum(self.people.interests_on(self.now_us), axis=1)
        self._rank_popular()

    def affinities(self, at_us: int) -> NDArray[np.float64]:
        """Pull of each topic on each person on that day, shape (people, topics)."""
        day = self._day_of(at_us)
        known = self._affinity_of_day.get(day)
        if known is None:
            known = self.people.affinities_on(at_us)
            # Swapped whole: pages may ask from several threads while the town lives on.
            self._affinity_of_day = {day: known}
        return known

    def pick_topics(self, person: NDArray[np.int64]) -> NDArray[np.int64]:
        """One topic for each person, drawn by interest."""
        draw = self.random.random(len(person))[:, None]
        return np.minimum((self.topic_odds[person] < draw).sum(axis=1), N_TOPICS - 1)

    def shelve(self, rows: NDArray[np.int64]) -> None:
        """Makes new posts findable by author and topic, newest last in each ring."""
        for rings, owner in (
            (self.by_author, self.shelf.author[rows]),
            (self.by_topic, self.shelf.topic[rows]),
        ):
            order = np.argsort(owner, kind="stable")
            owners, first, count = np.unique(owner[order], return_index=True, return_counts=True)
            for who, start, many in zip(
                owners.tolist(), first.tolist(), count.tolist(), strict=True
            ):
                ring = rings[who]
                new = rows[order[start : start + many]][-len(ring) :]
                ring[: -len(new)] = ring[len(new) :]
                ring[-len(new) :] = new

    def _day_of(self, at_us: int) -> int:
        return (at_us - self.config.start_us) // DAY_US

    def _rank_popular(self) -> None:
        """Most liked of late: likes / (age + 2 h)^1.5, the shape of Hacker News's ranking."""
        shelf = self.shelf
        window = np.arange(max(0, shelf.n - _POPULAR_WINDOW), shelf.n)
        age_h = (self.now_us - shelf.at_us[window]) / 3.6e9
        heat = shelf.likes[window] / (np.maximum(age_h, 0.0) + 2.0) ** 1.5
        heat[shelf.gone_us[window] <= self.now_us] = 0.0
        if len(window) > _POPULAR:
            best = np.argpartition(-heat, _POPULAR)[:_POPULAR]
            window, heat = window[best], heat[best]
        window, heat = window[heat > 0], heat[heat > 0]
        order = np.argsort(-heat, kind="stable")
        self.popular = window[order]
        self.popular_odds = np.cumsum(heat[order]) / max(heat.sum(), 1e-12)
