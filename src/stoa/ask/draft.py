"""An answer without a model: quotations alone, and whatever else at hand contradicts them.

The sentence that answers comes first. Where a source of a higher tier says otherwise it takes that
place, whatever the finder of answers preferred; where equals disagree, both are shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from stoa.ask.showing import spans_of
from stoa.ask_records import Claim, Conflict, EvidenceSet, Source, SourceKind, Span, Verdict
from stoa.grounding.alignment import carried
from stoa.grounding.conflicts import clash_in_answer, conflicts_between, with_conflicts
from stoa.grounding.coverage import Heard, level_of
from stoa.grounding.leaning import is_short

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
    spans: Sequence[Span],
    evidence: EvidenceSet,
    n_quotes: int,
    lang: str = "en",
    asked: str = "",
) -> Drafted:
    """The answering sentence, up to `n_quotes` - 1 others, notes on them and what contradicts.

    Args:
        spans: sentences that answer, best first; those that do not hold in `evidence` are dropped.
        evidence: what may be cited.
        n_quotes: quotations at most, those that contradict and notes not counted.
        lang: of the question.
        asked: the question, which tells more rivals of its answer than the answer's words do.
    """
    claims = list(_distinct(spans, evidence))[:n_quotes]
    if not claims:
        return Drafted(())
    claims += opposed(claims, evidence, lang, asked)
    return whole(claims, {source.id: source for source in evidence.sources}, lang, asked)


def opposed(
    claims: Sequence[Claim], evidence: EvidenceSet, lang: str = "en", asked: str = ""
) -> list[Claim]:
    """Quotations that contradict the first of some claims, and the notes on the posts of all."""
    said = {claim.text for claim in claims}
    against = [each for each in _against(claims[0], evidence, lang, asked) if each.text not in said]
    noted = [each for each in _noted((*claims, *against), evidence) if each.text not in said]
    return list(dict.fromkeys((*against, *noted)))


def whole(
    claims: Sequence[Claim], sources: Mapping[str, Source], lang: str = "en", asked: str = ""
) -> Drafted:
    """Claims with the verdicts that their conflicts leave them, the strongest answer first."""
    conflicts = conflicts_between(claims, sources, lang, asked)
    judged, conflicts = with_conflicts(claims, conflicts, sources)
    return Drafted(_strongest_first(judged, conflicts, sources), conflicts)


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


def _against(answer: Claim, evidence: EvidenceSet, lang: str, asked: str) -> Iterator[Claim]:
    """The sentence of each other source that clashes with the answer, stronger sources first."""
    wanted = carried(answer.text)
    own = {span.source for span in answer.cites}
    first = evidence.find(answer.cites[0].source) if answer.cites else None
    alone = Heard(answer.text, answer.text, "", "")
    told = alone if first is None else Heard.of(answer.cites[0], first)
    others = sorted(evidence.sources[:_LOOKED_AT], key=lambda source: source.tier)
    for source in others:
        if source.id in own:
            continue
        may_differ_in_words = bool(asked) and is_short(source.text)
        for span in spans_of(source)[:_SENTENCES_A_SOURCE]:
            shares = len(carried(span.text) & wanted) >= 2
            if not shares and not may_differ_in_words:
                continue
            both = told, Heard.of(span, source)
            if not shares and level_of(asked, both[1]) is None:
                continue
            if clash_in_answer(asked, answer.text, span.text, lang, both):
                yield quoted(span)
                break


def _noted(claims: Sequence[Claim], evidence: EvidenceSet) -> Iterator[Claim]:
    """The first sentence of every note that is shown on a cited post."""
    cited = {span.source for claim in claims for span in claim.cites}
    for source in evidence.sources:
        if source.kind is SourceKind.NOTE and source.about in cited and source.id not in cited:
            spans = spans_of(source)
            if spans:
                yield quoted(spans[0])


def _strongest_first(
    claims: Sequence[Claim], conflicts: Sequence[Conflict], sources: Mapping[str, Source]
) -> tuple[Claim, ...]:
    """The claims with the one that overrules the answer, if any, in the answer's place.

    Where equals disagree the source that said so first leads, so that no wording and no name
    decides who is heard before whom.
    """
    if not claims or claims[0].verdict not in (Verdict.REFUTED, Verdict.DISPUTED):
        return tuple(claims)
    about = [conflict for conflict in conflicts if claims[0] in conflict.claims]
    winners = [
        conflict.claims[conflict.stronger]
        for conflict in about
        if conflict.stronger is not None and conflict.claims[conflict.stronger] != claims[0]
    ]
    equals = [claim for each in about if each.stronger is None for claim in each.claims]
    equals = [claim for claim in equals if claim in claims and _states(claim, sources)]
    leading = winners[:1] or sorted(equals, key=lambda claim: _said_at(claim, sources))[:1]
    return (*leading, *(claim for claim in claims if claim not in leading))


def _states(claim: Claim, sources: Mapping[str, Source]) -> bool:
    """Whether a claim is of a source of its own, not of a note on another."""
    return all(
        sources[span.source].kind is not SourceKind.NOTE
        for span in claim.cites
        if span.source in sources
    )


def _said_at(claim: Claim, sources: Mapping[str, Source]) -> tuple[bool, int, str]:
    """When a claim was first said; what has no date comes last, then by id."""
    told = [sources[span.source] for span in claim.cites if span.source in sources]
    return min(((not each.at_us, each.at_us, each.id) for each in told), default=(True, 0, ""))
