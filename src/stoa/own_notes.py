"""The square's own notes as records: what people do, what a run decides, and what is signed.

An *entry* is one line of the log; `LogEntry` is the union of all. Times are milliseconds since
1970 in UTC and end in `_ms`; where a time may be missing it is `NO_TIME`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, fields
from enum import IntEnum
from typing import NewType

from stoa.note_records import (
    NO_GROUP,
    NO_TIME,
    SNOWFLAKE_EPOCH_MS,
    Classification,
    Enrollment,
    Status,
)

Pseudonym = NewType("Pseudonym", str)
"""Who acts, as the log and the export name them: 64 hexadecimal digits."""

NoteId = NewType("NoteId", int)
"""64 bits, the time of writing in the upper ones."""

MISLEADING_REASONS = (
    "misleadingOther",
    "misleadingFactualError",
    "misleadingManipulatedMedia",
    "misleadingOutdatedInformation",
    "misleadingMissingImportantContext",
    "misleadingUnverifiedClaimAsFact",
    "misleadingSatire",
)
NOT_MISLEADING_REASONS = (
    "notMisleadingOther",
    "notMisleadingFactuallyCorrect",
    "notMisleadingOutdatedButNotWhenWritten",
    "notMisleadingClearlySatire",
    "notMisleadingPersonalOpinion",
)
REASONS = MISLEADING_REASONS + NOT_MISLEADING_REASONS

SNOWFLAKE_SHIFT = 22
NEEDED_TO_EARN_IN = 5


class Level(IntEnum):
    """How helpful a rater finds a note."""

    NOT_HELPFUL = 0
    SOMEWHAT_HELPFUL = 1
    HELPFUL = 2


def note_id_at(at_ms: int, last: int) -> NoteId:
    """The id of a note written then; greater than `last`, whatever the clock says.

    >>> note_id_at(1_288_834_974_658, 0), note_id_at(1_288_834_974_658, 4_194_304)
    (4194304, 4194305)
    """
    return NoteId(max((at_ms - SNOWFLAKE_EPOCH_MS) << SNOWFLAKE_SHIFT, last + 1))


def post_number(uri: str) -> int:
    """The number that stands for a post where the public format wants a 64-bit `tweetId`.

    >>> post_number("at://did:plc:ana/app.bsky.feed.post/1")
    176626642767592746
    """
    return int.from_bytes(hashlib.sha256(uri.encode()).digest()[:8], "big") >> 1


# What people do.


@dataclass(frozen=True, slots=True)
class Enrolled:
    """Somebody became a contributor."""

    at_ms: int
    who: Pseudonym
    state: Enrollment  # NEW_USER; EARNED_IN while the square is being founded


@dataclass(frozen=True, slots=True)
class NoteWritten:
    """A note on a post."""

    at_ms: int
    who: Pseudonym
    note: NoteId
    post: str  # URI
    classification: Classification
    reasons: tuple[str, ...]  # of REASONS, in that order
    text: str
    sources: tuple[str, ...]  # http(s) URLs


@dataclass(frozen=True, slots=True)
class NoteRated:
    """What somebody thinks of a note; it takes the place of what they thought before."""

    at_ms: int
    who: Pseudonym
    note: NoteId
    level: Level
    tags: tuple[str, ...]  # of `note_records.TAGS`, in that order


@dataclass(frozen=True, slots=True)
class NoteDeleted:
    """The writer took a note back; its text stays in the log, not in the tables."""

    at_ms: int
    who: Pseudonym
    note: NoteId


@dataclass(frozen=True, slots=True)
class NoteRequested:
    """Somebody asks for a note on a post."""

    at_ms: int
    who: Pseudonym
    post: str


# What a run decides.


@dataclass(frozen=True, slots=True)
class RunMade:
    """A run of the scorer over the first `seen` entries, at the instants given."""

    at_ms: int
    seen: int
    previous_cutoff_ms: int
    wall_ms: int
    scorer: str


@dataclass(frozen=True, slots=True)
class StatusRow:
    """One row of `StatusHistory`; the defaults are those of a note that no run has seen."""

    first_status_ms: int = NO_TIME
    first_status: Status = Status.NONE
    current_ms: int = NO_TIME
    current: Status = Status.NONE
    latest_status_ms: int = NO_TIME
    latest_status: Status = Status.NONE
    locked_ms: int = NO_TIME
    locked: Status = Status.NONE
    retro_lock_ms: int = NO_TIME
    core: Status = Status.NONE
    expansion: Status = Status.NONE
    group_status: Status = Status.NONE
    decided_by: str = ""
    group: int = NO_GROUP
    changed_ms: int = NO_TIME
    window_ms: int = NO_TIME
    multi_group_status: Status = Status.NONE
    multi_group: int = NO_GROUP
    final_output_minute: int = NO_TIME
    first_window_ms: int = NO_TIME
    above_pcrh_ms: int = NO_TIME


STATUS_FIELDS = tuple(field.name for field in fields(StatusRow))


@dataclass(frozen=True, slots=True)
class StatusDecided:
    """The status history of a note as a run leaves it."""

    at_ms: int
    note: NoteId
    row: StatusRow


@dataclass(frozen=True, slots=True)
class ContributorState:
    """What the enrolment file says of somebody."""

    state: Enrollment
    needed: int = NEEDED_TO_EARN_IN
    changed_ms: int = NO_TIME
    earned_out_ms: int = 1  # 1: never
    times_earned_out: int = 0


@dataclass(frozen=True, slots=True)
class StateDecided:
    """A contributor's state as a run leaves it."""

    at_ms: int
    who: Pseudonym
    state: ContributorState


Act = Enrolled | NoteWritten | NoteRated | NoteDeleted | NoteRequested
Decision = StatusDecided | StateDecided
LogEntry = Act | RunMade | Decision


# What is signed, and what is kept beside the log.


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The head of the log's tree at one size."""

    origin: str
    size: int
    root: bytes


@dataclass(frozen=True, slots=True)
class SignedCheckpoint:
    """A checkpoint as it was signed: the text of a C2SP signed note."""

    size: int
    text: str


@dataclass(frozen=True, slots=True)
class NoteFinding:
    """What a run found out about a note beside its status. Numbers are None where unknown."""

    intercept: float | None
    factor: float | None
    bound: str  # the last rule inside the model that acted
    tags: tuple[str, ...]  # the two that explain the status, or none


@dataclass(frozen=True, slots=True)
class RaterFinding:
    """What a run found out about a contributor."""

    factor: float | None  # the side of the axis: its sign
    rating_impact: int
    helpful_notes: int
    not_helpful_notes: int


@dataclass(frozen=True, slots=True)
class Findings:
    """All that one run found out; anybody can compute it again from the log."""

    run: int  # entry of the run in the log; -1: none was made yet
    notes: dict[NoteId, NoteFinding]
    raters: dict[Pseudonym, RaterFinding]


NO_FINDINGS = Findings(-1, {}, {})


def in_order(names: Sequence[str], known: Sequence[str]) -> tuple[str, ...]:
    """Names without repeats, in the order in which they are known.

    >>> in_order(["b", "a", "b"], ["a", "b", "c"])
    ('a', 'b')
    """
    return tuple(name for name in known if name in set(names))
