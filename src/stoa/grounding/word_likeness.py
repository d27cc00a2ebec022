"""How alike two words are: the same word in another form, or a compound that holds it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_N = 3
_LEAST_LETTERS = 4  # shorter words, and pieces of unspaced text, match whole or not at all
_LEAST_LIKENESS = 0.5
_STEM_SHARE = 0.75
_LEAST_COMPOUND = 5


def likeness(asked: Sequence[str], vocabulary: Sequence[str]) -> NDArray[np.float32]:
    """Likeness in 0..1 of each asked word to each word, shape (asked, vocabulary).

    1 for the same word; otherwise the larger of Dice's coefficient over letter trigrams and the
    share of the longer word that a common beginning covers; 0 below one half.
    """
    found = np.zeros((len(asked), len(vocabulary)), dtype=np.float32)
    place = {word: at for at, word in enumerate(vocabulary)}
    index = _TrigramIndex(vocabulary)
    for row, word in enumerate(asked):
        if len(word) >= _LEAST_LETTERS and word.isalpha():
            columns, shared = index.sharing(word)
            for column, n in zip(columns.tolist(), shared.tolist(), strict=True):
                alike = _alike(word, vocabulary[column], n)
                if alike >= _LEAST_LIKENESS:
                    found[row, column] = alike
        if word in place:
            found[row, place[word]] = 1.0
    return found


def _alike(one: str, other: str, n_shared: int) -> float:
    dice = 2 * n_shared / (len(one) + len(other))  # padded: as many trigrams as letters
    shorter, longer = sorted((one, other), key=len)
    beginning = 0
    for a, b in zip(shorter, longer, strict=False):
        if a != b:
            break
        beginning += 1
    if beginning >= _LEAST_LETTERS and beginning >= _STEM_SHARE * len(shorter):
        dice = max(dice, 0.5 + 0.5 * beginning / len(longer))
    elif len(shorter) >= _LEAST_COMPOUND and shorter in longer:
        dice = max(dice, 0.5 + 0.5 * len(shorter) / len(longer))
    return min(dice, 0.99)


class _TrigramIndex:
    """Which words hold a trigram."""

    def __init__(self, vocabulary: Sequence[str]) -> None:
        self._n = len(vocabulary)
        self._held: dict[str, list[int]] = {}
        for at, word in enumerate(vocabulary):
            if len(word) >= _LEAST_LETTERS:
                for piece in _trigrams(word):
                    self._held.setdefault(piece, []).append(at)

    def sharing(self, word: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Words with at least a third of the trigrams of `word`, and how many they share."""
        counts = np.zeros(self._n, dtype=np.int64)
        for piece in _trigrams(word):
            held = self._held.get(piece)
            if held is not None:
                counts[held] += 1
        columns = np.flatnonzero(counts * 3 >= len(word))
        return columns, counts[columns]


def _trigrams(word: str) -> set[str]:
    padded = f"\x02{word}\x03"
    return {padded[at : at + _N] for at in range(len(padded) - _N + 1)}
