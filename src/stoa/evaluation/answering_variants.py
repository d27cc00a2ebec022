"""Harder questions made of XQuAD's, for learning only: fewer sources, other names, other numbers.

XQuAD asks of what its articles hold. A square has fewer sources for most questions, and people ask
"who built the harbour of X" where only the harbour of Y is spoken of.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np

from stoa.ask_records import EvidenceSet
from stoa.evaluation.answering_episodes import Episode

_MOST_SOURCES = 4
_NAME = re.compile(r"(?<=[^\W\d_][ ,'’])[^\W\d_]\w{3,}")
_EVERY_NOUN = frozenset({"de"})  # has a capital there: another noun is no other name
_NUMBER = re.compile(r"(?<!\d)\d{2,4}(?!\d)")


def narrowed(found: Iterable[Episode], seed: int) -> Iterator[Episode]:
    """Half of the questions with the first few of their sources; unanswerable if those lack it."""
    chance = np.random.default_rng(seed)
    for each in found:
        if chance.random() < 0.5:
            continue
        n = int(chance.integers(1, _MOST_SOURCES + 1))
        evidence = EvidenceSet(each.evidence.sources[:n], each.evidence.scores[:n])
        held = {source.id for source in evidence.sources}
        gold = each.gold if each.gold is not None and each.gold[0] in held else None
        yield replace(each, evidence=evidence, gold=gold)


def renamed(found: Iterable[Episode], seed: int) -> Iterator[Episode]:
    """Answerable questions asked of another name or number, so that they have no answer.

    Names come from questions about other articles in the same language; a question without a
    capitalised word (all of those in scripts without capitals) or a number is left out, and German.
    """
    chance = np.random.default_rng(seed)
    asked = [each for each in found if each.gold is not None]
    names: dict[str, list[tuple[int, str]]] = {}
    for each in asked:
        names.setdefault(each.lang, []).extend((each.article, n) for n in _names(each.question))
    for each in asked:
        others = [name for article, name in names[each.lang] if article != each.article]
        question = _changed(each.question, others, chance)
        if question != each.question and each.lang not in _EVERY_NOUN:
            yield replace(each, question=question, gold=None)


def _names(question: str) -> list[str]:
    return [word for word in _NAME.findall(question) if word[0].isupper()]


def _changed(question: str, others: list[str], chance: np.random.Generator) -> str:
    numbers, own = _NUMBER.findall(question), _names(question)
    if numbers and (not own or chance.random() < 0.5):
        old = numbers[int(chance.integers(len(numbers)))]
        return question.replace(old, str(int(old) + int(chance.integers(3, 90))))
    if not own or not others:
        return question
    return question.replace(
        own[int(chance.integers(len(own)))], others[int(chance.integers(len(others)))]
    )
