"""What a turn after an answer says was meant, in whatever order and language it says so.

`correction` knows whole sentences of correcting. People write in pieces: "hmm, not in Brigg. In
Stour!". So what only fills, refuses or says "I mean" is taken away, and what is left is what is
meant, or, after "not", what is not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from stoa.ask.turn_words import (
    BUT,
    CLAIMS,
    ENDS,
    FILLS,
    MEANS,
    NOT,
    OBJECTS,
    ONE,
    OTHER,
    PLACING,
    REFUSES,
    THAT,
)
from stoa.grounding.question_kinds import QuestionKind
from stoa.grounding.words import tokens

THE_OTHER = "other one"
"""Stands for whatever the answer before did not lead with."""
_MOST_WORDS = 16
_FRAGMENT = 6  # words at most that choose among meanings without any word of correcting
_PIECES = re.compile(r"[,.;:!?，。！；、؛،…|]+|\s[–—-]+\s")
_YEAR = re.compile(r"(?<!\d)(?:1\d|20)\d\d(?!\d)")


_ANAPHORIC = re.compile(
    r"\b(?:the|that)\s+(?:[\w.]+\s+)?ones?\b|\b(?:celui|celle|ceux|celles)\s+d|\b(?:el|la|los|las)\s+de\b"
    r"|\b(?:den|die|das|der)\s+(?:in|von|aus|vom|im)\b|\bquell[oa]\s+d|\b[oa]\s+d[eoa]\b|\bce(?:l|a)\s+d",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Reading:
    """What is meant and what is not; neither where the turn says nothing of the kind."""

    prefer: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    is_sure: bool = False  # says so in words; else only "no" and a description, or a description


def reading(text: str, kind: QuestionKind, asked: str = "", *, has_choice: bool = False) -> Reading:
    """Reads one turn after an answer.

    Args:
        text: of the turn.
        kind: of the question that was answered; a turn that holds such an answer disputes it.
        asked: that question; its own words name no meaning.
        has_choice: the answer offered several meanings or sides.

    >>> reading("hmm, not in Brigg. In Stour!", QuestionKind.PERSON)
    Reading(prefer=('In Stour',), exclude=('in Brigg',), is_sure=True)
    >>> reading("Wrong one. I want the other.", QuestionKind.NUMBER).prefer
    ('other one',)
    >>> reading("No, it was built in 1900.", QuestionKind.TIME)
    Reading(prefer=(), exclude=(), is_sure=False)
    """
    line = " ".join(text.split())
    if not line or "?" in line or "？" in line or len(line.split()) > _MOST_WORDS:
        return Reading()
    means = MEANS.search(line) is not None or _ANAPHORIC.search(line) is not None
    found = _Found()
    for clause in _PIECES.split(BUT.sub("|", MEANS.sub("|", _without_negated_meaning(line)))):
        found.take(clause, frozenset(tokens(asked)))
    prefer, exclude = tuple(found.prefer), tuple(found.exclude)
    is_bare = not (prefer or exclude)
    if is_bare and (found.other or (found.pointed and MEANS.search(line) is not None)):
        return Reading((THE_OTHER,), (), True)
    if not prefer and not exclude:
        return Reading()
    if disputes(line):
        return Reading()
    denies = bool(exclude) and (bool(prefer) or found.refused or NOT.match(line) is not None)
    if means or found.pointed or denies:
        return Reading() if _disputes(prefer, kind, means) else Reading(prefer, exclude, True)
    if exclude or _disputes(prefer, kind, False):
        return Reading()
    is_described = found.refused and any(PLACING.search(each) for each in prefer)
    is_short = len(line.split()) <= _FRAGMENT
    return Reading(prefer) if is_described or (is_short and has_choice) else Reading()


def disputes(text: str) -> bool:
    """Whether a turn says that an answer is wrong, or that something else is so.

    >>> disputes("No way, it's his brother."), disputes("I mean the brother")
    (True, False)
    """
    says = OBJECTS.search(text) or CLAIMS.search(text)
    return says is not None and MEANS.search(text) is None and _ANAPHORIC.search(text) is None


_NEGATED_MEANING = re.compile(
    r"\bi\s+(?:did|do)(?:n['’]?t|\s+not)\s+mean\b"
    r"|\bi\s+was(?:n['’]?t|\s+not)\s+(?:asking|talking)\s+about\b"
    r"|\bich\s+meinte?\s+nicht\b|\bno\s+me\s+(?:refiero|refería)\s+al?\b"
    r"|\bje\s+ne\s+(?:veux|voulais)\s+pas\s+dire\b|\bя\s+не\s+(?:про|о|об)\b",
    re.IGNORECASE,
)


def _without_negated_meaning(line: str) -> str:
    """A line in which "I did not mean X" is written "not X"."""
    return _NEGATED_MEANING.sub("| not ", line)


class _Found:
    """What the clauses of one turn said so far."""

    def __init__(self) -> None:
        self.prefer: list[str] = []
        self.exclude: list[str] = []
        self.refused = False
        self.other = False
        self.pointed = False  # "not that": something else is meant

    def take(self, clause: str, asked: frozenset[str]) -> None:
        """Reads one clause."""
        rest = self._peeled(clause)
        if not rest:
            return
        denied = NOT.search(rest)
        if denied is None:
            self._keep(rest, asked)
            return
        unwanted = self._peeled(rest[denied.end() :])
        if unwanted:  # "das stimmt nicht" names nothing
            self._keep(self._peeled(rest[: denied.start()]), asked)
        if THAT.match(unwanted):
            self.refused = self.pointed = True
        elif unwanted:
            self.exclude.append(unwanted)

    def _keep(self, text: str, asked: frozenset[str]) -> None:
        if not text or THAT.match(text):
            return
        words = {word for word in tokens(OTHER.sub(" ", text)) if word not in ONE}
        if OTHER.search(text) and words <= asked:
            self.other = True
        elif {word for word in tokens(text) if word not in ONE}:
            self.prefer.append(text)

    def _peeled(self, clause: str) -> str:
        """A clause without what fills or refuses at its beginning and end."""
        rest, before = clause.strip(_EDGES), None
        while rest != before:
            before = rest
            refusal = REFUSES.match(rest)
            if refusal is not None and not _negates(rest, refusal.end()):
                self.refused = True
                rest = rest[refusal.end() :].strip(_EDGES)
            filler = FILLS.match(rest)
            if filler is not None:
                self.refused |= "wrong" in filler.group() or "mis" in filler.group()
                rest = rest[filler.end() :].strip(_EDGES)
            rest = ENDS.sub("", rest).strip(_EDGES)
        return rest


_EDGES = " \t\"'“”„«»‘’`*_()"


def _negates(text: str, end: int) -> bool:
    """Whether a word of refusing stands right before what it denies: "no a la torre"."""
    follows = text[end:]
    return follows.startswith(" ") and not _ENGLISH.match(follows.strip())


_ENGLISH = re.compile(r"(?:the|no|i|in|not|from|it|that|of|at|you|my|[a-z]+['’]s)\b", re.IGNORECASE)


def _disputes(prefer: tuple[str, ...], kind: QuestionKind, means: bool) -> bool:
    """Whether what is left may be another answer: a day to "when", an amount to "how many"."""
    said = " ".join(prefer)
    if not any(character.isdigit() for character in said):
        return False
    words = [word for word in tokens(said) if word not in ONE and not word.isdigit()]
    if kind is QuestionKind.TIME:
        return not means and not words
    if kind is QuestionKind.NUMBER:
        return _YEAR.search(said) is None and not words
    return False
