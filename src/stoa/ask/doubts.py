"""Doubts and what would settle them, in the asker's language.

The flow says why in English, wherever it is found; here that sentence is known again and said in
the language of the answer. A sentence that is not known stays as it is.
"""

from __future__ import annotations

import re
from dataclasses import fields, replace
from functools import lru_cache

from stoa.ask.doubt_words import DOUBT_WORDS, ENGLISH_DOUBTS, DoubtWords
from stoa.ask_records import Conflict
from stoa.grounding.asked_words import asked_of
from stoa.grounding.question_kinds import QuestionKind

WHY = ENGLISH_DOUBTS
"""The reasons as the flow gives them."""

_SETTLED_BY = {
    QuestionKind.NUMBER: "settle_number",
    QuestionKind.TIME: "settle_time",
    QuestionKind.PERSON: "settle_person",
    QuestionKind.PLACE: "settle_place",
}


def doubt_words(lang: str) -> DoubtWords:
    """The sentences of a language (BCP 47; its first part counts); English where there are none."""
    return DOUBT_WORDS.get(lang.split("-")[0].casefold(), ENGLISH_DOUBTS)


def doubt_in(reason: str, lang: str) -> str:
    """A reason of the flow in a language.

    >>> doubt_in("They differ in a date: 1911 and 1913.", "de")
    'Sie nennen verschiedene Zeiten: 1911 und 1913.'
    >>> doubt_in("something else", "de")
    'something else'
    """
    words = doubt_words(lang)
    if words is ENGLISH_DOUBTS:
        return reason
    for name, pattern in _patterns():
        found = pattern.fullmatch(reason)
        if found is not None:
            return getattr(words, name).format(**found.groupdict())
    return reason


def conflicts_in(conflicts: tuple[Conflict, ...], lang: str) -> tuple[Conflict, ...]:
    """Conflicts that say in a language how their sides differ."""
    return tuple(replace(each, why=doubt_in(each.why, lang)) for each in conflicts)


def settled_by(question: str, lang: str, reason: str = "") -> str:
    """What would decide a question that is not answered, or not surely; "" for no such thing.

    >>> settled_by("When was the mill built?", "en")
    'A primary source with the date would settle it.'
    """
    words = doubt_words(lang)
    if reason == WHY.many_senses:
        return words.settle_sense
    name = _SETTLED_BY.get(asked_of(question, lang).kind, "settle_conflict")
    return getattr(words, name)


@lru_cache(maxsize=1)
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """How each English sentence is known, whatever words of sources stand in it."""
    made: list[tuple[str, re.Pattern[str]]] = []
    for each in fields(ENGLISH_DOUBTS):
        said = re.escape(getattr(ENGLISH_DOUBTS, each.name))
        for name in ("one", "other"):
            said = said.replace(re.escape("{" + name + "}"), f"(?P<{name}>.*)")
        made.append((each.name, re.compile(said, re.DOTALL)))
    return tuple(made)
