"""The published columns in their order, and how values become cells (spec 19)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from stoa.note_records import (
    HELPFUL_TAGS,
    NO_GROUP,
    NO_TIME,
    NOT_HELPFUL_TAGS,
    TAGS,
    Status,
)


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


SCORED_NOTES = _words("""
noteId coreNoteIntercept coreNoteFactor1 finalRatingStatus firstTag secondTag coreActiveRules
activeFilterTags classification createdAtMillis coreRatingStatus metaScorerActiveRules decidedBy
expansionNoteIntercept expansionNoteFactor1 expansionRatingStatus coverageNoteIntercept
coverageNoteFactor1 coverageRatingStatus coreNoteInterceptMin coreNoteInterceptMax
expansionNoteInterceptMin expansionNoteInterceptMax coverageNoteInterceptMin
coverageNoteInterceptMax groupNoteIntercept groupNoteFactor1 groupRatingStatus
groupNoteInterceptMax groupNoteInterceptMin modelingGroup numRatings
timestampMillisOfCurrentStatus expansionPlusNoteIntercept expansionPlusNoteFactor1
expansionPlusRatingStatus topicNoteIntercept topicNoteFactor1 topicRatingStatus noteTopic
topicNoteConfident expansionActiveRules expansionPlusActiveRules groupActiveRules
topicActiveRules coreNumFinalRoundRatings expansionNumFinalRoundRatings
expansionPlusNumFinalRoundRatings groupNumFinalRoundRatings topicNumFinalRoundRatings
rescoringActiveRules multiGroupNoteIntercept multiGroupNoteFactor1 multiGroupRatingStatus
modelingMultiGroup multiGroupActiveRules multiGroupNumFinalRoundRatings
coreWithTopicsNoteFactor1 coreWithTopicsNoteIntercept coreWithTopicsRatingStatus
coreWithTopicsActiveRules coreWithTopicsNumFinalRoundRatings coreWithTopicsNoteInterceptMin
coreWithTopicsNoteInterceptMax timestampMillisOfNmrDueToMinStableCrhTime
coreNoteInterceptNoHighVol coreWithTopicsNoteInterceptNoHighVol expansionNoteInterceptNoHighVol
expansionPlusNoteInterceptNoHighVol groupNoteInterceptNoHighVol
multiGroupNoteInterceptNoHighVol topicNoteInterceptNoHighVol coreNoteInterceptNoCorrelated
coreNoteInterceptPopulationSampled coreWithTopicsNoteInterceptNoCorrelated
expansionNoteInterceptNoCorrelated expansionPlusNoteInterceptNoCorrelated
groupNoteInterceptNoCorrelated multiGroupNoteInterceptNoCorrelated
topicNoteInterceptNoCorrelated gaussianNoteIntercept gaussianNoteFactor1 gaussianRatingStatus
gaussianActiveRules gaussianNoteInterceptNoCorrelated gaussianNoteInterceptNoHighVol
gaussianNoteInterceptPopulationSampled gaussianNumFinalRoundRatings
timestampMinuteOfFinalScoringOutput gaussianCoreWithTopicsNoteIntercept
gaussianCoreWithTopicsNoteFactor1 gaussianCoreWithTopicsRatingStatus
gaussianCoreWithTopicsActiveRules gaussianCoreWithTopicsNoteInterceptNoHighVol
gaussianCoreWithTopicsNoteInterceptNoCorrelated
gaussianCoreWithTopicsNoteInterceptPopulationSampled
gaussianCoreWithTopicsNumFinalRoundRatings abovePcrhThresholdTime pflipProba
""")

ALWAYS_EMPTY = _words("""
expansionNoteInterceptMin expansionNoteInterceptMax coverageNoteInterceptMin
coverageNoteInterceptMax groupNoteInterceptMin groupNoteInterceptMax
timestampMinuteOfFinalScoringOutput
""")

NOTE_STATUS_HISTORY = _words("""
noteId noteAuthorParticipantId createdAtMillis timestampMillisOfFirstNonNMRStatus
firstNonNMRStatus timestampMillisOfCurrentStatus currentStatus
timestampMillisOfLatestNonNMRStatus mostRecentNonNMRStatus timestampMillisOfStatusLock
lockedStatus timestampMillisOfRetroLock currentCoreStatus currentExpansionStatus
currentGroupStatus currentDecidedBy currentModelingGroup timestampMillisOfMostRecentStatusChange
timestampMillisOfNmrDueToMinStableCrhTime currentMultiGroupStatus currentModelingMultiGroup
timestampMinuteOfFinalScoringOutput timestampMillisOfFirstNmrDueToMinStableCrhTime
abovePcrhThresholdTime
""")

AUX_NOTE_INFO = (
    *_words("""
    noteId ratingWeight createdAtMillis noteAuthorParticipantId awaitingBool numRatingsLast28
    numPopulationSampledRatings currentStatus crhBool crnhBool unlockedRatingStatus
    preStabilizationRatingStatus
    """),
    *TAGS,
    *(f"{tag}Adjusted" for tag in NOT_HELPFUL_TAGS),
    *(f"{tag}AdjustedRatio" for tag in NOT_HELPFUL_TAGS),
    *_words("""
    notHelpfulIncorrect_interval p_incorrect_user_interval num_voters_interval
    tf_idf_incorrect_interval lowDiligenceIntercept coreNegFactor_populationSampledRatingCount
    corePosFactor_populationSampledRatingCount pcrhExitN pcrhExitProba pcrhRevoked pcrhRevokeN
    pcrhFinalPred
    """),
)

HELPFULNESS_SCORES = _words("""
raterParticipantId coreRaterIntercept coreRaterFactor1 crhCrnhRatioDifference meanNoteScore
raterAgreeRatio successfulRatingHelpfulCount successfulRatingNotHelpfulCount
successfulRatingTotal unsuccessfulRatingHelpfulCount unsuccessfulRatingNotHelpfulCount
unsuccessfulRatingTotal ratingsAwaitingMoreRatings ratedAfterDecision notesCurrentlyRatedHelpful
notesCurrentlyRatedNotHelpful notesAwaitingMoreRatings enrollmentState
successfulRatingNeededToEarnIn authorTopNotHelpfulTagValues timestampOfLastStateChange
aboveHelpfulnessThreshold isEmergingWriter aggregateRatingReceivedTotal timestampOfLastEarnOut
groupRaterIntercept groupRaterFactor1 modelingGroup raterHelpfulnessReputation
numberOfTimesEarnedOut expansionRaterIntercept expansionRaterFactor1
expansionPlusRaterIntercept expansionPlusRaterFactor1 multiGroupRaterIntercept
multiGroupRaterFactor1 modelingMultiGroup coreWithTopicsRaterIntercept
coreWithTopicsRaterFactor1 coreFirstRoundRaterIntercept coreFirstRoundRaterFactor1 crhTotal14d
crnhTotal14d nmrTotal14d crhTotal90d crnhTotal90d nmrTotal90d
""")

_STATUS_NAMES = np.array(["" if s is Status.NONE else s.name for s in Status], dtype=object)
_FLAG_NAMES = np.array(["False", "True", ""], dtype=object)  # the last also for -1
_TAG_NAMES = np.array([*TAGS, ""], dtype=object)


def statuses(status: NDArray[np.int8]) -> NDArray[np.object_]:
    """Statuses by name, "" for NONE.

    >>> statuses(np.array([0, 4], dtype=np.int8)).tolist()
    ['', 'FIRM_REJECT']
    """
    return _STATUS_NAMES[status]


def flags(flag: NDArray[np.int8]) -> NDArray[np.object_]:
    """1, 0 and -1 as "True", "False" and "".

    >>> flags(np.array([1, 0, -1], dtype=np.int8)).tolist()
    ['True', 'False', '']
    """
    return _FLAG_NAMES[flag]


def tags(place: NDArray[np.int8]) -> NDArray[np.object_]:
    """Tags by name, "" for NO_TAG (-1)."""
    return _TAG_NAMES[place]


def filter_tags(bits: NDArray[np.integer]) -> NDArray[np.object_]:
    """Not-helpful tags of a bit mask, comma separated."""
    return names_of_bits(bits, TAGS[len(HELPFUL_TAGS) :])


def times(at_ms: NDArray[np.int64]) -> NDArray[np.float64]:
    """Times (or counts) as doubles, NaN for NO_TIME: the published files write 1784073600000.0."""
    return np.where(at_ms == NO_TIME, np.nan, at_ms)


def groups(group: NDArray[np.int16]) -> NDArray[np.float64]:
    """Group numbers as doubles, NaN for NO_GROUP."""
    return np.where(group == NO_GROUP, np.nan, group)


def numbers_where(known: NDArray[np.bool_], column: NDArray[np.integer]) -> NDArray[np.float64]:
    """A column of counts as doubles, NaN where nothing is known."""
    return np.where(known, column, np.nan)


def names_of_bits(bits: NDArray[np.integer], names: Sequence[str]) -> NDArray[np.object_]:
    """The names whose bits are set, comma separated, lowest bit first.

    >>> names_of_bits(np.array([0, 5]), ["a", "b", "c"]).tolist()
    ['', 'a,c']
    """
    kinds, which = np.unique(bits, return_inverse=True)
    texts = [
        ",".join(name for place, name in enumerate(names) if int(kind) >> place & 1)
        for kind in kinds
    ]
    return np.array(texts, dtype=object)[which]
