"""The last steps of an answer: what it cites, how sure it is, how it is said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from stoa.ask.answer_phrases import phrases
from stoa.ask.doubts import WHY, conflicts_in, doubt_in, settled_by
from stoa.ask.draft import Drafted
from stoa.ask.gestalt import confidence_of
from stoa.ask.understand import Declined
from stoa.ask.voices import say
from stoa.ask_ports import EvidenceFinder
from stoa.ask_records import (
    Answer,
    Claim,
    Conflict,
    Correction,
    EvidenceSet,
    Question,
    Sense,
    Source,
    SourceKind,
)
from stoa.grounding.drift import drift_of
from stoa.grounding.language_words import WORDS
from stoa.grounding.quantities import names
from stoa.grounding.verdicts import SHOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What every ending of one question shares."""

    question: Question  # as asked
    asked: str  # the question that is answered: after a bare correction the one before
    lang: str
    trace_id: str
    evidence: EvidenceSet = field(default_factory=EvidenceSet)
    withdrawn: tuple[Claim, ...] = ()
    correction: Correction = field(default_factory=Correction)


def abstention(
    setting: Setting, reason: str, senses: tuple[Sense, ...] = (), confidence: float = 0.0
) -> Answer:
    """An answer that claims nothing, with the reason and what would settle it."""
    is_declined = reason in (Declined.PRIVATE.value, Declined.NOTHING_ASKED.value)
    parts = _answer(
        setting,
        abstained=True,
        confidence=confidence,
        reason=reason if is_declined else doubt_in(reason, setting.lang),
        would_settle="" if is_declined else settled_by(setting.asked, setting.lang, reason),
        senses=senses,
    )
    return replace(parts, text=say(parts, parts.mode, parts.lang))


def finished(
    setting: Setting,
    drafted: Drafted,
    found: float,
    least: float,
    senses: tuple[Sense, ...] = (),
) -> Answer:
    """The answer of some claims; an abstention where it is less sure than `least`.

    Args:
        setting: of the question.
        drafted: claims that passed the checks, and their conflicts.
        found: how sure it is, calibrated, that the first claim answers.
        least: an answer that is less sure than this is not given.
        senses: among which the asker may choose, where the claims answer one each.
    """
    claims = tuple(claim for claim in drafted.claims if claim.verdict in SHOWN and claim.cites)
    confidence, reason = confidence_of(claims, drafted.conflicts, found)
    if not claims or confidence < least:
        why = reason if claims and reason else WHY.no_answer
        return abstention(setting, why, confidence=confidence if claims else 0.0)
    is_open = bool(reason) and any(each.stronger is None for each in drafted.conflicts)
    used = used_sources(claims, setting.evidence)
    parts = _answer(
        setting,
        abstained=False,
        claims=claims,
        sources=used,
        confidence=confidence,
        reason=doubt_in(reason, setting.lang),
        would_settle=settled_by(setting.asked, setting.lang) if is_open else "",
        conflicts=conflicts_in(drafted.conflicts, setting.lang),
        senses=senses,
        drift=drift_of(claims),
        followups=followups(claims, setting),
    )
    return replace(parts, text=say(parts, parts.mode, parts.lang))


def _answer(
    setting: Setting,
    *,
    abstained: bool,
    confidence: float,
    reason: str,
    claims: tuple[Claim, ...] = (),
    sources: tuple[Source, ...] = (),
    conflicts: tuple[Conflict, ...] = (),
    senses: tuple[Sense, ...] = (),
    followups: tuple[str, ...] = (),
    would_settle: str = "",
    drift: float = 0.0,
) -> Answer:
    return Answer(
        setting.asked,
        setting.question.mode,
        "",
        claims,
        sources,
        confidence,
        abstained,
        reason,
        would_settle,
        conflicts,
        setting.evidence.noise,
        senses,
        setting.withdrawn,
        followups,
        setting.correction,
        drift,
        setting.lang,
        setting.trace_id,
    )


def used_sources(claims: Sequence[Claim], evidence: EvidenceSet) -> tuple[Source, ...]:
    """The sources the claims cite and the notes on them, in order of use."""
    cited = dict.fromkeys(span.source for claim in claims for span in claim.cites)
    used = {each: source for each in cited if (source := evidence.find(each)) is not None}
    notes = [
        each
        for each in evidence.sources
        if each.kind is SourceKind.NOTE and each.about in used and each.id not in used
    ]
    return (*used.values(), *notes)


def still_holding(claims: Sequence[Claim], finder: EvidenceFinder) -> tuple[Claim, ...]:
    """The claims whose every span stands in its source as that source is at this moment.

    The last look before anything is sent: a post may be deleted or edited while an answer is made.
    """
    wanted = list(dict.fromkeys(span.source for claim in claims for span in claim.cites))
    now: Mapping[str, Source] = {source.id: source for source in finder.by_id(wanted)}
    return tuple(
        claim
        for claim in claims
        if all(span.source in now and span.holds_in(now[span.source]) for span in claim.cites)
    )


def followups(claims: Sequence[Claim], setting: Setting, most: int = 3) -> tuple[str, ...]:
    """Questions that the sources at hand can answer: on what they name and nobody asked about."""
    asked = setting.asked.casefold()
    said = " ".join(claim.text for claim in claims).casefold()
    found: dict[str, None] = {}
    for source in setting.evidence.sources[:6]:
        for name in names(source.text[:2000]):
            folded = name.text.casefold()
            begins = folded.split()[0]
            is_name = " " in name.text and ". " not in name.text and not WORDS.get(begins)
            if is_name and len(name.text) <= 40 and folded not in f"{asked} {said}":
                found.setdefault(name.text)
    frame = phrases(setting.lang).followup
    return tuple(frame.format(what=name) for name in list(found)[:most])
