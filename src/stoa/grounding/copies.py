"""Finds which texts copy which, so that ten copies of a rumour count as one source.

A copy is an earlier text again, word for word, give or take case, links, hashtags, emphasis, a few
words before or after it, and typing errors. A text that changes a number, puts another word in,
turns the order round or adds a denial is no copy: it may be a contradiction, and must stay visible.
Only the first to say a thing is its root; copies are compared with the root itself, so that a
chain of small changes does not drift away from it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from stoa.ask_records import Source, Tier
from stoa.grounding.words import is_negation, listed, tokens

_PAIR_SHARE = 0.6
"""Share of the shorter text's word pairs that a copy has: an error in one word in five breaks two
pairs each, of which most are at its side."""

_ADDED_SHARE = 0.35
"""Words that may stand before and after what is copied, of all the words of the longer text."""

_MISSPELT_SHARE = 0.2

_SHORTEST = 3
"""Words under which only equal texts are copies: short ones agree by chance."""

_PASSED_ON = re.compile(r"^\s*(?:(?:RT|via|from)\s*:?\s*@[\w.:-]+\s*:?|>+)\s*", re.IGNORECASE)
_UNSEEN = re.compile("[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
_LEFT_OUT = re.compile(r"https?://\S+|www\.\S+|[@][\w.-]+|[#]", re.IGNORECASE)
_EMPHASIS = listed(
    """breaking wow omg lol please pls share rt retweet repost boost urgent attention thread read
    huge alert news update just exclusive important via fyi friends everyone folks spread via
    eilmeldung wichtig bitte teilen urgente compartir compartan urgent partagez importante
    срочно внимание репост"""
)


_DENIALS = listed(
    """false fake hoax untrue lie lies lying wrong debunked denied denies deny nonsense incorrect
    retracted misleading satire falsch fälschung falso falsa mentira bulo faux mensonge
    ложь фейк неправда yanlış yalan"""
)
"""Words that make what they frame another statement, beside the English negations."""


@dataclass(frozen=True)
class _Text:
    """What is compared of one text."""

    words: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> _Text:
        return cls(tuple(word for word in plain_words(text) if word not in _EMPHASIS))

    @cached_property
    def pairs(self) -> frozenset[tuple[str, str]]:
        return frozenset(zip(self.words, self.words[1:], strict=False))


@lru_cache(maxsize=4_096)
def _read(text: str) -> _Text:
    """What is compared of a text; the same sources are found for many questions."""
    return _Text.of(text)


@dataclass(frozen=True, slots=True)
class Folded:
    """Sources without their copies."""

    roots: tuple[int, ...]  # positions in what was given, in its order
    root_of: tuple[int, ...]  # for each position its root; its own for a root

    def n_copies(self, root: int) -> int:
        """How many copies a root has."""
        return sum(each == root for each in self.root_of) - 1


def plain(text: str) -> str:
    """A text without what people put around what they pass on: links, handles, "RT @a:".

    >>> plain("RT @a: Rain today! #rain")
    'Rain today!  rain'
    """
    if not text.isascii():
        text = _UNSEEN.sub("", unicodedata.normalize("NFKC", text))
    while (shorter := _PASSED_ON.sub("", text)) != text:
        text = shorter
    return _LEFT_OUT.sub(" ", text).strip()


@lru_cache(maxsize=4096)
def plain_words(text: str) -> tuple[str, ...]:
    """The tokens of a text without what people put around what they pass on."""
    return tuple(tokens(plain(text)))


def fold(sources: Sequence[Source]) -> Folded:
    """Puts every copy under the first to say it.

    First is the one of the better tier, then the earlier, then the one with the lesser id. What
    a source says of itself (`Source.root`) holds where that root is among the sources; chains of
    passing on are followed to their end.
    """
    order = sorted(range(len(sources)), key=lambda at: _precedence(sources[at]))
    texts = {at: _read(sources[at].text) for at in order}
    root_of: dict[int, int] = {}
    by_words: dict[tuple[str, ...], int] = {}
    by_pair: dict[tuple[str, str], list[int]] = {}
    for at in order:
        text = texts[at]
        root = by_words.get(text.words) if text.words else None
        if root is None:
            root = _alike(text, texts, by_pair)
        root_of[at] = at if root is None else root
        by_words.setdefault(text.words, root_of[at])
        if root is None:
            for pair in text.pairs:
                by_pair.setdefault(pair, []).append(at)
    _follow_words_of_their_own(sources, root_of)
    roots = tuple(at for at in range(len(sources)) if root_of[at] == at)
    return Folded(roots, tuple(root_of[at] for at in range(len(sources))))


def _precedence(source: Source) -> tuple[bool, float, str]:
    primary = source.tier <= Tier.DATASET  # a record is the root of what is said about it
    return not primary, source.at_us if source.at_us > 0 else float("inf"), source.id


def _alike(
    text: _Text, texts: Mapping[int, _Text], by_pair: Mapping[tuple[str, str], list[int]]
) -> int | None:
    """The first root that says the same as a text, or None."""
    if len(text.words) < _SHORTEST:
        return None
    # A text that shares that many pairs shares one of the rarest few (prefix filter, Bayardo,
    # Ma and Srikant 2007): the common ones need not be looked up.
    held = [(len(by_pair[pair]), pair) for pair in text.pairs if pair in by_pair]
    n_pairs = len(text.pairs)
    n_looked_at = n_pairs - int(_PAIR_SHARE * (1 - _ADDED_SHARE) * n_pairs) + 1
    n_looked_at -= n_pairs - len(held)  # pairs that no root has are the rarest of all
    if n_looked_at <= 0:
        return None
    met: set[int] = set()
    for _, pair in sorted(held)[:n_looked_at]:
        met.update(by_pair[pair])
    for root in sorted(met):
        fewest = min(len(text.pairs), len(texts[root].pairs))
        if len(text.pairs & texts[root].pairs) >= _PAIR_SHARE * fewest and _says_the_same(
            text, texts[root]
        ):
            return root
    return None


def _says_the_same(one: _Text, other: _Text) -> bool:
    """Whether the shorter of two texts stands in the longer, and nothing around it matters."""
    short, long = sorted((one.words, other.words), key=len)
    n_added = len(long) - len(short)
    if len(short) < _SHORTEST or n_added > _ADDED_SHARE * len(long):
        return False
    for before in range(n_added + 1):
        if _is_spelt_like(short, long[before : before + len(short)]):
            around = long[:before] + long[before + len(short) :]
            return not any(_matters(word) for word in around)
    return False


def _matters(word: str) -> bool:
    return is_negation(word) or word in _DENIALS or any(c.isdecimal() for c in word)


def _is_spelt_like(one: Sequence[str], other: Sequence[str]) -> bool:
    left = int(_MISSPELT_SHARE * len(one))
    for mine, theirs in zip(one, other, strict=True):
        if mine != theirs:
            left -= 1
            if left < 0 or not _is_misspelt(mine, theirs):
                return False
    return True


def _is_misspelt(one: str, other: str) -> bool:
    """Whether long words begin alike, end alike, and differ by at most one letter between.

    >>> _is_misspelt("goverment", "government"), _is_misspelt("legal", "illegal")
    (True, False)
    """
    if min(len(one), len(other)) < 5 or abs(len(one) - len(other)) > 1 or one[:3] != other[:3]:
        return False
    at = 0
    while at < min(len(one), len(other)) and one[at] == other[at]:
        at += 1
    skip = (1, 1) if len(one) == len(other) else (0, 1) if len(one) < len(other) else (1, 0)
    if one[at + skip[0] :] == other[at + skip[1] :]:
        return True
    return one[at:] == other[at : at + 2][::-1] + other[at + 2 :]  # two letters swapped


def _follow_words_of_their_own(sources: Sequence[Source], root_of: dict[int, int]) -> None:
    place = {source.id: at for at, source in enumerate(sources)}
    for at, source in enumerate(sources):
        met = {at}
        target = place.get(source.root)
        while target is not None and target not in met:
            met.add(target)
            further = place.get(sources[target].root)
            if further is None or further in met:
                break
            target = further
        if target is not None and target != at:
            root_of[at] = target
    for at in root_of:  # roots that became copies hand theirs on
        seen = {at}
        while root_of[root_of[at]] != root_of[at] and root_of[at] not in seen:
            seen.add(root_of[at])
            root_of[at] = root_of[root_of[at]]
