"""Raters who rate the same notes the same way: quasi-cliques (spec 4.2).

An *action* is one level of helpfulness given to one note. A clique grows from the pair that meets
in most posts, one rater at a time, while what it does together stays wide and dense enough.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.bridging.co_rating import (
    MOST_PAIRS,
    Meetings,
    PairCounts,
    pair_counts,
    sorted_unique,
)
from stoa.bridging.preprocessing import is_live
from stoa.note_records import DAY_MS, NO_POST, Classification, NoteTable, RatingTable

RECENT_MS = 91 * DAY_MS
FEWEST_MEETINGS = 5
"""Posts on which a rater must meet some other rater to be looked at."""

SEED_MEETINGS = 50
"""A pair seeds a clique if it meets on more posts."""

SHARE_OF_RATERS, SHARE_OF_POSTS = 0.25, 0.25
MOST_RATERS_NEEDED = 4
FEWEST_POSTS = 25
FEWEST_RATERS = 5
MOST_STEPS = 2000


@dataclass(frozen=True, slots=True)
class QuasiCliques:
    """Cliques, and whether the published scorer would have found any answer.

    It stops with an error where no two raters meet often enough, or where a growing clique has
    nobody left to ask; then `published_fails` is true and `value` is what its rules would give.
    """

    value: NDArray[np.int32]  # (n_raters,): 0 for none, else from 1, smallest clique first
    published_fails: bool


def quasi_cliques(
    notes: NoteTable, ratings: RatingTable, n_raters: int, *, most_pairs: int = MOST_PAIRS
) -> QuasiCliques:
    """The clique of each rater; `ratings` are those that count, in canonical order.

    Where the published order is left to chance (equal counts) the smallest raters come first. A
    rater may be drawn into several cliques, as upstream; the largest is the one told here.
    """
    value = np.zeros(n_raters, dtype=np.int32)
    rows = _recent(notes, ratings)
    seeds, is_met = _seeds(_agreements(notes, ratings, rows), n_raters, most_pairs)
    if not is_met.any():
        return QuasiCliques(value, published_fails=True)
    growing = _Growing(notes, ratings, rows[is_met[ratings.rater[rows]]], n_raters)
    cliques: list[NDArray[np.int64]] = []
    taken = np.zeros(n_raters, dtype=np.bool_)
    at = 0
    while (at := _next_seed(seeds, taken, at)) < len(seeds.left):
        members = growing.grow(int(seeds.left[at]), int(seeds.right[at]))
        taken[members] = True
        if len(members) >= FEWEST_RATERS:
            cliques.append(members)
    for number, members in enumerate(sorted(cliques, key=len), start=1):
        value[members] = number
    return QuasiCliques(value, growing.ran_dry)


def _recent(notes: NoteTable, ratings: RatingTable) -> NDArray[np.int64]:
    """Rows on misleading notes of known posts, of 91 days before the newest rated note."""
    rated = np.zeros(len(notes), dtype=np.bool_)
    rated[ratings.note] = True
    rated &= is_live(notes)
    if not rated.any():
        return np.empty(0, dtype=np.int64)
    newest = int(notes.created_ms[rated].max())
    scope = rated & (notes.created_ms > newest - RECENT_MS) & (notes.post != NO_POST)
    scope &= notes.classification == Classification.MISLEADING
    return np.flatnonzero(scope[ratings.note])


def _agreements(notes: NoteTable, ratings: RatingTable, rows: NDArray[np.int64]) -> Meetings:
    """For each rating, the ratings of the same level of the same note by greater raters."""
    posts, post_of_note = np.unique(notes.post, return_inverse=True)
    rater = ratings.rater[rows]
    rated = sorted_unique(rater.astype(np.int64) * len(posts) + post_of_note[ratings.note[rows]])
    n_posts_of = np.bincount(rated // len(posts), minlength=1)
    rows = rows[n_posts_of[rater] >= FEWEST_MEETINGS]
    rows = rows[np.argsort(_action_key(ratings, rows), kind="stable")]
    key = _action_key(ratings, rows)
    last = np.flatnonzero(np.diff(key, append=-1))
    return Meetings(
        rater=ratings.rater[rows],
        post=post_of_note[ratings.note[rows]],
        first=np.arange(1, len(rows) + 1),
        stop=np.repeat(last + 1, np.diff(last, prepend=-1)),
    )


def _action_key(ratings: RatingTable, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    return ratings.note[rows].astype(np.int64) * 3 + ratings.level[rows]


def _seeds(
    agreements: Meetings, n_raters: int, most_pairs: int
) -> tuple[PairCounts, NDArray[np.bool_]]:
    """Pairs that may seed a clique, most posts first, and the raters who meet anybody enough."""
    is_met = np.zeros(n_raters, dtype=np.bool_)
    kept: list[NDArray[np.int64]] = [np.empty((3, 0), dtype=np.int64)]
    for pairs in pair_counts(agreements, most_pairs):
        enough = pairs.count >= FEWEST_MEETINGS
        is_met[pairs.left[enough]] = True
        is_met[pairs.right[enough]] = True
        seed = pairs.count > SEED_MEETINGS
        kept.append(np.stack([pairs.left, pairs.right, pairs.count])[:, seed])
    left, right, count = np.concatenate(kept, axis=1)
    order = np.lexsort((right, left, -count))
    return PairCounts(left[order], right[order], count[order]), is_met


def _next_seed(seeds: PairCounts, taken: NDArray[np.bool_], start: int) -> int:
    """The first pair from `start` on of which nobody is in a clique, or the number of pairs."""
    step = 1024
    for at in range(start, len(seeds.left), step):
        some = slice(at, at + step)
        free = ~(taken[seeds.left[some]] | taken[seeds.right[some]])
        if free.any():
            return at + int(free.argmax())
    return len(seeds.left)


class _Growing:
    """Grows one clique after the other over the same ratings."""

    def __init__(
        self, notes: NoteTable, ratings: RatingTable, rows: NDArray[np.int64], n_raters: int
    ) -> None:
        self._n_raters = n_raters
        action = np.unique(_action_key(ratings, rows), return_inverse=True)[1]
        post = np.unique(notes.post[ratings.note[rows]], return_inverse=True)[1]
        rater = ratings.rater[rows].astype(np.int64)
        self._n_posts = int(post.max()) + 1
        self._post_of_action = np.empty(int(action.max()) + 1, dtype=np.int64)
        self._post_of_action[action] = post
        by_action = np.argsort(action, kind="stable")
        self._raters = rater[by_action]
        self._of_action = _offsets(action, len(self._post_of_action))
        by_rater = np.argsort(rater, kind="stable")
        self._actions = action[by_rater]
        self._of_rater = _offsets(rater, n_raters)
        self.ran_dry = False

    def grow(self, left: int, right: int) -> NDArray[np.int64]:
        """The clique that a pair seeds, ascending."""
        members = np.zeros(self._n_raters, dtype=np.bool_)
        members[[left, right]] = True
        n_given = np.zeros(len(self._post_of_action), dtype=np.int64)
        for rater in (left, right):
            n_given[self._actions_of(rater)] += 1
        size = 2
        for _ in range(MOST_STEPS):
            candidate = self._candidate(_shared(n_given, size), members)
            if candidate < 0:
                self.ran_dry = True
                break
            n_given[self._actions_of(candidate)] += 1
            members[candidate] = True
            if not self._is_dense(_shared(n_given, size + 1), members):
                members[candidate] = False
                break
            size += 1
        return np.flatnonzero(members)

    def _actions_of(self, rater: int) -> NDArray[np.int64]:
        return self._actions[self._of_rater[rater] : self._of_rater[rater + 1]]

    def _posts_matched(self, actions: NDArray[np.int64]) -> NDArray[np.int64]:
        """On how many posts each rater does one of some actions, (n_raters,)."""
        start, stop = self._of_action[actions], self._of_action[actions + 1]
        n_raters = stop - start
        place = np.arange(int(n_raters.sum())) - np.repeat(np.cumsum(n_raters) - n_raters, n_raters)
        rater = self._raters[place + np.repeat(start, n_raters)]
        post = np.repeat(self._post_of_action[actions], n_raters)
        distinct = sorted_unique(rater * self._n_posts + post)
        return np.bincount(distinct // self._n_posts, minlength=self._n_raters)

    def _candidate(self, actions: NDArray[np.int64], members: NDArray[np.bool_]) -> int:
        """The rater outside who does most of what the clique does; -1 for nobody."""
        matched = self._posts_matched(actions)
        matched[members] = 0
        best = int(matched.argmax())
        return best if matched[best] else -1

    def _is_dense(self, actions: NDArray[np.int64], members: NDArray[np.bool_]) -> bool:
        """Whether a clique covers posts enough and each member who takes part does so enough."""
        n_posts = len(np.unique(self._post_of_action[actions]))
        matched = self._posts_matched(actions)[members]
        idle = (matched > 0) & (matched < SHARE_OF_POSTS * n_posts)
        return n_posts >= FEWEST_POSTS and not idle.any()


def _shared(n_given: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    """Actions that a clique of some size does together, by how many members do each."""
    least = max(size * SHARE_OF_RATERS, min(size, MOST_RATERS_NEEDED))
    return np.flatnonzero(n_given >= least)


def _offsets(values: NDArray[np.int64], n: int) -> NDArray[np.int64]:
    """Where the rows of each value start when rows are ordered by it, (n + 1,)."""
    offsets = np.zeros(n + 1, dtype=np.int64)
    np.cumsum(np.bincount(values, minlength=n), out=offsets[1:])
    return offsets
