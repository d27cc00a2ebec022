"""The sources an answer may rest on: found, copies folded, noise left out, and few chosen.

Nothing is dropped without being counted: "used 6 of 412 posts: 380 copies, 21 off topic".
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace

import numpy as np

from stoa.ask_ports import EvidenceFinder, KnowsViewpoints
from stoa.ask_records import EvidenceSet, NoiseReport, Question, Source, SourceKind, Tier
from stoa.grounding.copies import fold
from stoa.grounding.noise import Noise, Topic, content, noise_of, off_topic
from stoa.grounding.viewpoints import ViewpointConfig, choose_various, likeness


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrieveConfig:
    """How wide is searched and how much is kept."""

    n_found: int = 100  # candidates of the first search
    n_found_deep: int = 500  # of the second, where copies and noise filled the first
    n_used: int = 12  # sources handed on, the notes on them not counted
    n_each_author: int = 2  # of posts; documents have no such limit
    n_kept_each_tier: int = 3  # of a higher tier, whatever their rank
    n_weighed: int = 60  # sources among which variety is sought
    viewpoints: ViewpointConfig = field(default_factory=ViewpointConfig)


@dataclass(frozen=True, slots=True)
class _Sifted:
    """What is left of the candidates, best first."""

    sources: tuple[Source, ...]
    scores: tuple[float, ...]
    contents: tuple[frozenset[str], ...]  # stems of each
    copies: dict[str, int]
    noise: NoiseReport


def retrieve(
    finder: EvidenceFinder,
    question: Question,
    query: str,
    config: RetrieveConfig | None = None,
) -> EvidenceSet:
    """The evidence for a question, best first, each copied statement once, with shown notes.

    Args:
        finder: where to look.
        question: gives the time window, and the sense meant (`Question.correction`).
        query: the words to look for; the question's own where it is empty.
        config: how much.
    """
    config = config or RetrieveConfig()
    sifted = _sift(finder, question, query or question.text, config.n_found)
    if len(sifted.sources) < config.n_used and sifted.noise.n_found >= config.n_found:
        sifted = _sift(finder, question, query or question.text, config.n_found_deep)
    chosen = _chosen(finder, sifted, config)
    sources = tuple(sifted.sources[at] for at in chosen)
    scores = tuple(sifted.scores[at] for at in chosen)
    held = {source.id for source in sources}
    notes = [note for note in finder.notes_on(sorted(held)) if note.id not in held]
    until_us = question.as_of_us
    notes = [note for note in notes if until_us is None or note.at_us <= until_us]
    score_of = dict(zip((source.id for source in sources), scores, strict=True))
    return EvidenceSet(
        sources + tuple(notes),
        scores + tuple(score_of.get(note.about, 0.0) for note in notes),
        {source.id: sifted.copies[source.id] for source in sources if source.id in sifted.copies},
        replace(sifted.noise, n_used=len(sources)),
    )


def _sift(finder: EvidenceFinder, question: Question, query: str, k: int) -> _Sifted:
    """Candidates without copies and noise. Copies are folded first, so that they count once."""
    found = finder.candidates(query, k, question.since_us, question.as_of_us)
    if question.only_documents:
        found = [each for each in found if each[0].kind is SourceKind.DOCUMENT]
    sources = [source for source, _ in found]
    folded = fold(sources)
    best = dict.fromkeys(folded.roots, -np.inf)  # the best place of any copy is its root's
    n_copies: Counter[int] = Counter()
    for at, (_, score) in enumerate(found):
        root = folded.root_of[at]
        best[root] = max(best[root], score)
        n_copies[root] += at != root
    meant = question.correction
    topic = Topic.of(query, meant.prefer, meant.exclude)
    contents = {root: content(sources[root].text) for root in folded.roots}
    elsewhere = off_topic(topic, list(contents.values()))
    why: Counter[Noise] = Counter()
    kept: list[int] = []
    for root, is_elsewhere in zip(folded.roots, elsewhere, strict=True):
        noise = noise_of(sources[root]) or (Noise.OFF_TOPIC if is_elsewhere else None)
        if noise is None:
            kept.append(root)
        else:
            why[noise] += 1
    kept.sort(key=lambda root: (-best[root], root))
    report = NoiseReport(
        n_found=len(found),
        n_copies=n_copies.total(),
        n_off_topic=why[Noise.OFF_TOPIC],
        n_low_information=why[Noise.LOW_INFORMATION],
        n_bait=why[Noise.BAIT],
    )
    copies = {sources[root].id: n_copies[root] for root in kept if n_copies[root]}
    return _Sifted(
        tuple(sources[root] for root in kept),
        tuple(best[root] for root in kept),
        tuple(contents[root] for root in kept),
        copies,
        report,
    )


def _chosen(finder: EvidenceFinder, sifted: _Sifted, config: RetrieveConfig) -> list[int]:
    """Positions of what is used, best first: various, few of each author, no high tier hidden."""
    allowed = _within_author_cap(sifted.sources, config.n_each_author)
    kept = _best_of_high_tiers(sifted.sources, allowed, config)
    weighed = allowed[: config.n_weighed]
    if len(allowed) > config.n_used:
        sources = [sifted.sources[at] for at in weighed]
        factors = np.full(len(sources), np.nan)
        if isinstance(finder, KnowsViewpoints):
            factors = finder.viewpoints(sources)
        for side in (factors < 0, factors > 0):  # the best of each side, whatever its rank
            kept += [weighed[at] for at in np.flatnonzero(side)[:1].tolist()]
        alike = likeness([sifted.contents[at] for at in weighed], factors, config.viewpoints)
        rank = np.arange(len(weighed))
        relevance = 1 / (1 + rank / config.n_used)  # scores of fusion say little but their order
        order = choose_various(relevance, alike, config.n_used, config.viewpoints)
        weighed = [weighed[at] for at in order]
    return sorted(list(dict.fromkeys([*kept, *weighed]))[: config.n_used])


def _within_author_cap(sources: tuple[Source, ...], most: int) -> list[int]:
    n_of: Counter[str] = Counter()
    kept: list[int] = []
    for at, source in enumerate(sources):
        if source.kind is SourceKind.POST and source.author:
            n_of[source.author] += 1
            if n_of[source.author] > most:
                continue
        kept.append(at)
    return kept


def _best_of_high_tiers(
    sources: tuple[Source, ...], allowed: list[int], config: RetrieveConfig
) -> list[int]:
    """The best of each tier that outranks opinion and report: kept whatever else is found."""
    kept: list[int] = []
    for tier in (Tier.RECORD, Tier.DATASET, Tier.FIRST_HAND):
        of_tier = [at for at in allowed if sources[at].tier is tier]
        kept += of_tier[: config.n_kept_each_tier]
    return kept[: config.n_used]
