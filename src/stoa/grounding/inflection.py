"""Whether two words are forms of one word, without a dictionary."""

from __future__ import annotations

import re
from functools import lru_cache

BENDING = frozenset({"ru", "el", "ro", "tr", "hi", "ar", "uk", "pl", "cs", "fi", "hu"})
"""Languages whose words change their endings, so that only beginnings are compared."""
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
