"""Which meanings the sources at hand give to the word a question turns on.

Sources that use the word are joined where they share a telling word besides it; what stays apart
is a sense of its own. Senses are offered only if each answers the question as well as the best
does: most questions about a word with two meanings leave no doubt which is meant.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from stoa.ask.meant import Group, sources_meant, told
from stoa.ask.sense_words import (
    Sighting,
    content_of_question,
    descriptor,
    label,
    linked,
    sighting,
    with_forms,
)
from stoa.ask.threads import withdrawn
from stoa.ask.understand import Understood
from stoa.ask_records import Claim, Correction, EvidenceSet, Sense, Source, SourceKind, Turn
from stoa.grounding.languages import language
from stoa.grounding.words import content_stems, idf, recall


@dataclass(frozen=True, slots=True, kw_only=True)
class SensesConfig:
    """When two groups of sources are two meanings. Chosen on the dev part of the question set."""

    n_sources: int = 12  # the best sources only: a stray late one makes no meaning
    tie: float = 0.85  # a source answers as well as the best if it holds this share of its words
    max_shared_words: int = 3  # with more words of the question in common they speak of one thing
    max_senses: int = 4


@dataclass(frozen=True, slots=True)
class Grounded:
    """The evidence in the sense that is meant, or the senses among which the asker may choose."""

    evidence: EvidenceSet
    senses: tuple[Sense, ...] = ()  # two or more where nothing decides; else empty
    excluded: tuple[str, ...] = ()  # sources of senses that are not meant
    withdrawn: tuple[Claim, ...] = ()  # claims of earlier turns that rested on them
    correction: Correction = field(default_factory=Correction)  # to be kept for the thread
    meant: tuple[str, ...] = ()  # sources of the sense that is meant, where a turn told it


def in_sense(
    understood: Understood,
    evidence: EvidenceSet,
    thread: Sequence[Turn] = (),
    config: SensesConfig | None = None,
) -> Grounded:
    """Keeps the sources of the sense that is meant, as the thread and this turn tell it.

    Without a correction nothing is left out, and where senses tie all of them are returned. With
    one, sources of the others are excluded and the claims of `thread` that rest on them are named.
    If no source fits what is meant, no evidence is left after a correction: an answer in the wrong
    sense is worse than none.
    """
    config = config or SensesConfig()
    known = understood.correction
    if not known.prefer and not known.exclude:
        return Grounded(evidence, senses_of(understood, evidence, config))
    groups = _groups(understood.asked, _with_earlier(evidence, thread), needs_all=False)
    if not groups:
        return Grounded(evidence, correction=known)
    meant = sources_meant(groups, known, understood.asked, thread)
    if meant is None and (not understood.is_correction or understood.is_pushback):
        return Grounded(evidence, correction=known)  # about something else, or an objection
    right = {each.source.id for each in meant or ()}
    wrong = {each.source.id for group in groups for each in group} - right
    return Grounded(
        _without(evidence, wrong),
        excluded=tuple(sorted(wrong)),
        withdrawn=withdrawn(thread, wrong) if understood.is_correction else (),
        correction=told(known, meant or (), groups),
        meant=tuple(each.source.id for each in meant or ()),
    )


def senses_of(
    understood: Understood, evidence: EvidenceSet, config: SensesConfig | None = None
) -> tuple[Sense, ...]:
    """Two or more senses that answer equally well, the weightiest first; () where one leads."""
    config = config or SensesConfig()
    best = replace(evidence, sources=evidence.sources[: config.n_sources])
    groups = _groups(understood.asked, best, needs_all=True, tie=config.tie)
    groups = [group for group in groups if _is_a_meaning(group)]
    wanted = set(content_of_question(understood.asked))
    if len(groups) < 2 or _n_shared(groups, wanted) > config.max_shared_words:
        return ()
    score_of = dict(zip((s.id for s in evidence.sources), evidence.scores, strict=False))
    masses = [sum(score_of.get(each.source.id, 0.0) for each in group) for group in groups]
    total = sum(masses) or 1.0
    senses = [
        Sense(
            label(group, [other for other in groups if other is not group]),
            tuple(each.source.id for each in group),
            mass / total,
        )
        for group, mass in zip(groups, masses, strict=True)
    ]
    return tuple(sorted(senses, key=lambda sense: -sense.weight)[: config.max_senses])


def _groups(asked: str, evidence: EvidenceSet, *, needs_all: bool, tie: float = 0.0) -> list[Group]:
    """Sources that use the question's turning word, joined where they speak of one thing."""
    wanted = content_of_question(asked)
    stated = [each for each in evidence.sources if each.kind is not SourceKind.NOTE]
    if not wanted or len(stated) < 2:
        return []
    lang = language(asked) or "en"
    stems = {
        each.id: with_forms(wanted, content_stems(f"{each.title} {each.text}"), lang)
        for each in stated
    }
    weights = idf(f"{each.title} {each.text}" for each in evidence.sources)
    held = {each.id: recall(wanted, stems[each.id], weights) for each in stated}
    best = max(held.values())
    if needs_all:
        stated = [each for each in stated if held[each.id] >= tie * best > 0]
    term = _turning_word(asked, stated, stems, weights)
    if not term:
        return []
    sightings = [sighting(each, term, wanted, weights) for each in stated if term in stems[each.id]]
    return _components(sightings)


def _turning_word(
    asked: str,
    stated: Sequence[Source],
    stems: dict[str, list[str]],
    weights: dict[str, float],
) -> str:
    """The question's word that two sources or more share: a name before others, then the rarest."""
    named = set(content_stems(_capitalised(asked)))
    wanted = content_of_question(asked)
    users = {w: sum(w in stems[each.id] for each in stated) for w in wanted}
    shared = [word for word in wanted if users[word] >= 2]
    if not shared:
        return ""
    return max(shared, key=lambda word: (word in named, weights.get(word, 0.0), word))


def _capitalised(asked: str) -> str:
    words = asked.split()[1:]
    return " ".join(word for word in words if word.strip("\"'“„«(")[:1].isupper())


def _components(sightings: Sequence[Sighting]) -> list[Group]:
    """Groups of sources joined by links, directly or through others; in order of the first."""
    groups: list[Group] = []
    for each in sightings:
        touching = [group for group in groups if any(linked(each, other) for other in group)]
        joined = [member for group in touching for member in group] + [each]
        groups = [group for group in groups if group not in touching] + [joined]
    order = {id(each): place for place, each in enumerate(sightings)}
    for group in groups:
        group.sort(key=lambda member: order[id(member)])
    return sorted(groups, key=lambda group: order[id(group[0])])


def _is_a_meaning(group: Group) -> bool:
    """Several sources, or one that says what kind of thing the word names."""
    return len(group) > 1 or bool(descriptor(group[0]))


def _n_shared(groups: Sequence[Group], wanted: set[str]) -> int:
    """How many of the question's words all groups hold."""
    shared = set(wanted)
    for group in groups:
        shared &= {word for each in group for word in each.stems}
    return len(shared)


def _with_earlier(evidence: EvidenceSet, thread: Sequence[Turn]) -> EvidenceSet:
    """The evidence and what the last answer cited: a correction is about both."""
    known = {each.id for each in evidence.sources}
    cited = thread[-1].answer.sources if thread else ()
    earlier = tuple(each for each in cited if each.id not in known)
    return replace(evidence, sources=evidence.sources + earlier)


def _without(evidence: EvidenceSet, wrong: set[str]) -> EvidenceSet:
    """The evidence without some sources and the notes on them."""
    kept = [
        place
        for place, each in enumerate(evidence.sources)
        if each.id not in wrong and not (each.kind is SourceKind.NOTE and each.about in wrong)
    ]
    return replace(
        evidence,
        sources=tuple(evidence.sources[place] for place in kept),
        scores=tuple(evidence.scores[place] for place in kept if place < len(evidence.scores)),
    )
