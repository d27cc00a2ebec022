"""Characters that no reader sees: which are part of a language, and which only hide something.

Joiners and direction marks belong to Arabic, Persian, Indic scripts, Thai and emoji, and stay, so
that quotes remain byte for byte what the file says. What is taken out has no honest use in a
document: it reorders what is shown, spells text that is not shown, or splits a word against search.
"""

from __future__ import annotations

import re

_ALWAYS = re.compile(
    "[\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f"  # overrides and isolates, tag characters
    "\x01-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f\ufff9-\ufffb]"
)
_ALPHABET = "[0-9A-Za-z\u00c0-\u024f\u0370-\u03ff\u0400-\u052f]"
_INSIDE_A_WORD = re.compile(
    f"(?<={_ALPHABET})[\u00ad\u180e\u200b-\u200f\u2060-\u2064\ufeff]+(?={_ALPHABET})"
)


def without_hidden(text: str) -> tuple[str, int]:
    r"""The text without characters that only hide something, and how many were taken out.

    >>> without_hidden("con\u200bstitu\u00adtional"), without_hidden("\u0645\u06cc\u200c\u062e")[1]
    (('constitutional', 2), 0)
    """
    shown = _INSIDE_A_WORD.sub("", _ALWAYS.sub("", text))
    return shown, len(text) - len(shown)
