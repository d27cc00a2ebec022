"""Puts posts into words: from a topic and a few numbers to text, pictures, cards and tags."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from stoa.records import Facet, Image, LinkCard, Media, PostContent
from stoa.town.lexicon import TOPICS
from stoa.town.phrases import PHRASES, Phrases
from stoa.town.topic import Topic

N_DICE = 16
"""Random numbers that one post uses up, each from 0 to 2**31 - 1."""

_READ_CHARS_PER_S = {"ja": 8.0}
_CHARS_PER_S = 22.0  # about 238 words a minute (Brysbaert 2019)
_PICTURE_S = 3.0
_CARD_S = 2.0
_PERMILLE = 1_000


class Form(IntEnum):
    """How a post stands in the conversation."""

    POST = 0
    REPLY = 1
    QUOTE = 2


@dataclass(frozen=True, slots=True)
class Draft:
    """What is decided about a post before it is put into words."""

    topic: int
    form: Form
    quality: float
    bait: float
    created_us: int
    parent_uri: str | None = None
    root_uri: str | None = None
    quote_uri: str | None = None
    mention: tuple[str, str] | None = None  # handle and DID of somebody named in the text


def write(draft: Draft, dice: Sequence[int]) -> PostContent:
    """The content of a post; the same draft and dice give the same words."""
    topic = TOPICS[draft.topic]
    phrases = PHRASES[topic.lang]
    words = _Words(topic, dice)
    text = _text(draft, phrases, words)
    images, card = _embeds(draft, topic, phrases, words)
    media = Media.IMAGE if images else Media.LINK if card else Media.NONE
    if draft.quote_uri:
        media |= Media.QUOTE
    facets: tuple[Facet, ...] = ()
    tags: tuple[str, ...] = ()
    if draft.mention and draft.form is Form.REPLY and words.below(10, 60):
        text, facet = _mention(text, *draft.mention)
        facets = (facet,)
    elif draft.form is Form.POST and words.below(11, 220):
        text, facet = _tagged(text, topic.tag)
        facets, tags = (facet,), (topic.tag,)
    elif card and words.below(12, 500):
        text, facet = _linked(text, card.url)
        facets = (facet,)
    return PostContent(
        text=text,
        created_us=draft.created_us,
        langs=() if words.below(13, 20) else (topic.lang,),
        parent_uri=draft.parent_uri,
        root_uri=draft.root_uri,
        quote_uri=draft.quote_uri,
        media=media,
        facets=facets,
        images=images,
        card=card,
        labels=_labels(topic, images, words),
        tags=tags,
    )


def reading_seconds(content: PostContent) -> float:
    """Seconds that reading all of a post takes an adult."""
    lang = content.langs[0] if content.langs else "en"
    pace = _READ_CHARS_PER_S.get(lang, _CHARS_PER_S)
    card_s = _CARD_S if content.card else 0.0
    return 1.5 + len(content.text) / pace + _PICTURE_S * len(content.images) + card_s


class _Words:
    """A topic's words, drawn by dice."""

    def __init__(self, topic: Topic, dice: Sequence[int]) -> None:
        self._dice = dice
        d = dice
        things = topic.things
        first = d[0] % len(things)
        second = (first + 1 + (d[0] >> 8) % (len(things) - 1)) % len(things)
        act = topic.acts[d[1] % len(topic.acts)]
        self.slots = {
            "things": things[first],
            "Things": _capital(things[first]),
            "things2": things[second],
            "Things2": _capital(things[second]),
            "act": act,
            "Act": _capital(act),
            "place": topic.places[d[2] % len(topic.places)],
            "quality": topic.qualities[d[3] % len(topic.qualities)],
            "fact": topic.facts[d[4] % len(topic.facts)],
        }

    def one(self, patterns: Sequence[str], die: int, shift: int = 0) -> str:
        chosen = patterns[(self._dice[die] >> shift) % len(patterns)]
        return _capital(chosen.format_map(self.slots))

    def below(self, die: int, permille: float) -> bool:
        return self._dice[die] % _PERMILLE < permille

    def fraction(self, die: int) -> float:
        return self._dice[die] / 2**31


def _text(draft: Draft, phrases: Phrases, words: _Words) -> str:
    if draft.form is Form.QUOTE:
        return words.one(phrases.quotes, 5)
    if draft.form is Form.REPLY:
        if draft.bait > 0.3:
            return words.one(phrases.hostile_replies, 5)
        careful = draft.quality + 0.3 * (words.fraction(6) - 0.5) > 0.45
        return words.one(phrases.replies if careful else phrases.thin_replies, 5)
    if draft.bait > 0.3:
        tail = " " + words.one(phrases.bait_tails, 6) if words.below(7, 600) else ""
        return words.one(phrases.bait, 5) + tail
    if words.below(7, 70):
        return words.one(phrases.wordless, 5)
    return _sentences(draft, phrases, words)


def _sentences(draft: Draft, phrases: Phrases, words: _Words) -> str:
    """One to five sentences; better posts tend to say more, but not always."""
    space = "" if "。" in phrases.openers[0] else " "
    effort = draft.quality + 0.5 * (words.fraction(6) - 0.5)
    parts = [words.one(phrases.openers, 5)]
    if effort > 0.35:
        parts.append(words.one(phrases.details, 8))
    if effort > 0.5:
        parts.append(words.slots["fact"])
    if effort > 0.75:
        parts.append(words.one(phrases.details, 8, shift=10))
    if words.below(9, 250):
        parts.append(words.one(phrases.closers, 9, shift=10))
    return space.join(dict.fromkeys(parts))


def _embeds(
    draft: Draft, topic: Topic, phrases: Phrases, words: _Words
) -> tuple[tuple[Image, ...], LinkCard | None]:
    """Pictures or a link card, on posts more often than on replies."""
    share = 0.2 if draft.form is Form.REPLY else 1.0
    if words.below(14, 170 * share):
        number = words.fraction(14)
        alt = words.one(phrases.alt, 15) if not words.below(15, 300) else ""
        url = f"https://pictures.example/{int(number * 2**31):x}.jpg"
        return (Image(url=url, alt=alt, width=1200, height=800 + 100 * (len(alt) % 8)),), None
    if draft.form is Form.POST and words.below(15, 90):
        title = words.one(phrases.alt, 14)
        number = int(words.fraction(15) * 1e9)
        url = f"https://reading.example/{number:x}"
        return (), LinkCard(url=url, title=title, description=words.slots["fact"])
    return (), None


def _labels(topic: Topic, images: tuple[Image, ...], words: _Words) -> tuple[str, ...]:
    if not images:
        return ()
    if topic.name in ("painting", "photography") and words.below(13, 90):
        return ("nudity",)
    if topic.name in ("emergency news", "true crime") and words.below(13, 90):
        return ("graphic-media",)
    return ()


def _tagged(text: str, tag: str) -> tuple[str, Facet]:
    start = len(text.encode()) + 1
    return f"{text} #{tag}", Facet(start, start + 1 + len(tag.encode()), "tag", tag)


def _linked(text: str, url: str) -> tuple[str, Facet]:
    shown = url.removeprefix("https://")
    start = len(text.encode()) + 1
    return f"{text} {shown}", Facet(start, start + len(shown), "link", url)


def _mention(text: str, handle: str, did: str) -> tuple[str, Facet]:
    return f"@{handle} {text}", Facet(0, 1 + len(handle), "mention", did)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def roll(random: np.random.Generator, n_posts: int) -> list[list[int]]:
    """Dice for that many posts."""
    return random.integers(0, 2**31, size=(n_posts, N_DICE)).tolist()
