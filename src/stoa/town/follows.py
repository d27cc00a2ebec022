"""Who follows whom, and how close they are."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from stoa.town.config import TownConfig
from stoa.town.people import People

_CHUNK = 500  # rows of the people-by-people matrix held at once
_FRIENDS = 0.2  # share of the followed who are friends, not only authors
_LIKED_TO_READ = 0.4  # closeness to an author whom one follows for their posts
_MOST = 300


class Follows:
    """The follow graph: a padded matrix for drawing, sorted keys for asking."""

    def __init__(self, n_people: int, follower: NDArray[np.int64], followed: NDArray[np.int64],
                 tie: NDArray[np.float64]) -> None:  # fmt: skip
        self._n = n_people
        key = follower * n_people + followed
        order = np.argsort(key)
        self.key = key[order]
        self.tie = tie[order]
        self._known = set(self.key.tolist())
        self.count = np.bincount(follower, minlength=n_people)
        width = int(self.count.max(initial=0)) + 16
        self.matrix = np.full((n_people, width), -1, dtype=np.int32)
        start = np.concatenate([[0], np.cumsum(self.count)])
        ordered = follower[order]
        self.matrix[ordered, np.arange(len(order)) - start[ordered]] = followed[order]

    def closeness(
        self, reader: NDArray[np.int64], author: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        """Tie of each reader to each author, 0 for strangers, up to 1 for friends."""
        if len(self.key) == 0:
            return np.zeros(len(reader))
        wanted = reader * self._n + author
        at = np.minimum(np.searchsorted(self.key, wanted), len(self.key) - 1)
        return np.where(self.key[at] == wanted, self.tie[at], 0.0)

    def add(self, follower: int, followed: int) -> bool:
        """Adds a follow that comes with no closeness; False when it held already."""
        key = follower * self._n + followed
        if follower == followed or key in self._known:
            return False
        self._known.add(key)
        if self.count[follower] >= self.matrix.shape[1]:
            room = np.full((self._n, 32), -1, dtype=np.int32)
            self.matrix = np.concatenate([self.matrix, room], axis=1)
        self.matrix[follower, self.count[follower]] = followed
        self.count[follower] += 1
        return True

    def pairs(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Followers and followed as the graph was founded."""
        return self.key // self._n, self.key % self._n


def make_follows(config: TownConfig, people: People) -> Follows:
    """Follows drawn by shared interests and fame (preferential attachment without time)."""
    random = np.random.default_rng([config.seed, 2])
    n = len(people)
    most = min(_MOST, n - 1)
    wanted = config.median_follows * np.exp(0.7 * random.standard_normal(n))
    count = np.clip(wanted, min(3, most), most).astype(np.int64)
    taste = np.sqrt(people.interest)
    fame = np.log(people.fame)
    follower: list[NDArray[np.int64]] = []
    followed: list[NDArray[np.int64]] = []
    for start in range(0, n, _CHUNK):
        rows = np.arange(start, min(start + _CHUNK, n))
        alike = taste[rows] @ taste.T  # Bhattacharyya coefficient of two interest mixtures
        score = fame + 3.0 * np.log(0.05 + alike) + random.gumbel(size=alike.shape)
        score[np.arange(len(rows)), rows] = -np.inf
        best = np.argpartition(-score, most - 1, axis=1)[:, :most]
        order = np.argsort(-np.take_along_axis(score, best, axis=1), axis=1)
        best = np.take_along_axis(best, order, axis=1)
        kept = np.arange(most)[None, :] < count[rows][:, None]
        follower.append(np.repeat(rows, count[rows]))
        followed.append(best[kept])
    pairs = np.concatenate(follower), np.concatenate(followed)
    friend = random.random(len(pairs[0])) < _FRIENDS
    tie = np.where(friend, random.uniform(0.7, 1.0, len(friend)), _LIKED_TO_READ)
    return Follows(n, *pairs, tie)
