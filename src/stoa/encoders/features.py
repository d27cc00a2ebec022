"""Finds the weighted features of a whole batch of texts at once: words, stems, n-grams."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from stoa.encoders.code_points import (
    HAN,
    HANGUL,
    IGNORED,
    KANA,
    LETTER,
    SPACE,
    SYMBOL,
    UNSPACED,
    class_table,
)
from stoa.space.common_words import COMMON_WORDS

U64 = NDArray[np.uint64]
F32 = NDArray[np.float32]

_BASE = 0x9E3779B97F4A7C15
_BASE_INVERSE = pow(_BASE, -1, 1 << 64)
_STEM = 5  # characters that inflected forms of a word usually share
_LENGTH_WEIGHT = np.array([0, 0.3, 0.55, 0.75, 0.9, 1.0, 1.0, 1.05, 1.05, 1.1, 1.1], np.float32)
"""Weight of a word by its length: the shortest are mostly grammar."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureWeights:
    """How much each kind of feature weighs beside a rare word of six letters, which weighs 1."""

    trigrams: float = 1.0  # all character trigrams of a word together
    stem: float = 0.3  # the first letters of a longer word
    pair: float = 0.1  # two words next to each other
    common: float = 0.15  # factor for a word of the built-in list
    address: float = 0.15  # factor for any part of a URL or a handle
    symbol: float = 0.6  # an emoji
    han_pair: float = 0.8
    han_single: float = 0.3
    kana_pair: float = 0.12
    kana_beside_han: float = 0.3
    hangul_pair: float = 0.5
    unspaced_gram: float = 0.4  # three, and four, letters of Thai and its like


@dataclass(frozen=True, slots=True)
class Features:
    """Features of n texts as columns; `text` says whose each is."""

    text: NDArray[np.int64]
    hash: U64
    weight: F32


@dataclass(frozen=True, slots=True)
class _Characters:
    """The code points of a batch, one after the other, each text closed by a NUL."""

    kind: NDArray[np.uint8]
    code: U64  # mixed code points
    text: NDArray[np.int64]
    address: NDArray[np.bool_]
    prefix: U64  # prefix[i] is the sum of code[j] * base**j over j < i
    inverse: U64  # base**-i


@dataclass(frozen=True, slots=True)
class _Words:
    """Runs of letters: character positions [start, end), and what each weighs."""

    start: NDArray[np.int64]
    end: NDArray[np.int64]
    hash: U64
    weight: F32
    text: NDArray[np.int64]


def find_features(texts: Sequence[str], weights: FeatureWeights) -> tuple[Features, Features]:
    """Features of texts: (words, stems, word pairs and symbols; character n-grams).

    A text may hold anything that a `str` can, lone surrogates and NUL included.
    """
    characters = _read(texts)
    words = _find_words(characters, weights)
    whole = [
        _once(Features(words.text, words.hash, words.weight)),
        _stems(characters, words, weights),
        _pairs(words, weights),
        _symbols(characters, weights),
    ]
    grams = [_trigrams(characters, words, weights), *_unspaced(characters, weights)]
    return _join(whole), _join(grams)


def _read(texts: Sequence[str]) -> _Characters:
    joined = "".join([text.replace("\0", " ") + "\0" for text in texts])
    if not joined.isascii():
        joined = unicodedata.normalize("NFKC", joined)
    joined = joined.casefold()
    point = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    kind = class_table()[point]
    if (kind == IGNORED).any():
        kept = kind != IGNORED
        point, kind = point[kept], kind[kept]
    point, kind = _with_apostrophes(point, kind)
    closed = point == 0
    text = np.cumsum(closed) - closed
    code = _mixed(point.astype(np.uint64))
    prefix = np.zeros(len(point) + 1, dtype=np.uint64)
    np.cumsum(code * _powers(_BASE, len(point)), out=prefix[1:])
    inverse = _powers(_BASE_INVERSE, len(point))
    return _Characters(kind, code, text, _addresses(point, kind), prefix, inverse)


def _with_apostrophes(
    point: NDArray[np.uint32], kind: NDArray[np.uint8]
) -> tuple[NDArray[np.uint32], NDArray[np.uint8]]:
    """Makes an apostrophe between two letters a letter, and both of its shapes one."""
    at = np.flatnonzero((point == 0x27) | (point == 0x2019))
    at = at[(at > 0) & (at < len(point) - 1)]
    at = at[(kind[at - 1] == LETTER) & (kind[at + 1] == LETTER)]
    if at.size:
        point, kind = point.copy(), kind.copy()
        point[at] = 0x27
        kind[at] = LETTER
    return point, kind


def _addresses(point: NDArray[np.uint32], kind: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Which characters stand in a URL, a domain with a path, a mail address or a handle."""
    n = len(point)
    chunk = np.cumsum(kind == SPACE)
    n_chunks = int(chunk[-1]) + 1 if n else 1
    marked = np.zeros(n_chunks, dtype=np.bool_)
    marked[chunk[np.flatnonzero(point == ord("@"))]] = True
    slash = np.flatnonzero(point == ord("/"))
    colon = slash[(slash > 0) & (point[slash - 1] == ord(":"))]
    marked[chunk[colon]] = True
    with_slash = np.zeros(n_chunks, dtype=np.bool_)
    with_slash[chunk[slash]] = True
    dot = np.flatnonzero(point == ord("."))
    dot = dot[(dot > 0) & (dot < n - 1)]
    dot = dot[(kind[dot - 1] == LETTER) & (kind[dot + 1] == LETTER)]
    marked[chunk[dot[with_slash[chunk[dot]]]]] = True
    return marked[chunk]


def _find_words(characters: _Characters, weights: FeatureWeights) -> _Words:
    letter = (characters.kind == LETTER) | (characters.kind == HANGUL)
    edge = np.flatnonzero(letter[1:] != letter[:-1]) + 1
    if letter.size and letter[0]:
        edge = np.concatenate(([0], edge))
    start, end = edge[0::2], edge[1::2]  # the closing NUL ends every run
    hashes = _span_hash(characters, start, end)
    length = np.minimum(end - start, len(_LENGTH_WEIGHT) - 1)
    weight = _LENGTH_WEIGHT[length].astype(np.float32)
    weight[characters.kind[start] == HANGUL] = 1.0
    weight[_contains(_common_hashes(), hashes)] *= np.float32(weights.common)
    weight[characters.address[start]] *= np.float32(weights.address)
    return _Words(start, end, hashes, weight, characters.text[start])


def _stems(characters: _Characters, words: _Words, weights: FeatureWeights) -> Features:
    longer = np.flatnonzero(words.end - words.start > _STEM)
    start = words.start[longer]
    hashes = _mixed(_span_hash(characters, start, start + _STEM) + np.uint64(1))
    weight = words.weight[longer] * np.float32(weights.stem)
    return _once(Features(words.text[longer], hashes, weight))


def _pairs(words: _Words, weights: FeatureWeights) -> Features:
    first = np.flatnonzero(words.text[1:] == words.text[:-1])
    hashes = _mixed(words.hash[first] * np.uint64(3) + words.hash[first + 1])
    weight = np.minimum(words.weight[first], words.weight[first + 1]) * np.float32(weights.pair)
    return Features(words.text[first], hashes, weight)


def _symbols(characters: _Characters, weights: FeatureWeights) -> Features:
    at = np.flatnonzero(characters.kind == SYMBOL)
    weight = np.full(len(at), weights.symbol, dtype=np.float32)
    return _once(Features(characters.text[at], characters.code[at], weight))


def _trigrams(characters: _Characters, words: _Words, weights: FeatureWeights) -> Features:
    """Three characters around each letter, where a word's edges count as one character."""
    length = words.end - words.start
    shared = np.sqrt(length).astype(np.float32)
    worth = (words.weight * np.float32(weights.trigrams) / shared).astype(np.float32)
    heavy = worth > 0.02  # the rest would cost time and move nothing
    start, length, worth = words.start[heavy], length[heavy], worth[heavy]
    offset = np.cumsum(length) - length
    middle = np.repeat(start - offset, length) + np.arange(int(length.sum()))
    letter = (characters.kind == LETTER) | (characters.kind == HANGUL)
    code = np.where(letter, characters.code, np.uint64(7))
    before = code[middle - 1]
    before[middle == 0] = np.uint64(7)
    hashes = (before * np.uint64(_BASE) + code[middle]) * np.uint64(_BASE) + code[middle + 1]
    return Features(characters.text[middle], _mixed(hashes), np.repeat(worth, length))


def _unspaced(characters: _Characters, weights: FeatureWeights) -> list[Features]:
    """Character n-grams that stand for words in scripts that do not separate them."""
    kind = characters.kind
    special = np.flatnonzero(_NO_SPACES[kind])
    if special.size == 0:
        return []
    here, following = kind[special], kind[np.minimum(special + 1, len(kind) - 1)]
    pair = np.zeros(len(special), dtype=np.float32)
    pair[(here == HAN) & (following == HAN)] = weights.han_pair
    pair[(here == KANA) & (following == KANA)] = weights.kana_pair
    pair[(here == HAN) & (following == KANA)] = weights.kana_beside_han
    pair[(here == KANA) & (following == HAN)] = weights.kana_beside_han
    pair[(here == HANGUL) & (following == HANGUL)] = weights.hangul_pair
    found = [
        _span_features(characters, special, 1, weights.han_single * (here == HAN)),
        _span_features(characters, special, 2, pair),
    ]
    inside = (here == UNSPACED) & (following == UNSPACED)
    for length in (3, 4):
        inside &= kind[np.minimum(special + length - 1, len(kind) - 1)] == UNSPACED
        found.append(_span_features(characters, special, length, weights.unspaced_gram * inside))
    return found


def _span_features(
    characters: _Characters, start: NDArray[np.int64], length: int, weight: NDArray[np.floating]
) -> Features:
    at = start[weight > 0]
    hashes = _mixed(_span_hash(characters, at, at + length) + np.uint64(length))
    return _once(Features(characters.text[at], hashes, weight[weight > 0].astype(np.float32)))


_NO_SPACES = np.isin(np.arange(16), [HAN, KANA, HANGUL, UNSPACED])


def _once(features: Features) -> Features:
    """Lets a feature that stands m times in a text weigh 1 + log m times, not m times."""
    if features.hash.size == 0:
        return features
    key = features.hash + _mixed(features.text.astype(np.uint64))
    _, first, times = np.unique(key, return_index=True, return_counts=True)
    weight = features.weight[first] * (1 + np.log(times))
    return Features(features.text[first], features.hash[first], weight.astype(np.float32))


def _join(parts: list[Features]) -> Features:
    return Features(
        np.concatenate([part.text for part in parts]),
        np.concatenate([part.hash for part in parts]),
        np.concatenate([part.weight for part in parts]),
    )


def _span_hash(characters: _Characters, start: NDArray[np.int64], end: NDArray[np.int64]) -> U64:
    """Rolling hash of the characters [start, end), the same wherever they stand.

    Polynomial in an odd base modulo 2**64, so that the base has an inverse (Karp and Rabin 1987).
    """
    return _mixed((characters.prefix[end] - characters.prefix[start]) * characters.inverse[start])


def _powers(base: int, n: int) -> U64:
    powers = np.full(max(n, 1), base, dtype=np.uint64)
    powers[0] = 1
    return np.cumprod(powers)


def _mixed(values: U64) -> U64:
    """Spreads every bit over all others (the finaliser of SplitMix64, Steele et al. 2014)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


@lru_cache(maxsize=1)
def _common_hashes() -> U64:
    words = sorted(COMMON_WORDS)
    characters = _read(words)
    end = np.flatnonzero(characters.code == _mixed(np.zeros(1, dtype=np.uint64)))
    start = np.concatenate(([0], end[:-1] + 1))
    hashes = np.unique(_span_hash(characters, start, end))
    hashes.flags.writeable = False
    return hashes


def _contains(ordered: U64, values: U64) -> NDArray[np.bool_]:
    at = np.minimum(np.searchsorted(ordered, values), len(ordered) - 1)
    return ordered[at] == values
