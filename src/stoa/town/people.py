"""Who lives in the town: interests, values, self-control, moods and habits, as columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.records import DAY_US, SECOND_US
from stoa.town.chance import normals
from stoa.town.config import TownConfig
from stoa.town.lexicon import TOPICS
from stoa.town.names import make_dids, make_names
from stoa.town.topic import VALUES

LANGS = ("en", "es", "ja", "ar")
N_TOPICS = len(TOPICS)
TOPIC_LANG = np.array([LANGS.index(topic.lang) for topic in TOPICS])
_LANG_SHARES = (0.84, 0.08, 0.05, 0.03)
_CURIOSITY = (0.05, 0.35)  # pull of topics that are none of one's interests, by person
_DRIFT = 0.8  # an interest waxes and wanes by a factor of exp(+-0.8)
_DRAWN_AGAINST_VALUES = 0.25  # share of interests that one has in spite of oneself


@dataclass(frozen=True, slots=True)
class People:
    """Columns over n people; person i is row i everywhere."""

    seed: int
    start_us: int
    did: list[str]
    handle: list[str]
    name: list[str]
    interest: NDArray[np.float64]  # (n, topics), rows sum to 1, at the town's start
    drift_days: NDArray[np.float64]  # (n, topics): period of an interest's waxing and waning
    drift_phase: NDArray[np.float64]  # (n, topics)
    curiosity: NDArray[np.float64]  # pull of topics outside one's interests, 0..1
    values: NDArray[np.float64]  # (n, 6), rows sum to 1
    value_match: NDArray[np.float64]  # (n, topics), cosine of one's values and what a topic serves
    self_control: NDArray[np.float64]  # 0..1
    reads: NDArray[np.bool_]  # (n, langs)
    fame: NDArray[np.float64]  # how readily one is followed
    skill: NDArray[np.float64]  # mean quality of what one writes
    baiting: NDArray[np.float64]  # share of one's posts that are bait
    post_rate: NDArray[np.float64]  # posts a day
    read_rate: NDArray[np.float64]  # sessions a day
    zone_h: NDArray[np.float64]  # hours ahead of UTC
    leaves_us: NDArray[np.int64]  # when the account is deleted; far away for nearly all

    def __len__(self) -> int:
        return len(self.did)

    def interests_on(self, at_us: int) -> NDArray[np.float64]:
        """Interests as they stand on that day, shape (n, topics), rows sum to 1.

        Each interest waxes and wanes slowly: w(t) = w(0) exp(0.8 sin(2 pi t / period + phase)).
        """
        day = (at_us - self.start_us) // DAY_US
        wave = np.sin(2 * np.pi * day / self.drift_days + self.drift_phase)
        weight = self.interest * np.exp(_DRIFT * wave)
        return weight / weight.sum(axis=1, keepdims=True)

    def affinities_on(self, at_us: int) -> NDArray[np.float64]:
        """Pull of each topic on each person, shape (n, topics): 1 for the favourite.

        The square root makes the third interest matter; languages not read pull nothing.
        """
        weight = self.interests_on(at_us)
        pull = np.sqrt(weight / weight.max(axis=1, keepdims=True))
        return np.maximum(pull, self.curiosity[:, None]) * self.reads[:, TOPIC_LANG]

    def mood(self, person: NDArray[np.int64], at_us: NDArray[np.int64] | int) -> NDArray:
        """Mood in -1..1: a daily curve that peaks at noon, and each day's own luck."""
        hour = self.local_hour(person, at_us)
        day = (np.asarray(at_us) - self.start_us) // DAY_US
        luck = normals(self.seed, "mood", person, day)
        return np.tanh(0.35 * np.sin(2 * np.pi * (hour - 6) / 24) + 0.5 * luck)

    def local_hour(self, person: NDArray[np.int64], at_us: NDArray[np.int64] | int) -> NDArray:
        """Hour of the day where the person lives, 0 <= h < 24."""
        return (np.asarray(at_us) / (3_600 * SECOND_US) + self.zone_h[person]) % 24

    def waking(self, at_us: int) -> NDArray[np.float64]:
        """How active each person is at this time of day; the mean over a day is 1."""
        hour = (at_us / (3_600 * SECOND_US) + self.zone_h) % 24
        # Quiet at four in the morning, busiest after supper.
        curve = (
            1.0
            + 0.75 * np.sin(2 * np.pi * (hour - 10) / 24)
            - 0.35 * np.cos(4 * np.pi * (hour - 2) / 24)
        )
        return np.maximum(curve, 0.02) * (self.leaves_us > at_us)


def make_people(config: TownConfig) -> People:
    """People of a town; the same configuration always gives the same people."""
    n = config.people
    random = np.random.default_rng([config.seed, 1])
    handles, names = make_names(n, random)
    reads = _languages(n, random)
    values = random.dirichlet(np.full(len(VALUES), 0.6), size=n)
    serves = np.array([topic.serves for topic in TOPICS])
    match = _cosine(values, serves)
    baiters = random.random(n) < 0.14
    fame = (random.pareto(1.3, n) + 0.2) * np.where(baiters, 1.5, 1.0)
    leaves = np.where(random.random(n) < 0.003, random.integers(0, 30 * DAY_US, n), 10_000 * DAY_US)
    return People(
        seed=config.seed,
        start_us=config.start_us,
        did=make_dids(n, random),
        handle=handles,
        name=names,
        interest=_interests(match, reads, random),
        drift_days=random.uniform(15, 60, size=(n, N_TOPICS)),
        drift_phase=random.uniform(0, 2 * np.pi, size=(n, N_TOPICS)),
        curiosity=random.uniform(*_CURIOSITY, n),
        values=values,
        value_match=match,
        self_control=random.beta(3.5, 2.5, n),
        reads=reads,
        fame=fame,
        skill=random.beta(4.0, 4.0, n),
        baiting=np.where(baiters, random.uniform(0.3, 0.7, n), random.uniform(0.0, 0.06, n)),
        post_rate=_spread(config.posts_per_day, 0.9, n, random),
        read_rate=_spread(config.sessions_per_day, 0.6, n, random),
        zone_h=random.choice([-8, -5, 0, 1, 1, 2, 3, 9], n) + random.uniform(-1, 1, n),
        leaves_us=config.start_us + leaves.astype(np.int64),
    )


def _languages(n: int, random: np.random.Generator) -> NDArray[np.bool_]:
    mother = random.choice(len(LANGS), size=n, p=_LANG_SHARES)
    reads = mother[:, None] == np.arange(len(LANGS))
    reads[:, 0] |= random.random(n) < 0.35  # many also read English
    reads[:, 1] |= random.random(n) < 0.05
    return reads


def _interests(
    match: NDArray[np.float64], reads: NDArray[np.bool_], random: np.random.Generator
) -> NDArray[np.float64]:
    """Three to seven interests each; most follow one's values, some come in spite of them."""
    n = len(match)
    spread = random.permutation(N_TOPICS) + 3.0
    popularity = np.log(1.0 / spread)  # some topics are talked of more than others
    understood = np.where(reads[:, TOPIC_LANG], 0.0, -np.inf)
    # A person's own languages have few topics here: make them likelier than English ones.
    own = np.where((TOPIC_LANG > 0) & reads[:, TOPIC_LANG], 1.8, 0.0)
    by_values = popularity + own + 3.0 * match + random.gumbel(size=(n, N_TOPICS))
    against = 0.5 * popularity + own + random.gumbel(size=(n, N_TOPICS)) + 2.0
    weak = random.random((n, N_TOPICS)) < _DRAWN_AGAINST_VALUES
    rank = np.argsort(-(np.where(weak, against, by_values) + understood), axis=1)
    count = random.integers(3, 8, size=n)
    weight = random.gamma(1.5, size=(n, 7))
    weight[np.arange(7)[None, :] >= count[:, None]] = 0.0
    interest = np.zeros((n, N_TOPICS))
    np.put_along_axis(interest, rank[:, :7], weight, axis=1)
    interest[~reads[:, TOPIC_LANG]] = 0.0
    return interest / interest.sum(axis=1, keepdims=True)


def _spread(mean: float, sigma: float, n: int, random: np.random.Generator) -> NDArray[np.float64]:
    """Log-normal rates with that mean: a few do much, most do little."""
    return mean * np.exp(sigma * random.standard_normal(n) - sigma**2 / 2)


def _cosine(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    a = a / np.linalg.norm(a, axis=1, keepdims=True)
    b = b / np.linalg.norm(b, axis=1, keepdims=True)
    return a @ b.T
