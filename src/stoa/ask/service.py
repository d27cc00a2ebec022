"""The flow of one question (ask.md 7): find, draft, check, revise, look at the whole, answer.

A reader meets only finished claims: `events` sends no text before its spans were compared, byte for
byte, with their sources as they stand at that moment.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field, replace
from hashlib import sha256

from stoa.ask.answer_phrases import phrases
from stoa.ask.composing import Piece, noise_sentence, pieces
from stoa.ask.draft import extractive_draft
from stoa.ask.events import (
    AskEvent,
    ClaimEvent,
    ConfidenceEvent,
    DeltaEvent,
    DoneEvent,
    FollowupsEvent,
    MetaEvent,
    SourcesEvent,
    VerdictEvent,
)
from stoa.ask.parts import AnswerFinder, AskConfig, ClaimJudge
from stoa.ask.stand_ins import overlap_answer, plain_retrieval
from stoa.ask_ports import EvidenceFinder, LanguageModel, PairScorer
from stoa.ask_records import Answer, Claim, EvidenceSet, Question, Source


@dataclass(frozen=True)
class Ask:
    """Answers questions from what `finder` finds; without a model every claim is a quotation."""

    finder: EvidenceFinder
    verifier: ClaimJudge | None = None
    answering: AnswerFinder = overlap_answer
    model: LanguageModel | None = None
    scorer: PairScorer | None = None
    config: AskConfig = field(default_factory=AskConfig)

    async def answer(self, question: Question) -> Answer:
        """The checked answer, or an abstention with its reason."""
        async for event in self.events(question):
            if isinstance(event, DoneEvent):
                return event.answer
        raise AssertionError("a question's events end with done")

    async def events(self, question: Question, *, draft: bool = False) -> AsyncIterator[AskEvent]:
        """What happens while `question` is answered, in the order of ask.md 8.

        Args:
            question: what was asked.
            draft: also send a model's raw words as they arrive, unchecked.
        """
        trace, lang = trace_id(question), "en"
        yield MetaEvent(trace, question.mode, lang)
        evidence = plain_retrieval(self.finder, question, question.text)
        yield SourcesEvent(evidence.sources, evidence.noise)
        found = self.answering(question.text, evidence)
        claims = extractive_draft(found.spans, evidence, self.config.n_quotes)
        answer = _assembled(question, claims, evidence, found.confidence)
        for event in closing(replace(answer, trace_id=trace, lang=lang)):
            yield event


def trace_id(question: Question) -> str:
    """The same question under the same wishes has the same id, on any day."""
    wishes = (question.text, question.mode, question.as_of_us, question.since_us)
    said = [turn.question for turn in question.thread]
    return sha256(repr((wishes, said, question.correction)).encode()).hexdigest()[:16]


def _assembled(
    question: Question, claims: tuple[Claim, ...], evidence: EvidenceSet, confidence: float
) -> Answer:
    """An answer of these claims, or an abstention where there are none."""
    frame = phrases("en")
    if not claims:
        text = f"{frame.unknown} {frame.settle}"
        return Answer(
            question.text,
            question.mode,
            text,
            (),
            (),
            0.0,
            True,
            reason="no source at hand answers this",
            would_settle=frame.settle,
            noise=evidence.noise,
        )
    used = _used(claims, evidence)
    text = "".join(piece.text for piece in _text(claims, used, evidence))
    return Answer(
        question.text, question.mode, text, claims, used, confidence, False, noise=evidence.noise
    )


def _text(
    claims: tuple[Claim, ...], used: tuple[Source, ...], evidence: EvidenceSet
) -> list[Piece]:
    out = pieces(claims, used, (), "en")
    noise = noise_sentence(evidence.noise, "en")
    return [*out, Piece(f"\n\n{noise}")] if noise else out


def _used(claims: tuple[Claim, ...], evidence: EvidenceSet) -> tuple[Source, ...]:
    """The sources the claims cite and the notes on them, in order of use."""
    cited = dict.fromkeys(span.source for claim in claims for span in claim.cites)
    used = {each: source for each in cited if (source := evidence.find(each)) is not None}
    notes = [each for each in evidence.sources if each.about in used and each.id not in used]
    return (*used.values(), *notes)


def closing(answer: Answer) -> Iterator[AskEvent]:
    """The events that tell a finished answer, to `done`."""
    for number, claim in enumerate(answer.claims):
        yield ClaimEvent(number, claim.text, claim.cites)
        yield VerdictEvent(number, claim.verdict, claim.probability, claim.because)
    yield DeltaEvent(answer.text)
    yield ConfidenceEvent(answer.confidence, answer.abstained, answer.reason)
    yield FollowupsEvent(answer.followups)
    yield DoneEvent(answer)
