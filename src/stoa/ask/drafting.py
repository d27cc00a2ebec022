"""A model's draft turned into claims that stand: read, checked, revised, looked at as a whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from stoa.ask.answer_phrases import phrases
from stoa.ask.checking import Checker
from stoa.ask.draft import Drafted, opposed, whole
from stoa.ask.model_draft import DraftSentence
from stoa.ask.parts import AskConfig, ClaimJudge
from stoa.ask.retrieve import retrieve
from stoa.ask.revise import Change, Reviser
from stoa.ask.showing import Shown, spans_of, without_orders
from stoa.ask_ports import EvidenceFinder, PairScorer
from stoa.ask_records import Claim, EvidenceSet, Question, Source, Span, Verdict
from stoa.grounding.hard_checks import named_speaker
from stoa.grounding.languages import language
from stoa.grounding.sentences import sentences

_SURE_LANGUAGE = 40  # characters from which the language of a sentence is told surely enough


@dataclass
class Pool:
    """The sources that may be cited in one answer; a search may add to them once."""

    finder: EvidenceFinder
    question: Question
    evidence: EvidenceSet
    sources: dict[str, Source] = field(init=False)
    has_searched: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        self.sources = {source.id: source for source in self.evidence.sources}

    def search(self, statement: str) -> list[Span]:
        """Sentences of sources found for a statement, which may be cited from now on; only once."""
        if self.has_searched:
            return []
        self.has_searched = True
        more = without_orders(retrieve(self.finder, self.question, statement))
        new = [source for source in more.sources if source.id not in self.sources]
        self.sources |= {source.id: source for source in new}
        held = self.evidence
        self.evidence = EvidenceSet(
            (*held.sources, *new),
            (*held.scores, *(0.0 for _ in new)),
            {**held.copies, **more.copies},
            held.noise,
        )
        return [span for source in new for span in spans_of(source)]


@dataclass(frozen=True, slots=True)
class Judges:
    """Who scores claims that passed the hard checks."""

    verifier: ClaimJudge | None
    scorer: PairScorer | None


def claims_of_draft(
    drafted: Sequence[DraftSentence],
    shown: Shown,
    pool: Pool,
    judges: Judges,
    lang: str,
    config: AskConfig,
) -> tuple[Drafted, tuple[Change, ...]]:
    """What is left of a model's draft, with what contradicts it, and what was changed."""
    checker = Checker(pool.sources, judges.verifier, judges.scorer, lang)
    reviser = Reviser(
        checker.check,
        list(shown.spans.values()),
        pool.sources,
        pool.search,
        lambda text, _: text,  # who says so is put before it once conflicts are known
        config.max_rounds,
    )
    taken = _one_by_one(drafted, lang)
    revised = reviser.revise([each for each in taken if _is_in(each.text, lang)])
    if not revised.claims:
        return Drafted(()), revised.changes
    asked = pool.question.text
    against = opposed(revised.claims, pool.evidence, lang, asked)
    made = whole((*revised.claims, *against), pool.sources, lang, asked)
    hearsay = {each.text for each in revised.claims if each.verdict is Verdict.ATTRIBUTED}
    return _attributed(made, hearsay, pool.sources, lang), revised.changes


def _attributed(
    made: Drafted, hearsay: set[str], sources: Mapping[str, Source], lang: str
) -> Drafted:
    """The claims, with "@ada says:" before those that rest on hearsay alone and do not say so."""
    frame = phrases(lang)

    def told(claim: Claim) -> Claim:
        if claim.text not in hearsay or named_speaker(claim.text):
            return claim
        who = _speaker(sources[claim.cites[0].source])
        return replace(claim, text=frame.says.format(who=who, what=claim.text))

    conflicts = tuple(
        replace(each, claims=tuple(told(claim) for claim in each.claims)) for each in made.conflicts
    )
    return Drafted(tuple(told(claim) for claim in made.claims), conflicts)


def _speaker(source: Source) -> str:
    return source.title.strip() or source.author.strip() or source.id


def _one_by_one(drafted: Sequence[DraftSentence], lang: str) -> list[DraftSentence]:
    """Each real sentence by itself: a model may put several into one, true beside untrue."""
    found: list[DraftSentence] = []
    for each in drafted:
        whole_text = each.text.encode()
        parts = [whole_text[a:b].decode() for a, b in sentences(each.text, lang)]
        found.extend(DraftSentence(part, each.cites) for part in parts)
    return found


def _is_in(text: str, lang: str) -> bool:
    """Whether a sentence is in the asker's language, as far as it can be told."""
    if len(text) < _SURE_LANGUAGE:
        return True
    told = language(text)
    return not told or told.split("-")[0] == lang.split("-")[0]
