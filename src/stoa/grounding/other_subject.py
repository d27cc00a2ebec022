"""Whether a sentence tells of another named thing than a question, though its text names both.

In "Torn was first climbed in 1899" nothing is said of Gran, whatever the sentence before says. Only
what a sentence begins with is looked at, where capitals tell names.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

from stoa.grounding.asked_words import Asked, asked_of, function_words
from stoa.grounding.bars import tells_apart
from stoa.grounding.inflection import is_form_of
from stoa.grounding.kin import NOUNS, matters_of, plain
from stoa.grounding.quantities import names
from stoa.grounding.question_kinds import QuestionKind
from stoa.grounding.words import stem, tokens

_NO_CAPITALS = frozenset({"de", "zh", "ja", "ko", "th", "ar", "hi", "lo", "km", "my"})
_FIRST = re.compile(r"^\W*(?P<name>[^\W\d_][\w'’-]*)")
_THEN = re.compile(r"\s+(?P<name>[^\W\d_][\w'’-]*)")
_COMMON_END = re.compile(r"(?:tion|ment|ness|ance|ence|ing|ity|ship|s|ed|ly)$")
_PASSIVE = re.compile(
    r"(?<!\w)(?:was|were|is|are|been|fue|fueron|es|está|a\s+été|fut|est|este|a\s+fost|è|era|foi)\s+(?:\w+\s+)?\w+"
    r"(?:\s+\w+){0,6}?\s+(?:by|por|par|de\s+către|da|dal|dalla|od)(?!\w)",
    re.IGNORECASE,
)
_HE = re.compile(r"^\W*(?:he|she|his|her|él|ella|il|elle|он|она|el|ea)(?!\w)", re.IGNORECASE)


@lru_cache(maxsize=4096)
def speaks_of_another(question: str, text: str, leaning: str, around: str, hint: str = "") -> bool:
    """Whether a sentence begins with, or leans on, another name than those of the question.

    Args:
        question: that is asked.
        text: the sentence.
        leaning: with the sentence that it leans on.
        around: the whole of a short text, in which a name may stand elsewhere.
        hint: the language of the text, where the question alone does not tell it.

    >>> told = "Gran is the second peak. Torn was climbed in 1899."
    >>> speaks_of_another("When was Gran climbed?", told[25:], told[25:], told)
    True
    """
    asked = asked_of(question, hint)
    if asked.lang in _NO_CAPITALS or not asked.named:
        return False
    if _apposed_otherwise(question, text, asked):
        return True
    if _said(asked.named, leaning, asked.lang):
        return _of_the_first_person(asked, text, leaning)
    things = frozenset(
        word
        for word, matters in asked.wanted.items()
        if not matters and word not in asked.named and not tells_apart(word)
    )
    if not _opening_name(text, around, asked) or _said(
        things, _nouns(text, asked.lang), asked.lang
    ):
        return False  # "Joan Pike reads the gauge" is about the gauge
    return asked.kind is not QuestionKind.PERSON or _PASSIVE.search(text) is not None


_DETERMINED = re.compile(
    r"\b(?:the|an?|its|his|her|their|our|my|this|that)\s+(?:\w+\s+)?(\w+)", re.I
)


def _nouns(text: str, lang: str) -> str:
    """The words that a text marks as things by an article, in English; all words elsewhere."""
    return " ".join(m.group() for m in _DETERMINED.finditer(text)) if lang == "en" else text


def _said(named: frozenset[str], text: str, lang: str) -> bool:
    said = {plain(stem(word)) for word in tokens(text)}
    return any(is_form_of(plain(name), word, lang) for name in named for word in said)


_NOUN_NAME = re.compile(r"(?P<noun>[^\W\d_]{3,})(?=\s+[\"«“„]?(?P<name>[^\W\d_]{2,}))")


def _apposed_otherwise(question: str, text: str, asked: Asked) -> bool:
    """Whether "the ferry Nell" stands where the question has "the ferry Dora"."""
    for wanted in _apposed(question, asked.lang):
        if _said(frozenset([stem(wanted["name"].casefold())]), text, asked.lang):
            continue
        noun = stem(wanted["noun"])
        for found in _apposed(text, asked.lang):
            is_other = not _said(asked.named, found["name"], asked.lang)
            if stem(found["noun"]) == noun and is_other:
                return True
    return False


def _apposed(text: str, lang: str) -> list[re.Match[str]]:
    """A noun in small letters with a name right after it."""
    found = _NOUN_NAME.finditer(text)
    return [
        m
        for m in found
        if m["noun"].islower()
        and m["name"][0].isupper()
        and m["noun"] not in function_words(lang)
        and matters_of(m["noun"], lang) <= NOUNS
    ]


def _opening_name(text: str, around: str, asked: Asked) -> str:
    """The name that a sentence begins with, if it is none of the question's words; else ""."""
    found = _FIRST.match(text)
    if found is None or not found["name"][0].isupper():
        return ""
    end = found.end()
    while (more := _THEN.match(text, end)) and more["name"][0].isupper():
        end = more.end()
    name = text[found.start("name") : end]
    words = tokens(name)
    first = words[0] if words else ""
    is_asked = _said(frozenset(stem(word) for word in words), _wanted(asked), asked.lang)
    if not first or is_asked or first in function_words(asked.lang):
        return ""
    if len(words) > 1 or _stands_inside(found["name"], around):
        return name
    if asked.lang != "en" or matters_of(first, "en") or _COMMON_END.search(first):
        return ""  # elsewhere a sentence may begin with its verb
    return name if _VERB.match(text[end:]) else ""


_VERB = re.compile(r"\s+(?:is|was|has|had|are|were|will|can)\s")


def _wanted(asked: Asked) -> str:
    return " ".join(asked.wanted)


def _stands_inside(word: str, around: str) -> bool:
    """Whether a word stands with its capital after a small word: inside a sentence of the text."""
    words = around.split()
    return any(
        before[:1].islower() and before[-1:] not in ".!?:" and each.strip("\"'“”«»„.,;:!?)") == word
        for before, each in pairwise(words)
    )


def _of_the_first_person(asked: Asked, text: str, leaning: str) -> bool:
    """Whether "he" is somebody else than the one asked about: who was named first before."""
    if leaning == text or not _HE.search(text):
        return False
    people = [{stem(w) for w in tokens(each.text)} for each in names(leaning[: -len(text)])]
    people = [each for each in people if len(each) > 1]
    if len(people) < 2:
        return False
    named = set(asked.named)
    return bool(people[0] - named) and any(each <= named for each in people[1:])
