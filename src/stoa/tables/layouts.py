"""Columns of the four public files, by number and order (spec 2)."""

from __future__ import annotations

from dataclasses import dataclass

from stoa.note_records import HELPFUL_TAGS, NOT_HELPFUL_TAGS


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of one kind of file.

    `fewest` is the number of columns that an older file may end after; what it lacks is empty.
    """

    kind: str
    columns: tuple[str, ...]
    fewest: int

    def index(self, column: str) -> int:
        """Where a column stands, counted from 0."""
        return self.columns.index(column)


def _layout(kind: str, columns: tuple[str, ...], fewest: int | None = None) -> Layout:
    return Layout(kind, columns, len(columns) if fewest is None else fewest)


NOTES = _layout(
    "notes",
    (
        "noteId",
        "noteAuthorParticipantId",
        "createdAtMillis",
        "tweetId",
        "classification",
        "believable",
        "harmful",
        "validationDifficulty",
        "misleadingOther",
        "misleadingFactualError",
        "misleadingManipulatedMedia",
        "misleadingOutdatedInformation",
        "misleadingMissingImportantContext",
        "misleadingUnverifiedClaimAsFact",
        "misleadingSatire",
        "notMisleadingOther",
        "notMisleadingFactuallyCorrect",
        "notMisleadingOutdatedButNotWhenWritten",
        "notMisleadingClearlySatire",
        "notMisleadingPersonalOpinion",
        "trustworthySources",
        "summary",
        "isMediaNote",
        "isCollaborativeNote",
    ),
)

RATINGS = _layout(
    "ratings",
    (
        "noteId",
        "raterParticipantId",
        "createdAtMillis",
        "version",
        "agree",
        "disagree",
        "helpful",
        "notHelpful",
        "helpfulnessLevel",
        *HELPFUL_TAGS,
        *NOT_HELPFUL_TAGS,
        "ratedOnTweetId",
        "ratingSourceBucketed",
        "suggestion",
        "suggestionId",
    ),
)

HISTORY = _layout(
    "note status history",
    (
        "noteId",
        "noteAuthorParticipantId",
        "createdAtMillis",
        "timestampMillisOfFirstNonNMRStatus",
        "firstNonNMRStatus",
        "timestampMillisOfCurrentStatus",
        "currentStatus",
        "timestampMillisOfLatestNonNMRStatus",
        "mostRecentNonNMRStatus",
        "timestampMillisOfStatusLock",
        "lockedStatus",
        "timestampMillisOfRetroLock",
        "currentCoreStatus",
        "currentExpansionStatus",
        "currentGroupStatus",
        "currentDecidedBy",
        "currentModelingGroup",
        "timestampMillisOfMostRecentStatusChange",
        "timestampMillisOfNmrDueToMinStableCrhTime",
        "currentMultiGroupStatus",
        "currentModelingMultiGroup",
        "timestampMinuteOfFinalScoringOutput",
        "timestampMillisOfFirstNmrDueToMinStableCrhTime",
        "abovePcrhThresholdTime",
    ),
    fewest=23,
)

ENROLLMENT = _layout(
    "user enrollment",
    (
        "participantId",
        "enrollmentState",
        "successfulRatingNeededToEarnIn",
        "timestampOfLastStateChange",
        "timestampOfLastEarnOut",
        "modelingPopulation",
        "modelingGroup",
        "numberOfTimesEarnedOut",
    ),
)
