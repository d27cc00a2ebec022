"""Whether the names of a claim are named by its evidence."""

from __future__ import annotations

import re
from collections.abc import Sequence

from stoa.grounding.alignment import Statement, nearest
from stoa.grounding.clauses import PRONOUNS, subject_of
from stoa.grounding.quantities import names, quantities
from stoa.grounding.words import STOPWORDS, stem, tokens

_CAPITALS = re.compile(r"\b[A-Z]{2,6}\b")
_RUN = re.compile(r"(?:[A-Z][\w'’-]+(?: (?:of|the|for|and|&|de|la) )?\s?){2,8}")
_SMALL = STOPWORDS - {"may", "will"}  # these two are names, too
_ALWAYS_CAPITAL = ("de", "lb")
"""Languages that write every noun with a capital: there a capital tells no name."""


def claimed_names(claim: str, lang: str = "en") -> list[str]:
    """The names a claim states, a name that opens it included where a verb follows it.

    >>> claimed_names("Roth built the mill for Ada Lovelace.")
    ['Ada Lovelace', 'Roth']
    """
    taken = quantities(claim)
    found = [
        name.text
        for name in names(claim)
        if not any(one.start <= name.start < one.end for one in taken)
    ]
    if lang.split("-")[0] in _ALWAYS_CAPITAL:
        return [name for name in found if " " in name or _CAPITALS.fullmatch(name)]
    subject = subject_of(claim)
    first = subject.casefold()
    is_word = bool(subject) and " " not in subject and subject[0].isupper()
    if is_word and first not in STOPWORDS and first not in PRONOUNS and subject not in found:
        found.append(subject)
    return found


def unnamed(
    claim: str, evidence: Sequence[Statement], context: str = "", lang: str = "en"
) -> list[str]:
    """The names of a claim that neither its evidence nor `context` (title, author) names.

    A name counts as named when all its words are there; initials stand for the words they begin.
    Where the statement that the claim speaks of names somebody else, whom the claim leaves out, a
    name from elsewhere has taken that place.

    >>> from stoa.grounding.alignment import statements
    >>> told = statements(["The mill was built by Ada Roth. Karl Benn bought it."])
    >>> unnamed("The mill was built by Karl Benn.", told)
    ['Karl Benn']
    """
    text = "\n".join(each.text for each in evidence) + "\n" + context
    there = _words(text)
    missing: list[str] = []
    for name in claimed_names(claim, lang):
        words = _words(name)
        near, share = nearest(claim, evidence, without=words)
        is_absent = not words <= there and not _is_short_for(name, text)
        is_moved = near is not None and share >= 0.5 and _is_in_place_of(name, claim, near)
        if is_absent or is_moved:
            missing.append(name)
    return missing


def _words(text: str) -> frozenset[str]:
    """The stems that name."""
    words = [word.removesuffix("'s").removesuffix("’s") for word in tokens(text)]
    return frozenset(stem(word) for word in words if word not in _SMALL)


def _is_short_for(name: str, text: str) -> bool:
    """Whether a name in capitals is made of the first letters of a longer one, or the other way."""
    if _CAPITALS.fullmatch(name):
        return any(_initials(run) == name for run in _RUN.findall(text))
    return len(name.split()) > 1 and _initials(name) in _CAPITALS.findall(text)


def _initials(text: str) -> str:
    return "".join(word[0] for word in text.split() if word[0].isupper())


def _is_in_place_of(name: str, claim: str, near: Statement) -> bool:
    """Whether the statement names somebody else, whom the claim leaves out, and not `name`."""
    if _words(name) & _words(near.text):
        return False
    held = _words(claim)
    return any(not _words(other.text) & held for other in names(near.text))
