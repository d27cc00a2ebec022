"""How fully a sentence says what a question asks, in the question's words or in others.

A short text says a thing once. So each telling word of the question must be there: in the sentence
itself where it names the matter asked about ("built", "owner"), by that word or one of its kin;
in the sentence before or the topic of the text where it only names what is spoken of. And the
sentence must hold a new value of the kind asked for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import IntEnum
from functools import lru_cache

from stoa.ask_records import Source, Span
from stoa.grounding.asked_words import Asked, asked_of, content_tokens, without_elisions
from stoa.grounding.bars import is_barred
from stoa.grounding.counted import counts_what_is_asked
from stoa.grounding.inflection import is_derived_from, is_form_of
from stoa.grounding.kin import NOUNS, UNSPACED, matters_in, matters_of, plain
from stoa.grounding.languages import language
from stoa.grounding.leaning import (
    is_short,
    speaks_of_person,
    topic_of_source,
    with_antecedent,
)
from stoa.grounding.moments import moments
from stoa.grounding.other_subject import speaks_of_another
from stoa.grounding.question_kinds import QuestionKind
from stoa.grounding.told_by_unit import told_by_unit
from stoa.grounding.unspaced import unspaced_level
from stoa.grounding.values import holds_value, people, says_where
from stoa.grounding.words import listed, stem, tokens

_ENOUGH = 400  # characters that tell a language


class Level(IntEnum):
    """How near to the question a sentence that answers it is; lower is nearer."""

    SAID = 0  # all of the question's words stand in it, or its names beside it
    KIN = 1  # other words for the matter
    TOPIC = 2  # what is spoken of is named by the text's beginning only


@dataclass(frozen=True, slots=True)
class Heard:
    """A sentence as a reader of its source hears it."""

    text: str
    leaning: str  # with the sentence that it leans on
    topic: str  # what the whole text is about: title and first sentence of a short one
    around: str  # all of a short text, where its names may stand
    lang: str = ""  # of the source, as far as it is known

    @classmethod
    def of(cls, span: Span, source: Source) -> Heard:
        """The sentence at a span of a source."""
        return cls(
            span.text,
            with_antecedent(span, source),
            topic_of_source(source),
            f"{source.title} {source.text}" if is_short(source.text) else source.title,
            source.lang or language(source.text[:_ENOUGH]),
        )

    def is_barred(self, question: str) -> bool:
        """Whether it speaks of something else than the question, or denies or supposes it."""
        return is_barred(question, self.text, self.lang) or speaks_of_another(
            question, self.text, self.leaning, f"{self.topic} {self.around}", self.lang
        )


def level_of(question: str, heard: Heard) -> Level | None:
    """How fully a sentence answers a question; None where something is not said.

    >>> deed = "The mill was erected by Ada Orr."
    >>> level_of("Who built the mill?", Heard(deed, deed, "", deed))
    <Level.KIN: 1>
    >>> level_of("Who sold the mill?", Heard(deed, deed, "", deed)) is None
    True
    """
    asked = asked_of(question, heard.lang)
    if heard.is_barred(question):
        return None
    if asked.lang in UNSPACED:
        found = unspaced_level(question, asked, heard.text, f"{heard.topic} {heard.leaning}")
        return None if found is None else Level(found)
    if len(asked.wanted) == 1 and asked.kind is QuestionKind.PLACE:
        only = _heard_words(heard.leaning, asked.lang).has(next(iter(asked.wanted)))
        return Level.SAID if only and says_where(asked, heard.text) else None
    if len(asked.wanted) < 2 or not counts_what_is_asked(question, heard.text, heard.lang):
        return None
    level = _said(asked, heard)
    return level if level is not None and holds_value(asked, heard.text) else None


def n_said_here(question: str, heard: Heard) -> int:
    """How many of the question's telling words the sentence itself says, in any form."""
    asked = asked_of(question, heard.lang)
    own = _heard_words(heard.text, asked.lang)
    return sum(own.has(word, is_name=word in asked.named) for word in asked.wanted)


def share_said(question: str, heard: Heard) -> float:
    """The share of the question's telling words that are said, by kin or not, and all matters.

    0 where a matter that the question names is not said by the sentence itself, or a name at all.
    """
    asked = asked_of(question, heard.lang)
    if not asked.wanted:
        return 0.0
    own = _own_words(asked, heard)
    wide = _heard_words(f"{heard.leaning} {heard.topic} {heard.around}", asked.lang)
    n_said = 0
    for word, matters in asked.wanted.items():
        in_own = own.says(word, matters) or _told(asked, word, matters, heard.text, own)
        if matters and not matters <= NOUNS and word not in asked.named and not in_own:
            return 0.0
        is_said = in_own or wide.has(word, is_name=word in asked.named) or word in asked.beside_name
        if word in asked.named and not is_said:
            return 0.0  # of a thing with another name
        n_said += is_said
    return n_said / len(asked.wanted)


def _said(asked: Asked, heard: Heard) -> Level | None:
    """How the question's words are said; None where one is not, or where only names are."""
    own = _own_words(asked, heard)
    beside = _heard_words(heard.leaning, asked.lang)
    topic = _heard_words(heard.topic, asked.lang)
    around = _heard_words(heard.around, asked.lang)
    of_person = speaks_of_person(heard.text)
    level, speaks, by_unit, names_near = Level.SAID, False, False, True
    lifts_thing = False
    for word, matters in asked.wanted.items():
        is_name, is_thing = word in asked.named, not matters or matters <= NOUNS
        if own.has(word, is_name=is_name):
            speaks |= not is_name
        elif matters & own.matters:
            speaks, level = True, max(level, Level.KIN)
        elif _told(asked, word, matters, heard.text, own):
            by_unit, level = True, max(level, Level.KIN)
        elif (is_name or (is_thing and not of_person)) and beside.has(word, is_name=is_name):
            continue
        elif is_name and around.has(word, is_name=True):
            names_near = False
        elif (is_thing or is_name) and not of_person and topic.has(word, is_name=is_name):
            level, names_near = Level.TOPIC, False
            lifts_thing |= not is_name
        elif word in asked.beside_name and (is_thing or matters <= NOUNS):
            level = Level.TOPIC
        else:
            return None
    if lifts_thing and not _is_of_topic(asked, heard.text, own):
        return None
    # "400 crowns" says nothing of what costs them: then the thing itself must be near.
    return level if speaks or (by_unit and names_near) else None


def _told(asked: Asked, word: str, matters: frozenset[str], text: str, own: _Words) -> bool:
    if "large" in matters and not asked.wanted.keys() & _COUNTED_WHOLE:
        matters = (matters - {"large"}) | {"area"}
    return told_by_unit(word, matters, text, lasts=asked.lasts, said=own.matters)


_COUNTED_WHOLE = frozenset(
    stem(word)
    for word in listed(
        "crew team class audience crowd army fleet herd flock family council population staff "
        "choir band group turnout majority fine sum prize loan debt donation budget "
        "share discount bill"
    )
)
"""What is large by a count or an amount; of other things "large" means an area."""


def _is_of_topic(asked: Asked, text: str, own: _Words) -> bool:
    """Whether a sentence may speak of its text's topic: it begins with no other thing.

    "The visit costs 3 euros" says nothing of what the lighthouse cost, which the text is about.
    """
    whole = without_elisions(text, asked.lang)
    if next(iter(tokens(whole)), "") in _POINTING or _names_thing(asked, own):
        return True
    begins = next(iter(content_tokens(whole, asked.lang)), "")
    near = len(text) - len(text.lstrip()) + len(begins) + _NEAR
    if not begins or begins[0].isdigit() or plain(begins) in _ANY_THING or moments(text[:near]):
        return True
    if any(each.start <= near for each in people(asked, text)):
        return True  # "The engineer Ann Orr drew it"
    matters = matters_of(begins, asked.lang)
    same = any(is_derived_from(plain(stem(begins)), plain(w), asked.lang) for w in asked.wanted)
    return same or bool(matters & asked.matters)


def _names_thing(asked: Asked, own: _Words) -> bool:
    """Whether a sentence names again a thing that is asked about."""
    things = (word for word, matters in asked.wanted.items() if not matters)
    return any(word not in asked.named and own.has(word) for word in things)


_NEAR = 12  # characters after the first telling word in which a name or a day may stand
_ANY_THING = listed(
    "building house site place company firm gebaude haus edificio obra batiment maison здание дом "
    "bina yapı cladirea κτιριο toà इमारत مبنى المبنى"
)
_POINTING = listed(
    "it its they their there this these here we i our my he she his her es sie er dort hier wir il "
    "elle ils ici nous él ella allí aquí он она оно они там здесь мы el ea ei aici noi astăzi azi "
    "hoy heute aujourd last each every today now in on at since seit im am en dans в на bu burada "
    "यह वह इस इसकी इसका इसके यहाँ αυτό εδώ هنا nó đây mỗi"
)


def _own_words(asked: Asked, heard: Heard) -> _Words:
    """The sentence's words; to "where will it be built" its site is an answer too."""
    own = _heard_words(heard.text, asked.lang)
    if asked.kind is QuestionKind.PLACE and "site" in own.matters:
        return replace(own, matters=own.matters | _TOLD_BY_SITE)
    if asked.kind is QuestionKind.PERSON and _OF_HAND.search(heard.text):
        return replace(own, matters=own.matters | _MADE)
    return own


_OF_HAND = re.compile(
    r"\b(?:is|was|are|were|ist|war|es|era|fue|est|était)\s+(?:the\s+work\s+of|by|von|obra\s+de|l['’]œuvre\s+de"
    r"|de\s+la\s+main\s+de|ein\s+Werk\s+von)\s",
    re.IGNORECASE,
)
_MADE = frozenset(
    {"write", "compose", "paint", "design", "make", "carve", "build", "invent", "create"}
)
"""What "is by Ann Orr" may say."""


_TOLD_BY_SITE = frozenset({"build", "stand", "locate", "lie", "open", "begin"})


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of a text, ready to be compared with a question's."""

    stems: frozenset[str]
    plains: frozenset[str]
    matters: frozenset[str]
    lang: str

    def has(self, word: str, *, is_name: bool = False) -> bool:
        """Whether a stem is there, or an inflected form of it; of no name also a derived one."""
        if word in self.stems:
            return True
        folded, alike = plain(word), is_form_of if is_name else is_derived_from
        return any(alike(folded, each, self.lang) for each in self.plains)

    def says(self, word: str, matters: frozenset[str]) -> bool:
        """Whether a stem is there, or a word of one of its matters."""
        return bool(matters & self.matters) or self.has(word)


@lru_cache(maxsize=4096)
def _heard_words(text: str, lang: str) -> _Words:
    heard = tokens(without_elisions(text, lang))
    return _Words(
        frozenset(stem(each) for each in heard),
        frozenset(plain(stem(each)) for each in heard),
        matters_in(text, lang),
        lang,
    )
