"""What a reader's page hears while a question is answered, in the order of ask.md 8.

`meta`, `sources` before any text, then for each checked statement `claim`, `delta` and `verdict`,
`revise` where one was narrowed, `confidence`, `followups`, and `done` with the whole answer. Only
checked words travel here; `draft` carries a model's raw words and is sent to those who ask for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from stoa.ask_records import Answer, Mode, NoiseReport, Source, Span, Verdict


@dataclass(frozen=True, slots=True)
class MetaEvent:
    """The first event: which answer this is."""

    name: ClassVar[str] = "meta"
    trace_id: str
    mode: Mode
    lang: str


@dataclass(frozen=True, slots=True)
class SourcesEvent:
    """What the answer may rest on, best first, and what was found and left out."""

    name: ClassVar[str] = "sources"
    sources: tuple[Source, ...]
    noise: NoiseReport


@dataclass(frozen=True, slots=True)
class DraftEvent:
    """A piece of a model's raw draft, unchecked; sent only where a reader asked for it."""

    name: ClassVar[str] = "draft"
    text: str


@dataclass(frozen=True, slots=True)
class ClaimEvent:
    """A checked statement, `claim_id` counted from 0; its verdict follows."""

    name: ClassVar[str] = "claim"
    claim_id: int
    text: str
    cites: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class DeltaEvent:
    """More of the answer's text; all deltas joined are `Answer.text`."""

    name: ClassVar[str] = "delta"
    text: str


@dataclass(frozen=True, slots=True)
class VerdictEvent:
    """What was found of a claim, and the words that decided."""

    name: ClassVar[str] = "verdict"
    claim_id: int
    verdict: Verdict
    probability: float
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReviseEvent:
    """A model's statement that did not stand as it was; `new` is "" where it was taken out."""

    name: ClassVar[str] = "revise"
    claim_id: int  # of the statement that stands in its place; -1 where none does
    old: str  # "" unless a raw draft was asked for: unchecked words travel only there
    new: str
    why: str


@dataclass(frozen=True, slots=True)
class ConfidenceEvent:
    """How sure the answer is; `abstained` says that nothing is claimed."""

    name: ClassVar[str] = "confidence"
    confidence: float
    abstained: bool
    reason: str


@dataclass(frozen=True, slots=True)
class FollowupsEvent:
    """Questions that the sources at hand can answer."""

    name: ClassVar[str] = "followups"
    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DoneEvent:
    """The last event of a question that went well."""

    name: ClassVar[str] = "done"
    answer: Answer


@dataclass(frozen=True, slots=True)
class ErrorEvent:
    """The last event of a question that cannot be taken at all."""

    name: ClassVar[str] = "error"
    code: str
    message: str


AskEvent = (
    MetaEvent
    | SourcesEvent
    | DraftEvent
    | ClaimEvent
    | DeltaEvent
    | VerdictEvent
    | ReviseEvent
    | ConfidenceEvent
    | FollowupsEvent
    | DoneEvent
    | ErrorEvent
)
