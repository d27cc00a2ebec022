"""Words of any script: tokens, stems, which of them carry content, how rare they are.

Scripts that put no space between words (Chinese, Japanese, Korean particles, Thai) give
overlapping runs of two or three characters, as search engines have them.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

# Vowel signs and accents that Python's \w leaves out: without them Hindi and Arabic words fall
# apart. Whole blocks are named where letters and signs alternate.
_MARKS = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0963"
    "\u0971-\u0dff\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ecd\u1000-\u103f\u1780-\u17d3"
)
WORD = re.compile(
    r"\d+(?:[.,]\d+)*(?:(?:st|nd|rd|th|s)\b)?"
    rf"|[^\W\d_](?:[^\W_]|[{_MARKS}])*(?:['’](?:[^\W_]|[{_MARKS}])+)*"
    r"|[%$€£¥₹°]"
)
"""A number, a word with its apostrophes, or a sign that is a unit."""

_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]+")
_UNSPACED_LONG = re.compile(r"[\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ecd\u1000-\u103f\u1780-\u17d3]+")
_HAS_UNSPACED = re.compile(r"[\u0e01-\u0ecd\u1000-\u103f\u1780-\u17d3\u3040-\u9fff\uac00-\ud7af]")


def listed(words: str) -> frozenset[str]:
    """The set of the words in a text, so that lists of words can be read as such in code.

    >>> sorted(listed("fox hen"))
    ['fox', 'hen']
    """
    return frozenset(words.split())


STOPWORDS = listed(
    """a about above after again against all also although am among an and any are aren't as at
    be because been before being below between both but by can cannot could did do does doing
    down during each either else etc even ever every few for from further had has have having he
    her here hers herself him himself his how however i if in into is it its itself just let me
    may might more most much must my myself neither no nor not now of off on once only or other
    ought our ours ourselves out over own per rather s same shall she should since so some such
    t than that the their theirs them themselves then there therefore these they this those
    though through thus to too under until unto up upon us very was we were what when where
    whether which while who whom whose why will with within without would yet you your yours
    yourself yourselves"""
)
"""English words that say nothing of a topic."""

NEGATIONS = listed(
    """no not never none nobody nothing neither nor nowhere without cannot cant n't lack lacks
    lacked lacking hardly barely scarcely rarely seldom non"""
)
"""English words that turn a statement round, besides those that end in n't."""


def tokens(text: str) -> list[str]:
    """The words of a text, in order, case folded and in Unicode's compatible form.

    >>> tokens("Don't pay $1,200 for COVID-19!")
    ["don't", 'pay', '$', '1,200', 'for', 'covid', '19']
    >>> tokens("東京都は")
    ['東京', '京都', '都は']
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    found = WORD.findall(text.casefold())
    if text.isascii() or not _HAS_UNSPACED.search(text):
        return found
    return [piece for word in found for piece in _pieces(word)]


def _pieces(word: str) -> Iterator[str]:
    """Overlapping runs of an unspaced script's characters; other words as they are."""
    script, size = (_UNSPACED, 2) if _UNSPACED.search(word) else (_UNSPACED_LONG, 3)
    at = 0
    for run in script.finditer(word):
        if run.start() > at:
            yield word[at : run.start()]
        stretch = run.group()
        for first in range(max(1, len(stretch) - size + 1)):
            yield stretch[first : first + size]
        at = run.end()
    if at < len(word):
        yield word[at:]


_IRREGULAR = {
    "was": "be", "were": "be", "is": "be", "are": "be", "been": "be", "am": "be", "being": "be",
    "has": "have", "had": "have", "did": "do", "does": "do", "done": "do", "went": "go",
    "gone": "go", "said": "say", "says": "say", "made": "make", "took": "take", "taken": "take",
    "gave": "give", "given": "give", "won": "win", "lost": "lose", "led": "lead", "wrote": "write",
    "written": "write", "began": "begin", "begun": "begin", "became": "become", "held": "hold",
    "told": "tell", "found": "find", "left": "leave", "built": "build", "sold": "sell",
    "bought": "buy", "brought": "bring", "taught": "teach", "thought": "think", "fought": "fight",
    "spent": "spend", "sent": "send", "kept": "keep", "met": "meet", "paid": "pay", "ran": "run",
    "came": "come", "grew": "grow", "grown": "grow", "knew": "know", "known": "know",
    "saw": "see", "seen": "see", "sang": "sing", "sung": "sing", "spoke": "speak",
    "spoken": "speak", "drew": "draw", "drawn": "draw", "chose": "choose", "chosen": "choose",
    "fell": "fall", "fallen": "fall", "rose": "rise", "risen": "rise", "shot": "shoot",
    "died": "die", "dies": "die", "dying": "die", "dead": "die", "death": "die", "born": "birth",
    "men": "man", "women": "woman", "children": "child", "people": "person", "persons": "person",
    "mice": "mouse", "feet": "foot", "teeth": "tooth", "wives": "wife", "lives": "life",
    "better": "good", "best": "good", "worse": "bad", "worst": "bad", "got": "get",
    "gotten": "get", "lay": "lie", "lain": "lie", "broke": "break", "broken": "break",
    "stole": "steal", "stolen": "steal", "beat": "beat", "beaten": "beat", "worn": "wear",
    "wore": "wear", "ate": "eat", "eaten": "eat", "flew": "fly", "flown": "fly", "hit": "hit",
    "felt": "feel", "stood": "stand", "understood": "understand", "caught": "catch",
}  # fmt: skip


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """What a token shares with its inflections, by a few English rules; other scripts stay.

    >>> [stem(word) for word in ("cities", "played", "running", "company's", "números")]
    ['city', 'play', 'run', 'company', 'numero']
    """
    if not word.isascii():
        word = _without_accents(word).replace("’", "'")
    if word.endswith("n't"):
        word = word[:-3]
    elif "'" in word:
        word = word.split("'")[0] if len(word.split("'")[0]) > 1 else word.replace("'", "")
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) < 4 or not word.isascii() or not word.isalpha():
        return word
    return _without_suffix(word)


def _without_suffix(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "zes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    if word.endswith("ied") and len(word) > 4:
        return word[:-3] + "y"
    for ending, shortest in (("ing", 6), ("ed", 5), ("ly", 6)):
        if word.endswith(ending) and len(word) >= shortest and _has_vowel(word[: -len(ending)]):
            word = word[: -len(ending)]
            if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "lsz":
                word = word[:-1]
            break
    if word.endswith("e") and len(word) > 4:
        word = word[:-1]
    return word


def _has_vowel(word: str) -> bool:
    return any(letter in "aeiouy" for letter in word)


def _without_accents(word: str) -> str:
    """Latin, Greek and Cyrillic letters without accents; signs of other scripts are kept."""
    parts = unicodedata.normalize("NFD", word)
    return unicodedata.normalize("NFC", "".join(c for c in parts if not "\u0300" <= c <= "\u036f"))


def is_negation(word: str) -> bool:
    """Whether a token turns its statement round.

    >>> is_negation("doesn't"), is_negation("notable")
    (True, False)
    """
    return word in NEGATIONS or word.endswith(("n't", "n’t"))


def content_stems(text: str) -> list[str]:
    """Stems of the tokens that are no stopword, in order.

    >>> content_stems("She was playing with the cities")
    ['play', 'city']
    """
    return [stem(token) for token in tokens(text) if token not in STOPWORDS]


def idf(texts: Iterable[str]) -> dict[str, float]:
    """ln(1 + (n - df + 1/2) / (df + 1/2)) of each stem over texts, as BM25 has it.

    >>> weights = idf(["a red fox", "a red hen"])
    >>> weights["fox"] > weights["red"]
    True
    """
    n_texts = 0
    found: Counter[str] = Counter()
    for text in texts:
        n_texts += 1
        found.update({stem(token) for token in tokens(text)})
    return {word: math.log1p((n_texts - df + 0.5) / (df + 0.5)) for word, df in found.items()}


def recall(wanted: Iterable[str], given: Iterable[str], weights: Mapping[str, float]) -> float:
    """Which share of the wanted stems is given, each counted by its weight (1 where unknown).

    >>> recall(["red", "fox"], ["red"], {})
    0.5
    """
    there, weighed = set(given), [(word, weights.get(word, 1.0)) for word in set(wanted)]
    total = sum(weight for _, weight in weighed)
    return sum(weight for word, weight in weighed if word in there) / total if total else 0.0
