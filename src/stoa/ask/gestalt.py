"""The answer looked at as a whole: do its claims agree, does it answer, how sure may it be."""

from __future__ import annotations

from collections.abc import Sequence

from stoa.ask.doubts import WHY
from stoa.ask_records import Claim, Conflict, Span, Verdict
from stoa.grounding.drift import drift_of

DISPUTED = 0.6
"""The most that an answer may be sure of while sources of its own tier say otherwise: less than an
answer that is told as sure (.8), more than one that counts as no answer (.5), since both are shown.
"""
NOTED = 0.45  # the most while a note shown on its post disagrees
REFUTED = 0.2  # the most while a record says otherwise and could not take its place
SURER = (
    0.5  # from here on the finder's quotations stand against a model that rests on other sources
)
_DRIFTED = 0.5


def confidence_of(
    claims: Sequence[Claim], conflicts: Sequence[Conflict], found: float
) -> tuple[float, str]:
    """How sure the answer is, 0..1, and why it is not surer ("" where nothing lowers it).

    Args:
        claims: as judged; the first one answers.
        conflicts: between them.
        found: how sure it is, calibrated, that the first claim answers the question.
    """
    if not claims:
        return 0.0, ""
    answer = claims[0]
    limits: list[tuple[float, str]] = [(found, "")]
    against = [conflict for conflict in conflicts if answer in conflict.claims]
    if answer.verdict is Verdict.DISPUTED:
        is_noted = any(conflict.why == WHY.note for conflict in against)
        why = against[0].why if against else WHY.disagree
        limits.append((NOTED if is_noted else DISPUTED, why))
    if answer.verdict is Verdict.REFUTED:
        limits.append((REFUTED, against[0].why if against else WHY.record))
    if answer.verdict in (Verdict.LIKELY, Verdict.ATTRIBUTED):
        limits.append((max(answer.probability, 0.5), WHY.wording))
    if drift_of(claims) > _DRIFTED:
        limits.append((DISPUTED, WHY.stray))
    return min(limits, key=lambda limit: limit[0])


def is_borne_out(claims: Sequence[Claim], answering: Sequence[Span]) -> bool:
    """Whether a model's answer rests on the source that the finder of answers thinks best.

    The finder and the model are two readers, and no text in a source can talk to the first one.
    """
    if not claims or not answering:
        return False
    return any(span.source == answering[0].source for span in claims[0].cites)
