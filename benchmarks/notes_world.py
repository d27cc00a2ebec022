"""People of two camps who rate notes, drawn block by block straight into the scorer's columns.

Nothing is ever held but the columns themselves (22 bytes a rating) and one block. A note has about
as many ratings, and a rater gives about as many, as on X (206 M ratings of 2.5 M notes by 1.4 M
raters); a few raters and notes have most of them.
"""

from __future__ import annotations

import numpy as np

from stoa.note_records import (
    DAY_MS,
    HOUR_MS,
    NO_GROUP,
    NO_TIME,
    Classification,
    Contributors,
    Enrollment,
    NotesData,
    NoteTable,
    RatingTable,
    RunTimes,
    Status,
    StatusHistory,
    tag_bit,
)

NOW_MS = 1_784_073_600_000
TIMES = RunTimes(NOW_MS, NOW_MS - 2 * HOUR_MS, NOW_MS)
RATINGS_A_NOTE, RATINGS_A_RATER = 82, 147
BLOCK_NOTES = 1 << 14
GROUPS = (13, 13, 13, 13, 13, 13, 1, 6, 8, 2)
"""Modeling groups, a tenth of the raters each; most belong to the one models start from."""

HELPFUL = tuple(tag_bit(t) for t in ("helpfulClear", "helpfulGoodSources", "helpfulInformative"))
AGAINST = tuple(
    tag_bit(t)
    for t in ("notHelpfulIncorrect", "notHelpfulOpinionSpeculation", "notHelpfulNoteNotNeeded")
)


def two_camps(n_ratings: int, seed: int) -> NotesData:
    """About so many ratings; the same arguments give the same bits."""
    rng = np.random.default_rng(seed)
    n_notes = max(n_ratings // RATINGS_A_NOTE, 400)
    n_raters = max(n_ratings // RATINGS_A_RATER, 200)
    created = np.sort(NOW_MS - (rng.random(n_notes) * 400 * DAY_MS).astype(np.int64) - DAY_MS)
    notes = NoteTable(
        id=(created - created[0] + 1 << 22) + np.arange(n_notes),
        author=rng.integers(0, n_raters, n_notes, dtype=np.int32),
        created_ms=created,
        post=np.arange(n_notes, dtype=np.int64),
        classification=np.full(n_notes, Classification.MISLEADING, dtype=np.int8),
        summary=np.full(n_notes, "", dtype=np.object_),
    )
    people = contributors(n_raters)
    return NotesData(people, notes, empty_history(n_notes), ratings(rng, notes, n_raters))


def contributors(n: int) -> Contributors:
    """Everybody enrolled; groups are tenths of the rows."""
    group = np.array(GROUPS, dtype=np.int16)[np.arange(n) * len(GROUPS) // n]
    return Contributors(
        name=np.full(n, "", dtype=np.object_),
        enrolled=np.ones(n, dtype=np.bool_),
        state=np.full(n, Enrollment.EARNED_IN, dtype=np.int8),
        needed=np.full(n, 5, dtype=np.int64),
        changed_ms=np.full(n, NO_TIME, dtype=np.int64),
        earned_out_ms=np.ones(n, dtype=np.int64),
        group=group,
        times_earned_out=np.zeros(n, dtype=np.int64),
    )


def empty_history(n: int) -> StatusHistory:
    """A history of notes that never had a status."""
    never = np.full(n, NO_TIME, dtype=np.int64)
    none = np.zeros(n, dtype=np.int8)
    no_group = np.full(n, NO_GROUP, dtype=np.int16)
    return StatusHistory(
        known=np.ones(n, dtype=np.bool_),
        first_status_ms=never,
        first_status=none,
        current_ms=never,
        current=np.full(n, Status.NEEDS_MORE_RATINGS, dtype=np.int8),
        latest_status_ms=never,
        latest_status=none,
        locked_ms=never,
        locked=none,
        retro_lock_ms=never,
        core=none,
        expansion=none,
        group_status=none,
        decided_by=np.full(n, "", dtype=np.object_),
        group=no_group,
        changed_ms=np.full(n, -1, dtype=np.int64),
        window_ms=never,
        multi_group_status=none,
        multi_group=no_group,
        final_output_minute=never,
        first_window_ms=never,
        above_pcrh_ms=never,
    )


def ratings(rng: np.random.Generator, notes: NoteTable, n_raters: int) -> RatingTable:
    """All ratings by (note, rater), a block of notes at a time."""
    side = np.where(rng.random(n_raters) < 0.55, -1.0, 1.0) * rng.uniform(0.4, 1.0, n_raters)
    lenience = rng.normal(0, 0.5, n_raters)
    shares = rng.exponential(RATINGS_A_NOTE, len(notes))
    count = np.maximum(shares.astype(np.int64), 3)
    most = int(count.sum())
    columns = (
        np.empty(most, dtype=np.int32),
        np.empty(most, dtype=np.int32),
        np.empty(most, dtype=np.int64),
        np.empty(most, dtype=np.int8),
        np.empty(most, dtype=np.uint32),
        np.zeros(most, dtype=np.bool_),
    )
    at = 0
    for first in range(0, len(notes), BLOCK_NOTES):
        last = min(first + BLOCK_NOTES, len(notes))
        note, rater = _who(rng, first, count[first:last], n_raters)
        end = at + len(note)
        level = _level(rng, note - first, last - first, side[rater], lenience[rater])
        wait = rng.exponential(12 * HOUR_MS, len(note)).astype(np.int64)
        block = (note, rater, notes.created_ms[note] + wait, level, _tags(rng, level))
        for column, values in zip(columns, block, strict=False):
            column[at:end] = values
        columns[5][at:end] = rng.random(len(note)) < 0.05
        at = end
    return RatingTable(*(column[:at] for column in columns))


def _who(
    rng: np.random.Generator, first: int, count: np.ndarray, n_raters: int
) -> tuple[np.ndarray, np.ndarray]:
    """(note, rater) pairs of a block, in order, none twice; half the notes stay in group 13."""
    note = np.repeat(np.arange(first, first + len(count)), count)
    busy = rng.random(len(note)) ** 2.2  # few raters give most ratings
    place = (rng.permutation(1009)[np.arange(len(note)) % 1009] / 1009 + busy) % 1.0
    home = np.repeat(rng.random(len(count)) < 0.5, count) & (rng.random(len(note)) < 0.9)
    within = GROUPS.count(13) / len(GROUPS)
    rater = (np.where(home, place * within, place) * n_raters).astype(np.int64)
    key = np.unique(note * n_raters + rater)
    return (key // n_raters).astype(np.int32), (key % n_raters).astype(np.int32)


def _level(
    rng: np.random.Generator, note: np.ndarray, n: int, side: np.ndarray, lenience: np.ndarray
) -> np.ndarray:
    """What each rater says: a note's quality, and its slant times the rater's side."""
    kind = rng.choice(4, n, p=[0.25, 0.25, 0.3, 0.2])  # left, right, bad, for all
    slant = np.choose(kind, [-2.5, 2.5, 0.0, 0.0])
    quality = np.choose(kind, [0.2, 0.2, -1.5, 2.0]) + rng.normal(0, 0.4, n)
    liking = quality[note] + slant[note] * side + lenience
    draw = rng.logistic(size=len(note)) + liking
    return (draw > -0.3).astype(np.int8) + (draw > 0.3).astype(np.int8)


def _tags(rng: np.random.Generator, level: np.ndarray) -> np.ndarray:
    """One tag for each rating, of those that fit what it says."""
    pick = rng.integers(0, 3, len(level))
    helpful = np.array(HELPFUL, dtype=np.uint32)[pick]
    return np.where(level > 0, helpful, np.array(AGAINST, dtype=np.uint32)[pick])
