"""What travels between the rooms of Ask: sources, the exact words in them, claims, the answer.

A *source* is a text somebody stands behind: a post, a note, a document. A *span* is a stretch of
exactly its bytes, with their hash. A *claim* is one checkable statement that names the spans it
rests on and carries a verdict. Nothing here knows a library, a clock or a file.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from hashlib import sha256

from stoa.errors import BadInput


class Tier(IntEnum):
    """What kind of knowledge a source is; a lower number outranks a higher one (ask.md 7)."""

    RECORD = 1  # a court's decision, an official record
    DATASET = 2  # a dataset, a filing, a paper that was not retracted
    FIRST_HAND = 3  # somebody who was there, of what they saw or did
    REPORT = 4  # somebody who tells what others said or did
    OPINION = 5  # a view, a rumour, anything that cannot be placed


class SourceKind(StrEnum):
    """Where a source came from; decides how it is shown and linked."""

    POST = "post"
    NOTE = "note"
    DOCUMENT = "document"


class Verdict(StrEnum):
    """What was found of a claim. Who may emit which: `grounding.verdicts`, after ask.md 7."""

    QUOTED = "quoted"  # the source's own words, byte for byte
    SUPPORTED = "supported"  # only by a plug-in model, or an exact match in a record
    LIKELY = "likely"  # the verifier without weights found it, and saw no contradiction
    ATTRIBUTED = "attributed"  # somebody said so; whether it is true was not checked
    DISPUTED = "disputed"  # sources of one tier conflict, or a shown note disagrees
    REFUTED = "refuted"  # a higher tier says otherwise
    NOT_FOUND = "not_found"


class Mode(StrEnum):
    """The voice. It changes words around claims, never the claims (ask.md 1)."""

    REGULAR = "regular"
    FUN = "fun"


@dataclass(frozen=True, slots=True)
class Source:
    """One text that may be cited. `id` is a post's URI, `note:ID` or `document:NAME#PART`."""

    id: str
    kind: SourceKind
    text: str
    tier: Tier
    title: str = ""  # a document's name; a post's author as readers see it
    author: str = ""  # external id of who stands behind it; the speaker of its sentences
    at_us: int = 0  # when it was said; 0 where nobody knows
    lang: str = ""  # BCP 47, "" where unknown
    about: str = ""  # a note's post, a reply's parent: the URI it speaks of
    root: str = ""  # what it copies: the id of the first to say it; "" for the first itself
    url: str = ""  # where it can be read whole


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes `start` to `end` (exclusive) of a source's UTF-8 text, with their SHA-256."""

    source: str
    start: int
    end: int
    text: str
    digest: str

    @classmethod
    def of(cls, source: Source, start: int, end: int) -> Span:
        """The words of `source` from byte `start` to `end`.

        Raises:
            BadInput: the offsets lie outside the text or cut a character in two.
        """
        whole = source.text.encode()
        if not 0 <= start < end <= len(whole):
            raise BadInput("span", f"{start}:{end}", f"give offsets within 0 and {len(whole)}")
        try:
            text = whole[start:end].decode()
        except UnicodeDecodeError:
            mend = "begin and end where characters begin and end"
            raise BadInput("span", f"{start}:{end}", mend) from None
        return cls(source.id, start, end, text, sha256(whole[start:end]).hexdigest())

    def holds_in(self, source: Source) -> bool:
        """Whether these very bytes still stand there in `source`."""
        found = source.text.encode()[self.start : self.end]
        return source.id == self.source and sha256(found).hexdigest() == self.digest


@dataclass(frozen=True, slots=True)
class Claim:
    """One statement of an answer, what it rests on, and what the checks found."""

    text: str
    cites: tuple[Span, ...]
    verdict: Verdict
    probability: float = 0.0  # calibrated: that its cites fully support it
    because: tuple[str, ...] = ()  # words or checks that decided, for a reader


@dataclass(frozen=True, slots=True)
class Conflict:
    """Claims that cannot all be true; `stronger` is the one of the higher tier, if any."""

    claims: tuple[Claim, ...]
    stronger: int | None  # index into `claims`
    why: str  # a short sentence


@dataclass(frozen=True, slots=True)
class NoiseReport:
    """What was found and not used, by reason (the visible "used 6 of 412 posts")."""

    n_found: int = 0
    n_used: int = 0
    n_copies: int = 0
    n_off_topic: int = 0
    n_low_information: int = 0
    n_bait: int = 0


@dataclass(frozen=True, slots=True)
class Sense:
    """One meaning of an ambiguous word in a question, as the sources at hand use it."""

    label: str  # words that name it, taken from its sources
    sources: tuple[str, ...]  # ids
    weight: float  # share of the evidence, 0..1


@dataclass(frozen=True, slots=True)
class EvidenceSet:
    """The sources that an answer may rest on, best first, copies folded into their root."""

    sources: tuple[Source, ...] = ()
    scores: tuple[float, ...] = ()  # fused rank scores, aligned with `sources`
    copies: dict[str, int] = field(default_factory=dict[str, int])  # root id -> how many copies
    noise: NoiseReport = NoiseReport()

    def find(self, source: str) -> Source | None:
        """The source with this id."""
        return next((each for each in self.sources if each.id == source), None)


@dataclass(frozen=True, slots=True)
class Correction:
    """What a thread has learnt about the sense the asker means."""

    prefer: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Turn:
    """One question and its answer in a thread."""

    question: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked, and under which wishes."""

    text: str
    mode: Mode = Mode.REGULAR
    as_of_us: int | None = None  # nothing later is used; None is now
    since_us: int | None = None
    thread: tuple[Turn, ...] = ()
    correction: Correction = Correction()
    only_documents: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """A checked answer. `text` is what a reader sees; `claims` are all it states."""

    question: str
    mode: Mode
    text: str
    claims: tuple[Claim, ...]
    sources: tuple[Source, ...]  # what the claims cite, and the notes on them, in order of use
    confidence: float  # calibrated: that the answer is right; under .5 counts as unanswered
    abstained: bool
    reason: str = ""  # why it abstained or doubts
    would_settle: str = ""  # what evidence would decide it
    conflicts: tuple[Conflict, ...] = ()
    noise: NoiseReport = NoiseReport()
    senses: tuple[Sense, ...] = ()
    withdrawn: tuple[Claim, ...] = ()  # claims of earlier turns that this one takes back
    followups: tuple[str, ...] = ()
    correction: Correction = Correction()
    drift: float = 0.0  # share of the text's content words that no verified span carries
    lang: str = "en"
    trace_id: str = ""


@dataclass(frozen=True, slots=True)
class KeptQuestion:
    """A question that a reader lets the square keep, and its answer without a word of others.

    `answer` is JSON that names spans by place and hash; the words are read again from the sources
    as they stand, so that nothing of a post stays here once its author deleted it.
    """

    id: str
    viewer: int  # account id of the reader in the store
    at_us: int
    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class VerifierWeights:
    """What the verifier without language-model weights has learnt, as it is kept in a file.

    `columns` names the features that each head reads, `arrays` are its numbers by name.
    """

    columns: dict[str, tuple[str, ...]]
    arrays: dict[str, tuple[float, ...]]


@dataclass(frozen=True, slots=True)
class AnsweringWeights:
    """What finding the sentence that answers has learnt, as it is kept in a file.

    `columns` names the features that each model reads, `arrays` are its numbers by name.
    """

    columns: dict[str, tuple[str, ...]]
    arrays: dict[str, tuple[float, ...]]
