"""Which matters a text speaks of: being built, owned, won, paid; whatever words it uses.

A question and the sentence that answers it often name one matter by different words ("who owns",
"proprietor"). The table of `kin_words` says which words belong together; nothing is learnt here.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from stoa.grounding.kin_words import KIN_WORDS
from stoa.grounding.words import listed, tokens

UNSPACED = frozenset({"zh", "ja", "th"})
_LEAST_PREFIX = 2
NOUNS = listed(
    "people house job ship crew stair species pupil player visitor light street sea train prison "
    "book item captain keep film"
)
"""Matters that are things: they may be what a text is about, and then need not be said again."""


class _Words:
    """One language's table, turned round: from words to matters."""

    def __init__(self, table: str, lang: str) -> None:
        self.lang = lang
        self.whole: dict[str, set[str]] = {}
        self.open: dict[str, set[str]] = {}
        self.phrases: dict[str, set[str]] = {}
        for line in table.strip().splitlines():
            matter, *words = line.split()
            for word in words:
                self._add(matter, word)

    def _add(self, matter: str, word: str) -> None:
        key = _folded(word.strip("*"), self.lang)
        if "+" in word:
            self.phrases.setdefault(key.replace("+", " "), set()).add(matter)
        elif word.endswith("*"):
            self.open.setdefault(key, set()).add(matter)
        else:
            self.whole.setdefault(key, set()).add(matter)


@lru_cache(maxsize=32)
def _words(lang: str) -> _Words:
    return _Words(KIN_WORDS.get(lang, ""), lang)


@lru_cache(maxsize=16_384)
def plain(text: str) -> str:
    """Folded, without accents that are written above or below letters of an alphabet.

    >>> plain("Ανεγέρθηκε"), plain("bâti"), plain("बनी")
    ('ανεγερθηκε', 'bati', 'बनी')
    """
    parts = unicodedata.normalize("NFD", text.casefold())
    kept = (c for c in parts if not ("\u0300" <= c <= "\u036f" or "\u064b" <= c <= "\u0655"))
    return unicodedata.normalize("NFC", "".join(kept))


def _folded(word: str, lang: str) -> str:
    """As the table has it; in Vietnamese the accents make the word."""
    return word.casefold() if lang == "vi" else plain(word)


@lru_cache(maxsize=16_384)
def matters_of(word: str, lang: str) -> frozenset[str]:
    """The matters that one word speaks of in a language.

    >>> sorted(matters_of("erected", "en"))
    ['build']
    >>> matters_of("table", "en")
    frozenset()
    """
    words, key = _words(lang), _folded(word, lang)
    found = set(words.whole.get(key, ()))
    for end in range(_LEAST_PREFIX, len(key) + 1):
        found |= words.open.get(key[:end], set())
    if lang == "ar" and key.startswith(("ال", "وال")):
        found |= matters_of(key[key.index("ال") + 2 :], lang)
    elif lang == "ar" and key.startswith("و"):
        found |= matters_of(key[1:], lang)
    return frozenset(found)


@lru_cache(maxsize=4096)
def matters_in(text: str, lang: str) -> frozenset[str]:
    """The matters that a text speaks of, by its words and by phrases.

    >>> sorted(matters_in("She takes home 900 crowns.", "en"))
    ['earn', 'house']
    """
    words = _words(lang)
    if lang in UNSPACED:
        held = (found for key, found in words.whole.items() if key in text)
        return frozenset[str]().union(*held)
    heard = tokens(text)
    found = frozenset[str]().union(*(matters_of(each, lang) for each in heard))
    if words.phrases:
        line = f" {' '.join(_folded(each, lang) for each in heard)} "
        found |= {m for key, held in words.phrases.items() if f" {key} " in line for m in held}
    return found
