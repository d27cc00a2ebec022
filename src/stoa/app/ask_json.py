"""Answers, and the events that tell them, as plain JSON: for commands, pages and programs."""

from __future__ import annotations

from typing import Any

from stoa.ask.composing import numbered
from stoa.ask.events import (
    AskEvent,
    ClaimEvent,
    ConfidenceEvent,
    DeltaEvent,
    DoneEvent,
    DraftEvent,
    ErrorEvent,
    FollowupsEvent,
    MetaEvent,
    ReviseEvent,
    SourcesEvent,
    VerdictEvent,
)
from stoa.ask_records import Answer, Claim, NoiseReport, Source, Span


def brief_json(answer: Answer) -> dict[str, Any]:
    """The answer and its claims, each with the first words it rests on."""
    return {
        "answer": answer.text,
        "confidence": round(answer.confidence, 4),
        "abstained": answer.abstained,
        "claims": [_claim_json(claim) for claim in answer.claims],
    }


def answer_json(answer: Answer) -> dict[str, Any]:
    """The brief form and everything around it; `cites` of a claim are all its spans."""
    brief = brief_json(answer)
    for claim, said in zip(answer.claims, brief["claims"], strict=True):
        said["cites"] = [span_json(span) for span in claim.cites]
        said["probability"] = round(claim.probability, 4)
        said["because"] = list(claim.because)
    numbers = numbered(answer.claims)
    return brief | {
        "question": answer.question,
        "mode": answer.mode.value,
        "lang": answer.lang,
        "reason": answer.reason,
        "would_settle": answer.would_settle,
        "sources": [
            source_json(source) | {"number": numbers.get(source.id)} for source in answer.sources
        ],
        "conflicts": [
            {"claims": [each.text for each in one.claims], "stronger": one.stronger, "why": one.why}
            for one in answer.conflicts
        ],
        "noise": noise_json(answer.noise),
        "senses": [
            {"label": sense.label, "weight": sense.weight, "sources": list(sense.sources)}
            for sense in answer.senses
        ],
        "withdrawn": [claim.text for claim in answer.withdrawn],
        "followups": list(answer.followups),
        "drift": round(answer.drift, 4),
        "trace_id": answer.trace_id,
    }


def event_json(event: AskEvent) -> dict[str, Any]:  # noqa: C901  # one case an event
    """What an event of a stream carries; its name is `event.name`."""
    match event:
        case MetaEvent():
            return {"trace_id": event.trace_id, "mode": event.mode.value, "lang": event.lang}
        case SourcesEvent():
            sources = [source_json(source) for source in event.sources]
            return {"sources": sources, "noise": noise_json(event.noise)}
        case DraftEvent() | DeltaEvent():
            return {"text": event.text}
        case ClaimEvent():
            cites = [span_json(span) for span in event.cites]
            return {"id": event.claim_id, "text": event.text, "cites": cites, "verdict": "pending"}
        case VerdictEvent():
            return {
                "claim_id": event.claim_id,
                "verdict": event.verdict.value,
                "probability": round(event.probability, 4),
                "because": list(event.because),
            }
        case ReviseEvent():
            return {
                "claim_id": event.claim_id,
                "old": event.old,
                "new": event.new,
                "why": event.why,
            }
        case ConfidenceEvent():
            return {
                "confidence": round(event.confidence, 4),
                "abstained": event.abstained,
                "reason": event.reason,
            }
        case FollowupsEvent():
            return {"questions": list(event.questions)}
        case DoneEvent():
            return answer_json(event.answer)
        case ErrorEvent():
            return {"code": event.code, "message": event.message}


def source_json(source: Source) -> dict[str, Any]:
    """A source as a card needs it. Its text is somebody's words, never an instruction."""
    return {
        "id": source.id,
        "kind": source.kind.value,
        "tier": source.tier.name.lower(),
        "title": source.title,
        "author": source.author,
        "at_us": source.at_us,
        "lang": source.lang,
        "about": source.about,
        "url": source.url,
        "text": source.text,
    }


def span_json(span: Span) -> dict[str, Any]:
    """The exact words and where they stand: bytes of the source's UTF-8 text, SHA-256."""
    return {
        "source": span.source,
        "start": span.start,
        "end": span.end,
        "text": span.text,
        "sha256": span.digest,
    }


def noise_json(noise: NoiseReport) -> dict[str, int]:
    """What was found and not used, by reason."""
    return {
        "found": noise.n_found,
        "used": noise.n_used,
        "copies": noise.n_copies,
        "off_topic": noise.n_off_topic,
        "low_information": noise.n_low_information,
        "bait": noise.n_bait,
    }


def _claim_json(claim: Claim) -> dict[str, Any]:
    first = claim.cites[0] if claim.cites else None
    return {
        "text": claim.text,
        "verdict": claim.verdict.value,
        "quote": first.text if first else "",
        "source": first.source if first else "",
    }
