"""What a post's notes say, made ready for sorting posts by topic (spec 5).

All notes of a post are one text. Seed terms label some texts; every other word is evidence for
the classifier in `topics`, so a word that contains a seed term is not.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.bridging.scorers import Topic
from stoa.note_records import Classification, NoteTable

SEED_TERMS: dict[Topic, tuple[str, ...]] = {
    Topic.UKRAINE_CONFLICT: ("ukrain", "russia", "kiev", "kyiv", "moscow", "zelensky", "putin"),
    Topic.GAZA_CONFLICT: ("israel", "palestin", "gaza", "jerusalem", r"\bhamas\b"),
    Topic.MESSI_RONALDO: (r"messi\b", "ronaldo"),
    Topic.SCAMS: (
        "scam",
        r"undisclosed\sad",
        r"terms\sof\sservice",
        r"help\.x\.com",
        r"x\.com/tos",
        r"engagement\sfarm",
        "spam",
        "gambling",
        "apostas",
        "apuestas",
        "dropship",
        r"drop\sship",
        "promotion",
    ),
    Topic.IN_DIMENSION_TWO: (
        r"\bugc\b",
        r"\bgc\b",
        r"\bobc\b",
        r"\bsc\b",
        r"\bsc[,\s]+st\b",
        r"\bst[,\s]+sc\b",
        "आरक्षण",
    ),
}

_URL = re.compile(r"https?://[^\s)\]]+")
_KEPT_URL = re.compile(r"help\.x\.com|x\.com/tos")
_URL_WORD = re.compile(r"[a-zA-Z]{4,}")
_WORD = re.compile(r"\w\w+")
# The two addresses that are seed terms are swallowed whole: neither they nor their parts count.
_WORD_OR_ADDRESS = re.compile(r"(?:https?://)?(?:help\.x\.com|x\.com/tos)(?:/\S+)?|(\w\w+)")


def _starting_a_word(term: str) -> re.Pattern[str]:
    """A seed term that starts a word, unless it says itself where it may start."""
    free = r"\." in term or term.startswith(r"\b")
    return re.compile(term if free else rf"(?<!\S){term}")


def _longest_literal(term: str) -> str:
    """The longest plain piece of a term: no text without it can match."""
    pieces = re.split(r"\\[bs]|\[.*?\]\+?", term)
    return max((piece.replace("\\", "") for piece in pieces), key=len)


def _blocked_pattern() -> re.Pattern[str]:
    """Seed terms as plain text: a word that contains one would tell the label, not the topic."""
    terms = [term for terms in SEED_TERMS.values() for term in terms]
    plain = {re.sub(r"\\[sb]", "", term) for term in terms}
    plain |= {re.sub(r"\\.", ".", term) for term in terms}
    return re.compile("|".join(re.escape(term) for term in sorted(plain)))


_BLOCKED = _blocked_pattern()
_SEEDS = tuple(
    (topic.value, _longest_literal(term), _starting_a_word(term))
    for topic, terms in SEED_TERMS.items()
    for term in terms
)
"""Topic, what a plain search (fifty times faster) must find first, and the pattern."""


def is_blocked(word: str) -> bool:
    """Whether a word contains a seed term and so may not be evidence.

    >>> is_blocked("ukrainian"), is_blocked("school"), is_blocked("front")
    (True, True, False)
    """
    return _BLOCKED.search(word) is not None


def clean_text(text: str) -> str:
    """A text with its addresses reduced to their words, and `_` and `/` made spaces.

    >>> clean_text("see https://example.org/war_news/2?sc=1")
    'see https example news'
    """
    if "http" in text:
        text = _URL.sub(_url_words, text)
    return text.replace("_", " ").replace("/", " ")


def _url_words(match: re.Match[str]) -> str:
    url = match.group(0)
    return url if _KEPT_URL.search(url) else " ".join(_URL_WORD.findall(url))


def seed_topics(text: str) -> tuple[int, ...]:
    """The topics whose seed terms a cleaned text holds, ascending; several mean a conflict.

    >>> seed_topics("Kyiv and Gaza"), seed_topics("prescription")
    ((1, 2), ())
    """
    text = text.lower()
    if not text.isascii():
        # These two match i and s where case is ignored, but lower case leaves them alone.
        text = text.replace("ı", "i").replace("ſ", "s")
    found: set[int] = set()
    for topic, literal, pattern in _SEEDS:
        if literal in text and topic not in found and pattern.search(text):
            found.add(topic)
    return tuple(sorted(found))


def words_of(text: str) -> list[str]:
    """The words of a cleaned text: lower case, without accents, two characters or more.

    >>> words_of("Où est-il ? Élection, a b 42")
    ['ou', 'est', 'il', 'election', '42']
    """
    text = text.lower()
    if not text.isascii():
        # Twice: taking styled letters apart may leave capitals.
        text = _without_accents(_without_accents(text).lower())
    if ".com" not in text:
        return _WORD.findall(text)
    return [word for word in _WORD_OR_ADDRESS.findall(text) if word]


class _Unaccented(dict[int, int | None]):
    """Code point to itself, or to None where it is a combining mark; learnt as it is asked."""

    def __missing__(self, code: int) -> int | None:
        kept = None if unicodedata.combining(chr(code)) else code
        self[code] = kept
        return kept


_UNACCENTED = _Unaccented()


def _without_accents(text: str) -> str:
    return unicodedata.normalize("NFKD", text).translate(_UNACCENTED)


@dataclass(frozen=True, slots=True)
class PostRows:
    """Which notes stand under which post; posts ascending, notes of a post in row order.

    Notes that stand in the history alone have no text and belong to no post here. Notes of
    unknown posts (id -1) share one, as in the published scorer.
    """

    post: NDArray[np.int64]  # (n_posts,) ids
    note: NDArray[np.int64]  # (n_present,) rows of NoteTable, grouped by post
    start: NDArray[np.int64]  # (n_posts + 1,) where each post's notes begin in `note`

    def __len__(self) -> int:
        return len(self.post)


def posts_of(notes: NoteTable) -> PostRows:
    """The posts that notes with a text are about."""
    present = np.flatnonzero(notes.classification != Classification.DELETED)
    note = present[np.argsort(notes.post[present], kind="stable")]
    post, start = np.unique(notes.post[note], return_index=True)
    return PostRows(post, note, np.append(start, len(note)).astype(np.int64))


def post_texts(notes: NoteTable, posts: PostRows, first: int, last: int) -> Iterator[str]:
    """The cleaned text of posts first..last-1, made one at a time."""
    summary = notes.summary
    for begin, end in zip(posts.start[first:last], posts.start[first + 1 : last + 1], strict=True):
        yield " ".join([clean_text(str(summary[row])) for row in posts.note[begin:end]])
