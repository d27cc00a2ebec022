"""What a question says and asks: its telling words, the names in it, and the kind of its answer.

Words that only ask ("at what time", "how many") are left out; "what is the price" asks for a
number, though its first word does not say so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from stoa.grounding.kin import NOUNS, UNSPACED, matters_of
from stoa.grounding.language_words import WORDS
from stoa.grounding.languages import language
from stoa.grounding.question_kinds import QuestionKind, is_question_word, question_kind
from stoa.grounding.words import STOPWORDS, listed, stem, tokens

# Words that say which kind of thing is asked for, and nothing of what it is asked about.
_KIND_WORDS = {
    QuestionKind.TIME: listed(
        "time year day date month hour moment century jahr jahre tag datum uhrzeit ano dia fecha "
        "hora annee jour date heure an anul zi год году года день число έτος ετοσ χρονια yıl gun "
        "tarih năm ngày عام سنة वर्ष साल"
    ),
    QuestionKind.NUMBER: listed(
        "number amount figure percentage much many anzahl viel viele zahl numero cantidad nombre "
        "numar количество число sayı số عدد संख्या"
    ),
    QuestionKind.PERSON: listed("name person name nom nombre nume имя isim tên اسم नाम"),
    QuestionKind.PLACE: listed("place ort stelle lugar endroit lieu loc место yer nơi مكان जगह"),
}
# Function words of languages for which `language_words` has few or none.
_FUNCTION = {
    "el": "ο η το οι τα του της των τον την τη τους στο στη στην στον στις στα στους και με από "
    "για σε να είναι ήταν θα που πού τι πόσο πόση πόσοι πόσα πόσες πόσους ποιος ποια ποιο ποιον "
    "ένα ένας μια",
    "de": "beim vom ins den dem des zur zum ist sind war waren wird wurden worden gab gibt zählt "
    "hat hatte",
    "hi": "का के की को में से पर है हैं था थी थे हुआ हुई हुए जाता जाती गया गई कितना कितनी कितने किसने",
    "tr": "bu için ne kim kaç oldu olan edildi etti zaman",
    "ro": "a al ale ai din dintr de la fost este sunt cât câte când cine unde care",
    "fr": "a t il elle ils elles on est sont été être au aux du des le la les un une qui que "
    "compte comporte fut dans",
    "es": "tiene tienen tenía hay cuenta fue eran estaba",
    "vi": "bao nhiêu nào gì ai có là ở của",
    "th": "",
}
# Verbs that carry little beside another: "found guilty", "take place", "get the contract".
_LIGHT = listed("find get give take make go come put set keep have do be need use")
_MEASURES = listed("cost price long high deep wide heavy fast large far old hot turnout earn weigh")
_LASTS = re.compile(
    r"\bhow long (?:did|does|do|had|has|have|must|may|can|will|would|until|before|ago)\b"
    r"|\bwie lange\b|\bcuánto tiempo\b|\bcombien de temps\b|\bкак долго\b|\bcât timp\b"
    r"|\bπόση ώρα\b|\bne kadar süre",
    re.IGNORECASE,
)
_OF_MONEY = listed("cost price pay earn fine sell buy high large rent donate spend win lose hold")
_ELIDED = re.compile(r"\b(?:[ldnsjmtc]|qu)['’]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question taken apart; `wanted` maps each telling word's stem to the matters it names."""

    lang: str
    kind: QuestionKind
    wanted: dict[str, frozenset[str]]
    named: frozenset[str]  # stems of the words that are names
    beside_name: frozenset[str] = frozenset()  # of "the trawler Plover": what the name makes plain
    lasts: bool = False  # "how long did it ...": a time and no length

    @property
    def asks_for_money(self) -> bool:
        """Whether an amount of money may be the answer."""
        return bool(self.matters & _OF_MONEY) or not self.wanted

    @property
    def matters(self) -> frozenset[str]:
        """All matters that its words name."""
        return frozenset[str]().union(*self.wanted.values())


@lru_cache(maxsize=512)
def asked_of(question: str, hint: str = "") -> Asked:
    """Takes a question apart; `hint` is the language where its own words do not tell it.

    >>> asked = asked_of("What was the price of the Orn bridge?")
    >>> asked.kind.value, sorted(asked.wanted), sorted(asked.named)
    ('number', ['bridg', 'orn', 'pric'], ['orn'])
    """
    lang = language(question) or hint or "en"
    words = [word for word in content_tokens(question, lang)]
    matters = {stem(word): matters_of(word, lang) for word in words}
    kind = _kind(question, lang, matters)
    for word in words:
        if word in _KIND_WORDS.get(kind, ()) or stem(word) in _KIND_WORDS.get(kind, ()):
            matters.pop(stem(word), None)
    heavy = (held for word, held in matters.items() if word not in _LIGHT)
    if lang == "en" and any(held - NOUNS for held in heavy):
        matters = {word: held for word, held in matters.items() if word not in _LIGHT}
    named = _capitalised(question, lang)
    lasts = _LASTS.search(question) is not None
    beside = _before_names(question) & matters.keys() - named if lang != "de" else frozenset[str]()
    return Asked(lang, kind, matters, frozenset(named & matters.keys()), frozenset(beside), lasts)


def _kind(question: str, lang: str, matters: dict[str, frozenset[str]]) -> QuestionKind:
    kind = question_kind(question, lang)
    measured = any(held & _MEASURES for held in matters.values())
    vague = (QuestionKind.THING, QuestionKind.OTHER)
    return QuestionKind.NUMBER if kind in vague and measured else kind


def content_tokens(text: str, lang: str) -> list[str]:
    """The telling words of a text: no function words, none that ask."""
    text, more = without_elisions(text, lang), function_words(lang)
    return [
        token
        for token in tokens(text)
        if (lang != "en" or token not in STOPWORDS)
        and token not in more
        and lang not in WORDS.get(token, ())
        and not is_question_word(token, lang)
        and (len(token) > 1 or not token.isascii())
        and (lang in UNSPACED or len(token) > 1)
    ]


def without_elisions(text: str, lang: str) -> str:
    """A text without articles that hang on the next word by an apostrophe.

    >>> without_elisions("L'école d'Aix", "fr")
    ' école  Aix'
    """
    return _ELIDED.sub(" ", text) if lang in ("fr", "it", "ro", "ca") else text


@lru_cache(maxsize=32)
def function_words(lang: str) -> frozenset[str]:
    """Function words of a language, folded as tokens are."""
    held = (word for word, langs in WORDS.items() if lang in langs)
    more = (*held, *_FUNCTION.get(lang, "").split(), *(STOPWORDS if lang == "en" else ()))
    return frozenset(word.casefold() for word in more)


_APPOSED = re.compile(r"\b(?:the|el|la|le|il|lo)\s+(?P<noun>[^\W\d_]+)\s+(?=[^\W\d_a-z])")


def _before_names(question: str) -> frozenset[str]:
    """Stems of nouns that stand right before a name and after an article.

    >>> sorted(_before_names("Who owns the trawler Plover?"))
    ['trawler']
    """
    found = (match["noun"] for match in _APPOSED.finditer(question))
    return frozenset(stem(word) for word in found if word.islower())


_BEFORE_NAME = listed("von in aus bei nach")  # what stands before a German name and no article


def _capitalised(question: str, lang: str) -> frozenset[str]:
    """Stems of words that are names by their capital.

    German writes all nouns so: there only what follows "in" or "von" without an article counts.
    """
    words = re.findall(r"[^\W_]+", question)
    found: set[str] = set()
    for before, word in pairwise(words):
        if word[0].isupper() and (lang != "de" or before.casefold() in _BEFORE_NAME):
            found.add(stem(word.casefold()))
    return frozenset(found)
