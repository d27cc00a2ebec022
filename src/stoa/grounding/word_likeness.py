"""How alike two words are: the same word in another form, or a compound that holds it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

_N = 3
_LEAST_LETTERS = 4  # shorter words, and pieces of unspaced text, match whole or not at all
_LEAST_LIKENESS = 0.5
_STEM_SHARE = 0.75
_LEAST_COMPOUND = 5


def likeness(asked: Sequence[str], vocabulary: Sequence[str]) -> NDArray[np.float32]:
    """Likeness in 0..1 of each asked word to each word, shape (asked, vocabulary).

    1 for the same word; otherwise the largest of Dice's coefficient over letter trigrams and what
    a common stem or a compound's part covers; 0 below one half.
    """
    found = np.zeros((len(asked), len(vocabulary)), dtype=np.float32)
    rows: dict[str, list[int]] = {}
    for row, word in enumerate(asked):
        rows.setdefault(word, []).append(row)
    changing = {word: _trigrams(word) for word in rows if _may_change(word)}
    wanted = frozenset[str]().union(*changing.values())
    for column, other in enumerate(vocabulary):
        if other in rows:
            found[rows[other], column] = 1.0
        if len(other) < _LEAST_LETTERS:
            continue
        pieces = _trigrams(other)
        if wanted.isdisjoint(pieces):
            continue
        for word, own in changing.items():
            alike = _alike(word, other, len(own & pieces)) if word != other else 1.0
            if alike >= _LEAST_LIKENESS:
                found[rows[word], column] = alike
    return found


def _may_change(word: str) -> bool:
    """Whether a word may take other forms: long enough, and no piece of unspaced text."""
    return len(word) >= _LEAST_LETTERS and word.isalpha() and not "\u0e00" <= word[0] < "\u1100"


def _alike(one: str, other: str, n_shared: int) -> float:
    if not n_shared:
        return 0.0
    dice = 2 * n_shared / (len(one) + len(other))  # padded: as many trigrams as letters
    shorter, longer = (one, other) if len(one) <= len(other) else (other, one)
    beginning = _common_beginning(shorter, longer)
    if beginning >= _LEAST_LETTERS and beginning >= _STEM_SHARE * len(shorter):
        dice = max(dice, 0.5 + 0.5 * beginning / len(longer))
    elif len(shorter) >= _LEAST_COMPOUND and shorter in longer:
        dice = max(dice, 0.5 + 0.5 * len(shorter) / len(longer))
    return min(dice, 0.99)


def _common_beginning(one: str, other: str) -> int:
    for at, (a, b) in enumerate(zip(one, other, strict=False)):
        if a != b:
            return at
    return min(len(one), len(other))


@lru_cache(maxsize=100_000)
def _trigrams(word: str) -> frozenset[str]:
    padded = f"\x02{word}\x03"
    return frozenset(padded[at : at + _N] for at in range(len(padded) - _N + 1))
