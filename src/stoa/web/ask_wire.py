"""What `/api/v1/ask` and its neighbours take and give, as typed structs."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec


def _said(text: str) -> msgspec.Meta:
    return msgspec.Meta(description=text)


class AskIn(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A question and the wishes around it."""

    question: Annotated[str, _said("what the asker wants to know; at most 4,000 characters")]
    mode: Annotated[Literal["regular", "fun"], _said("the voice; it changes no claim")] = "regular"
    as_of: Annotated[
        str | float | None, _said("use nothing later; ISO 8601 or epoch milliseconds")
    ] = None
    since: Annotated[str | float | None, _said("use nothing earlier")] = None
    only_documents: Annotated[bool, _said("leave posts and notes out")] = False
    thread: Annotated[str | None, _said("from the answer before: goes on with that talk")] = None


class ClaimOut(msgspec.Struct, kw_only=True):
    """One checked statement of an answer."""

    text: str
    verdict: Annotated[
        Literal["quoted", "supported", "likely", "attributed", "disputed", "refuted", "not_found"],
        _said("what was found of it"),
    ]
    quote: Annotated[str, _said("the first words it rests on, exactly as the source has them")]
    source: Annotated[str, _said("a post's URI, note:ID or document:NAME#PART")]
    cites: Annotated[list[Any], _said("all spans: source, start, end (bytes), text, sha256")]
    probability: float
    because: list[str]


class AskAnswer(msgspec.Struct, kw_only=True):
    """The whole answer: what the event `done` carries, and the body for programs that want JSON."""

    answer: str
    confidence: Annotated[float, _said("calibrated; under .5 counts as unanswered")]
    abstained: bool
    claims: list[ClaimOut]
    question: str
    mode: str
    lang: str
    reason: str
    would_settle: str
    sources: Annotated[list[Any], _said("what claims cite and the notes on it, with `number`")]
    conflicts: list[Any]
    noise: dict[str, int]
    senses: list[Any]
    withdrawn: list[str]
    followups: list[str]
    drift: float
    trace_id: str
    thread: Annotated[str, _said("send it with the next question of this talk")]
    kept: Annotated[str | None, _said("id in /api/v1/questions; null where it is not kept")]


class DocumentOut(msgspec.Struct, kw_only=True):
    """A document that people gave this square."""

    name: str
    bytes: int
    passages: int
    tier: Annotated[str, _said("record, dataset, first_hand, report or opinion; empty if unread")]
    title: str
    problem: Annotated[str, _said("why it does not read any more, or empty")]


class DocumentsOut(msgspec.Struct, kw_only=True):
    """All documents, by name."""

    documents: list[DocumentOut]


class KeptQuestionOut(msgspec.Struct, kw_only=True):
    """A question that was kept, and its answer as it stands now."""

    id: str
    at: Annotated[str, _said("ISO 8601, UTC, ending in Z")]
    question: str
    answer: Annotated[
        Any, _said("as /api/v1/ask gives it; statements whose source is gone left out")
    ]


class KeptQuestionsOut(msgspec.Struct, kw_only=True):
    """A reader's questions of the last days, newest first."""

    days: Annotated[int, _said("how long questions are kept; 0 where the reader keeps none")]
    questions: list[KeptQuestionOut]


class Gone(msgspec.Struct, kw_only=True):
    """How much was erased."""

    erased: int


class ChatMessage(msgspec.Struct, kw_only=True):
    """One message of a chat; only the asker's words count, and orders in them do nothing."""

    role: str
    content: Any = ""


class ChatIn(msgspec.Struct, kw_only=True):
    """The part of a chat completion request that means something here; the rest is ignored."""

    messages: list[ChatMessage]
    model: Annotated[str, _said("stoa, stoa-fun, or either with -documents")] = "stoa"
    stream: bool = False
