"""A small square of two sides that usually disagree, as columns and as public files.

Half the raters stand left, half right. A note is for the left, for the right, for nobody or for
all; what is asked of every rater follows from that, with a few who disagree.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np

from stoa.note_records import (
    DAY_MS,
    HELPFUL_TAGS,
    HOUR_MS,
    NO_GROUP,
    NO_TIME,
    TAGS,
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
from stoa.tables.layouts import ENROLLMENT, HISTORY, NOTES, RATINGS, Layout

NOW_MS = 1_784_073_600_000
TIMES = RunTimes(NOW_MS, NOW_MS - 2 * HOUR_MS, NOW_MS)
LEFT, RIGHT, NOBODY, ALL = range(4)
WORDS = ("bridges", "water", "votes", "prices", "schools", "trains", "weather", "doctors")
LIKED = np.uint32(tag_bit("helpfulClear") | tag_bit("helpfulGoodSources"))
DISLIKED = np.uint32(tag_bit("notHelpfulNoteNotNeeded") | tag_bit("notHelpfulOpinionSpeculation"))


@dataclass(frozen=True)
class TwoSides:
    data: NotesData
    kind: np.ndarray  # (n_notes,) LEFT, RIGHT, NOBODY, ALL
    side: np.ndarray  # (n_raters,) 0 left, 1 right


def two_sides(
    n_notes: int = 240, n_raters: int = 80, share: float = 0.45, seed: int = 1
) -> TwoSides:
    rng = np.random.default_rng(seed)
    kind = rng.choice(4, n_notes, p=[0.3, 0.3, 0.2, 0.2])
    side = np.arange(n_raters) % 2
    created = np.sort(NOW_MS - DAY_MS - (rng.random(n_notes) * 12 * DAY_MS).astype(np.int64))
    notes = NoteTable(
        # Odd ids of this size are no doubles, so none is found again by the published quirk.
        id=((created - 1_288_834_974_657) << 22) + 2 * np.arange(n_notes) + 1,
        author=rng.integers(0, n_raters, n_notes).astype(np.int32),
        created_ms=created,
        post=np.arange(n_notes, dtype=np.int64) + 10,
        classification=np.full(n_notes, Classification.MISLEADING, dtype=np.int8),
        summary=np.array([f"about {' '.join(rng.choice(WORDS, 4))}" for _ in kind], dtype=object),
    )
    rated = rng.random((n_notes, n_raters)) < share
    note, rater = (rows.astype(np.int32) for rows in np.nonzero(rated))
    likes = (kind[note] == ALL) | (kind[note] == side[rater])
    likes ^= rng.random(len(note)) < 0.06
    ratings = RatingTable(
        note=note,
        rater=rater,
        at_ms=created[note] + rng.integers(10, 20 * HOUR_MS, len(note)),
        level=np.where(likes, 2, 0).astype(np.int8),
        tags=np.where(likes, LIKED, DISLIKED).astype(np.uint32),
        sampled=rng.random(len(note)) < 0.05,
    )
    data = NotesData(contributors(n_raters), notes, history(n_notes), ratings)
    return TwoSides(data, kind, side)


def contributors(n: int) -> Contributors:
    return Contributors(
        name=np.array([f"{i:03d}".translate(str.maketrans("0123", "QXBM")) for i in range(n)]),
        enrolled=np.ones(n, dtype=bool),
        state=np.full(n, Enrollment.EARNED_IN, dtype=np.int8),
        needed=np.full(n, 5),
        changed_ms=np.full(n, NOW_MS - 90 * DAY_MS),
        earned_out_ms=np.ones(n, dtype=np.int64),
        group=np.full(n, 13, dtype=np.int16),
        times_earned_out=np.zeros(n, dtype=np.int64),
    )


def history(n: int) -> StatusHistory:
    """Notes that have waited for two hours: long enough to be shown."""
    never, none = np.full(n, NO_TIME), np.zeros(n, dtype=np.int8)
    blank = {
        f.name: never if f.name.endswith(("_ms", "_minute")) else none
        for f in fields(StatusHistory)
    }
    no_group = np.full(n, NO_GROUP, dtype=np.int16)
    return StatusHistory(
        **blank
        | {
            "known": np.ones(n, dtype=bool),
            "current": np.full(n, Status.NEEDS_MORE_RATINGS, dtype=np.int8),
            "decided_by": np.full(n, "", dtype=object),
            "group": no_group,
            "multi_group": no_group,
            "window_ms": np.full(n, NOW_MS - 2 * HOUR_MS),
            "changed_ms": np.full(n, -1),
        }
    )


def sorted_by_name(world: TwoSides) -> TwoSides:
    """Contributors in the order of their names, as a reader has them."""
    order = np.argsort(world.data.contributors.name.astype(str))
    return replace(world, data=renamed(world.data, order), side=world.side[order])


def renamed(data: NotesData, order: np.ndarray) -> NotesData:
    """The same people in another order."""
    rank = np.argsort(order).astype(np.int32)
    people = data.contributors
    moved = replace(data.ratings, rater=rank[data.ratings.rater])
    return replace(
        data,
        contributors=Contributors(*(getattr(people, f.name)[order] for f in fields(people))),
        notes=replace(data.notes, author=rank[data.notes.author]),
        ratings=moved.take(np.lexsort((moved.rater, moved.note))),
    )


def renumbered(data: NotesData, order: np.ndarray) -> NotesData:
    """The same notes in another order, under other ids."""
    rank = np.argsort(order).astype(np.int32)
    notes, history_, moved = data.notes, data.history, data.ratings
    moved = replace(moved, note=rank[moved.note])
    ids = np.sort(notes.id)
    turned = {f.name: getattr(notes, f.name)[order] for f in fields(notes)} | {"id": ids}
    return replace(
        data,
        notes=NoteTable(**turned),
        history=StatusHistory(*(getattr(history_, f.name)[order] for f in fields(history_))),
        ratings=moved.take(np.lexsort((moved.rater, moved.note))),
    )


def write_files(world: TwoSides, folder: Path, *, n_shards: int = 1, seed: int | None = None):
    """The four public files; rows shuffled with a seed, ratings cut into shards."""
    folder.mkdir(parents=True, exist_ok=True)
    data, names = world.data, world.data.contributors.name
    rng = None if seed is None else np.random.default_rng(seed)
    notes, r = data.notes, data.ratings
    rows = {
        "notes": [
            _row(
                NOTES,
                noteId=notes.id[i],
                noteAuthorParticipantId=names[notes.author[i]],
                createdAtMillis=notes.created_ms[i],
                tweetId=notes.post[i],
                classification="MISINFORMED_OR_POTENTIALLY_MISLEADING",
                summary=notes.summary[i],
            )
            for i in range(len(notes))
        ],
        "ratings": [_rating(world, i) for i in range(len(r))],
        "history": [
            _row(
                HISTORY,
                noteId=notes.id[i],
                noteAuthorParticipantId=names[notes.author[i]],
                createdAtMillis=notes.created_ms[i],
                currentStatus="NEEDS_MORE_RATINGS",
                timestampMillisOfNmrDueToMinStableCrhTime=data.history.window_ms[i],
                timestampMillisOfMostRecentStatusChange=-1,
            )
            for i in range(len(notes))
        ],
        "enrollment": [
            _row(
                ENROLLMENT,
                participantId=name,
                enrollmentState="earnedIn",
                successfulRatingNeededToEarnIn=5,
                timestampOfLastStateChange=NOW_MS - 90 * DAY_MS,
                timestampOfLastEarnOut=1,
                modelingPopulation="CORE",
                modelingGroup=13,
                numberOfTimesEarnedOut=0,
            )
            for name in names
        ],
    }
    layouts = {"notes": NOTES, "ratings": RATINGS, "history": HISTORY, "enrollment": ENROLLMENT}
    for kind, lines in rows.items():
        if rng is not None:
            lines = [lines[i] for i in rng.permutation(len(lines))]
        parts = n_shards if kind == "ratings" else 1
        for part in range(parts):
            body = "\n".join(["\t".join(layouts[kind].columns), *lines[part::parts], ""])
            (folder / f"{kind}-{part}.tsv").write_text(body, encoding="utf-8")


def _rating(world: TwoSides, i: int) -> str:
    r, names = world.data.ratings, world.data.contributors.name
    tags = {tag: int(r.tags[i]) >> t & 1 for t, tag in enumerate(TAGS)}
    assert len(HELPFUL_TAGS) == 9
    return _row(
        RATINGS,
        noteId=world.data.notes.id[r.note[i]],
        raterParticipantId=names[r.rater[i]],
        createdAtMillis=r.at_ms[i],
        version=2,
        helpfulnessLevel="HELPFUL" if r.level[i] == 2 else "NOT_HELPFUL",
        ratingSourceBucketed="POPULATION_SAMPLED" if r.sampled[i] else "DEFAULT",
        **tags,
    )


def _row(layout: Layout, **cells: object) -> str:
    text = {"summary", "suggestion", "suggestionId", "helpfulnessLevel", "ratingSourceBucketed"}
    if layout is HISTORY:
        plain = dict.fromkeys(layout.columns, "")
    else:
        plain = {c: "" if c in text else "0" for c in layout.columns}
    return "\t".join(str(v) for v in (plain | cells).values())
