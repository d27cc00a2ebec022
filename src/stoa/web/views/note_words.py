"""What the published names of notes mean, as a neighbour would say it."""

from __future__ import annotations

from stoa.note_records import (
    HELPFUL_TAGS,
    NOT_HELPFUL_TAGS,
    TAGS,
    Classification,
    Enrollment,
    Status,
)
from stoa.own_notes import MISLEADING_REASONS, NOT_MISLEADING_REASONS, Level

SHOWN_WHY = "People who usually disagree found this helpful."

STATUS_WORDS = {
    Status.NEEDS_MORE_RATINGS: "Needs more ratings",
    Status.CURRENTLY_RATED_HELPFUL: "Shows under its post",
    Status.CURRENTLY_RATED_NOT_HELPFUL: "Found not helpful",
}
LEVEL_WORDS = {
    Level.HELPFUL: "Helpful",
    Level.SOMEWHAT_HELPFUL: "Somewhat helpful",
    Level.NOT_HELPFUL: "Not helpful",
}
CLASS_WORDS = {
    Classification.MISLEADING: "The post is wrong, or may mislead",
    Classification.NOT_MISLEADING: "The post does not mislead",
}
STATE_WORDS = {
    Enrollment.NEW_USER: "You may rate, not yet write",
    Enrollment.EARNED_IN: "You may rate and write",
    Enrollment.AT_RISK: "You may still write, with care",
    Enrollment.EARNED_OUT_NO_ACKNOWLEDGE: "You may rate, and earn writing again",
    Enrollment.EARNED_OUT_ACKNOWLEDGED: "You may rate, and earn writing again",
    Enrollment.REMOVED: "You may no longer contribute",
}
REASON_WORDS = {
    "misleadingOther": "something else is wrong with it",
    "misleadingFactualError": "it states something false",
    "misleadingManipulatedMedia": "a picture or video was altered or invented",
    "misleadingOutdatedInformation": "it is out of date",
    "misleadingMissingImportantContext": "something important is left out",
    "misleadingUnverifiedClaimAsFact": "it states as fact what nobody knows yet",
    "misleadingSatire": "it is a joke that may be taken at its word",
    "notMisleadingOther": "for another reason",
    "notMisleadingFactuallyCorrect": "what it states is true",
    "notMisleadingOutdatedButNotWhenWritten": "it was true when it was written",
    "notMisleadingClearlySatire": "it is clearly a joke",
    "notMisleadingPersonalOpinion": "it is somebody’s opinion",
}
TAG_WORDS = {
    "helpfulOther": "another reason",
    "helpfulInformative": "I learned something",
    "helpfulClear": "it is clear",
    "helpfulEmpathetic": "it is kind about it",
    "helpfulGoodSources": "its sources are good",
    "helpfulUniqueContext": "nobody else says this",
    "helpfulAddressesClaim": "it answers what the post claims",
    "helpfulImportantContext": "it gives what was missing",
    "helpfulUnbiasedLanguage": "its words take no side",
    "notHelpfulOther": "another reason",
    "notHelpfulIncorrect": "what it says is wrong",
    "notHelpfulSourcesMissingOrUnreliable": "sources are missing or poor",
    "notHelpfulOpinionSpeculationOrBias": "it is opinion or guesswork",
    "notHelpfulMissingKeyPoints": "it misses the point",
    "notHelpfulOutdated": "it is out of date",
    "notHelpfulHardToUnderstand": "it is hard to follow",
    "notHelpfulArgumentativeOrBiased": "it argues, or takes a side",
    "notHelpfulOffTopic": "it is about something else",
    "notHelpfulSpamHarassmentOrAbuse": "it is spam or abuse",
    "notHelpfulIrrelevantSources": "its sources say something else",
    "notHelpfulOpinionSpeculation": "it only guesses",
    "notHelpfulNoteNotNeeded": "the post needs no note",
}
_RULES = {
    "MetaInitialNMR": "Every note begins by needing more ratings.",
    "InitialNMR": "Every note begins by needing more ratings.",
    "GeneralCRH": "Raters who usually disagree agree on it: what is left of their liking, once "
    "their side is taken out, is high enough.",
    "GeneralCRNH": "What is left of the liking, once sides are taken out, is low.",
    "UcbCRNH": "Even the kindest reading of its ratings stays low.",
    "RatioCRNH": "Both sides find it not helpful.",
    "NmCRNH": "It says that the post is fine, and raters do not agree.",
    "GeneralCRHInertia": "It was shown before and is still close: it stays.",
    "TagFilter": "Many raters of good record named the same fault.",
    "FilterIncorrect": "Raters of good record say that it is wrong.",
    "FilterLowDiligence": "Raters say that its sources do not carry it.",
    "FilterLargeFactor": "It leans far to one side.",
    "RejectLowIntercept": "What is left of the liking, once sides are taken out, is too low.",
    "MinMinorityRaters": "Too few from the smaller side have rated it.",
    "RaterBalance": "Nearly all of its raters are from one side.",
    "NoHighVolIntercept": "Without those who rate very much it would not be liked enough.",
    "NoCorrelatedIntercept": "Without those who rate alike it would not be liked enough.",
    "CoreModel": "All raters of the square were heard, and this is what they add up to.",
    "NmrDueToMinStableCrhTime": "It has just become helpful; it shows if that holds for an hour.",
    "ScoringDriftGuard": "Its status was settled two weeks after it was written.",
    "InsufficientExplanation": "Its raters do not agree on why, so it needs more of them.",
}


def rule_words(name: str) -> str:
    """A rule by its published name, in words; its name where there are none yet.

    >>> rule_words("RatioCRNH (v1.0)"), rule_words("")
    ('Both sides find it not helpful.', 'No run has looked at it yet.')
    """
    if not name:
        return "No run has looked at it yet."
    return _RULES.get(name.partition(" ")[0], f"The rule {name} decided.")


def tags_of(level: Level) -> tuple[str, ...]:
    """Tags that go with a level."""
    if level is Level.SOMEWHAT_HELPFUL:
        return TAGS
    return HELPFUL_TAGS if level is Level.HELPFUL else NOT_HELPFUL_TAGS


def choices(names: tuple[str, ...], words: dict[str, str]) -> list[tuple[str, str]]:
    """Names with their words, to be ticked; "other" comes last.

    >>> choices(("helpfulOther", "helpfulClear"), TAG_WORDS)
    [('helpfulClear', 'It is clear'), ('helpfulOther', 'Another reason')]
    """
    ordered = sorted(names, key=lambda name: name.endswith("Other"))
    return [(name, words[name][:1].upper() + words[name][1:]) for name in ordered]


def reason_groups() -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Each classification: its published name's code, its words, and the reasons that fit."""
    return [
        ("misleading", CLASS_WORDS[Classification.MISLEADING], _reasons(MISLEADING_REASONS)),
        ("fine", CLASS_WORDS[Classification.NOT_MISLEADING], _reasons(NOT_MISLEADING_REASONS)),
    ]


def _reasons(names: tuple[str, ...]) -> list[tuple[str, str]]:
    return choices(names, REASON_WORDS)
