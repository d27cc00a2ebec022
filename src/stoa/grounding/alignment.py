"""Which statement of the evidence a claim speaks of: the one that shares most of its words.

A number or a negation is only right or wrong beside the words it belongs to, so the checks compare
a claim with the statement nearest to it and not with all the evidence at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from stoa.grounding.claims import atomic_claims
from stoa.grounding.languages import language
from stoa.grounding.sentences import sentences
from stoa.grounding.words import content_stems


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of the evidence and the words that carry it, digits apart."""

    text: str
    stems: frozenset[str]


@lru_cache(maxsize=4096)
def carried(text: str) -> frozenset[str]:
    """The content stems of a text without its numbers.

    >>> sorted(carried("The mill opened in 1911"))
    ['mill', 'open']
    """
    return frozenset(stem for stem in content_stems(text) if not stem[:1].isdigit())


def statements(texts: Sequence[str]) -> list[Statement]:
    """Every atomic statement of some texts; a text that states nothing is taken whole."""
    return [each for text in texts for each in _statements(text)]


@lru_cache(maxsize=1024)
def _statements(text: str) -> tuple[Statement, ...]:
    lang = language(text)
    found: list[Statement] = []
    before: list[str] = []
    whole = text.encode()
    for start, end in sentences(text, lang):
        sentence = whole[start:end].decode()
        parts = atomic_claims(sentence, before, lang) or (sentence,)
        found.extend(Statement(part, carried(part)) for part in parts)
        before.append(parts[0] if len(parts) == 1 else sentence)
    return tuple(found)


def nearest(
    claim: str, evidence: Sequence[Statement], without: frozenset[str] = frozenset()
) -> tuple[Statement | None, float]:
    """The statement that shares most with `claim`, and the share of the claim's words it holds.

    Of two that hold as much the one with fewer words of its own is nearer. The stems `without` do
    not count: those of the name that is being checked, say, which would find its own place.
    """
    wanted = carried(claim) - without
    if not wanted or not evidence:
        return None, 0.0
    best = max(
        evidence,
        key=lambda each: (len(wanted & each.stems), -len(each.stems - wanted)),
    )
    return best, len(wanted & best.stems) / len(wanted)
