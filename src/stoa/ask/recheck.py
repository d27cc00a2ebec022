"""Looks again at an answer given earlier: a source may be gone or say something else since."""

from __future__ import annotations

from dataclasses import replace

from stoa.ask.answer_phrases import phrases
from stoa.ask.composing import pieces
from stoa.ask_ports import EvidenceFinder
from stoa.ask_records import Answer, Claim, Source

GONE = "a source of this answer is gone, or says something else now"


def rechecked(answer: Answer, finder: EvidenceFinder) -> Answer:
    """The answer as it stands now; the very same where every span still holds.

    Claims whose words are gone are taken out, and nothing of those words is left: their author
    took them back. Where the claim that answered is among them, the answer is withdrawn.
    """
    cited = {span.source for claim in answer.claims for span in claim.cites}
    wanted = [*dict.fromkeys([*cited, *(source.id for source in answer.sources)])]
    now = {source.id: source for source in finder.by_id(wanted)}
    holding = tuple(claim for claim in answer.claims if _holds(claim, now))
    if len(holding) == len(answer.claims) and cited <= now.keys():
        return answer
    left = tuple(now[source.id] for source in answer.sources if source.id in now)
    is_withdrawn = not holding or holding[0] != answer.claims[0]
    frame = phrases(answer.lang)
    kept = replace(
        answer,
        claims=() if is_withdrawn else holding,
        sources=() if is_withdrawn else left,
        conflicts=(),
        senses=(),
        withdrawn=(),
        followups=(),
        abstained=is_withdrawn,
        confidence=0.0 if is_withdrawn else answer.confidence,
        reason=GONE,
        would_settle=frame.settle if is_withdrawn else answer.would_settle,
    )
    if is_withdrawn:
        return replace(kept, text=f"{frame.unknown} {frame.settle}")
    said = pieces(kept.claims, kept.sources, (), answer.lang)
    return replace(kept, text="".join(piece.text for piece in said))


def _holds(claim: Claim, now: dict[str, Source]) -> bool:
    return all(
        (source := now.get(span.source)) is not None and span.holds_in(source)
        for span in claim.cites
    )
