"""Who did what to whom: a claim that puts the doer where its evidence has the one it was done to.

English only, by word order: the words before a verb are its subject, those after it the rest, and a
form of "be" before a participle turns the two round. Only a plain exchange is told; where the
subject is a pronoun or the verb occurs twice, nothing is said.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from stoa.grounding.alignment import Statement, nearest
from stoa.grounding.clauses import is_verb
from stoa.grounding.words import STOPWORDS, stem, tokens

_BE = frozenset(["is", "are", "was", "were", "be", "been", "being"])
_WITH_VERBS = """has have had does do did will would can could may might must shall should not never
    also later then since already still now once often"""
_AUXILIARY = _BE | frozenset(_WITH_VERBS.split())
_PARTICIPLE = re.compile(r"(?:ed|en|wn|lt|ght|old|ade|eld|und|ept|aid|ung|ut)$")


@dataclass(frozen=True, slots=True)
class _Clause:
    """One verb with what stands before and after it, as stems of content words."""

    verb: str
    before: frozenset[str]
    after: frozenset[str]
    is_passive: bool
    agent: frozenset[str]  # of a passive: what follows "by", up to the next preposition

    @property
    def doer(self) -> frozenset[str]:
        """Who does it; of a passive without "by", nobody that is known."""
        return self.agent if self.is_passive else self.before

    @property
    def done_to(self) -> frozenset[str]:
        """What it is done to."""
        return self.before if self.is_passive else self.after


def exchanged(claim: str, evidence: Sequence[Statement]) -> list[str]:
    """The subject of a claim, where its evidence has it on the other side of the same verb.

    >>> from stoa.grounding.alignment import statements
    >>> told = statements(["The bishop thanked the weavers."])
    >>> exchanged("The weavers thanked the bishop.", told)
    ['weaver']
    >>> exchanged("The weavers were thanked by the bishop.", told)
    []
    """
    near, share = nearest(claim, evidence)
    if near is None or share < 0.5:
        return []
    theirs = {each.verb: each for each in _clauses(near.text)}
    for ours in _clauses(claim):
        other = theirs.get(ours.verb)
        if other is not None and _are_exchanged(ours, other):
            return sorted(ours.doer)
    return []


def _are_exchanged(ours: _Clause, theirs: _Clause) -> bool:
    """Whether the doer in the claim is another than in the evidence, which tells of both."""
    told = theirs.before | theirs.after
    if not ours.doer or not ours.doer <= told:
        return False
    if theirs.is_passive:
        return bool(theirs.agent) and not ours.doer & theirs.agent
    return ours.doer <= theirs.done_to and bool(theirs.doer) and not ours.doer & theirs.doer


def _clauses(text: str) -> list[_Clause]:
    """Each verb of a text that occurs once in it, with its sides up to the next verb."""
    words = tokens(text)
    verbs = [
        i for i, word in enumerate(words) if word not in _AUXILIARY and _is_verb(words, i, word)
    ]
    found: list[_Clause] = []
    for number, at in enumerate(verbs):
        first = verbs[number - 1] + 1 if number else 0
        last = verbs[number + 1] if number + 1 < len(verbs) else len(words)
        passive = _is_passive(words, at)
        found.append(
            _Clause(
                stem(words[at]),
                _content(words[first:at]),
                _content(words[at + 1 : last]),
                passive,
                _agent(words[at + 1 : last]) if passive else frozenset(),
            )
        )
    names = [each.verb for each in found]
    return [each for each in found if names.count(each.verb) == 1]


def _is_verb(words: Sequence[str], at: int, word: str) -> bool:
    return at > 0 and (is_verb(word) or (words[at - 1] in _BE and bool(_PARTICIPLE.search(word))))


def _is_passive(words: Sequence[str], at: int) -> bool:
    for back in range(at - 1, max(at - 4, -1), -1):
        if words[back] in _BE:
            return bool(_PARTICIPLE.search(words[at]))
        if words[back] not in _AUXILIARY and not words[back].endswith("ly"):
            return False
    return False


_PREPOSITIONS = frozenset(
    [
        "in",
        "on",
        "at",
        "for",
        "of",
        "from",
        "to",
        "with",
        "after",
        "before",
        "during",
        "since",
        "until",
    ]
)


def _agent(after: Sequence[str]) -> frozenset[str]:
    """Who a passive says did it."""
    if "by" not in after:
        return frozenset()
    named = list(after[list(after).index("by") + 1 :])
    ends = [i for i, word in enumerate(named) if i > 0 and word in _PREPOSITIONS]
    return _content(named[: ends[0]] if ends else named)


def _content(words: Sequence[str]) -> frozenset[str]:
    return frozenset(stem(word) for word in words if word not in STOPWORDS)
