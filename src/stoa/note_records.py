"""Community Notes as columns: what travels between the files, the scorer and the life cycle.

Four tables, as the public download has them, held as struct-of-arrays in one canonical order so
that the order of rows and the cut into files change nothing. A *note* is its row in `NoteTable`
(all notes of the history and of the notes file, by note id); a *rater* is its row in
`Contributors` (every participant of the four files, by sorted id). Times are milliseconds since
1970 in UTC and end in `_ms`; where a time may be missing it is `NO_TIME`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

NO_TIME = np.iinfo(np.int64).min
"""A time that the files leave empty; -1 has a meaning of its own in the public format."""

NO_GROUP = -1
NO_POST = -1
DAY_MS = 86_400_000
HOUR_MS = 3_600_000
MINUTE_MS = 60_000
SNOWFLAKE_EPOCH_MS = 1_288_834_974_657


class Status(IntEnum):
    """What a model, or the whole run, says of a note. NONE is an empty cell."""

    NONE = 0
    NEEDS_MORE_RATINGS = 1
    CURRENTLY_RATED_HELPFUL = 2
    CURRENTLY_RATED_NOT_HELPFUL = 3
    FIRM_REJECT = 4  # inside the run only
    NEEDS_YOUR_HELP = 5  # inside the run only


class Classification(IntEnum):
    """What the writer says of the post. DELETED: the note is in the history alone."""

    DELETED = 0
    MISLEADING = 1
    NOT_MISLEADING = 2


CLASSIFICATION_NAMES = {
    Classification.MISLEADING: "MISINFORMED_OR_POTENTIALLY_MISLEADING",
    Classification.NOT_MISLEADING: "NOT_MISLEADING",
}


class Enrollment(IntEnum):
    """A contributor's state, by the published codes."""

    EARNED_IN = 0
    AT_RISK = 1
    EARNED_OUT_NO_ACKNOWLEDGE = 2
    EARNED_OUT_ACKNOWLEDGED = 3
    NEW_USER = 4
    REMOVED = 5
    API_TEST_USER = 6
    API_EARNED_IN = 7
    API_EARNED_OUT = 8


ENROLLMENT_NAMES = {
    Enrollment.EARNED_IN: "earnedIn",
    Enrollment.AT_RISK: "atRisk",
    Enrollment.EARNED_OUT_NO_ACKNOWLEDGE: "earnedOutNoAcknowledge",
    Enrollment.EARNED_OUT_ACKNOWLEDGED: "earnedOutAcknowledged",
    Enrollment.NEW_USER: "newUser",
    Enrollment.REMOVED: "removed",
    Enrollment.API_TEST_USER: "apiTestUser",
    Enrollment.API_EARNED_IN: "apiEarnedIn",
    Enrollment.API_EARNED_OUT: "apiEarnedOut",
}

HELPFUL_TAGS = (
    "helpfulOther",
    "helpfulInformative",
    "helpfulClear",
    "helpfulEmpathetic",
    "helpfulGoodSources",
    "helpfulUniqueContext",
    "helpfulAddressesClaim",
    "helpfulImportantContext",
    "helpfulUnbiasedLanguage",
)
HELPFUL_TAG_RANK = (0, 8, 7, 3, 4, 2, 5, 6, 1)
"""Which of two equally frequent helpful tags comes first: the one of higher rank."""

NOT_HELPFUL_TAGS = (
    "notHelpfulOther",
    "notHelpfulIncorrect",
    "notHelpfulSourcesMissingOrUnreliable",
    "notHelpfulOpinionSpeculationOrBias",
    "notHelpfulMissingKeyPoints",
    "notHelpfulOutdated",
    "notHelpfulHardToUnderstand",
    "notHelpfulArgumentativeOrBiased",
    "notHelpfulOffTopic",
    "notHelpfulSpamHarassmentOrAbuse",
    "notHelpfulIrrelevantSources",
    "notHelpfulOpinionSpeculation",
    "notHelpfulNoteNotNeeded",
)
NOT_HELPFUL_TAG_RANK = (0, 8, 2, 4, 5, 12, 10, 7, 9, 11, 1, 3, 6)

TAGS = HELPFUL_TAGS + NOT_HELPFUL_TAGS
"""All tags; bit t of `RatingTable.tags` is TAGS[t]."""

NOT_HELPFUL_BITS = ((1 << len(TAGS)) - 1) ^ ((1 << len(HELPFUL_TAGS)) - 1)

OLD_FORM = 1 << 31
"""Bit of `RatingTable.tags` that is no tag: `helpfulnessLevel` was empty and the level comes from
the two flags of the form before July 2021. Post selection (spec 4.1) does not count those as
helpful."""


def tag_bit(name: str) -> int:
    """The bit of a tag in `RatingTable.tags`.

    >>> tag_bit("helpfulClear"), tag_bit("notHelpfulOther") == 1 << 9
    (4, True)
    """
    return 1 << TAGS.index(name)


@dataclass(frozen=True, slots=True)
class Contributors:
    """Everybody named in the files, by sorted id, with what the enrolment file says of them.

    All arrays have length n_raters. A participant without a row in the enrolment file has
    `enrolled` False, state NEW_USER, `needed` 5, `group` NO_GROUP and `earned_out_ms` 1.
    """

    name: NDArray[np.object_]  # the participant id as the files have it
    enrolled: NDArray[np.bool_]
    state: NDArray[np.int8]  # Enrollment
    needed: NDArray[np.int64]  # successfulRatingNeededToEarnIn
    changed_ms: NDArray[np.int64]  # timestampOfLastStateChange, or NO_TIME
    earned_out_ms: NDArray[np.int64]  # timestampOfLastEarnOut; 1 = never
    group: NDArray[np.int16]  # modelingGroup; 0 is an ordinary value, NO_GROUP is missing
    times_earned_out: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.name)


@dataclass(frozen=True, slots=True)
class NoteTable:
    """Every note of the history or of the notes file, by note id. Arrays have length n_notes."""

    id: NDArray[np.int64]
    author: NDArray[np.int32]  # row in Contributors
    created_ms: NDArray[np.int64]
    post: NDArray[np.int64]  # tweetId; NO_POST when unknown or deleted
    classification: NDArray[np.int8]  # Classification
    summary: NDArray[np.object_]  # the text; "" when deleted

    def __len__(self) -> int:
        return len(self.id)


@dataclass(frozen=True, slots=True)
class StatusHistory:
    """What the run before left behind, row by row with `NoteTable`.

    `known` is False for notes that stand in the notes file alone. Times are NO_TIME where empty.
    Statuses are `Status`; models and rules are the published strings, "" where empty.
    """

    known: NDArray[np.bool_]
    first_status_ms: NDArray[np.int64]  # timestampMillisOfFirstNonNMRStatus
    first_status: NDArray[np.int8]
    current_ms: NDArray[np.int64]
    current: NDArray[np.int8]
    latest_status_ms: NDArray[np.int64]  # timestampMillisOfLatestNonNMRStatus
    latest_status: NDArray[np.int8]  # mostRecentNonNMRStatus
    locked_ms: NDArray[np.int64]  # timestampMillisOfStatusLock
    locked: NDArray[np.int8]
    retro_lock_ms: NDArray[np.int64]
    core: NDArray[np.int8]
    expansion: NDArray[np.int8]
    group_status: NDArray[np.int8]
    decided_by: NDArray[np.object_]
    group: NDArray[np.int16]  # currentModelingGroup, NO_GROUP where empty
    changed_ms: NDArray[np.int64]  # of the most recent status change; -1 = never
    window_ms: NDArray[np.int64]  # timestampMillisOfNmrDueToMinStableCrhTime; -1 = left it
    multi_group_status: NDArray[np.int8]
    multi_group: NDArray[np.int16]
    final_output_minute: NDArray[np.int64]
    first_window_ms: NDArray[np.int64]
    above_pcrh_ms: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.known)


@dataclass(frozen=True, slots=True)
class RatingTable:
    """Ratings by (note, rater); 22 bytes each. All arrays have length n_ratings."""

    note: NDArray[np.int32]  # row in NoteTable
    rater: NDArray[np.int32]  # row in Contributors
    at_ms: NDArray[np.int64]
    level: NDArray[np.int8]  # 0 not helpful, 1 somewhat helpful, 2 helpful
    tags: NDArray[np.uint32]  # bit t: TAGS[t]; highest bit: OLD_FORM
    sampled: NDArray[np.bool_]  # ratingSourceBucketed is POPULATION_SAMPLED

    def __len__(self) -> int:
        return len(self.note)

    @property
    def helpful(self) -> NDArray[np.float32]:
        """`helpfulNum`: 0, 0.5 or 1."""
        return self.level.astype(np.float32) * np.float32(0.5)

    def take(self, rows: NDArray[np.bool_] | NDArray[np.int64] | slice) -> RatingTable:
        """Some of the ratings, in the order given."""
        return RatingTable(*(getattr(self, f.name)[rows] for f in fields(self)))


@dataclass(frozen=True, slots=True)
class NotesData:
    """One snapshot of the four public files, in canonical order."""

    contributors: Contributors
    notes: NoteTable
    history: StatusHistory
    ratings: RatingTable


@dataclass(frozen=True, slots=True)
class RunTimes:
    """The instants a run is asked for, in milliseconds; none is ever read from the machine."""

    now_ms: int  # the published scorer's epoch
    previous_cutoff_ms: int
    wall_ms: int  # what the published scorer reads from the machine's clock where it does


@dataclass(frozen=True, slots=True)
class OutputTable:
    """One output file: columns in the published order, each an array of the same length.

    Floats are written as the shortest text that reads back equal; NaN, NO_TIME and "" are empty
    cells.
    """

    columns: Mapping[str, NDArray[np.generic]]

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()), ()))
