"""Whether two words are forms of one word, without a dictionary."""

from __future__ import annotations

import re
from functools import lru_cache

BENDING = frozenset({"ru", "el", "ro", "tr", "hi", "ar", "uk", "pl", "cs", "fi", "hu"})
"""Languages whose words change their endings, so that only beginnings are compared."""
_DERIVED = frozenset(
    [
        "",
        "e",
        "s",
        "ed",
        "ing",
        "er",
        "or",
        "ion",
        "ions",
        "ation",
        "ations",
        "ment",
        "ments",
        "al",
        "ance",
        "ence",
        "ive",
        "ist",
        "able",
        "y",
    ]
)
"""What English adds to make a noun of a verb and the other way: inspect, inspection, inspector."""
_LEAST_ROOT = 5
_ARTICLE = re.compile(r"^(?:و|ب|ل)?ال")


@lru_cache(maxsize=65_536)
def is_form_of(one: str, other: str, lang: str) -> bool:
    """Whether two folded words are forms of one: an ending more, or another ending.

    >>> is_form_of("burn", "burnt", "en"), is_form_of("музеем", "музея", "ru")
    (True, True)
    >>> is_form_of("mill", "mile", "en"), is_form_of("common", "commonest", "en")
    (False, True)
    """
    short, long = sorted((one, other), key=len)
    if short == long:
        return True
    if lang == "ar":
        short, long = _ARTICLE.sub("", short), _ARTICLE.sub("", long)
        return short == long
    if lang == "vi" or len(short) < 4 or not short.isalpha():
        return False
    if lang not in BENDING:
        most = 3 if lang == "en" and long.endswith("est") else 2
        return len(long) - len(short) <= most and long.startswith(short)
    same = next((at for at, c in enumerate(short) if c != long[at]), len(short))
    return same >= max(3, len(short) - 2) and len(long) - same <= 4


@lru_cache(maxsize=65_536)
def is_derived_from(one: str, other: str, lang: str) -> bool:
    """Whether two folded words are forms of one word, or of one root by an English ending.

    >>> is_derived_from("inspect", "inspection", "en"), is_derived_from("count", "counter", "en")
    (True, True)
    >>> is_derived_from("secret", "secretary", "en")
    False
    """
    if is_form_of(one, other, lang):
        return True
    if lang != "en":
        return False
    length = min(len(one), len(other))
    same = next((at for at in range(length) if one[at] != other[at]), length)
    return same >= _LEAST_ROOT and one[same:] in _DERIVED and other[same:] in _DERIVED
