"""Mixes that draw slates from the top down, each post with a known chance given those above it.

A mix says how often the next post comes from followed authors, from what is popular, from what is
new, from authors liked before, or from anywhere. Two mixes of the same five differ by bounded
weights: no chance under one is more than the largest ratio of their shares times the other's.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.evaluation.society_policies import age_h, engagement
from stoa.evaluation.society_view import SocietyView
from stoa.records import EventKind

Real = NDArray[np.float64]

_HALF_LIFE_H = 8.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Mix:
    """Shares of the next post; they sum to 1."""

    followed: float
    popular: float
    newest: float
    liked: float
    anywhere: float

    @property
    def shares(self) -> Real:
        """In the order of `sources_of`, shape (5,)."""
        return np.array([self.followed, self.popular, self.newest, self.liked, self.anywhere])


LOGGED = Mix(followed=0.25, popular=0.25, newest=0.2, liked=0.2, anywhere=0.1)
"""The mix that serves while the log is written."""

ASKED = {
    "followed": Mix(followed=0.65, popular=0.1, newest=0.1, liked=0.1, anywhere=0.05),
    "popular": Mix(followed=0.1, popular=0.65, newest=0.1, liked=0.1, anywhere=0.05),
    "newest": Mix(followed=0.1, popular=0.1, newest=0.65, liked=0.1, anywhere=0.05),
    "liked": Mix(followed=0.1, popular=0.1, newest=0.1, liked=0.65, anywhere=0.05),
}
"""Mixes whose value is asked for."""


def sources_of(view: SocietyView) -> Real:
    """Chances of each source for the first post, shape (5, sittings, pool); rows sum to 1.

    Whoever follows or liked nobody in the pool is given what is new instead.
    """
    recency = 0.5 ** (age_h(view) / _HALF_LIFE_H)
    heat = np.sqrt(engagement(view)) * recency + 1e-6
    newest = _normed(view.fresh * recency)
    return np.stack([
        _or_else(view.fresh * view.followed() * recency, newest),
        _normed(view.fresh * heat),
        newest,
        _or_else(view.fresh * _liked_authors(view) * recency, newest),
        _normed(view.fresh.astype(np.float64)),
    ])  # fmt: skip


def _liked_authors(view: SocietyView) -> Real:
    """Likes that each viewer gave each post's author so far, at most 5; (sittings, pool)."""
    acts, author = view.log.acts, view.log.posts.author
    row_of = np.full(view.log.n_accounts, -1)
    row_of[view.viewer] = np.arange(len(view.viewer))
    rows = np.flatnonzero(acts.kind == EventKind.LIKE)
    row = row_of[acts.account[rows]]
    times = np.zeros((len(view.viewer), view.log.n_accounts))
    np.add.at(times, (row[row >= 0], author[acts.post[rows[row >= 0]]]), 1.0)
    return np.minimum(times, 5.0)[:, author[view.pool]]


def drawn_in_order(weight: Real, slots: int, random: np.random.Generator) -> NDArray[np.int64]:
    """Columns drawn one after another by weight, without replacement; shape (rows, slots).

    The Plackett-Luce law, by Gumbel noise (Yellott 1977). Every row needs `slots` weights above 0.
    """
    with np.errstate(divide="ignore"):
        key = np.log(weight) + random.gumbel(size=weight.shape)
    top = np.argpartition(-key, slots - 1, axis=1)[:, :slots]
    order = np.argsort(-np.take_along_axis(key, top, axis=1), axis=1)
    return np.take_along_axis(top, order, axis=1)


def chances_in_order(weight: Real, column: NDArray[np.int64]) -> Real:
    """Chance of each column given those before it, where drawn by `weight`; `column`'s shape.

    >>> chances_in_order(np.array([[0.5, 0.3, 0.2]]), np.array([[1, 0]])).round(3).tolist()
    [[0.3, 0.714]]
    """
    taken = np.take_along_axis(weight, column, axis=1)
    above = np.cumsum(taken, axis=1) - taken
    left = np.maximum(weight.sum(axis=1, keepdims=True) - above, taken)
    return taken / left


def _normed(weight: Real) -> Real:
    return weight / np.maximum(weight.sum(axis=1, keepdims=True), 1e-300)


def _or_else(weight: Real, other: Real) -> Real:
    there = weight.sum(axis=1, keepdims=True) > 0
    return np.where(there, _normed(weight), other)
