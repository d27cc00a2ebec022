"""Runs of letters that a question and a sentence share: sees through endings and compounds.

Words of an inflected language differ where their stems agree, and Thai writes no words at all;
runs of four and six letters (two and three in Chinese and Japanese) meet all the same.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from stoa.grounding.answer_units import folded

Bools = NDArray[np.bool_]

LENGTHS = (4, 6)
WIDE_LENGTHS = (2, 3)
_WIDE = frozenset({"zh", "ja"})
_APART = "\x00"  # stands between sentences; no run crosses it
_NO_LETTER = re.compile(r"[^\w\u0300-\u036f\u0900-\u0963\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]+")
_PRIME = np.uint64(1_000_003)


@dataclass(frozen=True, slots=True, eq=False)
class Runs:
    """Every run of one length in a text, hashed, and the sentence it stands in."""

    code: NDArray[np.uint64]
    sentence: NDArray[np.int64]


def lengths_for(lang: str) -> tuple[int, int]:
    """The two lengths by which questions of a language are compared."""
    return WIDE_LENGTHS if lang in _WIDE else LENGTHS


@lru_cache(maxsize=2_048)
def runs_of(sentences: tuple[str, ...], length: int, lang: str) -> Runs:
    """The runs of `length` letters of some sentences."""
    plain = [f" {_NO_LETTER.sub(' ', folded(each, lang)).strip()} " for each in sentences]
    text = _APART.join(plain)
    points = np.frombuffer(text.encode("utf-32-le", errors="replace"), dtype=np.uint32)
    n = len(points) - length + 1
    if n <= 0:
        return Runs(np.zeros(0, dtype=np.uint64), np.zeros(0, dtype=np.int64))
    code = np.zeros(n, dtype=np.uint64)
    is_whole = np.ones(n, dtype=np.bool_)
    for at in range(length):
        here = points[at : at + n]
        code = code * _PRIME + here
        is_whole &= here != 0
    sentence = np.cumsum(points == 0)[:n]
    return Runs(code[is_whole], sentence[is_whole].astype(np.int64))


def shared_runs(question: str, sources: Sequence[tuple[str, ...]], length: int, lang: str) -> Bools:
    """Which runs of the question stand in which sentence, shape (runs, sentences of all sources).

    Args:
        question: its telling words.
        sources: the sentences of each source.
        length: of the runs, in letters.
        lang: of the question.
    """
    asked = np.unique(runs_of((question,), length, lang).code)
    held = np.zeros((len(asked), sum(len(each) for each in sources)), dtype=np.bool_)
    first = 0
    for each in sources:
        runs = runs_of(each, length, lang)
        if len(asked) and len(runs.code):
            row = np.minimum(np.searchsorted(asked, runs.code), len(asked) - 1)
            is_shared = asked[row] == runs.code
            held[row[is_shared], first + runs.sentence[is_shared]] = True
        first += len(each)
    return held
