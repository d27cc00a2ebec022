"""Who wrote, who rated how and who chose which tag, as features of the flip model (spec 14)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.bridging.flip_features import N_SETS, N_TAGS, Entries, FlipFeatures
from stoa.note_records import HELPFUL_TAGS, TAGS

LEAST_ROWS_WITH_TAG = 5
HELPFUL_PERCENT = 10
NOT_HELPFUL_PERCENT = 50
N_VOCABULARIES = 1 + 3 * N_SETS

Codes = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Words:
    """Some words: word i is `code[i]` of vocabulary `vocabulary[i]`.

    Vocabulary 0 are authors (code: row in Contributors); then, for each set of ratings, raters
    with a level (rater * 3 + level), helpful and not helpful tags (rater * 22 + tag).
    """

    vocabulary: NDArray[np.int8]
    code: Codes

    def __len__(self) -> int:
        return len(self.code)

    def take(self, rows: NDArray[np.int64] | NDArray[np.bool_]) -> Words:
        """Some of them, in the order given."""
        return Words(self.vocabulary[rows], self.code[rows])

    def hold(self, features: FlipFeatures) -> NDArray[np.bool_]:
        """Whether rows have each word, (k, n)."""
        held = np.zeros((len(self), len(features.author)), dtype=np.bool_)
        for number, entries in enumerate(entries_of(features)):
            mine = np.flatnonzero(self.vocabulary == number)
            if not len(mine):
                continue
            order = mine[np.argsort(self.code[mine])]
            code = self.code[order]
            at = np.minimum(np.searchsorted(code, entries.code), len(code) - 1)
            match = code[at] == entries.code
            held[order[at[match]], entries.row[match]] = True
        return held


def no_words() -> Words:
    """The empty list of words."""
    return Words(np.zeros(0, dtype=np.int8), np.zeros(0, dtype=np.int64))


def entries_of(features: FlipFeatures) -> list[Entries]:
    """Rows and codes of each vocabulary."""
    n = len(features.author)
    every = np.arange(n, dtype=np.int64)
    found = [Entries(every, features.author.astype(np.int64))]
    for levels, tags in zip(features.levels, features.tags, strict=True):
        helpful = tags.code % N_TAGS < len(HELPFUL_TAGS)
        found += [
            levels,
            Entries(tags.row[helpful], tags.code[helpful]),
            Entries(tags.row[~helpful], tags.code[~helpful]),
        ]
    return found


class WordSpace:
    """All words that could ever weigh anything on some training rows."""

    def __init__(self, features: FlipFeatures, positive: NDArray[np.bool_], least: float) -> None:
        """Counts every word once.

        Args:
            features: of the training rows.
            positive: (n,) labels.
            least: a word weighs nothing unless more rows than this of one label hold it.
        """
        self._words: list[Words] = []
        self._row: list[Codes] = []
        self._column: list[Codes] = []
        n_words = 0
        for number, entries in enumerate(entries_of(features)):
            code, column = np.unique(entries.code, return_inverse=True)
            count = np.bincount(column, minlength=len(code))
            n_positive = np.bincount(column[positive[entries.row]], minlength=len(code))
            able = (np.maximum(n_positive, count - n_positive) > least) & (count < len(positive))
            if number and number % 3 != 1:
                percent = HELPFUL_PERCENT if number % 3 == 2 else NOT_HELPFUL_PERCENT
                able &= _telling(code, count, n_positive, positive, percent)
            place = np.full(len(code), -1, dtype=np.int64)
            place[able] = n_words + np.arange(int(able.sum()))
            kept = place[column] >= 0
            self._row.append(entries.row[kept])
            self._column.append(place[column[kept]])
            self._words.append(Words(np.full(int(able.sum()), number, dtype=np.int8), code[able]))
            n_words += int(able.sum())

    def steepest(self, residual: Floats, least: float, most: int) -> Words:
        """Words whose residuals sum to more than `least`, at most `most`, steepest first."""
        words = Words(
            np.concatenate([w.vocabulary for w in self._words]),
            np.concatenate([w.code for w in self._words]),
        )
        row, column = np.concatenate(self._row), np.concatenate(self._column)
        slope = np.abs(np.bincount(column, residual[row], minlength=len(words)))
        order = np.argsort(-slope, kind="stable")
        return words.take(order[slope[order] > least][:most])


def _telling(
    code: Codes, count: Codes, n_positive: Codes, positive: NDArray[np.bool_], percent: int
) -> NDArray[np.bool_]:
    """The tags most unlike chance by chi-square, `percent` of those that 5 rows or more have.

    Of tags tied at the limit the first ones by name are kept, as in the published scorer, whose
    names are the rater's number in digits, a colon and the tag.
    """
    kept = np.zeros(len(code), dtype=np.bool_)
    often = np.flatnonzero(count >= LEAST_ROWS_WITH_TAG)
    if not len(often):
        return kept
    name = [f"{c // N_TAGS}:{TAGS[c % N_TAGS]}" for c in code[often]]
    often = often[sorted(range(len(often)), key=name.__getitem__)]
    share = positive.mean()
    observed = np.stack([count[often] - n_positive[often], n_positive[often]])
    expected = np.outer([1 - share, share], count[often])
    score = ((observed - expected) ** 2 / expected).sum(axis=0)
    limit = np.percentile(score, 100 - percent)
    chosen = score > limit
    room = int(len(score) * percent / 100) - int(chosen.sum())
    chosen[np.flatnonzero(score == limit)[: max(room, 0)]] = True
    kept[often[chosen]] = True
    return kept
