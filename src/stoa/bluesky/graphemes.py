"""Counts what a person sees as one character, for the limits that the lexicons set in graphemes."""

from __future__ import annotations

import unicodedata

_JOINER = "\u200d"
_JOINING_CATEGORIES = frozenset({"Mn", "Me", "Mc"})


def count_graphemes(text: str) -> int:
    r"""Number of user-perceived characters, by the main rules of UAX 29.

    Marks, variation selectors, skin tones, tags and joined emoji belong to what stands before
    them; flags are pairs; syllables of conjoining Hangul are one; CR LF is one.

    >>> [count_graphemes(t) for t in ("abc", "e\u0301", "👩‍👩‍👧‍👦", "🇫🇷🇩🇪", "👍🏽", "각")]
    [3, 1, 1, 2, 1, 1]
    """
    count = 0
    flag_open = False
    before = ""
    for character in text:
        is_flag = "\U0001f1e6" <= character <= "\U0001f1ff"
        if is_flag and flag_open:
            flag_open = False
        else:
            flag_open = is_flag
            count += not _continues(before, character)
        before = character
    return count


def _continues(before: str, character: str) -> bool:
    if not before:
        return False
    if before == "\r" or before == "\n":
        return (before, character) == ("\r", "\n")
    if before == _JOINER and unicodedata.category(character) == "So":
        return True
    return _extends(character) or _joins_hangul(before, character)


def _extends(character: str) -> bool:
    return (
        unicodedata.category(character) in _JOINING_CATEGORIES
        or character in (_JOINER, "\u200c")
        or "\U0001f3fb" <= character <= "\U0001f3ff"  # skin tones
        or "\U000e0020" <= character <= "\U000e007f"  # tags, as in the flag of Wales
    )


def _joins_hangul(before: str, character: str) -> bool:
    lead, vowel, tail = "\u1100\u115f", "\u1160\u11a7", "\u11a8\u11ff"
    if vowel[0] <= character <= vowel[1]:
        return lead[0] <= before <= lead[1] or vowel[0] <= before <= vowel[1]
    if tail[0] <= character <= tail[1]:
        return vowel[0] <= before <= tail[1] or "\uac00" <= before <= "\ud7a3"
    return lead[0] <= character <= lead[1] and lead[0] <= before <= lead[1]
