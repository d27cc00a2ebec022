"""The first form of an answer: statements, each with the exact words it rests on."""

from __future__ import annotations

from collections.abc import Sequence

from stoa.ask_records import Claim, EvidenceSet, Span, Verdict


def quoted(span: Span) -> Claim:
    """A claim that is its source's own words."""
    return Claim(span.text, (span,), Verdict.QUOTED, 1.0, ("the source's own words",))


def extractive_draft(
    spans: Sequence[Span], evidence: EvidenceSet, n_quotes: int
) -> tuple[Claim, ...]:
    """The answering sentence and up to `n_quotes` - 1 others, no sentence said twice."""
    taken: dict[str, Claim] = {}
    for span in spans:
        source = evidence.find(span.source)
        if source is None or not span.holds_in(source):
            continue
        taken.setdefault(" ".join(span.text.casefold().split()), quoted(span))
        if len(taken) == n_quotes:
            break
    return tuple(taken.values())
