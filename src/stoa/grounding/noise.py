"""Tells posts that cannot be evidence: they say nothing, fish for attention, or are off topic."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from stoa.ask_records import Source, SourceKind, Tier
from stoa.grounding.copies import plain, plain_words
from stoa.grounding.words import STOPWORDS, stem, tokens


class Noise(StrEnum):
    """Why a source is not used."""

    LOW_INFORMATION = "low information"
    BAIT = "bait"
    OFF_TOPIC = "off topic"


_LEAST_WORDS = 3
"""Content words that a statement needs: somebody, what they did, to what."""

_UNITS = frozenset("%$€£¥₹°")
"""The tokens that are neither words nor numbers."""

_MOST_MARKS = 6
"""Hashtags and handles of one post from which on it addresses feeds, not readers."""

_ASKS_FOR_ATTENTION = re.compile(
    r"(?:^|[.!?:,;\n]\s*|\band\s+|[&+/]\s*)(?:like|retweet|rt|repost|share|boost|follow|comment)\b"
    r"[^.!?\n]{0,24}\b(?:if you|if u|for a chance|to win|for more|for a follow)\b"
    r"|\btag\s+(?:a|three|3|\d+)\s+friends?\b|\blink in (?:my )?bio\b|\bgiveaway\b"
    r"|\bfollow (?:back|train|me)\b|\bf4f\b|\byou won'?t believe\b|\bthis one (?:weird )?trick\b"
    r"|\bbefore (?:they|it) (?:delete|get deleted|gets deleted)\b|\b(?:dm|pm) me (?:for|now|to)\b"
    r"|\b(?:folgt|teilt|liked?) (?:mir|das|wenn)\b|\bteilen,? wenn\b"
    r"|\bs[ií]gueme\b|\bcomparte si\b|\bdale (?:like|rt)\b|\babonnez-vous\b|\bpartagez si\b"
    r"|\bcurta se\b|\bsegue de volta\b|подпи(?:шись|сывайтесь)|ставь(?:те)? лайк|делай репост"
    r"|フォロバ|相互フォロー|拡散希望|转发抽奖|转发有奖|点赞关注|ฝากติดตาม",
    re.IGNORECASE | re.MULTILINE,
)
_HINTS = (
    "if you", "if u", "chance", "to win", "for more", "a follow", "tag ", "in bio", "in my bio",
    "giveaway", "follow ", "f4f", "you won", "trick", "before they", "before it", "dm me", "pm me",
    "folgt", "teil", "like", "gueme", "gueme", "comparte", "dale ", "abonnez", "partagez", "curta",
    "segue", "подпи", "лайк", "репост", "フォロ", "拡散", "转发", "点赞", "ฝาก",
)  # fmt: skip
"""One of these stands in whatever the pattern above finds; looking for them is far cheaper."""

_POINTING = re.compile(r"[\U0001f447\U0001f449\u2b07\U0001f525\U0001f6a8\U0001f4a5\u203c]")
_SHOUTED = re.compile(r"[!！]{3,}|[?？]{3,}|[!?]{4,}")
_QUESTION = re.compile(r"[?？؟;՞]\s*$")
_ANY_QUESTION = re.compile(r"[?？؟;՞]")
_SENTENCE_END = re.compile(r"[.!?。！？؟।…\n]+")


@dataclass(frozen=True, slots=True)
class Topic:
    """What a question is about: stems of its words that carry content."""

    stems: frozenset[str]
    exclude: frozenset[str] = frozenset()  # senses that the asker did not mean
    prefer: frozenset[str] = frozenset()

    @classmethod
    def of(cls, query: str, prefer: Sequence[str] = (), exclude: Sequence[str] = ()) -> Topic:
        """The topic of a query under what the asker said before of the sense meant."""
        return cls(content(query), content(" ".join(exclude)), content(" ".join(prefer)))


@lru_cache(maxsize=4096)
def content(text: str) -> frozenset[str]:
    """Stems of the words of a text that carry content."""
    return frozenset(stem(word) for word in tokens(text) if _carries_content(word))


def noise_of(source: Source) -> Noise | None:
    """Why a post cannot be evidence whatever was asked; None for all that may be.

    Documents and notes are never taken for noise: somebody put them there on purpose.
    """
    if source.kind is not SourceKind.POST or source.tier <= Tier.DATASET:
        return None
    if is_bait(source.text):
        return Noise.BAIT
    return Noise.LOW_INFORMATION if says_little(source.text) else None


def says_little(text: str) -> bool:
    """Whether a text states nothing: too few words, or questions alone.

    >>> says_little("lol same"), says_little("The bridge on Mill Lane reopened on Monday.")
    (True, False)
    """
    if len({word for word in plain_words(text) if _carries_content(word)}) < _LEAST_WORDS:
        return True
    if not _ANY_QUESTION.search(text):
        return False
    bare = plain(text)
    stated = _SENTENCE_END.split(_without_questions(bare))
    return not any(_n_content(part) > 1 for part in stated)


def is_bait(text: str) -> bool:
    """Whether a text asks for attention instead of telling something.

    One plain request is enough, or two of: shouting, rows of marks, pointing emojis.

    >>> is_bait("LIKE and retweet if you agree!!!"), is_bait("I like it if you agree.")
    (True, False)
    """
    lowered = text.lower()
    if any(hint in lowered for hint in _HINTS) and _ASKS_FOR_ATTENTION.search(text):
        return True
    upper, lower = sum(map(str.isupper, text)), sum(map(str.islower, text))
    signs = (
        upper + lower >= 16 and upper > 0.7 * (upper + lower),
        _SHOUTED.search(text) is not None,
        len(_POINTING.findall(text)) >= 3,
        len(re.findall(r"(?:^|\s)[#@]\w", text)) >= _MOST_MARKS,
    )
    return sum(signs) >= 2


def coverage(topic: Topic, text: str) -> float:
    """Share of a topic's stems that a text holds, 0 to 1; 1 for a topic without any."""
    if not topic.stems:
        return 1.0
    return len(topic.stems & content(text)) / len(topic.stems)


def off_topic(topic: Topic, held: Sequence[frozenset[str]]) -> list[bool]:
    """Which texts are about something else, by their `content`.

    Those that share no word with the topic, those that hold less than a third of what the best
    holds where the best holds nearly all, and those in a sense that the asker excluded.
    """
    shares = [len(topic.stems & each) / max(1, len(topic.stems)) for each in held]
    best = max(shares, default=0.0)
    least = best / 3 if best >= 0.75 else 0.0
    return [
        bool(topic.stems and (share <= 0 or share < least))
        or bool(topic.exclude & each and not topic.prefer & each)
        for share, each in zip(shares, held, strict=True)
    ]


def _n_content(text: str) -> int:
    """How many different words of a text carry content."""
    return len({word for word in tokens(text) if _carries_content(word)})


def _carries_content(word: str) -> bool:
    return word not in STOPWORDS and word not in _UNITS


def _without_questions(text: str) -> str:
    """The sentences of a text that do not end as questions do."""
    kept: list[str] = []
    start = 0
    for end in _SENTENCE_END.finditer(text):
        if not _QUESTION.search(end.group()):
            kept.append(text[start : end.end()])
        start = end.end()
    return " ".join([*kept, text[start:]])
