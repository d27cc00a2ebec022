"""Sentences that say all a question says and hold what it asks for: the plainest kind of answer.

Where a sentence holds every content word of the question (names may stand elsewhere in its source)
and a value of the kind that is asked for, it is seldom wrong, in a text that answers and in one
that does not: a question that cannot be answered asks for something the text has no word for.
"""

from __future__ import annotations

import re
from functools import lru_cache

from stoa.ask_records import Source, Span
from stoa.grounding.asked_words import asked_of
from stoa.grounding.counted import counts_what_is_asked
from stoa.grounding.language_words import WORDS
from stoa.grounding.languages import language
from stoa.grounding.leaning import with_antecedent
from stoa.grounding.quantities import Kind, names, quantities
from stoa.grounding.question_kinds import QuestionKind, is_question_word, question_kind
from stoa.grounding.words import STOPWORDS, stem, tokens

_LEAST_WORDS = 2  # a question of one content word is covered by too much
_SHORT = 500  # characters
_DAYS = (Kind.DATE, Kind.YEAR)
_CLOCK = re.compile(r"\b\d{1,2}[:.]\d\d\b")
_ANY_DIGIT = re.compile(r"\d")
_DAY_NAMES = re.compile(
    r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b|\b(?:montag|dienstag|mittwoch|donnerstag"
    r"|freitag|samstag|sonntag)\b|\bnoon\b|\bmidnight\b|\bdusk\b|\bdawn\b",
    re.IGNORECASE,
)


def covers(question: str, span: Span, source: Source) -> bool:
    """Whether a sentence says all that the question says, and holds what it asks for.

    >>> from stoa.ask_records import SourceKind, Tier
    >>> deed = Source("d", SourceKind.DOCUMENT, "The old mill burnt in 1871.", Tier.RECORD)
    >>> covers("When was the old mill burnt?", Span.of(deed, 0, 27), deed)
    True
    >>> covers("Who burnt the old mill?", Span.of(deed, 0, 27), deed)
    False
    """
    lang = language(question) or "en"
    wanted = _content(question, lang)
    if len(wanted) < _LEAST_WORDS or missing_words(question, span, source):
        return False
    if not (wanted - _named(question)) & _stems(span.text):
        return False  # only names in common: the sentence speaks of it, not of what is asked
    if not counts_what_is_asked(question, span.text):
        return False
    return _holds_kind(question_kind(question, lang), span.text, wanted)


def _inflects(one: str, other: str) -> bool:
    """Whether one word is the other and an ending of at most two letters: burn, burnt."""
    short, long = sorted((one, other), key=len)
    return len(short) > 3 and len(long) - len(short) <= 2 and long.startswith(short)


def missing_words(question: str, span: Span, source: Source) -> int:
    """How many content words of the question a sentence leaves out.

    Names may stand in the title, or elsewhere in a short source.
    """
    wanted, named = _content(question, language(question) or "en"), _named(question)
    held = _stems(with_antecedent(span, source))
    missing = {word for word in wanted - held if not any(_inflects(word, each) for each in held)}
    missing -= _told_by_unit(frozenset(missing), span.text)
    return len(missing - (named & _stems(_about(source))))


def lacks_kind(question: str, text: str) -> bool:
    """Whether a text surely holds nothing of the kind asked for: no name, no number, no day.

    >>> lacks_kind("Who mended the roof?", "The room was closed while its roof was mended.")
    True
    """
    lang = language(question) or "en"
    kind = question_kind(question, lang)
    if kind is QuestionKind.PERSON and not _has_capitals(text):
        return False
    if kind not in (QuestionKind.PERSON, QuestionKind.NUMBER, QuestionKind.TIME):
        return False
    return not _holds_kind(kind, text, _content(question, lang))


def _has_capitals(text: str) -> bool:
    """Whether the script of a text has capital letters to tell names by."""
    letters = [letter for letter in text if letter.isalpha()]
    return sum(letter.lower() != letter.upper() for letter in letters) * 2 > len(letters)


def _about(source: Source) -> str:
    """What says of whom a source speaks: its title, and all of it where it is short.

    A long text names many things; that one stands somewhere in it tells nothing of a sentence.
    """
    return f"{source.title} {source.text}" if len(source.text) <= _SHORT else source.title


_PER_TIME = re.compile(
    r"\b(?:an|per|pro|por|par)\s+(?:hour|second|stunde|hora|heure)\b|/h\b", re.IGNORECASE
)
_LASTS = re.compile(
    r"\b(?:minutes?|hours?|days?|weeks?|months?|years?|(?:kilo)?met(?:re|er)s?|minuten?|stunden?|tagen?"
    r"|wochen?|monaten?|jahren?)\b",
    re.IGNORECASE,
)
_RECURS = re.compile(
    r"\b(?:every|once|twice|times|daily|weekly|monthly|yearly|jede[nrs]?|alle|mal)\b", re.IGNORECASE
)
_WEIGHS = re.compile(r"\b(?:tonn?es?|tons?|kilo(?:gram)?s?|kg|pounds?|grams?)\b", re.IGNORECASE)
_MEASURE = re.compile(
    r"\b(?:(?:kilo|centi|milli)?m(?:et(?:re|er)|ètre)|f(?:ee|oo)t|miles?|hectares?|acres?|tonn?es?"
    r"|kilograms?|storeys?|floors?)",
    re.IGNORECASE,
)


def _told_by_unit(missing: frozenset[str], text: str) -> frozenset[str]:
    """Words like "fast" and "high" in a question whose sense a unit carries: "40 miles an hour".

    Of a length "how high" must be said, since it may be a width; of money it need not.
    """
    told = {"fast"} if _PER_TIME.search(text) else set[str]()
    if _RECURS.search(text):
        told |= {"often", "frequently", "oft"}
    if _WEIGHS.search(text):
        told |= {"weight", "heavy", "weigh"}
    if _LASTS.search(text):
        told |= {"long", "lang", "last"}
    counted = any(each.kind not in _DAYS for each in quantities(text))
    if counted and not _MEASURE.search(text):
        told |= {"high", "large", "big"}
    return missing & {stem(word) for word in told}


def _holds_kind(kind: QuestionKind, text: str, wanted: frozenset[str]) -> bool:
    """Whether the sentence holds something new of the kind that is asked for."""
    amounts = [
        each for each in quantities(text) if not _stems(text[each.start : each.end]) <= wanted
    ]
    if kind is QuestionKind.NUMBER:
        is_unread = not quantities(text) and _ANY_DIGIT.search(text) is not None
        return is_unread or any(each.kind not in (*_DAYS, Kind.ORDINAL) for each in amounts)
    if kind is QuestionKind.TIME:
        clock = _CLOCK.search(text) or _DAY_NAMES.search(text)
        return any(each.kind in _DAYS for each in amounts) or bool(clock)
    if kind is QuestionKind.PERSON:
        return any(_stems(each.text) - wanted for each in names(text))
    if kind in (QuestionKind.PLACE, QuestionKind.THING):
        return bool({each for each in _stems(text) if each not in STOPWORDS} - wanted)
    return False  # reasons, manners, opinions: words in common do not tell


@lru_cache(maxsize=256)
def _content(question: str, lang: str) -> frozenset[str]:
    return frozenset(
        stem(token)
        for token in tokens(question)
        if token not in STOPWORDS
        and lang not in WORDS.get(token, ())
        and not is_question_word(token, lang)
        and (len(token) > 1 or not token.isascii())
    )


@lru_cache(maxsize=256)
def _named(question: str) -> frozenset[str]:
    if language(question) == "de":  # every noun has a capital
        return asked_of(question).named
    rest = question.split(" ", 1)[-1]
    capital = [word for word in re.findall(r"[^\W_]+", rest) if word[0].isupper()]
    return frozenset(stem(word.casefold()) for word in capital)


@lru_cache(maxsize=4096)
def _stems(text: str) -> frozenset[str]:
    return frozenset(stem(token) for token in tokens(text))
