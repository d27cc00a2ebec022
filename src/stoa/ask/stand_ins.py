"""Plain parts for a flow whose learned ones are not at hand: word overlap and nothing more."""

from __future__ import annotations

import re
from dataclasses import dataclass

from stoa.ask_ports import EvidenceFinder
from stoa.ask_records import EvidenceSet, NoiseReport, Question, Span

_SENTENCE = re.compile(r"[^.!?。！？؟।\n]+[.!?。！？؟।]*")
_WORD = re.compile(r"\w{3,}|[\u0e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class OverlapAnswer:
    """Sentences by the share of the question's words they hold."""

    spans: tuple[Span, ...]
    confidence: float


def overlap_answer(question: str, evidence: EvidenceSet) -> OverlapAnswer:
    """The sentences that hold most of the question's longer words, best first."""
    wanted = set(_WORD.findall(question.casefold()))
    scored: list[tuple[float, int, Span]] = []
    for rank, source in enumerate(evidence.sources):
        for match in _SENTENCE.finditer(source.text):
            text = match.group()
            start = match.start() + len(text) - len(text.lstrip())
            end = match.end() - (len(text) - len(text.rstrip()))
            share = len(wanted & set(_WORD.findall(text.casefold()))) / max(len(wanted), 1)
            if share > 0.3 and start < end:
                first = len(source.text[:start].encode())
                last = first + len(source.text[start:end].encode())
                scored.append((share, -rank, Span.of(source, first, last)))
    scored.sort(key=lambda each: (-each[0], -each[1]))
    best = scored[0][0] if scored else 0.0
    return OverlapAnswer(tuple(span for _, _, span in scored), best)


def plain_retrieval(finder: EvidenceFinder, question: Question, query: str) -> EvidenceSet:
    """The finder's best twelve and the notes on them, with nothing folded or filtered."""
    found = finder.candidates(query, 12, question.since_us, question.as_of_us)
    held = {source.id for source, _ in found}
    notes = [note for note in finder.notes_on(sorted(held)) if note.id not in held]
    sources = (*(source for source, _ in found), *notes)
    scores = (*(score for _, score in found), *(0.0 for _ in notes))
    return EvidenceSet(
        sources, scores, noise=NoiseReport(n_found=len(sources), n_used=len(sources))
    )
