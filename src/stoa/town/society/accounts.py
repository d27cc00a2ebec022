"""Everyone with an account: interests, tastes and habits, as columns; residents come first."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.town.chance import normals
from stoa.town.lexicon import TOPICS
from stoa.town.society.config import SocietyConfig
from stoa.town.topic import VALUES

ENGLISH = tuple(i for i, topic in enumerate(TOPICS) if topic.lang == "en")
"""Numbers of the topics that a society talks of: everybody reads them all."""

N_TOPICS = len(ENGLISH)
TASTES = 4
"""Dimensions of an author's manner and a reader's taste for it."""

_DRIFT = 0.8  # an interest waxes and wanes by a factor of exp(+-0.8)
_NEVER = 1_000_000
_FOCUS = 1.7  # authors write of their first interests more than they read of them
_MET, _MOST_FOLLOWS = 600, 100  # authors a resident has come across; followed at most


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts:
    """Columns over n accounts; account i is row i everywhere."""

    seed: int
    interest: NDArray[np.float32]  # (n, topics): weights on day 0
    period_days: NDArray[np.float32]  # (n,)
    phase: NDArray[np.float32]  # (n, topics)
    curiosity: NDArray[np.float32]  # pull of topics outside one's interests
    value_match: NDArray[np.float32]  # (n, topics)
    self_control: NDArray[np.float32]
    outside: NDArray[np.float32]
    leaning: NDArray[np.float32]
    taste: NDArray[np.float32]  # (n, TASTES), unit
    manner: NDArray[np.float32]  # (n, TASTES), unit: how one writes
    skill: NDArray[np.float32]  # mean quality of what one writes
    baiting: NDArray[np.float32]  # log-odds of bait on day 0
    follows_reward: NDArray[np.float32]  # how readily one writes what earns
    writes: NDArray[np.float32]  # share of the town's posts, sums to 1
    writes_from: NDArray[np.int32]  # day of the first post
    arrives: NDArray[np.int32]  # day from which one reads
    budget_s: NDArray[np.float32]  # median of a planned sitting
    sits: NDArray[np.float32]  # chance of each round on a day when present
    follows: NDArray[np.int32]  # (residents, most): authors followed from the start; -1 pads

    def __len__(self) -> int:
        return len(self.skill)

    def affinities(self, day: int) -> NDArray[np.float32]:
        """Pull of each topic on each person that day, shape (n, topics): 1 for the favourite.

        w(t) = w(0) exp(0.8 sin(2 pi t / period + phase)); pull is the square root of the share,
        so that the third interest matters.
        """
        turn = (2.0 * np.pi * day / self.period_days)[:, None]
        weight = self.interest * np.exp(_DRIFT * np.sin(turn + self.phase))
        pull = np.sqrt(weight / weight.max(axis=1, keepdims=True))
        return np.maximum(pull, self.curiosity[:, None]).astype(np.float32)

    def topics_written(self, author: NDArray[np.int32]) -> NDArray[np.float32]:
        """Weights of the topics that these authors write of, shape (n, topics)."""
        return self.interest[author] ** _FOCUS

    def mood(self, rows: NDArray[np.int64], day: int) -> NDArray[np.float32]:
        """Mood of these people that day, in -1..1."""
        return np.tanh(0.6 * normals(self.seed, "mood", rows, day)).astype(np.float32)


def make_accounts(config: SocietyConfig) -> Accounts:
    """Accounts of a society; the same configuration always gives the same people."""
    n, residents = config.accounts, config.residents
    random = np.random.default_rng([config.seed, 21])
    values = random.dirichlet(np.full(len(VALUES), 0.6), size=n)
    serves = np.array([TOPICS[i].serves for i in ENGLISH])
    match = _unit(values) @ _unit(serves).T
    baiter = random.random(n) < 0.14
    share = np.where(baiter, random.uniform(0.3, 0.7, n), random.uniform(0.01, 0.06, n))
    starts = np.where(random.random(n) < config.new_authors, random.integers(1, 30, n), -_NEVER)
    late = random.random(n) < config.newcomers
    arrives = np.where(late, random.integers(1, 25, n), -_NEVER)
    writes = random.pareto(1.5, n) + 0.1
    interest = _interests(match, random)
    taste, manner = (_unit(random.standard_normal((n, TASTES))) for _ in range(2))
    likes_manner = (taste[:residents], manner)
    return Accounts(
        seed=config.seed,
        interest=interest,
        period_days=_column(random.uniform(15, 60, n)),
        phase=_column(random.uniform(0, 2 * np.pi, (n, N_TOPICS))),
        curiosity=_column(random.uniform(0.1, 0.4, n)),
        value_match=_column(match),
        self_control=_column(random.beta(3.5, 2.5, n)),
        outside=_column(random.beta(3.0, 4.0, n)),
        leaning=_column(random.beta(0.6, 0.6, n)),
        taste=_column(taste),
        manner=_column(manner),
        skill=_column(random.beta(3.0, 3.0, n)),
        baiting=_column(np.log(share / (1.0 - share))),
        follows_reward=_column(random.beta(2.0, 2.0, n)),
        writes=_column(writes / writes.sum()),
        writes_from=np.where(np.arange(n) < residents, arrives, starts).astype(np.int32),
        arrives=arrives.astype(np.int32),
        budget_s=_column(240.0 * np.exp(0.5 * random.standard_normal(n))),
        sits=_column(random.uniform(0.25, 0.75, n)),
        follows=_follows(interest, likes_manner, writes, random),
    )


def _interests(match: NDArray[np.float64], random: np.random.Generator) -> NDArray[np.float32]:
    """Two to eight interests each; three in four follow one's values, the others do not."""
    n = len(match)
    popularity = np.log(1.0 / (random.permutation(N_TOPICS) + 3.0))
    with_values = popularity + 3.0 * match
    against = 0.5 * popularity + 2.0
    weak = random.random((n, N_TOPICS)) < 0.25
    wish = np.where(weak, against, with_values) + random.gumbel(size=(n, N_TOPICS))
    first = np.argsort(-wish, axis=1)[:, :8]
    weight = random.gamma(1.5, size=(n, 8)) + 0.05
    weight[np.arange(8)[None, :] >= random.integers(2, 9, n)[:, None]] = 0.0
    interest = np.zeros((n, N_TOPICS), dtype=np.float32)
    np.put_along_axis(interest, first, weight.astype(np.float32), axis=1)
    return interest


def _follows(
    interest: NDArray[np.float32],
    likes_manner: tuple[NDArray[np.float64], NDArray[np.float64]],
    writes: NDArray[np.float64],
    random: np.random.Generator,
) -> NDArray[np.int32]:
    """Who follows whom: those who write much, on shared interests, in a manner one likes.

    Each resident meets some hundreds of authors, drawn by how much they write (preferential
    attachment), and follows the best of them, about 30, log-normal.
    """
    taste, manner = likes_manner
    n = len(taste)
    found = np.full((n, _MOST_FOLLOWS), -1, dtype=np.int32)
    count = np.minimum(30.0 * np.exp(0.6 * random.standard_normal(n)), _MOST_FOLLOWS)
    reads = interest / np.linalg.norm(interest, axis=1, keepdims=True)
    tells = interest**_FOCUS
    tells = tells / tells.sum(axis=1, keepdims=True)
    for start in range(0, n, 256):
        who = np.arange(start, min(start + 256, n))
        met = random.choice(len(writes), size=(len(who), _MET), p=writes / writes.sum())
        common = np.take_along_axis(reads[who] @ tells.T, met, axis=1)
        along = np.take_along_axis(taste[who] @ manner.T, met, axis=1)
        score = 1.5 * np.log(common + 0.02) + along + random.gumbel(size=met.shape)
        score[met == who[:, None]] = -np.inf
        met, score = _once(met, score)
        best = np.argsort(-score, axis=1)[:, :_MOST_FOLLOWS]
        chosen = np.take_along_axis(met, best, axis=1)
        ties = (np.arange(_MOST_FOLLOWS) < count[who, None]) & np.isfinite(
            np.take_along_axis(score, best, axis=1)
        )
        found[who, : chosen.shape[1]] = np.where(ties, chosen, -1)
    return found


def _once(
    met: NDArray[np.int64], score: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Whoever was met twice is still one author: later copies get -inf."""
    order = np.argsort(met, axis=1, kind="stable")
    met = np.take_along_axis(met, order, axis=1)
    score = np.take_along_axis(score, order, axis=1)
    again = np.diff(met, axis=1, prepend=-1) == 0
    return met, np.where(again, -np.inf, score)


def _unit(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def _column(values: NDArray[np.float64]) -> NDArray[np.float32]:
    return values.astype(np.float32)
