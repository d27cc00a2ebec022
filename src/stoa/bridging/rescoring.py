"""Which notes a run is about, by name, and which of them must be scored again (spec 17.3, 17.4).

The others pass through, see `earlier`.

The published program reads the machine's clock for all ages but that of locking; here that is
`RunTimes.wall_ms`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.bridging.history import LOCK_AGE_MS
from stoa.bridging.meta import LOCKING
from stoa.note_records import (
    DAY_MS,
    HOUR_MS,
    NO_TIME,
    NoteTable,
    RatingTable,
    RunTimes,
    Status,
    StatusHistory,
)

NO_LIMIT = 1e7
LOCK_RESCORE_MS = 7 * DAY_MS


@dataclass(frozen=True, slots=True)
class NoteSubset:
    """Notes with something in common, and how much of their CRH may change in one run."""

    name: str
    notes: NDArray[np.bool_]  # (n_notes,)
    most_new: float  # new CRH / (old CRH + 100)
    most_lost: float


def subsets_of_full_run(
    notes: NoteTable, history: StatusHistory, ratings: RatingTable, times: RunTimes
) -> tuple[NoteSubset, ...]:
    """The subsets that are named, and checked for flips, when every note is scored."""
    age_ms = times.wall_ms - notes.created_ms
    settled = history.known & (age_ms <= 13 * DAY_MS) & (age_ms > 3 * DAY_MS)
    overdue = _is_overdue(notes, history, _has_news(notes, ratings, times), times)
    return (
        NoteSubset("ALL_NOTES", np.ones(len(notes), dtype=bool), 0.3, 0.3),
        NoteSubset("NOTES_CREATED_SOMEWHAT_RECENTLY", settled, 0.15, 0.15),
        NoteSubset("NEW_NOTES_NOT_RESCORED_RECENTLY_ENOUGH", overdue, 0.12, 0.12),
    )


def which_to_rescore(
    notes: NoteTable, history: StatusHistory, ratings: RatingTable, times: RunTimes
) -> tuple[NoteSubset, ...]:
    """The subsets that must be scored again when the outputs of a run before are at hand.

    Notes in none of them are passed through, see `earlier.passed_through`; `union` gives the rest.
    """
    news = _has_news(notes, ratings, times)
    known, changed_ms, current_ms = history.known, history.changed_ms, history.current_ms
    just_flipped = known & (changed_ms != NO_TIME) & (changed_ms == current_ms) & ~news
    lately_flipped = (
        known
        & (changed_ms > times.wall_ms - DAY_MS)
        & (current_ms != NO_TIME)
        & (current_ms < times.wall_ms - HOUR_MS)
    )
    return (
        NoteSubset("NOTES_WITH_NEW_RATINGS", news, 1.2, 0.4),
        NoteSubset(
            "NEW_NOTES_NOT_RESCORED_RECENTLY_ENOUGH",
            _is_overdue(notes, history, news, times),
            0.12,
            0.12,
        ),
        NoteSubset("NOTES_FLIPPED_PREVIOUS_RUN", just_flipped, NO_LIMIT, NO_LIMIT),
        NoteSubset(
            "RECENTLY_FLIPPED_NOTES_NOT_RESCORED_RECENTLY_ENOUGH",
            lately_flipped,
            NO_LIMIT,
            NO_LIMIT,
        ),
        NoteSubset("NMR_DUE_TO_MIN_STABLE_CRH_TIME", known & (history.window_ms > 0), 1.0, 1.0),
        NoteSubset(
            "LOCKING_ELIGIBLE_RECENT_UNLOCKED_NOTES",
            _may_lock_now(notes, history, times.now_ms),
            0.12,
            0.12,
        ),
    )


def union(subsets: Iterable[NoteSubset], n_notes: int) -> NDArray[np.bool_]:
    """(n_notes,) the notes in any of the subsets."""
    members = np.zeros(n_notes, dtype=bool)
    for subset in subsets:
        members |= subset.notes
    return members


def names_by_note(subsets: Sequence[NoteSubset], n_notes: int) -> NDArray[np.object_]:
    """`rescoringActiveRules`: (n_notes,) the names of each note's subsets, comma separated."""
    bits = np.zeros(n_notes, dtype=np.int64)
    for place, subset in enumerate(subsets):
        bits |= subset.notes.astype(np.int64) << place
    kinds, which = np.unique(bits, return_inverse=True)
    texts = [
        ",".join(s.name for place, s in enumerate(subsets) if kind >> place & 1) for kind in kinds
    ]
    return np.array(texts, dtype=object)[which]


def _has_news(notes: NoteTable, ratings: RatingTable, times: RunTimes) -> NDArray[np.bool_]:
    news = np.zeros(len(notes), dtype=bool)
    news[ratings.note[ratings.at_ms > times.previous_cutoff_ms]] = True
    return news


def _is_overdue(
    notes: NoteTable, history: StatusHistory, news: NDArray[np.bool_], times: RunTimes
) -> NDArray[np.bool_]:
    """Notes under 14 days old, last scored more than a day ago, without news."""
    young = notes.created_ms > times.wall_ms - 14 * DAY_MS
    scored = history.known & (history.current_ms != NO_TIME)
    return scored & young & (history.current_ms < times.wall_ms - DAY_MS) & ~news


def _may_lock_now(notes: NoteTable, history: StatusHistory, now_ms: int) -> NDArray[np.bool_]:
    """Unlocked notes that came of age within the last week under a rule that locks."""
    by_locking_rule = np.isin(history.decided_by.astype(str), sorted(LOCKING))
    age_ms = now_ms - notes.created_ms
    of_age = (age_ms > LOCK_AGE_MS) & (age_ms < LOCK_AGE_MS + LOCK_RESCORE_MS)
    return history.known & (history.locked == Status.NONE) & by_locking_rule & of_age
