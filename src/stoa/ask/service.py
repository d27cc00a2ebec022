"""The flow of one question (ask.md 7): find, draft, check, revise, look at the whole, answer.

A reader meets only finished claims: `events` sends no text before its spans were compared, byte for
byte, with their sources as they stand at that moment.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256

from stoa.ask.doubts import WHY
from stoa.ask.draft import Drafted, extractive_draft, whole
from stoa.ask.drafting import Judges, Pool, claims_of_draft
from stoa.ask.events import (
    AskEvent,
    ClaimEvent,
    ConfidenceEvent,
    DeltaEvent,
    DoneEvent,
    DraftEvent,
    FollowupsEvent,
    MetaEvent,
    ReviseEvent,
    SourcesEvent,
    VerdictEvent,
)
from stoa.ask.finishing import Setting, abstention, finished, still_holding
from stoa.ask.gestalt import DISPUTED, SURER, is_borne_out
from stoa.ask.model_draft import DraftReading, messages_for
from stoa.ask.parts import AnswerFinder, AskConfig, ClaimJudge, Found
from stoa.ask.recheck import unmoved
from stoa.ask.retrieve import retrieve
from stoa.ask.revise import Change
from stoa.ask.senses import in_sense
from stoa.ask.showing import only, shown, without_orders
from stoa.ask.stand_ins import overlap_answer
from stoa.ask.threads import bounded
from stoa.ask.understand import Understood, understand
from stoa.ask_ports import EvidenceFinder, LanguageModel, PairScorer
from stoa.ask_records import Answer, Claim, EvidenceSet, Question, Sense
from stoa.ports import Clock


@dataclass(frozen=True)
class Ask:
    """Answers questions from what `finder` finds; without a model every claim is a quotation."""

    finder: EvidenceFinder
    verifier: ClaimJudge | None = None
    answering: AnswerFinder = overlap_answer
    model: LanguageModel | None = None
    scorer: PairScorer | None = None
    config: AskConfig = field(default_factory=AskConfig)
    clock: Clock | None = None  # when it is, for "yesterday"; without one such words bound nothing

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
        question = replace(question, thread=bounded(question.thread))
        understood = understand(question, self.clock.now_us() if self.clock else None)
        asked = _as_understood(question, understood)
        setting = Setting(
            question=question,
            asked=asked.text,
            lang=understood.lang,
            trace_id=trace_id(question),
            correction=understood.correction,
        )
        yield MetaEvent(setting.trace_id, question.mode, understood.lang)
        if understood.declined_because.value:
            for event in closing(abstention(setting, understood.declined_because.value)):
                yield event
            return
        found = without_orders(retrieve(self.finder, asked, understood.query))
        grounded = in_sense(understood, found, question.thread)
        evidence = grounded.evidence
        setting = replace(
            setting,
            evidence=evidence,
            withdrawn=grounded.withdrawn,
            correction=grounded.correction,
        )
        yield SourcesEvent(evidence.sources, evidence.noise)
        work = _Work(self, asked, setting, grounded.senses, grounded.meant)
        if self.model is not None and evidence.sources and not grounded.senses:
            async for event in work.drafted(self.model, draft):
                yield event
        answer = work.ended()
        if understood.is_pushback and question.thread and not grounded.meant:
            answer = unmoved(question.thread[-1].answer, answer, self.finder)
        for event in closing(answer, work.changes, draft=draft):
            yield event


@dataclass
class _Work:
    """One question on its way from evidence to answer."""

    ask: Ask
    asked: Question
    setting: Setting
    senses: tuple[Sense, ...] = ()  # two or more: nothing tells which is meant
    meant: tuple[str, ...] = ()  # sources of the sense that a correction chose
    changes: tuple[Change, ...] = ()
    _draft: Drafted | None = None
    _confidence: float = 0.0

    async def drafted(self, model: LanguageModel, raw: bool) -> AsyncIterator[AskEvent]:
        """Asks the model; what stands of its draft is kept, and its raw words sent if wished."""
        may_cite = shown(self.setting.evidence)
        config, lang = self.ask.config, self.setting.lang
        reading = DraftReading(model, config.model_timeout_s, config.model_max_chars)
        async for piece in reading.pieces(
            messages_for(self.setting.asked, may_cite, lang), may_cite
        ):
            if raw:
                yield DraftEvent(piece)
        pool = Pool(self.ask.finder, self.asked, self.setting.evidence)
        judges = Judges(self.ask.verifier, self.ask.scorer)
        made, self.changes = claims_of_draft(
            reading.sentences, may_cite, pool, judges, lang, config
        )
        if pool.has_searched and pool.evidence is not self.setting.evidence:
            self.setting = replace(self.setting, evidence=pool.evidence)
            yield SourcesEvent(pool.evidence.sources, pool.evidence.noise)
        found = self.ask.answering(self.setting.asked, self.setting.evidence)
        if is_borne_out(made.claims, found.spans):
            self._draft, self._confidence = made, found.confidence
        elif found.confidence < SURER:  # neither reader is sure: the model's words, half believed
            self._draft, self._confidence = made, found.confidence / 2

    def ended(self) -> Answer:
        """The answer: of the model's draft where claims of it stand, of quotations where not."""
        evidence, config = self.setting.evidence, self.ask.config
        if not evidence.sources:
            return abstention(self.setting, WHY.nothing_found)
        if self.senses:
            return self._in_each_sense()
        made, confidence = self._draft, self._confidence
        if made is None or not made.claims:
            found = self._found(evidence)
            made = extractive_draft(
                found.spans, evidence, config.n_quotes, self.setting.lang, self.setting.asked
            )
            confidence = found.confidence
        holding = still_holding(made.claims, self.ask.finder)
        if len(holding) < len(made.claims):
            if not holding or holding[0] != made.claims[0]:
                return abstention(self.setting, WHY.taken_back)
            by_id = {each.id: each for each in evidence.sources}
            made = whole(holding, by_id, self.setting.lang, self.setting.asked)
        return finished(self.setting, made, confidence, config.least_confidence)

    def _found(self, evidence: EvidenceSet) -> Found:
        """What answers, looked for first among the sources of the sense that is meant."""
        if self.meant:
            found = self.ask.answering(self.setting.asked, only(evidence, self.meant))
            if found.spans and found.confidence >= self.ask.config.least_confidence:
                return found
        return self.ask.answering(self.setting.asked, evidence)

    def _in_each_sense(self) -> Answer:
        """The best answer in each sense, side by side, and the senses to choose from."""
        evidence = self.setting.evidence
        claims: list[Claim] = []
        confidence = DISPUTED
        for sense in self.senses:
            own = only(evidence, sense.sources)  # what other senses say is no contradiction
            found = self.ask.answering(self.setting.asked, own)
            claims += extractive_draft(found.spans, own, 1, self.setting.lang).claims[:1]
            confidence = min(confidence, found.confidence)
        holding = still_holding(claims, self.ask.finder)
        if len(holding) < len(self.senses) or confidence < self.ask.config.least_confidence:
            return abstention(self.setting, WHY.many_senses, self.senses)
        made = Drafted(tuple(holding))
        return finished(self.setting, made, confidence, 0.0, self.senses)


def _as_understood(question: Question, understood: Understood) -> Question:
    """The question that is really asked: its text, its time window, the sense meant."""
    return replace(
        question,
        text=understood.asked or question.text,
        since_us=understood.since_us,
        as_of_us=understood.until_us,
        correction=understood.correction,
    )


def trace_id(question: Question) -> str:
    """The same question under the same wishes has the same id, on any day."""
    wishes = (question.text, question.mode, question.as_of_us, question.since_us)
    said = [turn.question for turn in question.thread]
    return sha256(repr((wishes, said, question.correction)).encode()).hexdigest()[:16]


def closing(
    answer: Answer, changes: Sequence[Change] = (), *, draft: bool = False
) -> Iterator[AskEvent]:
    """The events that tell a finished answer, to `done`.

    What a model first said and did not stand is told as having been changed, but its words only
    where the raw draft was asked for.
    """
    said = {claim.text: number for number, claim in enumerate(answer.claims)}
    for number, claim in enumerate(answer.claims):
        yield ClaimEvent(number, claim.text, claim.cites)
        yield VerdictEvent(number, claim.verdict, claim.probability, claim.because)
    for change in changes:
        new = change.new if change.new in said else ""
        why = change.why if draft else change.why.split(":")[0]  # the rest are the model's words
        yield ReviseEvent(said.get(new, -1), change.old if draft else "", new, why)
    yield DeltaEvent(answer.text)
    yield ConfidenceEvent(answer.confidence, answer.abstained, answer.reason)
    yield FollowupsEvent(answer.followups)
    yield DoneEvent(answer)
