"""The sentences of the sources, numbered, as a model is shown them; only these may be cited."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from stoa.ask_records import EvidenceSet, Source, SourceKind, Span
from stoa.grounding.languages import language
from stoa.grounding.orders import gives_orders
from stoa.grounding.sentences import sentences

_SENTENCES_A_SOURCE = 24
_CHARACTERS = 24_000  # of all that is shown; a model's context is no dump


@dataclass(frozen=True, slots=True)
class Shown:
    """What may be cited: spans by the id they are shown under, and their sources."""

    spans: Mapping[str, Span]  # "s1.2": the second sentence of the first source
    sources: Mapping[str, Source]  # by source id


@lru_cache(maxsize=512)
def spans_of(source: Source) -> tuple[Span, ...]:
    """Every sentence of a source as a span, in order."""
    lang = source.lang or language(source.text)
    return tuple(Span.of(source, start, end) for start, end in sentences(source.text, lang))


def without_orders(evidence: EvidenceSet) -> EvidenceSet:
    """The evidence without sources that speak to the assistant; they count as bait."""
    kept = [i for i, source in enumerate(evidence.sources) if not gives_orders(source.text)]
    n_dropped = len(evidence.sources) - len(kept)
    if not n_dropped:
        return evidence
    noise = evidence.noise
    return EvidenceSet(
        tuple(evidence.sources[i] for i in kept),
        tuple(evidence.scores[i] for i in kept if i < len(evidence.scores)),
        evidence.copies,
        type(noise)(
            noise.n_found,
            max(noise.n_used - n_dropped, 0),
            noise.n_copies,
            noise.n_off_topic,
            noise.n_low_information,
            noise.n_bait + n_dropped,
        ),
    )


def only(evidence: EvidenceSet, ids: Sequence[str]) -> EvidenceSet:
    """The evidence without all sources but these and the notes on them."""
    wanted = set(ids)
    kept = [
        i
        for i, source in enumerate(evidence.sources)
        if source.id in wanted or (source.kind is SourceKind.NOTE and source.about in wanted)
    ]
    sources = tuple(evidence.sources[i] for i in kept)
    scores = tuple(evidence.scores[i] for i in kept if i < len(evidence.scores))
    return EvidenceSet(sources, scores, evidence.copies, evidence.noise)


def shown(evidence: EvidenceSet) -> Shown:
    """The first sentences of each source, best source first, as many as fit."""
    spans: dict[str, Span] = {}
    left = _CHARACTERS
    for number, source in enumerate(evidence.sources, 1):
        for place, span in enumerate(spans_of(source)[:_SENTENCES_A_SOURCE], 1):
            left -= len(span.text)
            if left < 0:
                break
            spans[f"s{number}.{place}"] = span
    return Shown(spans, {source.id: source for source in evidence.sources})
