"""What readers asked, kept without a word of others, and told again from the sources as they stand.

A kept answer holds places and hashes of the words it rests on, not the words. When it is shown,
they are read again: what its author deleted meanwhile is gone from here without anybody erasing it.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, replace
from typing import Any

from stoa.ask.recheck import rechecked
from stoa.ask.voices import say
from stoa.ask_ports import EvidenceFinder, QuestionLog
from stoa.ask_records import Answer, Claim, KeptQuestion, Mode, Source, SourceKind, Span, Verdict
from stoa.records import DAY_US

KEPT_DAYS = 30
SHOWN = 100


@dataclass(frozen=True, slots=True)
class Asked:
    """A kept question with its answer as it stands now."""

    id: str
    at_us: int
    question: str
    answer: Answer


def keep_question(log: QuestionLog, viewer: int, answer: Answer, now_us: int) -> str:
    """Keeps an answer for a reader; returns its id."""
    id_ = secrets.token_urlsafe(12)
    log.expire(now_us - KEPT_DAYS * DAY_US)
    log.keep(KeptQuestion(id_, viewer, now_us, answer.question, packed(answer)))
    return id_


def asked_before(log: QuestionLog, finder: EvidenceFinder, viewer: int, now_us: int) -> list[Asked]:
    """A reader's questions of the last 30 days, newest first, looked at again."""
    since_us = now_us - KEPT_DAYS * DAY_US
    return [
        Asked(one.id, one.at_us, one.question, unpacked(one.answer, one.question, finder))
        for one in log.of(viewer, SHOWN)
        if one.at_us >= since_us
    ]


def packed(answer: Answer) -> str:
    """An answer as JSON that holds nobody's words but a model's own."""
    said = {
        "mode": answer.mode.value,
        "lang": answer.lang,
        "confidence": answer.confidence,
        "abstained": answer.abstained,
        "reason": answer.reason,
        "would_settle": answer.would_settle,
        "trace_id": answer.trace_id,
        "notes": [source.id for source in answer.sources if source.kind is SourceKind.NOTE],
        "claims": [_packed_claim(claim) for claim in answer.claims],
    }
    return json.dumps(said, ensure_ascii=False)


def unpacked(text: str, question: str, finder: EvidenceFinder) -> Answer:
    """The answer again, of what still stands of it; withdrawn where what answered is gone."""
    said: dict[str, Any] = json.loads(text)
    claims: list[dict[str, Any]] = said["claims"]
    ids = list(dict.fromkeys(span["source"] for one in claims for span in one["cites"]))
    found = {source.id: source for source in finder.by_id([*ids, *said["notes"]])}
    found |= {note.id: note for note in finder.notes_on(ids) if note.id in said["notes"]}
    answer = Answer(
        question,
        Mode(said["mode"]),
        "",
        tuple(_claim(one, found) for one in claims),
        tuple(found[id_] for id_ in (*ids, *said["notes"]) if id_ in found),
        said["confidence"],
        said["abstained"],
        said["reason"],
        said["would_settle"],
        lang=said["lang"],
        trace_id=said["trace_id"],
    )
    now = rechecked(answer, finder)
    return now if now is not answer else replace(answer, text=say(answer, answer.mode, answer.lang))


def _packed_claim(claim: Claim) -> dict[str, Any]:
    """A quotation has no words of its own; what a model wrote has."""
    is_quoted = bool(claim.cites) and claim.text == claim.cites[0].text
    return {
        "text": None if is_quoted else claim.text,
        "verdict": claim.verdict.value,
        "probability": claim.probability,
        "cites": [
            {"source": one.source, "start": one.start, "end": one.end, "sha256": one.digest}
            for one in claim.cites
        ],
    }


def _claim(said: dict[str, Any], found: dict[str, Source]) -> Claim:
    """A claim with its words read again; a span that does not hold any more has none."""
    cites = tuple(_span(one, found.get(one["source"])) for one in said["cites"])
    text = said["text"] if said["text"] is not None else cites[0].text
    return Claim(text, cites, Verdict(said["verdict"]), said["probability"])


def _span(said: dict[str, Any], source: Source | None) -> Span:
    start, end = int(said["start"]), int(said["end"])
    words = (source.text if source else "").encode()[start:end].decode("utf-8", "replace")
    span = Span(said["source"], start, end, words, said["sha256"])
    return span if source is not None and span.holds_in(source) else replace(span, text="")
