"""Foresees from a note's first ratings that it will be rated helpful (spec 15).

Whoever shows notes early uses it. It never changes a status.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.bridging.early_features import EarlySources, Seen, early_features
from stoa.bridging.learners import Trees, boosted_trees
from stoa.note_records import HOUR_MS, NO_TIME, Classification, Status

ENOUGH = {8: 0.77, 10: 0.78, 15: 0.76, 20: 0.74, 30: 0.70, 50: 0.67}
"""For numbers of ratings learned from, how probable is probable enough."""

STAYS = 0.5
MOST_RATINGS = 100
LEAST_NOTES = 50
TRAINING_FROM_MS = 1_741_564_800_000
SHOWN_MS = 12 * HOUR_MS
CLEARED = -1

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class NoEarlyModel:
    """There is nothing to learn from; no note is foreseen."""

    reason: str


@dataclass(frozen=True, slots=True)
class EarlyLook:
    """What is foreseen, and the columns of aux_note_info. Arrays (n_notes,)."""

    above_ms: Rows  # T0, -T0 or NO_TIME, before statuses are known
    exit_n: Floats  # NaN for notes that were not looked at
    exit_probability: Floats
    revoked: NDArray[np.int8]  # 1, 0, or -1 for notes that were not looked at
    revoke_n: Floats
    final_prediction: NDArray[np.int8]


def fit_early_look(sources: EarlySources, seed: int) -> Trees | NoEarlyModel:
    """Trees that tell from the first 8 to 50 ratings whether a note is rated helpful now.

    Args:
        sources: ratings are those prescoring counts (after post selection similarity).
        seed: of the tenth that tells when to stop.
    """
    x, helpful = _training(sources)
    n_helpful = int(helpful.sum())
    if not len(helpful):
        return NoEarlyModel(f"no number of ratings was reached by {LEAST_NOTES} recent notes")
    if min(n_helpful, len(helpful) - n_helpful) < 2:
        return NoEarlyModel(f"{n_helpful} of {len(helpful)} training rows are helpful")
    return boosted_trees(x, helpful, seed)


def _training(sources: EarlySources) -> tuple[Floats, NDArray[np.bool_]]:
    """Features and labels: for each number of ratings, the notes that reached it, by note."""
    notes, history, ratings = sources.notes, sources.history, sources.ratings
    recent = notes.created_ms > TRAINING_FROM_MS
    recent &= notes.classification != Classification.DELETED
    rating, place, count = _in_order(sources, recent)
    note_of = ratings.note[rating]
    blocks: list[Floats] = []
    labels: list[NDArray[np.bool_]] = []
    for n in ENOUGH:
        reached = count >= n
        nth_ms = np.full(len(notes), NO_TIME)
        at_nth = place == n - 1
        nth_ms[note_of[at_nth]] = ratings.at_ms[rating[at_nth]]
        first = history.first_status_ms
        decided = (history.first_status == Status.CURRENTLY_RATED_HELPFUL) & (first != NO_TIME)
        rows = np.flatnonzero(reached & ~(decided & (first < nth_ms)))
        if len(rows) < LEAST_NOTES:
            continue
        row_of = np.full(len(notes), -1, dtype=np.int64)
        row_of[rows] = np.arange(len(rows))
        inside = (row_of[note_of] >= 0) & (ratings.at_ms[rating] <= nth_ms[note_of])
        seen = _seen(sources, row_of[note_of[inside]], rating[inside], place[inside] < n)
        blocks.append(early_features(sources, rows, seen, nth_ms[rows], np.full(len(rows), n)))
        labels.append(history.current[rows] == Status.CURRENTLY_RATED_HELPFUL)
    if not blocks:
        return np.zeros((0, 0)), np.zeros(0, dtype=np.bool_)
    return np.vstack(blocks), np.concatenate(labels)


def _in_order(sources: EarlySources, which: NDArray[np.bool_]) -> tuple[Rows, Rows, Rows]:
    """Ratings by core raters on some notes, by note and time; each one's place; counts (n_notes,).

    Ratings of one note at the same millisecond come in the order of raters.
    """
    ratings = sources.ratings
    rating = np.flatnonzero(sources.in_core[ratings.rater] & which[ratings.note])
    rating = rating[
        np.lexsort((ratings.rater[rating], ratings.at_ms[rating], ratings.note[rating]))
    ]
    count = np.bincount(ratings.note[rating], minlength=len(which))
    start = np.cumsum(count) - count
    return rating, np.arange(len(rating)) - start[ratings.note[rating]], count


def _seen(sources: EarlySources, row: Rows, rating: Rows, every: NDArray[np.bool_]) -> Seen:
    scored = ~np.isnan(sources.final_factor[sources.ratings.rater[rating]])
    return Seen(row, rating, scored, every)


def look_early(model: Trees | NoEarlyModel, sources: EarlySources, now_ms: int) -> EarlyLook:
    """What the trees foresee of notes with 8 to 100 ratings by core raters.

    Args:
        model: from prescoring.
        sources: ratings are all that preprocessing keeps (before post selection similarity).
        now_ms: the run's instant.
    """
    n_notes = len(sources.notes)
    nothing = np.full(n_notes, np.nan)
    unknown = np.full(n_notes, -1, dtype=np.int8)
    look = EarlyLook(
        above_ms=np.full(n_notes, NO_TIME),
        exit_n=nothing.copy(),
        exit_probability=nothing.copy(),
        revoked=unknown.copy(),
        revoke_n=nothing.copy(),
        final_prediction=unknown.copy(),
    )
    if isinstance(model, NoEarlyModel):
        return look
    note, n_ratings, x = _asking(sources)
    if not len(note):
        return look
    probability = model.probability(x)
    before = sources.history.above_pcrh_ms[note]
    was_above = before > 0
    above = probability >= np.where(was_above, STAYS, _enough(n_ratings))
    look.above_ms[note] = _times(above, before, now_ms)
    look.exit_n[note] = n_ratings
    look.exit_probability[note] = probability
    look.revoked[note] = was_above & ~above
    look.revoke_n[note] = np.where(was_above & ~above, n_ratings, np.nan)
    look.final_prediction[note] = above
    return look


def _asking(sources: EarlySources) -> tuple[Rows, Rows, Floats]:
    """Notes that are looked at, their numbers of ratings, their features."""
    every_note = np.ones(len(sources.notes), dtype=np.bool_)
    rating, _, count = _in_order(sources, every_note)
    note = np.flatnonzero((count >= min(ENOUGH)) & (count <= MOST_RATINGS))
    row_of = np.full(len(every_note), -1, dtype=np.int64)
    row_of[note] = np.arange(len(note))
    row = row_of[sources.ratings.note[rating]]
    rating, row = rating[row >= 0], row[row >= 0]
    seen = _seen(sources, row, rating, np.ones(len(row), dtype=np.bool_))
    # The latest time in the history, not the run's: labels of that very instant do not count.
    as_of_ms = np.full(len(note), sources.history.current_ms.max(initial=NO_TIME))
    return note, count[note], early_features(sources, note, seen, as_of_ms, count[note])


def _enough(n_ratings: Rows) -> Floats:
    """How probable is enough at each number of ratings: that of the nearest one learned from."""
    known = np.array(list(ENOUGH))
    nearest = np.abs(n_ratings[:, None] - known).argmin(axis=1)
    return np.array(list(ENOUGH.values()))[nearest]


def _times(above: NDArray[np.bool_], before: Rows, now_ms: int) -> Rows:
    """T0 while above and for twelve hours, -T0 afterwards, NO_TIME for notes never above.

    T0 is when a note was first above; one that was cleared (-1) starts anew.
    """
    none = (before == NO_TIME) | (before == CLEARED)
    first = np.abs(np.where(none, 0, before))
    shown = above & (now_ms - first <= SHOWN_MS)
    again = np.where(shown, first, -first)
    return np.where(none, np.where(above, now_ms, NO_TIME), again)
