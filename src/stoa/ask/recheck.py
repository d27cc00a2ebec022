"""Looks again at an answer given earlier: a source may be gone, changed, or noted since."""

from __future__ import annotations

from dataclasses import replace

from stoa.ask.doubts import WHY, conflicts_in, doubt_in, settled_by
from stoa.ask.draft import quoted, whole
from stoa.ask.finishing import still_holding
from stoa.ask.gestalt import confidence_of
from stoa.ask.showing import spans_of
from stoa.ask.threads import flips_without_evidence
from stoa.ask.voices import say
from stoa.ask_ports import EvidenceFinder
from stoa.ask_records import Answer, Claim, Conflict, SourceKind, Verdict

UNMOVED = 0.5  # the least that an answer which stands against an objection is told with
GONE = WHY.gone


def rechecked(answer: Answer, finder: EvidenceFinder) -> Answer:
    """The answer as it stands now; the very same where every span still holds and no note came.

    Claims whose words are gone are taken out, and nothing of those words is left: their author
    took them back. Where the claim that answered is among them, the answer is withdrawn. A note
    that is shown by now on a cited post counts as it would in a new answer.
    """
    if answer.abstained or not answer.claims:
        return answer
    holding = still_holding(answer.claims, finder)
    if not holding or holding[0] != answer.claims[0]:
        return _withdrawn(answer)
    noted = _new_notes(answer, holding, finder)
    if len(holding) == len(answer.claims) and not noted:
        return answer
    ids = list(dict.fromkeys(span.source for claim in (*holding, *noted) for span in claim.cites))
    now = {source.id: source for source in finder.by_id(ids)}
    notes = {each.id: each for each in finder.notes_on(ids)}
    now |= {key: notes[key] for key in ids if key in notes}
    fresh = [quoted(each.cites[0]) if _is_quoted(each) else each for each in (*holding, *noted)]
    drafted = whole(fresh, now, answer.lang)
    confidence, reason = confidence_of(drafted.claims, drafted.conflicts, answer.confidence)
    is_less = len(holding) < len(answer.claims)
    kept = replace(
        answer,
        claims=drafted.claims,
        sources=tuple(now[each] for each in _in_order(drafted.claims) if each in now),
        conflicts=conflicts_in(drafted.conflicts, answer.lang),
        confidence=confidence,
        reason=doubt_in(reason or (GONE if is_less else answer.reason), answer.lang),
        followups=(),
    )
    return replace(kept, text=say(kept, kept.mode, kept.lang))


def unmoved(before: Answer, now: Answer, finder: EvidenceFinder) -> Answer:
    """The answer after an objection: the one before it, unless a source gives a reason to change.

    Only quotations of `before` that still hold are kept: a thread comes from outside.
    """
    if not flips_without_evidence(before, now) or not all(map(_is_quoted, before.claims)):
        return now
    kept = rechecked(before, finder)
    if kept.abstained:
        return now
    kept = replace(
        kept,
        mode=now.mode,
        trace_id=now.trace_id,
        noise=now.noise,
        correction=now.correction,
        withdrawn=(),
        confidence=min(before.confidence, max(now.confidence, UNMOVED)),
    )
    return replace(kept, text=say(kept, kept.mode, kept.lang))


def _is_quoted(claim: Claim) -> bool:
    """Whether a claim is its span's words: then a conflict that is gone leaves it a quotation."""
    disputed = (Verdict.QUOTED, Verdict.DISPUTED, Verdict.REFUTED)
    return claim.verdict in disputed and bool(claim.cites) and claim.text == claim.cites[0].text


def _in_order(claims: tuple[Claim, ...]) -> list[str]:
    return list(dict.fromkeys(span.source for claim in claims for span in claim.cites))


def _new_notes(
    answer: Answer, holding: tuple[Claim, ...], finder: EvidenceFinder
) -> tuple[Claim, ...]:
    """The first sentence of each note shown now on a cited post that the answer did not know."""
    known = {source.id for source in answer.sources if source.kind is SourceKind.NOTE}
    notes = [each for each in finder.notes_on(_in_order(holding)) if each.id not in known]
    return tuple(quoted(spans[0]) for note in notes if (spans := spans_of(note)))


def _withdrawn(answer: Answer) -> Answer:
    no_conflicts: tuple[Conflict, ...] = ()
    gone = replace(
        answer,
        claims=(),
        sources=(),
        conflicts=no_conflicts,
        senses=(),
        withdrawn=(),
        followups=(),
        abstained=True,
        confidence=0.0,
        reason=doubt_in(GONE, answer.lang),
        would_settle=settled_by(answer.question, answer.lang),
        drift=0.0,
    )
    return replace(gone, text=say(gone, gone.mode, gone.lang))
