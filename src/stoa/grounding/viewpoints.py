"""Chooses few sources out of many so that they do not all say the same from the same side."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewpointConfig:
    """How much variety costs in relevance."""

    relevance: float = 0.7  # Carbonell and Goldstein's lambda: 1 ranks by relevance alone
    side: float = 0.5  # how much two authors of one side count as saying the same


def choose_various(
    relevance: Floats, likeness: Floats, k: int, config: ViewpointConfig | None = None
) -> list[int]:
    """Positions of k items by maximal marginal relevance, in the order chosen.

    Each next one maximises lambda * relevance - (1 - lambda) * its greatest likeness to one
    chosen before (Carbonell and Goldstein 1998). Ties go to the earlier position.

    Args:
        relevance: (n,) from 0 to 1.
        likeness: (n, n) from 0 to 1, symmetric.
        k: how many.
        config: the trade.

    >>> choose_various(np.array([1.0, 0.9, 0.5]), np.array([[1, 1, 0], [1, 1, 0], [0, 0, 1.0]]), 2)
    [0, 2]
    """
    weight = (config or ViewpointConfig()).relevance
    n = len(relevance)
    nearest = np.zeros(n)
    left = np.ones(n, dtype=np.bool_)
    chosen: list[int] = []
    for _ in range(min(k, n)):
        worth = np.where(left, weight * relevance - (1 - weight) * nearest, -np.inf)
        best = int(np.argmax(worth))
        chosen.append(best)
        left[best] = False
        nearest = np.maximum(nearest, likeness[best])
    return chosen


def likeness_of_sides(factors: Floats) -> Floats:
    """(n, n): 1 for two authors whom the notes place at one point, 0 for opposite or unknown.

    `factors` are rater factors, NaN where the notes know nothing of an author.

    >>> likeness_of_sides(np.array([1.0, 1.0, -1.0, np.nan])).tolist()[0]
    [1.0, 1.0, 0.0, 0.0]
    """
    known = np.isfinite(factors)
    if not known.any():
        return np.zeros((len(factors), len(factors)))
    spread = max(float(np.ptp(factors[known])), 1e-9)
    apart = np.abs(factors[:, None] - factors[None, :]) / spread
    both = known[:, None] & known[None, :]
    return np.where(both, 1 - np.minimum(np.nan_to_num(apart, nan=1.0), 1.0), 0.0)


def likeness_of_words(texts: list[frozenset[str]]) -> Floats:
    """(n, n) shares of words in common (Jaccard 1901); 1 on the diagonal.

    >>> likeness_of_words([frozenset("ab"), frozenset("bc")])[0].round(2).tolist()
    [1.0, 0.33]
    """
    word_at = {word: at for at, word in enumerate(sorted(frozenset[str]().union(*texts)))}
    holds = np.zeros((len(texts), len(word_at)))
    for row, words in enumerate(texts):
        holds[row, [word_at[word] for word in words]] = 1
    both = holds @ holds.T
    size = holds.sum(axis=1)
    either = size[:, None] + size[None, :] - both
    made = np.divide(both, either, out=np.zeros_like(both), where=either > 0)
    np.fill_diagonal(made, 1.0)
    return made


def likeness(
    texts: list[frozenset[str]], factors: Floats, config: ViewpointConfig | None = None
) -> Floats:
    """(n, n): how much two sources say the same, by their words and by their authors' side."""
    side = (config or ViewpointConfig()).side
    return np.maximum(likeness_of_words(texts), side * likeness_of_sides(factors))
