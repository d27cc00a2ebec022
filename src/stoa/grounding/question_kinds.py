"""What a question asks for: a number, a time, a person, a place, a reason, or just about something.

Hand-written phrases in eighteen languages (`question_words`). Where none is known the kind is
`OTHER`, and nothing that uses the kind may then hold it against an answer.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from functools import lru_cache

from stoa.grounding import question_words
from stoa.grounding.languages import language


class QuestionKind(StrEnum):
    """What an answer must hold, as far as the question's words tell."""

    NUMBER = "number"  # a count, an amount, a share, a length of time
    TIME = "time"  # a year, a date, a period
    PERSON = "person"
    PLACE = "place"
    REASON = "reason"
    MANNER = "manner"
    THING = "thing"  # what, which: a name or a phrase
    YES_NO = "yes_no"
    ABOUT = "about"  # what people say of something: any sentence on the topic answers
    OTHER = "other"


# More telling kinds first: "how many" before "how", "what is it called" before "who".
_IN_ORDER: tuple[tuple[QuestionKind, dict[str, str]], ...] = (
    (QuestionKind.ABOUT, question_words.ON_ABOUT),
    (QuestionKind.TIME, question_words.TIME),
    (QuestionKind.NUMBER, question_words.NUMBER),
    (QuestionKind.REASON, question_words.REASON),
    (QuestionKind.PLACE, question_words.PLACE),
    (QuestionKind.THING, question_words.WHICH),
    (QuestionKind.PERSON, question_words.PERSON),
    (QuestionKind.YES_NO, question_words.YES_NO),
    (QuestionKind.MANNER, question_words.MANNER),
    (QuestionKind.THING, question_words.THING),
)
_ABOUT = 0  # its place in the order
_UNSPACED = frozenset({"th", "zh", "ja", "ko", "lo", "km", "my"})
# Letters and the marks that belong to them: a phrase may not begin or end inside a word.
_LETTER = r"[\w\u0300-\u036f\u064b-\u0655\u0900-\u0903\u093a-\u0963]"


def question_kind(question: str, lang: str = "") -> QuestionKind:
    """What the question wants to know.

    Args:
        question: its words.
        lang: ISO code where known; found from the words otherwise.

    >>> question_kind("Wie viele Punkte gab es?").value, question_kind("In what year?").value
    ('number', 'time')
    """
    code = lang or language(question)
    plain = _plain(question)
    for place, (kind, phrases) in enumerate(_IN_ORDER):
        if code in phrases and _pattern(place, code).search(plain):
            return kind
    return QuestionKind.OTHER


def topic_of(question: str, lang: str = "") -> str:
    """What a question is about: itself, or without "what do people say about" and its like.

    >>> topic_of("What do people say about the new tram?")
    'about the new tram?'
    """
    code = lang or language(question)
    if code not in question_words.ON_ABOUT:
        return question
    found = _pattern(_ABOUT, code).search(_plain(question))
    if found is None or len(_plain(question)) != len(question):
        return question
    return (question[: found.start()] + question[found.end() :]).strip()


@lru_cache(maxsize=2_048)
def is_question_word(word: str, lang: str) -> bool:
    """Whether a word, in lower case, is one of the single words that ask, in this language."""
    return word in single_question_words(lang)


@lru_cache(maxsize=64)
def single_question_words(lang: str) -> frozenset[str]:
    """The single words that ask in a language, in lower case."""
    found: set[str] = set()
    for kind, phrases in _IN_ORDER:
        if kind not in (QuestionKind.YES_NO, QuestionKind.ABOUT):
            listed = _plain(phrases.get(lang, "")).split("|")
            found.update(phrase.strip("^*") for phrase in listed if " " not in phrase)
    return frozenset(found - {""})


@lru_cache(maxsize=512)
def _pattern(place: int, lang: str) -> re.Pattern[str]:
    phrases = _plain(_IN_ORDER[place][1][lang]).split("|")
    return re.compile("|".join(_as_expression(phrase, lang in _UNSPACED) for phrase in phrases))


def _as_expression(phrase: str, is_unspaced: bool) -> str:
    if is_unspaced:
        return re.escape(phrase.lstrip("^"))
    at_start = phrase.startswith("^")
    is_open = phrase.endswith("*")
    words = re.escape(phrase.strip("^*")).replace(r"\ ", r"\s+")
    before = r"^\W*" if at_start else f"(?<!{_LETTER})"
    return f"{before}{words}" if is_open else f"{before}{words}(?!{_LETTER})"


def _plain(text: str) -> str:
    """Lower case, composed, one kind of apostrophe; a Turkish dotted capital I becomes i."""
    return unicodedata.normalize("NFC", text.replace("İ", "i").lower()).replace("’", "'")
