"""Small invented worlds for the merge: notes, ratings and what models say, all at random."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np

from stoa.bridging.evidence import Evidence
from stoa.bridging.model_outputs import ModelNotes
from stoa.bridging.note_counts import count_ratings
from stoa.bridging.run_result import (
    EXTRA_COUNTS,
    Foresight,
    Merge,
    PcrhColumns,
    RunResult,
    Spoken,
    evidence_of,
)
from stoa.bridging.scorers import Topic
from stoa.bridging.verdicts import Verdicts, Voice, gather
from stoa.note_records import (
    DAY_MS,
    HOUR_MS,
    MINUTE_MS,
    NO_GROUP,
    NO_TIME,
    Contributors,
    NotesData,
    NoteTable,
    RatingTable,
    RunTimes,
    Status,
    StatusHistory,
)

NOW_MS = 1_784_073_600_000
TIMES = RunTimes(now_ms=NOW_MS, previous_cutoff_ms=NOW_MS - 2 * HOUR_MS, wall_ms=NOW_MS)
NMR, CRH = Status.NEEDS_MORE_RATINGS, Status.CURRENTLY_RATED_HELPFUL
CRNH, NYH = Status.CURRENTLY_RATED_NOT_HELPFUL, Status.NEEDS_YOUR_HELP
FR, NONE = Status.FIRM_REJECT, Status.NONE


@dataclass(frozen=True)
class World:
    data: NotesData
    verdicts: Verdicts
    foresight: Foresight

    @property
    def spoken(self) -> Spoken:
        return Spoken(
            ratings=self.data.ratings,
            verdicts=self.verdicts,
            raters=(),
            foresight=self.foresight,
            clustered=np.zeros(len(self.data.contributors), dtype=bool),
            rule_names=("A (v1.0)", "B (v1.0)"),
        )

    @property
    def evidence(self) -> Evidence:
        counts = count_ratings(self.data.ratings, len(self.data.notes), NOW_MS)
        return evidence_of(self.data.history, self.spoken, counts, NOW_MS)

    def run(self, **merge) -> RunResult:
        return Merge(**merge).run(self.data, self.spoken, TIMES)


def world(seed: int = 0, n_notes: int = 60, n_raters: int = 25, n_ratings: int = 600) -> World:
    rng = np.random.default_rng(seed)
    notes = note_table(rng, n_notes, n_raters)
    data = NotesData(
        contributors=contributors(rng, n_raters),
        notes=notes,
        history=history(rng, notes),
        ratings=ratings(rng, notes, n_raters, n_ratings),
    )
    return World(data, verdicts(rng, n_notes), foresight(rng, n_notes))


def note_table(rng, n_notes: int, n_raters: int) -> NoteTable:
    age_ms = rng.choice([HOUR_MS, 2 * DAY_MS, 10 * DAY_MS, 16 * DAY_MS, 30 * DAY_MS], n_notes)
    created_ms = NOW_MS - age_ms - rng.permutation(n_notes)
    created_ms[rng.random(n_notes) < 0.1] -= 1600 * DAY_MS
    created_ms = np.sort(created_ms)
    return NoteTable(
        id=np.arange(n_notes, dtype=np.int64) * 7 + 1000,
        author=rng.integers(0, max(n_raters // 2, 1), n_notes).astype(np.int32),
        created_ms=created_ms,
        post=rng.integers(0, 9, n_notes),
        classification=rng.integers(0, 3, n_notes).astype(np.int8),
        summary=np.full(n_notes, "", dtype=object),
    )


def ratings(rng, notes: NoteTable, n_raters: int, n_ratings: int) -> RatingTable:
    n_pairs = len(notes) * n_raters
    pair = np.sort(rng.choice(n_pairs, size=min(n_ratings, n_pairs), replace=False))
    note, rater = (pair // max(n_raters, 1)).astype(np.int32), (pair % max(n_raters, 1))
    after_ms = rng.integers(0, 60 * HOUR_MS, len(pair))
    return RatingTable(
        note=note,
        rater=rater.astype(np.int32),
        at_ms=notes.created_ms[note] + after_ms,
        level=rng.integers(0, 3, len(pair)).astype(np.int8),
        tags=rng.integers(0, 1 << 22, len(pair)).astype(np.uint32)
        & rng.integers(0, 1 << 22, len(pair)).astype(np.uint32),
        sampled=rng.random(len(pair)) < 0.3,
    )


def contributors(rng, n: int) -> Contributors:
    enrolled = rng.random(n) < 0.85
    return Contributors(
        name=np.array([f"person{i:05}" for i in range(n)], dtype=object),
        enrolled=enrolled,
        state=np.where(enrolled, rng.integers(0, 9, n), 4).astype(np.int8),
        needed=np.where(enrolled, rng.integers(-3, 8, n), 5),
        changed_ms=np.where(enrolled, NOW_MS - DAY_MS, NO_TIME),
        earned_out_ms=np.where(enrolled & (rng.random(n) < 0.2), NOW_MS - 12 * DAY_MS, 1),
        group=np.where(enrolled, rng.integers(0, 15, n), NO_GROUP).astype(np.int16),
        times_earned_out=np.where(enrolled, rng.integers(0, 3, n), 0),
    )


def empty_history(n: int) -> StatusHistory:
    """What stands for notes that no run has seen yet."""
    blank = {
        "known": np.zeros(n, dtype=bool),
        "decided_by": np.full(n, "", dtype=object),
        "group": np.full(n, NO_GROUP, dtype=np.int16),
        "multi_group": np.full(n, NO_GROUP, dtype=np.int16),
    }
    for f in fields(StatusHistory):
        missing = NO_TIME if f.name.endswith(("_ms", "_minute")) else 0
        blank.setdefault(f.name, np.full(n, missing, dtype=np.int64 if missing else np.int8))
    return StatusHistory(**blank)


def history(rng, notes: NoteTable) -> StatusHistory:
    n = len(notes)
    blank = empty_history(n)
    known = rng.random(n) < 0.9
    shown = rng.choice([NONE, CRH, CRNH], n) * known
    locked = rng.choice([NONE, NONE, NONE, NMR, CRH, CRNH], n) * known
    window = rng.choice(
        [NO_TIME, -1, *(NOW_MS - minutes * MINUTE_MS for minutes in (10, 45, 70, 400))],
        n,
    )
    return replace(
        blank,
        known=known,
        current=(rng.choice([NMR, CRH, CRNH], n) * known).astype(np.int8),
        current_ms=np.where(known, NOW_MS - rng.choice([HOUR_MS // 2, 2 * DAY_MS], n), NO_TIME),
        first_status=shown.astype(np.int8),
        first_status_ms=np.where(shown > 0, notes.created_ms + 5 * HOUR_MS, NO_TIME),
        latest_status=shown.astype(np.int8),
        latest_status_ms=np.where(shown > 0, notes.created_ms + 20 * HOUR_MS, NO_TIME),
        locked=locked.astype(np.int8),
        locked_ms=np.where(locked > 0, NOW_MS - DAY_MS, NO_TIME),
        changed_ms=rng.choice([NO_TIME, -1, NOW_MS - HOUR_MS // 2, NOW_MS - 5 * DAY_MS], n),
        window_ms=np.where(known, window, NO_TIME),
        decided_by=rng.choice(["", "CoreModel (v1.1)", "TopicModel01 (v1.0)"], n).astype(object),
    )


def model(n: int, **columns) -> ModelNotes:
    """A model's columns; what is not given is missing."""
    nothing = np.full(n, np.nan, dtype=np.float32)
    blank = {
        "scorer": "",
        "status": np.zeros(n, dtype=np.int8),
        "active_rules": np.zeros(n, dtype=np.uint32),
        "filter_tags": np.zeros(n, dtype=np.uint16),
        "extra": {},
    }
    for f in fields(ModelNotes):
        blank.setdefault(f.name, nothing)
    return ModelNotes(**(blank | columns))


def random_model(rng, n: int, kinds, coverage: float = 0.7, rows=None) -> ModelNotes:
    speaks = rng.random(n) < coverage
    if rows is not None:
        speaks &= rows

    def number(low: float, high: float):
        return np.where(speaks, rng.uniform(low, high, n), np.nan).astype(np.float32)

    return model(
        n,
        status=np.where(speaks, rng.choice(kinds, n), NONE).astype(np.int8),
        intercept=number(0.15, 0.55),
        factor=number(-1.2, 1.2),
        population_sampled=np.where(rng.random(n) < 0.7, number(0.0, 0.6), np.float32(np.nan)),
        active_rules=np.where(speaks, rng.integers(0, 4, n), 0).astype(np.uint32),
        extra={name: np.where(speaks, rng.integers(0, 9, n), np.nan) for name in EXTRA_COUNTS},
    )


def verdicts(rng, n: int) -> Verdicts:
    wide, plain = [NMR, CRH, CRNH, NYH, FR], [NMR, CRH, CRNH, NYH]
    voices = [
        Voice("core", random_model(rng, n, wide, 0.5)),
        Voice("coreWithTopics", random_model(rng, n, plain)),
        Voice("expansion", random_model(rng, n, wide)),
        Voice("expansionPlus", random_model(rng, n, plain, 0.9)),
        Voice("gaussian", random_model(rng, n, [NMR, CRH, CRNH, NYH], 0.5)),
        Voice("gaussianCoreWithTopics", random_model(rng, n, [NMR, CRH, CRNH], 0.5)),
    ]
    for prefix, numbers in (
        ("group", (1, 4, 6, 13, 14, 15, 18, 33)),
        ("multiGroup", (1,)),
        ("topic", tuple(Topic)[1:]),
    ):
        which = rng.integers(0, len(numbers) + 1, n)
        for place, number in enumerate(numbers):
            part = random_model(rng, n, plain, 0.95, which == place)
            voices.append(Voice(prefix, part, int(number)))
    return gather(voices, n, rng.integers(0, 2, n).astype(np.int8))


def foresight(rng, n: int) -> Foresight:
    flips = np.where(rng.random(n) < 0.7, rng.random(n), np.nan)
    return Foresight(
        stays_crh=flips < 0.5,
        flip_probability=flips,
        above_pcrh_ms=rng.choice([NO_TIME, NOW_MS - HOUR_MS, NOW_MS - DAY_MS, 5 - NOW_MS], n),
        pcrh=PcrhColumns.empty(n),
    )


def reordered(table, rows):
    """A record of columns with its rows in another order; what is no column stays."""
    changed = {
        f.name: getattr(table, f.name)[rows]
        for f in fields(table)
        if isinstance(getattr(table, f.name), np.ndarray)
    }
    return replace(table, **changed)


def shuffled_notes(old: World, order: np.ndarray) -> World:
    """The same world with its notes in another order."""
    rank = np.argsort(order).astype(np.int32)
    data = old.data
    moved = replace(data.ratings, note=rank[data.ratings.note])
    v = old.verdicts
    models = {
        p: replace(reordered(m, order), extra={k: c[order] for k, c in m.extra.items()})
        for p, m in v.models.items()
    }
    return World(
        replace(
            data,
            notes=reordered(data.notes, order),
            history=reordered(data.history, order),
            ratings=moved.take(np.lexsort((moved.rater, moved.note))),
        ),
        replace(reordered(v, order), models=models),
        replace(reordered(old.foresight, order), pcrh=reordered(old.foresight.pcrh, order)),
    )


def renamed_raters(old: World, order: np.ndarray) -> World:
    """The same world with other names, so that contributors sort in another order."""
    rank = np.argsort(order).astype(np.int32)
    data = old.data
    moved = replace(data.ratings, rater=rank[data.ratings.rater])
    return replace(
        old,
        data=replace(
            data,
            contributors=reordered(data.contributors, order),
            notes=replace(data.notes, author=rank[data.notes.author]),
            ratings=moved.take(np.lexsort((moved.rater, moved.note))),
        ),
    )
