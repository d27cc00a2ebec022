"""Two sentences that answer one question with different things.

`conflicts` sees a number, a date or a negation between statements that share most of their words.
The question tells more: sentences that both say what it asks about, in its words or in others, and
put something else in the place it asks for, cannot both be its answer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from stoa.grounding.alike_amounts import Amount, amounts_in, rates_in
from stoa.grounding.asked_words import Asked, asked_of, content_tokens
from stoa.grounding.coverage import Heard, share_said
from stoa.grounding.inflection import is_form_of
from stoa.grounding.kin import UNSPACED, matters_of, plain
from stoa.grounding.quantities import Quantity
from stoa.grounding.question_kinds import QuestionKind
from stoa.grounding.unspaced import unspaced_level, unspaced_value
from stoa.grounding.values import amounts, days, has_value, people
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
_COVERS = 0.75  # of the question's content words, in each sentence or its topic
_RUN = 3  # words in common right before the place where two answers part


def rival_values(
    question: str, one: str, other: str, said: tuple[Heard, Heard] | None = None
) -> tuple[str, str] | None:
    """What each of two sentences answers, where both answer and the answers differ; else None.

    `said` holds the two as they are heard in their sources, by which it is seen whether they speak
    of what is asked.

    >>> rival_values("Who made the bell?", "Ann Orr made the bell.", "The bell was made by Bo Lee.")
    ('Ann Orr', 'Bo Lee')
    >>> rival_values("Who made the bell?", "Ann Orr made the bell.", "The bell hangs in Hay.")
    """
    heard = said or (Heard(one, one, "", ""), Heard(other, other, "", ""))
    asked = asked_of(question, heard[0].lang)
    of_one_cause = asked.kind is QuestionKind.REASON and "cause" in asked.matters
    if asked.kind not in _ASKS_FOR_ONE and not of_one_cause:
        return None  # a thing may have many reasons, and much may be said about it
    if asked.lang in UNSPACED:
        return _unspaced(question, asked, heard)
    if len(asked.wanted) < 2 or any(share_said(question, each) < _COVERS for each in heard):
        return None
    return _of_kind(asked, one, other, heard)


def _of_kind(asked: Asked, one: str, other: str, heard: Sequence[Heard]) -> tuple[str, str] | None:
    """The two answers, sought as the kind of the question tells."""
    if asked.kind in _READ:
        found = _READ[asked.kind](asked, one, other)
        if found is not None or has_value(asked, one) or has_value(asked, other):
            return found
    found = None
    if asked.kind in _NAMES:
        found = _other_names(asked, one, other)
        if asked.kind is QuestionKind.PERSON and found is None:
            found = _unnamed(asked, one, other)
        if asked.kind is QuestionKind.PERSON and people(asked, one) and people(asked, other):
            return found
    elif asked.matters & _CAUSED:
        found = _causes(asked, one, other)
    return found or _parting(one, other, frozenset(asked.wanted)) or _all_new(asked, heard)


def _unspaced(question: str, asked: Asked, heard: Sequence[Heard]) -> tuple[str, str] | None:
    """The first numbers or days of two sentences that both answer, where they differ."""
    texts = [each.text for each in heard]
    wide = [f"{each.topic} {each.leaning}" for each in heard]
    if any(
        unspaced_level(question, asked, text, topic) is None
        for text, topic in zip(texts, wide, strict=True)
    ):
        return None
    first, second = (unspaced_value(asked, text) for text in texts)
    return (first, second) if first and second and first != second else None


def _all_new(asked: Asked, heard: Sequence[Heard]) -> tuple[str, str] | None:
    """What each adds to the question, where each says all of it and they add nothing in common."""
    wanted = frozenset(asked.wanted)
    if not all(wanted <= {stem(word) for word in tokens(each.leaning)} for each in heard):
        return None
    first, second = (_added(asked, each.text) for each in heard)
    if not first or not second or {stem(w) for w in first} & {stem(w) for w in second}:
        return None
    return first[0], second[0]


def _added(asked: Asked, text: str) -> list[str]:
    return [
        token
        for token in content_tokens(text, asked.lang)
        if token not in STOPWORDS and stem(token) not in asked.wanted
    ]


def _days(asked: Asked, one: str, other: str) -> tuple[str, str] | None:
    """The first days of two sentences, where no day of one may be a day of the other."""
    ours, theirs = days(asked, one), days(asked, other)
    pairs = [(a, b) for a in ours for b in theirs if a.compares_with(b)]
    if not pairs or any(not a.differs_from(b) for a, b in pairs):
        return None
    a, b = pairs[0]
    return one[a.start : a.end].strip(" .,"), other[b.start : b.end].strip(" .,")


def _amounts(asked: Asked, one: str, other: str) -> tuple[str, str] | None:
    """The first quantities of one unit, where none of one is any of the other's."""
    if "frequent" in asked.matters:
        first, second = rates_in(one)[:1], rates_in(other)[:1]
        if first and second:
            return None if first[0][0] == second[0][0] else (first[0][1], second[0][1])
    ours, theirs = _asked_amounts(asked, one), _asked_amounts(asked, other)
    pairs = [(a, b) for a in ours for b in theirs if _comparable(a, b, asked)]
    if not pairs or any(a.alike(b) for a, b in pairs):
        return None
    a, b = pairs[0][0].quantity, pairs[0][1].quantity
    return one[a.start : a.end].strip(" .,"), other[b.start : b.end].strip(" .,")


_READ = {QuestionKind.TIME: _days, QuestionKind.NUMBER: _amounts}


def _asked_amounts(asked: Asked, text: str) -> list[Amount]:
    """Amounts that may answer, each with what it measures."""
    held = amounts(asked, text)
    return [
        each
        for each in amounts_in(text, asked.lang)
        if any(q.start < each.quantity.end and each.quantity.start < q.end for q in held)
    ]


def _comparable(one: Amount, other: Amount, asked: Asked) -> bool:
    """Whether two amounts are of one thing: of one measure, or counted alike."""
    if one.measure or other.measure:
        return one.measure == other.measure
    return _one_unit(one.quantity, other.quantity, asked)


def _one_unit(one: Quantity, other: Quantity, asked: Asked) -> bool:
    """Whether two quantities count one thing: unit or noun the same, kin, or none beside one's."""
    first, second = one.unit, other.unit
    if first == second:
        return True
    if one.kind is not other.kind:
        return False
    if not first or not second:
        named = first or second
        return any(_is_word_of(named, word, asked.lang) for word in asked.wanted)
    if is_form_of(plain(first), plain(second), asked.lang):
        return True
    return bool(matters_of(first, asked.lang) & matters_of(second, asked.lang))


def _is_word_of(unit: str, word: str, lang: str) -> bool:
    return stem(unit) == word or bool(matters_of(unit, lang) & matters_of(word, lang))


def _other_names(asked: Asked, one: str, other: str) -> tuple[str, str] | None:
    """The names that only one sentence has and the question has not, where each has some.

    Where both sentences name the same people, those who did it: after "by", or named first.
    """
    ours, theirs = _new_names(asked, one, other), _new_names(asked, other, one)
    if ours and theirs:
        return ours[0], theirs[0]
    if ours or theirs or asked.kind is not QuestionKind.PERSON:
        return None
    first, second = _doer(asked, one), _doer(asked, other)
    same = {stem(token) for token in tokens(first)} & {stem(token) for token in tokens(second)}
    return (first, second) if first and second and not same else None


def _unnamed(asked: Asked, one: str, other: str) -> tuple[str, str] | None:
    """The doers of two sentences where only one has a name: Ann Orr, and "two boys"."""
    named = [bool(people(asked, each)) for each in (one, other)]
    if all(named) or not any(named):
        return None
    first, second = (
        _doer(asked, text) if has_name else _agent(asked, text)
        for text, has_name in zip((one, other), named, strict=True)
    )
    same = {stem(token) for token in tokens(first)} & {stem(token) for token in tokens(second)}
    return (first, second) if first and second and not same else None


def _agent(asked: Asked, text: str) -> str:
    """The few words before the matter asked about, or after "by", that say who did it."""
    after = _BY_WHOM.search(text)
    told = after["who"] if after else ""
    if not told:
        for match in _PIECE.finditer(text):
            if matters_of(match.group().casefold(), asked.lang) & asked.matters:
                told = text[: match.start()]
                break
    words = content_tokens(told, asked.lang)
    new = [word for word in words if stem(word) not in asked.wanted]
    return " ".join(words) if new and len(words) == len(new) <= _FEW else ""


_FEW = 3
_BY_WHOM = re.compile(r"\b(?:by|von|por|par|de către)\s+(?P<who>[^.,;:]+)", re.IGNORECASE)
_CAUSED = frozenset({"cause", "ignite"})


def _causes(asked: Asked, one: str, other: str) -> tuple[str, str] | None:
    """What two sentences name as having brought something about, where they share no word."""
    first, second = _cause(asked, one), _cause(asked, other)
    same = {stem(word) for word in tokens(first)} & {stem(word) for word in tokens(second)}
    return (first, second) if first and second and not same else None


def _cause(asked: Asked, text: str) -> str:
    """The words after "by", "because of" and their like; else those before the verb."""
    after = _BROUGHT_BY.search(text)
    told = text[after.end() :] if after else ""
    if not told:
        for match in _PIECE.finditer(text):
            if matters_of(match.group().casefold(), asked.lang) & _CAUSED:
                told = text[: match.start()]
                break
        else:
            found = _SET_FIRE.search(text)
            told = text[: found.start()] if found else ""
    words = [w for w in content_tokens(told, asked.lang) if stem(w) not in asked.wanted]
    return " ".join(words[:3])


_BROUGHT_BY = re.compile(
    r"\b(?:by|because of|due to|owing to|cause was|durch|wegen|por|debido a|par|à cause de)\s+",
    re.IGNORECASE,
)
_SET_FIRE = re.compile(r"\bsets?\b", re.IGNORECASE)
_BY = re.compile(r"\b(?:by|von|por|par|de către|από|tarafından)\s+(?:the\s+)?$", re.IGNORECASE)
_SAYS = re.compile(
    r"^\W*(?:says?|said|told|writes?|wrote|reports?|claims?|thinks?|believes?|sagt|dice|dit|говорит)\b",
    re.IGNORECASE,
)
_ACCORDING = re.compile(
    r"\b(?:according to|laut|según|selon|согласно|по словам)\s+$", re.IGNORECASE
)


def _doer(asked: Asked, text: str) -> str:
    """Whom a sentence names as having done what is asked; who only says so is left out."""
    told = [
        name
        for name in people(asked, text)
        if not _SAYS.match(text[name.end :]) and not _ACCORDING.search(text[: name.start])
    ]
    by = [name for name in told if _BY.search(text[: name.start])]
    return (by or told)[0].text if told else ""


def _new_names(asked: Asked, text: str, other: str) -> list[str]:
    """Names that hold a word the question lacks, none of these being in the other sentence."""
    there = {stem(token) for token in tokens(other)}
    found: list[str] = []
    for name in people(asked, text, places=asked.kind is QuestionKind.PLACE):
        new = {stem(token) for token in tokens(name.text)} - asked.wanted.keys()
        if not new & there:
            found.append(name.text)
    return found


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
