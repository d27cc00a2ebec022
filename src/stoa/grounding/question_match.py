"""A question laid against every sentence of its evidence: what is said where, and what is not."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.ask_records import EvidenceSet, Source
from stoa.grounding.answer_units import Units, asked_units, told_apart, units_of
from stoa.grounding.languages import language, script
from stoa.grounding.letter_runs import lengths_for, shared_runs
from stoa.grounding.question_kinds import QuestionKind, question_kind, topic_of
from stoa.grounding.word_likeness import likeness

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

MOST_SOURCES = 30
"""Of the evidence, best first; later ones are not read."""

_COMMON_WEIGHT = 0.15  # of a function word, beside its rareness
_LEAST_WEIGHT = 0.02
_HELD = 0.6  # likeness from which a source counts as holding a word
_SAID = 0.5  # the least likeness there is
_FROM_BEFORE, _FROM_AFTER, _FROM_TITLE = 0.8, 0.6, 0.6  # credit for what is said only there


@dataclass(frozen=True, slots=True, eq=False)
class Match:
    """A question against its evidence; `asked` units by `sentences` of all sources in order."""

    asked: Units
    kind: QuestionKind
    weight: Floats  # (asked,) how telling each unit is: rare among the sources, no function word
    sources: tuple[Units, ...]
    source: Ints  # (sentences,) index into the evidence
    first: Ints  # (sources + 1,) where each source's sentences begin
    inside: Floats  # (asked, sentences) likeness of the likest unit in the sentence
    near: Floats  # the same, with the sentences before and after
    held: Floats  # (asked, sources) the same, in the whole source
    place: Ints  # (asked, sentences) where in the evidence the first match stands, -1 for none
    counts: Floats  # (asked, sources) how often it is said
    fresh: Bools  # (units,) evidence units that the question does not hold
    at: Ints  # (units,) the sentence of each
    runs: tuple[Bools, Bools]  # shared runs of letters by length, (runs, sentences)

    @property
    def n_sentences(self) -> int:
        """How many sentences there are in all sources."""
        return len(self.source)

    def any_in_sentence(self, flag: Bools) -> Bools:
        """(sentences,) whether any unit of a sentence has a flag of shape (units,)."""
        found = np.zeros(self.n_sentences, dtype=np.bool_)
        found[self.at[flag]] = True
        return found

    def best_of_source(self, values: Floats) -> Floats:
        """(sources,) the largest value among each source's sentences; -inf where it has none."""
        best = np.full(len(self.sources), -np.inf)
        np.maximum.at(best, self.source, values)
        return best


def match(question: str, evidence: EvidenceSet) -> Match:
    """Compares a question with the sentences of its first `MOST_SOURCES` sources."""
    chosen = evidence.sources[:MOST_SOURCES]
    sources = tuple(units_of(each.text, each.lang) for each in chosen)
    lang = language(question) or _usual_language(question, sources)
    kind = question_kind(question, lang)
    topic = topic_of(question, lang) if kind is QuestionKind.ABOUT else question
    asked = asked_units(topic, lang)
    sizes = np.array([len(each.spans) for each in sources], dtype=np.int64)
    first = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    source = np.repeat(np.arange(len(sources), dtype=np.int64), sizes)
    at, alike = _alike(asked, sources, first)
    inside, place = _inside(alike, at, len(source))
    held, counts = _by_source(alike, at, source, len(sources))
    titles = _of_titles(asked, chosen, lang)
    texts = tuple(each.texts for each in sources)
    plain = told_apart(topic, lang)
    short, long = lengths_for(lang)
    return Match(
        asked=asked,
        kind=kind,
        weight=_weights(asked, held),
        sources=sources,
        source=source,
        first=first,
        inside=inside,
        near=np.maximum(_near(inside, source), titles[:, source]),
        held=np.maximum(held, titles),
        place=place,
        counts=counts,
        fresh=alike.max(axis=0, initial=0.0) < _SAID,
        at=at,
        runs=(shared_runs(plain, texts, short, lang), shared_runs(plain, texts, long, lang)),
    )


def _usual_language(question: str, sources: tuple[Units, ...]) -> str:
    """That of most of the sources in the question's script, for a question too short to tell."""
    own = script(question)
    found = Counter(each.lang for each in sources if each.lang and script(each.texts[0]) == own)
    return min(found, key=lambda lang: (-found[lang], lang), default="")


def _alike(asked: Units, sources: tuple[Units, ...], first: Ints) -> tuple[Ints, Floats]:
    """The sentence of every unit, and its likeness to each asked one: (asked, units)."""
    numbers: dict[str, int] = {}
    ids = [numbers.setdefault(word, len(numbers)) for each in sources for word in each.words]
    at = [each.sentence + first[place] for place, each in enumerate(sources)]
    sentence = np.concatenate([*at, np.zeros(0)]).astype(np.int64)
    alike = likeness(asked.words, list(numbers))
    return sentence, alike[:, np.array(ids, dtype=np.int64)].astype(np.float64)


def _inside(alike: Floats, at: Ints, n_sentences: int) -> tuple[Floats, Ints]:
    inside = np.zeros((len(alike), n_sentences))
    place = np.full((len(alike), n_sentences), -1, dtype=np.int64)
    if len(at):
        starts = np.flatnonzero(np.concatenate([[True], at[1:] != at[:-1]]))
        inside[:, at[starts]] = np.maximum.reduceat(alike, starts, axis=1)
    asked, unit = np.nonzero(alike >= _SAID)
    place[asked[::-1], at[unit[::-1]]] = unit[::-1]  # the first one is written last
    return inside, place


def _near(inside: Floats, source: Ints) -> Floats:
    near = inside.copy()
    if inside.shape[1] > 1:
        is_same = source[1:] == source[:-1]
        near[:, 1:] = np.maximum(near[:, 1:], _FROM_BEFORE * inside[:, :-1] * is_same)
        near[:, :-1] = np.maximum(near[:, :-1], _FROM_AFTER * inside[:, 1:] * is_same)
    return near


def _by_source(alike: Floats, at: Ints, source: Ints, n_sources: int) -> tuple[Floats, Floats]:
    """Best likeness and number of likenesses from `_HELD` up, by source: (asked, sources)."""
    held, counts = np.zeros((len(alike), n_sources)), np.zeros((len(alike), n_sources))
    if len(at):
        of_unit = source[at]
        starts = np.flatnonzero(np.concatenate([[True], of_unit[1:] != of_unit[:-1]]))
        held[:, of_unit[starts]] = np.maximum.reduceat(alike, starts, axis=1)
        said = (alike >= _HELD).astype(np.float64)
        counts[:, of_unit[starts]] = np.add.reduceat(said, starts, axis=1)
    return held, counts


def _of_titles(asked: Units, sources: tuple[Source, ...], lang: str) -> Floats:
    """(asked, sources) credit for what a source's title says."""
    credit = np.zeros((len(asked.words), len(sources)))
    for place, source in enumerate(sources):
        words = units_of(source.title, lang).words if source.title else ()
        if words and len(asked.words):
            credit[:, place] = _FROM_TITLE * likeness(asked.words, words).max(axis=1)
    return credit


def _weights(asked: Units, held: Floats) -> Floats:
    """Rareness among the sources, from 0 where all hold a unit to 1 where none does."""
    n = held.shape[1] + 1.0
    rareness = np.log(n / ((held >= _HELD).sum(axis=1) + 0.5)) / np.log(n / 0.5)
    return np.maximum(rareness, _LEAST_WEIGHT) * np.where(asked.is_common, _COMMON_WEIGHT, 1.0)
