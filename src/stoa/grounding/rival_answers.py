"""Two sentences that answer one question with different things.

`conflicts` sees a number, a date or a negation between statements that share most of their words.
The question tells more: sentences that both hold what it asks about, and put something else in the
place it asks for, cannot both be its answer. That sees other names, days and places.
"""

from __future__ import annotations

import re
from functools import lru_cache

from stoa.grounding.language_words import WORDS
from stoa.grounding.languages import language
from stoa.grounding.quantities import Kind, Quantity, names, quantities
from stoa.grounding.question_kinds import QuestionKind, is_question_word, question_kind
from stoa.grounding.words import STOPWORDS, stem, tokens

_ASKS_FOR_ONE = frozenset(
    {
        QuestionKind.NUMBER,
        QuestionKind.TIME,
        QuestionKind.PERSON,
        QuestionKind.PLACE,
        QuestionKind.THING,
        QuestionKind.OTHER,
    }
)
_NAMES = frozenset({QuestionKind.PERSON, QuestionKind.PLACE})
_COVERS = 0.75  # of the question's content words, in each sentence
_RUN = 3  # words in common right before the place where two answers part
_DAYS = (Kind.DATE, Kind.YEAR)


def rival_values(
    question: str, one: str, other: str, said: tuple[str, str] | None = None
) -> tuple[str, str] | None:
    """What each of two sentences answers, where both answer and the answers differ; else None.

    `said` holds the two with what they lean on (`covering.with_antecedent`), by which it is seen
    whether they speak of what is asked.

    >>> rival_values("Who made the bell?", "Ann Orr made the bell.", "The bell was made by Bo Lee.")
    ('Ann Orr', 'Bo Lee')
    >>> rival_values("Who made the bell?", "Ann Orr made the bell.", "The bell hangs in Hay.")
    """
    lang = language(question) or "en"
    kind = question_kind(question, lang)
    wanted = _content(question, lang)
    if kind not in _ASKS_FOR_ONE or len(wanted) < 2:
        return None
    if not all(_covers(text, wanted) for text in said or (one, other)):
        return None
    if kind in (QuestionKind.NUMBER, QuestionKind.TIME):
        found = _amounts(one, other, kind)
        if found is not None or _has_amount(one, kind) or _has_amount(other, kind):
            return found
    if kind in _NAMES:
        found = _other_names(one, other, wanted)
        if found is not None:
            return found
    return _parting(one, other, wanted) or _all_new(one, other, said, wanted)


def _all_new(
    one: str, other: str, said: tuple[str, str] | None, wanted: frozenset[str]
) -> tuple[str, str] | None:
    """What each adds to the question, where each says all of it and they add nothing in common."""
    if not all(wanted <= _stems(text) for text in said or (one, other)):
        return None
    first, second = _added(one, wanted), _added(other, wanted)
    if not first or not second or {stem(w) for w in first} & {stem(w) for w in second}:
        return None
    return first[0], second[0]


def _added(text: str, wanted: frozenset[str]) -> list[str]:
    common = language(text) or "en"
    return [
        token
        for token in tokens(text)
        if token not in STOPWORDS
        and common not in WORDS.get(token, ())
        and stem(token) not in wanted
    ]


@lru_cache(maxsize=256)
def _content(question: str, lang: str) -> frozenset[str]:
    return frozenset(
        stem(token)
        for token in tokens(question)
        if token not in STOPWORDS and not is_question_word(token, lang) and len(token) > 1
    )


@lru_cache(maxsize=4096)
def _stems(text: str) -> frozenset[str]:
    return frozenset(stem(token) for token in tokens(text))


def _covers(text: str, wanted: frozenset[str]) -> bool:
    return len(wanted & _stems(text)) >= _COVERS * len(wanted)


def _fits(quantity: Quantity, kind: QuestionKind) -> bool:
    return (quantity.kind in _DAYS) == (kind is QuestionKind.TIME)


def _has_amount(text: str, kind: QuestionKind) -> bool:
    return any(_fits(each, kind) for each in quantities(text))


def _amounts(one: str, other: str, kind: QuestionKind) -> tuple[str, str] | None:
    """The first quantities of the kind asked for, where none of one is any of the other's."""
    ours = [each for each in quantities(one) if _fits(each, kind)]
    theirs = [each for each in quantities(other) if _fits(each, kind)]
    pairs = [(a, b) for a in ours for b in theirs if kind is QuestionKind.TIME or a.unit == b.unit]
    if not pairs or any(a.same_as(b) for a, b in pairs):
        return None
    a, b = pairs[0]
    return one[a.start : a.end].strip(" .,"), other[b.start : b.end].strip(" .,")


def _other_names(one: str, other: str, wanted: frozenset[str]) -> tuple[str, str] | None:
    """The names that only one sentence has and the question has not, where each has some."""
    ours, theirs = _new_names(one, wanted, other), _new_names(other, wanted, one)
    return (ours[0], theirs[0]) if ours and theirs else None


def _new_names(text: str, wanted: frozenset[str], other: str) -> list[str]:
    """Names that hold a word the question lacks, none of these being in the other sentence."""
    news = ((name.text, _stems(name.text) - wanted) for name in names(text))
    return [name for name, new in news if new and not new & _stems(other)]


_PIECE = re.compile(r"[^\W_]+(?:[.,:]\d+)*")


def _parting(one: str, other: str, wanted: frozenset[str]) -> tuple[str, str] | None:
    """The words at which two sentences part after a run in common that speaks of the question."""
    ours = [match.group() for match in _PIECE.finditer(one)]
    theirs = [match.group() for match in _PIECE.finditer(other)]
    folded = [word.casefold() for word in ours], [word.casefold() for word in theirs]
    for i in range(len(ours)):
        for j in range(len(theirs)):
            length = _common_run(folded[0], folded[1], i, j)
            after = i + length, j + length
            if length < _RUN or after[0] >= len(ours) or after[1] >= len(theirs):
                continue
            spoken = {stem(word) for word in folded[0][i : after[0]]} & wanted
            first, second = _value(ours, after[0], wanted), _value(theirs, after[1], wanted)
            if len(spoken) >= min(2, len(wanted)) and first and second:
                return (
                    (first, second) if stem(first.casefold()) != stem(second.casefold()) else None
                )
    return None


def _common_run(one: list[str], other: list[str], i: int, j: int) -> int:
    if i and j and one[i - 1] == other[j - 1]:
        return 0  # inside a run that was looked at from its beginning
    length = 0
    while (
        i + length < len(one) and j + length < len(other) and one[i + length] == other[j + length]
    ):
        length += 1
    return length


def _value(words: list[str], at: int, wanted: frozenset[str]) -> str:
    """The first content word from `at` on, among the next three; "" where the question has it."""
    for word in words[at : at + 3]:
        if word.casefold() not in STOPWORDS:
            return "" if stem(word.casefold()) in wanted else word
    return ""
