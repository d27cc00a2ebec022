"""In what language a text is written, without weights: by script, letters and common words.

Scripts of one language decide alone. Shared ones (Latin, Cyrillic, Arabic, Devanagari, Han) are
told apart by letters that only some of them use and by short lists of function words.
"""

from __future__ import annotations

import re
from collections import Counter

from stoa.grounding.language_words import LETTERS, WORDS

_SCRIPTS: tuple[tuple[str, str], ...] = (
    ("el", "\u0370-\u03ff\u1f00-\u1fff"),
    ("cyrillic", "\u0400-\u052f"),
    ("hy", "\u0530-\u058f"),
    ("he", "\u0590-\u05ff"),
    ("arabic", "\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufeff"),
    ("devanagari", "\u0900-\u097f"),
    ("bn", "\u0980-\u09ff"),
    ("pa", "\u0a00-\u0a7f"),
    ("gu", "\u0a80-\u0aff"),
    ("ta", "\u0b80-\u0bff"),
    ("te", "\u0c00-\u0c7f"),
    ("kn", "\u0c80-\u0cff"),
    ("ml", "\u0d00-\u0d7f"),
    ("si", "\u0d80-\u0dff"),
    ("th", "\u0e00-\u0e7f"),
    ("lo", "\u0e80-\u0eff"),
    ("bo", "\u0f00-\u0fff"),
    ("my", "\u1000-\u109f"),
    ("ka", "\u10a0-\u10ff"),
    ("am", "\u1200-\u137f"),
    ("km", "\u1780-\u17ff"),
    ("ko", "\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3"),
    ("ja", "\u3040-\u30ff"),
    ("han", "\u3400-\u9fff\uf900-\ufaff"),
    ("latin", "A-Za-z\u00c0-\u024f\u1e00-\u1eff"),
)
_COUNTED = {name: re.compile(f"[{ranges}]") for name, ranges in _SCRIPTS}
_SHARED = {
    "latin": ("en", "de", "es", "fr", "it", "pt", "nl", "ro", "tr", "vi", "pl", "sv", "da", "no",
              "fi", "cs", "hu", "id", "ca"),
    "cyrillic": ("ru", "uk", "bg", "sr"),
    "arabic": ("ar", "fa", "ur"),
    "devanagari": ("hi", "mr", "ne"),
}  # fmt: skip
# What a text in the script is, where no word or letter says otherwise.
_USUAL = {"cyrillic": "ru", "arabic": "ar", "devanagari": "hi", "han": "zh"}
_WEIGHT_OF_DENSE = {"han": 3.0, "ja": 2.0, "ko": 2.0}  # a character of these carries more
_NOISE = re.compile(r"https?://\S+|www\.\S+|[@#]\S+|\S+@\S+")
# Vowel signs are no letters to the regular expressions, but parts of Devanagari words.
_WORD = re.compile(r"(?:[^\W\d_]|[\u0300-\u036f\u064b-\u0655\u0900-\u0903\u093a-\u0963])+")
_READ = 4_000  # characters; more say nothing new
_LEAST_SCORE, _LEAST_LEAD = 0.9, 1.15


def script(text: str) -> str:
    """The script that most of a text's letters are of: "latin", "han", or an ISO code; or "".

    >>> script("Ποιος είναι;"), script("123")
    ('el', '')
    """
    shares = _shares(_NOISE.sub(" ", text[:_READ]))
    if not shares:
        return ""
    if "ja" in shares and shares["ja"] > 0.2 * shares.get("han", 0.0):
        shares["ja"] += shares.get("han", 0.0)
    return max(sorted(shares), key=lambda name: shares[name])


def language(text: str) -> str:
    """ISO 639-1 code of the language a text is written in, "" where unsure.

    Addresses, mentions and tags are not read. A name alone, or a word that several languages
    share, has no language.

    >>> language("Wie viele Punkte gab die Verteidigung ab?"), language("ok 12")
    ('de', '')
    """
    read = _NOISE.sub(" ", text[:_READ])
    name = script(read)
    if name not in _SHARED:
        return _USUAL.get(name, name)
    return _of_shared(read, name)


def _shares(text: str) -> dict[str, float]:
    if text.isascii():
        n = len(_COUNTED["latin"].findall(text))
        return {"latin": float(n)} if n else {}
    found = {name: float(len(counted.findall(text))) for name, counted in _COUNTED.items()}
    return {name: n * _WEIGHT_OF_DENSE.get(name, 1.0) for name, n in found.items() if n}


def _of_shared(text: str, name: str) -> str:
    """The best of the languages that share a script, if it leads clearly."""
    lowered = text.lower()
    words = Counter(_WORD.findall(lowered.replace("’", "'")))
    scores = dict.fromkeys(_SHARED[name], 0.0)
    for word, n in words.items():
        owners = WORDS.get(word, ())
        for owner in owners:
            if owner in scores:
                scores[owner] += min(n, 4) / len(owners)
    letters = Counter(lowered)
    for letter, owners in LETTERS.items():
        if letters[letter]:
            for owner in owners:
                if owner in scores:
                    scores[owner] += min(letters[letter], 6) / len(owners)
    ranked = sorted(scores, key=lambda code: (-scores[code], code))
    best, next_best = scores[ranked[0]], scores[ranked[1]]
    if best >= _LEAST_SCORE and best >= _LEAST_LEAD * next_best:
        return ranked[0]
    return _USUAL.get(name, "")
