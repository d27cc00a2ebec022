"""Hand-written documents and true statements about them, for the study of injected errors.

Everything here was made up for the purpose. A document is a header line (`name part tier: title`),
its sentences, a line each, and after `--` its claims: the numbers of the sentences a claim rests
on, `>`, and the claim in other words than theirs. `part` is `dev` (looked at while the checks were
written) or `final` (run for the figures that are reported).
"""

from __future__ import annotations

from dataclasses import dataclass

from stoa.ask_records import Source, SourceKind, Span, Tier
from stoa.evaluation.draft_texts import TEXTS


@dataclass(frozen=True, slots=True)
class TrueClaim:
    """A statement that its spans bear out, in other words than theirs."""

    text: str
    cites: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class DraftDocument:
    """One source, its part of the study, and what may truly be said of it."""

    source: Source
    part: str
    spans: tuple[Span, ...]
    claims: tuple[TrueClaim, ...]


def documents(part: str) -> list[DraftDocument]:
    """The documents of one part, `dev` or `final`, in order."""
    found = [_document(block) for block in TEXTS.strip().split("\n\n")]
    return [each for each in found if each.part == part]


def _document(block: str) -> DraftDocument:
    header, *rows = block.strip().splitlines()
    place, title = header.split(": ", 1)
    name, part, tier = place.split()
    divide = rows.index("--")
    lines = [row.strip() for row in rows[:divide]]
    source = Source(
        f"document:{name}#1", SourceKind.DOCUMENT, " ".join(lines), Tier[tier], title=title
    )
    spans: list[Span] = []
    at = 0
    for line in lines:
        length = len(line.encode())
        spans.append(Span.of(source, at, at + length))
        at += length + 1
    claims: list[TrueClaim] = []
    for row in rows[divide + 1 :]:
        numbers, text = row.split("> ", 1)
        cites = tuple(spans[int(number) - 1] for number in numbers.split(","))
        claims.append(TrueClaim(text.strip(), cites))
    return DraftDocument(source, part, tuple(spans), tuple(claims))
