"""The words a text is found by, in any language and script: both engines index exactly these.

Scripts that put spaces between words give words; scripts that do not give pairs of characters.
Compatibility forms, case and the accents that readers leave out are folded first. Long words are
cut to their first letters, so that inflected forms meet: crude, but the same for every language,
and measured to pay in all that inflect (`docs/explanation/ask-retrieval.md`).
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

WORDS_VERSION = 1
"""Raise it with any change of the words below: indexes made of other words are then made anew."""

LONGEST_WORD = 7
"""Letters kept of a word in ASCII; ends of words are mostly grammar."""

_LONGEST_OTHER = 6
"""The same for words of other alphabets: their languages inflect more."""

_LONGEST_NUMBER = 40

_CHARACTERS_READ = 200_000
"""More of a text is not indexed; a document is put in parts, a post is far below."""

_ASCII_WORD = re.compile(r"[a-z0-9]+")

# Scripts written without spaces between words, and Hangul, whose words carry their particles.
_HAN_KANA_HANGUL = (
    "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff"
    "\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff"
)
_SOUTH_EAST_ASIAN = "\u0e00-\u0eff\u0f00-\u0fff\u1000-\u109f\u1780-\u17ff\u1950-\u19df"
_UNSPACED = re.compile(f"[{_HAN_KANA_HANGUL}]+|[{_SOUTH_EAST_ASIAN}]+")
_SOUTH_EAST = re.compile(f"[{_SOUTH_EAST_ASIAN}]")

# Marks that a reader of the script may leave out: accents of Latin, Greek and Cyrillic, points
# of Hebrew, vowel signs of Arabic. Vowel signs of Indic scripts and of Thai are letters.
_LEFT_OUT = re.compile(
    "[\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a"
    "\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed\u1ab0-\u1aff\u1dc0-\u1dff"
    "\u20d0-\u20ff\ufe20-\ufe2f]+"
)
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]+"
)
_ARABIC_ARTICLES = ("وال", "بال", "كال", "فال", "لل", "ال")

_ONE_LETTER = str.maketrans("أإآٱىةؤئґёıłøđðŧħæœ", "اااايهويгеilodd" + "thao")


def words(text: str) -> list[str]:
    """The words of a text in their order, folded; never one with a space or an ASCII mark in it.

    >>> words("Les Élèves d'Aix: 3,5 km!")
    ['les', 'eleve', 'd', 'aix', '3', '5', 'km']
    >>> words("人工智能 หมา")
    ['人工', '工智', '智能', 'หม', 'มา']
    """
    text = text[:_CHARACTERS_READ]
    if text.isascii():
        return [_short_ascii(word) for word in _ASCII_WORD.findall(text.lower())]
    return _any_script(_folded(text))


def _folded(text: str) -> str:
    text = _UNSEEN.sub("", unicodedata.normalize("NFKC", text).casefold())
    bare = _LEFT_OUT.sub("", unicodedata.normalize("NFD", text))
    return unicodedata.normalize("NFC", bare).translate(_ONE_LETTER)


def _any_script(text: str) -> list[str]:
    found: list[str] = []
    for run in _word().findall(text):
        if run.isascii():
            found.append(_short_ascii(run))
        else:
            found += _of_run(run)
    return found


def _of_run(run: str) -> list[str]:
    """Words of a run of letters, which may change its script in the middle."""
    found: list[str] = []
    at = 0
    for unspaced in _UNSPACED.finditer(run):
        if unspaced.start() > at:
            found.append(_short(run[at : unspaced.start()]))
        found += _pairs(unspaced.group())
        at = unspaced.end()
    if at < len(run):
        found.append(_short(run[at:]))
    return found


def _short_ascii(word: str) -> str:
    if word[0] <= "9":
        return word[:_LONGEST_NUMBER]
    if len(word) > 3 and word[-1] == "s" and word[-2] not in "su":
        word = word[:-3] + "y" if word.endswith("ies") and len(word) > 4 else word[:-1]
    return word[:LONGEST_WORD]


def _short(word: str) -> str:
    if word.isascii():
        return _short_ascii(word)
    if word[0].isnumeric():
        return word[:_LONGEST_NUMBER]
    if "\u0621" <= word[0] <= "\u064a":
        word = _without_article(word)
    return word[:_LONGEST_OTHER]


def _without_article(word: str) -> str:
    """Arabic without "and", "with", "the" written together with it, where three letters stay."""
    for article in _ARABIC_ARTICLES:
        if word.startswith(article) and len(word) - len(article) >= 3:
            return word[len(article) :]
    return word


def _pairs(run: str) -> list[str]:
    if len(run) <= 2:
        return [run]
    return [run[at : at + 2] for at in range(len(run) - 1)]


@lru_cache(maxsize=1)
def _word() -> re.Pattern[str]:
    """A run of letters, digits and the marks that belong to them, or one symbol such as an emoji.

    Python's own class of word characters leaves marks out and would cut Hindi at its vowels.
    """
    blocks = (range(0x300, 0x3100), range(0xA600, 0xAC00), range(0xFB1E, 0xFB1F))
    marks = "".join(
        chr(point)
        for block in blocks
        for point in block
        if unicodedata.category(chr(point)) in ("Mn", "Mc")
    )
    return re.compile(rf"(?:[^\W_]|[{marks}])+|[\u2600-\u27bf\U0001f300-\U0001faff]")
