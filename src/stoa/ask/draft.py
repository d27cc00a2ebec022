"""An answer without a model: quotations alone, and whatever else at hand contradicts them.

The sentence that answers comes first. Where a source of a higher tier says otherwise it takes that
place, whatever the finder of answers preferred; where equals disagree, both are shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from stoa.ask.showing import spans_of
from stoa.ask_records import Claim, Conflict, EvidenceSet, Source, SourceKind, Span, Tier, Verdict
from stoa.grounding.alignment import statements
from stoa.grounding.conflicts import clash_of, conflicts_between, with_conflicts

_LOOKED_AT = 40  # sources searched for what contradicts the answer
_SENTENCES_A_SOURCE = 30


@dataclass(frozen=True, slots=True)
class Drafted:
    """Claims in the order they are said, and where they disagree."""

    claims: tuple[Claim, ...]
    conflicts: tuple[Conflict, ...] = ()


def quoted(span: Span) -> Claim:
    """A claim that is its source's own words."""
    return Claim(span.text, (span,), Verdict.QUOTED, 1.0, ("the source's own words",))


def extractive_draft(
    spans: Sequence[Span], evidence: EvidenceSet, n_quotes: int, lang: str = "en"
) -> Drafted:
    """The answering sentence, up to `n_quotes` - 1 others, notes on them and what contradicts.

    Args:
        spans: sentences that answer, best first; those that do not hold in `evidence` are dropped.
        evidence: what may be cited.
        n_quotes: quotations at most, those that contradict and notes not counted.
        lang: of the question.
    """
    claims = list(_distinct(spans, evidence))[:n_quotes]
    if not claims:
        return Drafted(())
    claims += opposed(claims, evidence, lang)
    return whole(claims, {source.id: source for source in evidence.sources}, lang)


def opposed(claims: Sequence[Claim], evidence: EvidenceSet, lang: str = "en") -> list[Claim]:
    """Quotations that contradict the first of some claims, and the notes on the posts of all."""
    said = {claim.text for claim in claims}
    against = [each for each in _against(claims[0], evidence, lang) if each.text not in said]
    noted = [each for each in _noted((*claims, *against), evidence) if each.text not in said]
    return list(dict.fromkeys((*against, *noted)))


def whole(claims: Sequence[Claim], sources: Mapping[str, Source], lang: str = "en") -> Drafted:
    """Claims with the verdicts that their conflicts leave them, the strongest answer first."""
    conflicts = conflicts_between(claims, sources, lang)
    judged, conflicts = with_conflicts(claims, conflicts, sources)
    return Drafted(_strongest_first(judged, conflicts), conflicts)


def _distinct(spans: Iterable[Span], evidence: EvidenceSet) -> Iterator[Claim]:
    """Quotations that hold, none said twice; copies of one root count once."""
    said: set[str] = set()
    for span in spans:
        source = evidence.find(span.source)
        words = " ".join(span.text.casefold().split())
        if source is None or not span.holds_in(source) or words in said:
            continue
        said.add(words)
        yield quoted(span)


def _against(answer: Claim, evidence: EvidenceSet, lang: str) -> Iterator[Claim]:
    """The sentence of each other source that clashes with the answer, stronger sources first."""
    told = statements([answer.text])
    wanted = frozenset(stem for each in told for stem in each.stems)
    own = {span.source for span in answer.cites}
    others = sorted(evidence.sources[:_LOOKED_AT], key=lambda source: source.tier)
    for source in others:
        if source.id in own:
            continue
        for span in spans_of(source)[:_SENTENCES_A_SOURCE]:
            if _shares(span.text, wanted) and clash_of(answer.text, span.text, lang):
                yield quoted(span)
                break


def _shares(text: str, wanted: frozenset[str]) -> bool:
    """Whether a sentence is worth comparing: it shares two words with the answer."""
    return sum(len(each.stems & wanted) for each in statements([text])) >= 2


def _noted(claims: Sequence[Claim], evidence: EvidenceSet) -> Iterator[Claim]:
    """The first sentence of every note that is shown on a cited post."""
    cited = {span.source for claim in claims for span in claim.cites}
    for source in evidence.sources:
        if source.kind is SourceKind.NOTE and source.about in cited and source.id not in cited:
            spans = spans_of(source)
            if spans:
                yield quoted(spans[0])


def _strongest_first(claims: Sequence[Claim], conflicts: Sequence[Conflict]) -> tuple[Claim, ...]:
    """The claims with the one that overrules the answer, if any, in the answer's place."""
    if not claims or claims[0].verdict not in (Verdict.REFUTED, Verdict.DISPUTED):
        return tuple(claims)
    winners = [
        conflict.claims[conflict.stronger]
        for conflict in conflicts
        if conflict.stronger is not None
        and claims[0] in conflict.claims
        and conflict.claims[conflict.stronger] != claims[0]
    ]
    if not winners:
        return tuple(claims)
    return (winners[0], *(claim for claim in claims if claim != winners[0]))


def is_primary(claim: Claim, sources: Mapping[str, Source]) -> bool:
    """Whether a claim rests on a record or a dataset."""
    return any(
        sources[span.source].tier <= Tier.DATASET for span in claim.cites if span.source in sources
    )
