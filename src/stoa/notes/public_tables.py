"""Own notes as the four public files (spec 2), in canonical order: rows by id."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stoa.note_records import (
    CLASSIFICATION_NAMES,
    ENROLLMENT_NAMES,
    NO_GROUP,
    TAGS,
    OutputTable,
    Status,
)
from stoa.notes.book import Book, BookNote
from stoa.notes.note_data import COMMUNITY_GROUP, counted_notes, summary
from stoa.own_notes import REASONS, NoteId, NoteRated, Pseudonym, StatusRow, post_number

NOTES = "notes-00000.tsv"
RATINGS = "ratings-00000.tsv"
HISTORY = "noteStatusHistory-00000.tsv"
ENROLLMENT = "userEnrollment-00000.tsv"

_POPULATION = "CORE"
_RATING_VERSION = 2

_HISTORY_COLUMNS = (
    ("timestampMillisOfFirstNonNMRStatus", "first_status_ms"),
    ("firstNonNMRStatus", "first_status"),
    ("timestampMillisOfCurrentStatus", "current_ms"),
    ("currentStatus", "current"),
    ("timestampMillisOfLatestNonNMRStatus", "latest_status_ms"),
    ("mostRecentNonNMRStatus", "latest_status"),
    ("timestampMillisOfStatusLock", "locked_ms"),
    ("lockedStatus", "locked"),
    ("timestampMillisOfRetroLock", "retro_lock_ms"),
    ("currentCoreStatus", "core"),
    ("currentExpansionStatus", "expansion"),
    ("currentGroupStatus", "group_status"),
    ("currentDecidedBy", "decided_by"),
    ("currentModelingGroup", "group"),
    ("timestampMillisOfMostRecentStatusChange", "changed_ms"),
    ("timestampMillisOfNmrDueToMinStableCrhTime", "window_ms"),
    ("currentMultiGroupStatus", "multi_group_status"),
    ("currentModelingMultiGroup", "multi_group"),
    ("timestampMinuteOfFinalScoringOutput", "final_output_minute"),
    ("timestampMillisOfFirstNmrDueToMinStableCrhTime", "first_window_ms"),
    ("abovePcrhThresholdTime", "above_pcrh_ms"),
)


def public_tables(book: Book) -> dict[str, OutputTable]:
    """The four tables by the names of their files."""
    notes = counted_notes(book)
    return {
        NOTES: _notes([(note, found) for note, found in notes if not found.is_deleted]),
        RATINGS: _ratings(notes),
        HISTORY: _history(book, [(note, found) for note, found in notes if found.is_known]),
        ENROLLMENT: _enrollment(book),
    }


def _notes(notes: Sequence[tuple[NoteId, BookNote]]) -> OutputTable:
    written = [found.written for _, found in notes]
    n = len(written)
    columns: dict[str, NDArray[Any]] = {
        "noteId": _integers([note for note, _ in notes]),
        "noteAuthorParticipantId": _texts([w.who for w in written]),
        "createdAtMillis": _integers([w.at_ms for w in written]),
        "tweetId": _integers([post_number(w.post) for w in written]),
        "classification": _texts([CLASSIFICATION_NAMES[w.classification] for w in written]),
    }
    columns |= {
        name: _texts([""] * n) for name in ("believable", "harmful", "validationDifficulty")
    }
    columns |= {
        reason: _integers([int(reason in w.reasons) for w in written]) for reason in REASONS
    }
    columns["trustworthySources"] = _integers([int(bool(w.sources)) for w in written])
    columns["summary"] = _texts([summary(found) for _, found in notes])
    columns |= {name: _integers([0] * n) for name in ("isMediaNote", "isCollaborativeNote")}
    return OutputTable(columns)


def _ratings(notes: Sequence[tuple[NoteId, BookNote]]) -> OutputTable:
    rows: list[tuple[BookNote, NoteRated]] = [
        (found, rating) for _, found in notes for _, rating in sorted(found.ratings.items())
    ]
    ratings, n = [rating for _, rating in rows], len(rows)
    nothing = _integers([0] * n)
    columns: dict[str, NDArray[Any]] = {
        "noteId": _integers([r.note for r in ratings]),
        "raterParticipantId": _texts([r.who for r in ratings]),
        "createdAtMillis": _integers([r.at_ms for r in ratings]),
        "version": _integers([_RATING_VERSION] * n),
        "agree": nothing,
        "disagree": nothing,
        "helpful": nothing,
        "notHelpful": nothing,
        "helpfulnessLevel": _texts([r.level.name for r in ratings]),
    }
    columns |= {tag: _integers([int(tag in r.tags) for r in ratings]) for tag in TAGS}
    columns["ratedOnTweetId"] = _integers([post_number(found.written.post) for found, _ in rows])
    columns["ratingSourceBucketed"] = _texts(["DEFAULT"] * n)
    columns |= {name: _texts([""] * n) for name in ("suggestion", "suggestionId")}
    return OutputTable(columns)


def _history(book: Book, notes: Sequence[tuple[NoteId, BookNote]]) -> OutputTable:
    rows = [book.row(found) for _, found in notes]
    columns: dict[str, NDArray[Any]] = {
        "noteId": _integers([note for note, _ in notes]),
        "noteAuthorParticipantId": _texts([found.written.who for _, found in notes]),
        "createdAtMillis": _integers([found.written.at_ms for _, found in notes]),
    }
    for name, field in _HISTORY_COLUMNS:
        values = [getattr(row, field) for row in rows]
        empty = getattr(StatusRow(), field)
        if isinstance(empty, Status):
            columns[name] = _texts(["" if value is empty else value.name for value in values])
        elif isinstance(empty, str):
            columns[name] = _texts(values)
        elif empty == NO_GROUP:
            columns[name] = _texts(["" if value == empty else str(value) for value in values])
        else:
            columns[name] = _integers(values)
    return OutputTable(columns)


def _enrollment(book: Book) -> OutputTable:
    who: list[Pseudonym] = sorted(book.contributors)
    states = [book.contributors[name] for name in who]
    return OutputTable(
        {
            "participantId": _texts(who),
            "enrollmentState": _texts([ENROLLMENT_NAMES[s.state] for s in states]),
            "successfulRatingNeededToEarnIn": _integers([s.needed for s in states]),
            "timestampOfLastStateChange": _integers([s.changed_ms for s in states]),
            "timestampOfLastEarnOut": _integers([s.earned_out_ms for s in states]),
            "modelingPopulation": _texts([_POPULATION] * len(who)),
            "modelingGroup": _integers([COMMUNITY_GROUP] * len(who)),
            "numberOfTimesEarnedOut": _integers([s.times_earned_out for s in states]),
        }
    )


def _integers(values: Sequence[int]) -> NDArray[np.int64]:
    return np.array(values, dtype=np.int64)


def _texts(values: Sequence[str]) -> NDArray[np.object_]:
    column = np.empty(len(values), dtype=np.object_)
    column[:] = values
    return column
