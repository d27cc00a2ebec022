"""What contributors have done and how well it went (spec 18.1)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.bridging.contributor_state import (
    States,
    TrackRecord,
    last_earn_out_ms,
    next_states,
)
from stoa.bridging.early_ratings import early_ratings
from stoa.bridging.explanation_tags import tags_of_authors
from stoa.bridging.note_counts import NoteCounts, count_tags
from stoa.note_records import (
    DAY_MS,
    HELPFUL_TAGS,
    NO_TIME,
    NotesData,
    Status,
    StatusHistory,
)

RECENT_NOTES = 5
EMERGING_INTERCEPT = 0.3
EMERGING_RATINGS = 10
FEWEST_RATINGS = 10

Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class RatingRecord:
    """Ratings given, by how they turned out. Arrays (n_raters,)."""

    has_early: NDArray[np.bool_]  # some rating was early enough to count (spec 8.1)
    successful_helpful: Counts  # helpful on CRH
    successful_not_helpful: Counts  # not helpful on CRNH
    unsuccessful_helpful: Counts  # not helpful on CRH: the published name says what was missed
    unsuccessful_not_helpful: Counts  # helpful on CRNH
    awaiting: Counts  # early ratings on NMR notes
    after_decision: Counts  # later than the latest status of the note

    @property
    def successful(self) -> Counts:
        """`successfulRatingTotal`."""
        return self.successful_helpful + self.successful_not_helpful

    @property
    def unsuccessful(self) -> Counts:
        """`unsuccessfulRatingTotal`."""
        return self.unsuccessful_helpful + self.unsuccessful_not_helpful

    @property
    def impact(self) -> Counts:
        """Rating impact; helpful ratings on CRNH notes count twice."""
        return self.successful - self.unsuccessful - self.unsuccessful_not_helpful


@dataclass(frozen=True, slots=True)
class WritingRecord:
    """Notes written, by status. Arrays (n_raters,)."""

    written: Counts
    helpful: Counts
    not_helpful: Counts
    awaiting: Counts
    ratings_received: Counts


@dataclass(frozen=True, slots=True)
class DayTotals:
    """Notes of the last days by their status after this run. Arrays (n_raters,)."""

    crh: Counts
    crnh: Counts
    nmr: Counts


@dataclass(frozen=True, slots=True)
class ContributorResults:
    """All that a run says of contributors. Arrays (n_raters, ...), row by row."""

    rating: RatingRecord
    writing: WritingRecord
    is_active: NDArray[np.bool_]  # has a row in the state machine
    states: States
    is_emerging: NDArray[np.bool_]
    top_tags: NDArray[np.int8]  # (n_raters, 2) numbers of not-helpful tags, or NO_TAG
    last_14_days: DayTotals
    last_90_days: DayTotals


def contributor_results(
    data: NotesData,
    history: StatusHistory,
    counts: NoteCounts,
    core_intercept: NDArray[np.floating],
    now_ms: int,
) -> ContributorResults:
    """Counts, states and targets of everybody after a run.

    Args:
        data: the files, with all preprocessed ratings (before post selection similarity).
        history: as this run leaves it; its `current` are the final statuses.
        counts: of the ratings that reached final scoring.
        core_intercept: (n_notes,) NaN where core has none.
        now_ms: the instant of the run.
    """
    rating = rating_record(data, history)
    everything = np.ones(len(data.notes), dtype=bool)
    writing = writing_record(data, history.current, counts, everything)
    earned_out_ms = last_earn_out_ms(data.contributors, now_ms)[data.notes.author]
    eligible = data.notes.created_ms > earned_out_ms
    recent = writing_record(
        data, history.current, counts, _latest_of_each(data, history.current, eligible)
    )
    is_active = rating.has_early | (recent.written > 0)
    record = TrackRecord(
        is_active=is_active,
        rating_impact=rating.impact,
        recent_not_helpful=recent.not_helpful,
        helpful=writing.helpful,
        not_helpful=writing.not_helpful,
        written=writing.written,
    )
    tags = count_tags(data.ratings, len(data.notes))[:, len(HELPFUL_TAGS) :]
    return ContributorResults(
        rating=rating,
        writing=writing,
        is_active=is_active,
        states=next_states(data.contributors, record, now_ms),
        is_emerging=_is_emerging(data, counts, core_intercept, writing.written),
        top_tags=tags_of_authors(data.notes.author, tags, len(data.contributors)),
        last_14_days=_totals_of_days(data, history, 14, only_noticed=True),
        last_90_days=_totals_of_days(data, history, 90, only_noticed=False),
    )


def rating_record(data: NotesData, history: StatusHistory) -> RatingRecord:
    """How each contributor's ratings compare with the final statuses."""
    ratings, n_raters = data.ratings, len(data.contributors)
    early = early_ratings(data.notes, history.latest_status_ms, ratings)
    status = history.current[ratings.note]
    crh = early & (status == Status.CURRENTLY_RATED_HELPFUL)
    crnh = early & (status == Status.CURRENTLY_RATED_NOT_HELPFUL)
    helpful, not_helpful = ratings.level == 2, ratings.level == 0
    latest_ms = history.latest_status_ms[ratings.note]

    def by_rater(rows: NDArray[np.bool_]) -> Counts:
        return np.bincount(ratings.rater[rows], minlength=n_raters)

    has_early = by_rater(early) > 0
    after = by_rater((latest_ms != NO_TIME) & (ratings.at_ms > latest_ms))
    return RatingRecord(
        has_early=has_early,
        successful_helpful=by_rater(crh & helpful),
        successful_not_helpful=by_rater(crnh & not_helpful),
        unsuccessful_helpful=by_rater(crh & not_helpful),
        unsuccessful_not_helpful=by_rater(crnh & helpful),
        awaiting=by_rater(early & (status == Status.NEEDS_MORE_RATINGS)),
        after_decision=np.where(has_early, after, 0),
    )


def writing_record(
    data: NotesData,
    status: NDArray[np.int8],
    counts: NoteCounts,
    rows: NDArray[np.bool_],
) -> WritingRecord:
    """How the given notes fared, by author."""
    author, n_raters = data.notes.author, len(data.contributors)

    def by_author(chosen: NDArray[np.bool_]) -> Counts:
        return np.bincount(author[rows & chosen], minlength=n_raters)

    received = np.bincount(author[rows], weights=counts.ratings[rows], minlength=n_raters)
    return WritingRecord(
        written=np.bincount(author[rows], minlength=n_raters),
        helpful=by_author(status == Status.CURRENTLY_RATED_HELPFUL),
        not_helpful=by_author(status == Status.CURRENTLY_RATED_NOT_HELPFUL),
        awaiting=by_author(status == Status.NEEDS_MORE_RATINGS),
        ratings_received=received.astype(np.int64),
    )


def _latest_of_each(
    data: NotesData, status: NDArray[np.int8], eligible: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """The first five notes of each author: decided before open, newest id first."""
    rows = np.flatnonzero(eligible)
    is_open = status[rows] == Status.NEEDS_MORE_RATINGS
    author = data.notes.author[rows]
    order = np.lexsort((-data.notes.id[rows], is_open, author))
    starts = np.flatnonzero(np.diff(author[order], prepend=-1))
    place = np.arange(len(rows)) - np.repeat(starts, np.diff(starts, append=len(rows)))
    chosen = np.zeros(len(eligible), dtype=bool)
    chosen[rows[order[place < RECENT_NOTES]]] = True
    return chosen


def _is_emerging(
    data: NotesData, counts: NoteCounts, core_intercept: NDArray[np.floating], written: Counts
) -> NDArray[np.bool_]:
    """Authors of good notes that are being rated now; a note without an intercept counts as 0."""
    author, n_raters = data.notes.author, len(data.contributors)
    score = np.nan_to_num(core_intercept.astype(np.float64))
    total = np.bincount(author, weights=score, minlength=n_raters)
    heard = np.bincount(author, weights=counts.ratings_last_28_days, minlength=n_raters)
    return (total / np.maximum(written, 1) > EMERGING_INTERCEPT) & (heard >= EMERGING_RATINGS)


def _totals_of_days(
    data: NotesData, history: StatusHistory, days: int, *, only_noticed: bool
) -> DayTotals:
    """Notes of the last days before the newest note, by status.

    `only_noticed` keeps those with ten ratings, or with one rating and a status.
    """
    created_ms, n_raters = data.notes.created_ms, len(data.contributors)
    newest_ms = created_ms.max(initial=0)
    rows = created_ms > newest_ms - days * DAY_MS
    if only_noticed:
        rated = np.bincount(data.ratings.note, minlength=len(data.notes))
        decided = history.current != Status.NEEDS_MORE_RATINGS
        rows &= (rated >= FEWEST_RATINGS) | (decided & (rated > 0))

    def by_author(status: Status) -> Counts:
        return np.bincount(
            data.notes.author[rows & (history.current == status)], minlength=n_raters
        )

    return DayTotals(
        crh=by_author(Status.CURRENTLY_RATED_HELPFUL),
        crnh=by_author(Status.CURRENTLY_RATED_NOT_HELPFUL),
        nmr=by_author(Status.NEEDS_MORE_RATINGS),
    )
