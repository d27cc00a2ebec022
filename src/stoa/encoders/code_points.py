"""Sorts every Unicode code point by how it takes part in words, as a table to index with."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

SPACE = 0
"""White space and control characters: ends a word, and ends an address."""
MARKUP = 1
"""Punctuation: ends a word, but not an address."""
LETTER = 2
"""Letters, digits and marks of scripts that put spaces between words."""
HAN = 3
"""Han characters: two of them make about a word."""
KANA = 4
"""Hiragana: mostly grammar, when it stands in a Japanese sentence."""
SYMBOL = 5
"""Emoji and other pictures: each is a word of its own."""
IGNORED = 6
"""Joiners and variation selectors: neither seen nor a boundary."""
HANGUL = 7
"""Korean syllables: words, whose endings change."""
UNSPACED = 8
"""Alphabets without spaces between words: Thai, Lao, Khmer, Myanmar, Tibetan."""

N_CODE_POINTS = 0x110000

_RANGES = (
    (0x0E00, 0x0FFF, UNSPACED),  # Thai, Lao, Tibetan
    (0x1000, 0x109F, UNSPACED),  # Myanmar
    (0x1780, 0x17FF, UNSPACED),  # Khmer
    (0x3041, 0x309F, KANA),
    (0x3400, 0x9FFF, HAN),
    (0xAC00, 0xD7A3, HANGUL),
    (0xF900, 0xFAFF, HAN),
)
_HAN_PLANES = (0x20000, 0x3FFFF)


@lru_cache(maxsize=1)
def class_table() -> NDArray[np.uint8]:
    """Class of each code point, shape (0x110000,); read-only and the same in every process."""
    table = np.full(N_CODE_POINTS, SPACE, dtype=np.uint8)
    for point in range(0x20000):
        table[point] = _class_of(chr(point))
    for first, last, kind in _RANGES:
        block = table[first : last + 1]
        block[block == LETTER] = kind
    table[_HAN_PLANES[0] : _HAN_PLANES[1] + 1] = HAN
    table[0xE0000:0xE01F0] = IGNORED
    table.flags.writeable = False
    return table


def _class_of(character: str) -> int:
    category = unicodedata.category(character)
    if 0xFE00 <= ord(character) <= 0xFE0F or 0x1F3FB <= ord(character) <= 0x1F3FF:
        return IGNORED  # variation selectors and skin tones
    if category[0] in "LNM":
        return LETTER
    if category in ("So", "Sk"):
        return SYMBOL
    if category == "Cf":
        return IGNORED
    return MARKUP if category[0] in "PS" else SPACE
