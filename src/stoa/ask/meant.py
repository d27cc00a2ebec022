"""Which sources a correction means, among those that use the word a question turns on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from stoa.ask.sense_words import Sighting, content_of_question, label
from stoa.ask.showing import spans_of
from stoa.ask.turn_reading import THE_OTHER
from stoa.ask.turn_words import ONE
from stoa.ask_records import Correction, Source, Turn
from stoa.grounding.coverage import Heard
from stoa.grounding.inflection import is_derived_from
from stoa.grounding.kin import NOUNS, matters_of
from stoa.grounding.languages import language
from stoa.grounding.leaning import is_short
from stoa.grounding.moments import moments
from stoa.grounding.rival_answers import rival_values
from stoa.grounding.words import content_stems

Group = list[Sighting]

_ORDINALS = (
    "first 1 erste ersten primero primera premier première первый первое πρώτο primul birinci 第一",
    "second 2 zweite zweiten segundo segunda second deuxième второй δεύτερο doilea ikinci 第二",
    "third 3 dritte tercero troisième третий 第三",
)


def sources_meant(
    groups: Sequence[Group], known: Correction, asked: str, thread: Sequence[Turn]
) -> Group | None:
    """The sources of the sense that is meant; None where nothing at hand fits it.

    Args:
        groups: sources that use the word for one thing each.
        known: what the thread has told of the sense.
        asked: the question.
        thread: the turns before, of which the last answer may have offered senses.
    """
    if known.prefer == (THE_OTHER,):
        return _others(groups, asked, thread)
    offered = _chosen_by_place(known, thread)
    if offered:
        return [each for group in groups for each in group if each.source.id in offered]
    lang = language(asked) or "en"
    given = set(content_of_question(asked))
    wanted = _telling(known.prefer, given)
    unwanted = _telling(known.exclude, given)
    if wanted:
        fits = [_fit(group, wanted, lang) for group in groups]
        best = max(fits)
        if best == 0:
            return None
        fitting = [e for group, fit in zip(groups, fits, strict=True) if fit == best for e in group]
        return _without_rivals(_of_years(fitting, known.prefer), wanted, asked)
    misfits = [_fit(group, unwanted, lang) for group in groups]
    worst = max(misfits)
    if worst == 0:
        return [each for group in groups for each in group]
    rest = [e for group, fit in zip(groups, misfits, strict=True) if fit < worst for e in group]
    if rest:
        return rest
    every = [each for group in groups for each in group]
    wrong = [each for each in every if _fit([each], unwanted, lang) == worst]
    return [each for each in every if each not in wrong]


def told(known: Correction, meant: Sequence[Sighting], groups: Sequence[Group]) -> Correction:
    """A correction that can be kept for the thread: "the other one" by the words that name it."""
    if known.prefer != (THE_OTHER,) or not meant:
        return known
    right = {each.source.id for each in meant}
    rest = [each for group in groups for each in group if each.source.id not in right]
    return replace(known, prefer=(label(meant, [rest]),))


def _telling(texts: Iterable[str], given: set[str]) -> list[str]:
    """Stems of what a correction says beyond the question."""
    words = (" ".join(w for w in text.split() if w.casefold() not in ONE) for text in texts)
    return [s for text in words for s in content_stems(text) if s not in given]


def _others(groups: Sequence[Group], asked: str, thread: Sequence[Turn]) -> Group | None:
    """The sources of another sense than the one that the last answer led with."""
    claims = thread[-1].answer.claims if thread else ()
    led = {span.source for claim in claims[:1] for span in claim.cites}
    if not led:
        return None
    others = [g for g in groups if not any(each.source.id in led for each in g)]
    if others:
        return [each for group in others for each in group]
    every = [each for group in groups for each in group]
    leading = [each.source for each in every if each.source.id in led]
    found = [e for e in every if any(_differ(asked, e.source, one) for one in leading)]
    return found or None


def _of_years(group: Group, said: Iterable[str]) -> Group:
    """A group without the sources of other years than the one that was said to be meant."""
    wanted = _years(" ".join(said))
    if not wanted:
        return group
    held = [(each, _years(f"{each.source.title} {each.source.text}")) for each in group]
    return [each for each, years in held if not years or years & wanted]


def _years(text: str) -> set[int]:
    return {each.year for each in moments(text) if each.year}


def _without_rivals(group: Group, wanted: Sequence[str], asked: str) -> Group:
    """A group without the sources that say less of what is meant and answer with other things.

    Two regattas of one town share most words: the year that was meant tells them apart.
    """
    fits = [_fit([each], wanted, language(asked) or "en") for each in group]
    best = [each for each, fit in zip(group, fits, strict=True) if fit == max(fits)]
    kept = [
        each
        for each, fit in zip(group, fits, strict=True)
        if fit == max(fits) or not any(_differ(asked, each.source, one.source) for one in best)
    ]
    return kept


def _differ(asked: str, one: Source, other: Source) -> bool:
    """Whether two short sources answer the question with different things."""
    if one.id == other.id or not (is_short(one.text) and is_short(other.text)):
        return False
    heard = [[Heard.of(span, each) for span in spans_of(each)] for each in (one, other)]
    return any(
        rival_values(asked, first.text, second.text, (first, second)) is not None
        for first in heard[0]
        for second in heard[1]
    )


def _fit(group: Sequence[Sighting], words: Sequence[str], lang: str) -> float:
    """The greatest share of the words that one source of the group holds, in any form.

    A source that says by these words what the thing is fits better than one that mentions them.
    """
    if not words:
        return 0.0
    return max(
        _held(each.stems, words, lang) + _held(each.kind_words, words, lang) for each in group
    )


def _held(stems: frozenset[str], words: Sequence[str], lang: str) -> float:
    """The share of words that are there, in another form, or by a word of their matter."""
    matters = frozenset[str]().union(*(matters_of(each, lang) for each in stems))
    n_held = sum(
        any(is_derived_from(w, s, lang) for s in stems)
        or bool(matters_of(w, lang) & matters & NOUNS)
        for w in words
    )
    return n_held / len(words)


def _chosen_by_place(known: Correction, thread: Sequence[Turn]) -> frozenset[str]:
    """Sources of "the second one", where the last answer offered senses."""
    senses = thread[-1].answer.senses if thread else ()
    said = {word for text in known.prefer for word in text.casefold().split()} - ONE
    for sense, names in zip(senses, _ORDINALS, strict=False):
        if said and said <= {*names.split(), "meaning", "sense"}:
            return frozenset(sense.sources)
    return frozenset()
