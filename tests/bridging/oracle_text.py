"""The published scorer's run, as the tables that topics, flips and early looks take.

Read with plain pyarrow: the file reader has tests of its own.
"""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pc
import pytest

from stoa.note_records import (
    CLASSIFICATION_NAMES,
    NO_GROUP,
    NO_POST,
    NO_TIME,
    TAGS,
    Classification,
    Contributors,
    Enrollment,
    NoteTable,
    RatingTable,
    Status,
    StatusHistory,
)

NOW_MS = 1_784_073_600_000
TEXT = {"participantId", "noteAuthorParticipantId", "raterParticipantId", "summary"}


def read(path: Path) -> pa.Table:
    return pc.read_csv(
        path,
        parse_options=pc.ParseOptions(delimiter="\t", quote_char=False),
        convert_options=pc.ConvertOptions(
            column_types=dict.fromkeys(TEXT, pa.string()), strings_can_be_null=False
        ),
    )


def times(column: pa.ChunkedArray) -> np.ndarray:
    return column.cast(pa.int64()).fill_null(NO_TIME).to_numpy()


def floats(column: pa.ChunkedArray) -> np.ndarray:
    return column.cast(pa.float64()).fill_null(np.nan).to_numpy(zero_copy_only=False)


def statuses(column: pa.ChunkedArray) -> np.ndarray:
    code = {"": 0, **{status.name: status.value for status in Status}}
    return np.array([code[name or ""] for name in column.to_pylist()], dtype=np.int8)


@dataclass(frozen=True)
class Oracle:
    folder: Path

    def raw(self, name: str) -> pa.Table:
        return read(self.folder / f"{name}.tsv.gz")

    @cached_property
    def files(self) -> dict[str, pa.Table]:
        names = ("notes", "ratings", "noteStatusHistory", "userEnrollment")
        return {name: self.raw(f"input/{name}-00000") for name in names}

    @cached_property
    def contributors(self) -> Contributors:
        people = self.files["userEnrollment"]
        named = {
            *people["participantId"].to_pylist(),
            *self.files["notes"]["noteAuthorParticipantId"].to_pylist(),
            *self.files["noteStatusHistory"]["noteAuthorParticipantId"].to_pylist(),
            *self.files["ratings"]["raterParticipantId"].to_pylist(),
        }
        name = np.array(sorted(named), dtype=object)
        n = len(name)
        row = np.searchsorted(name.astype(str), people["participantId"].to_numpy().astype(str))
        group = np.full(n, NO_GROUP, dtype=np.int16)
        group[row] = people["modelingGroup"].cast(pa.float64()).fill_null(NO_GROUP).to_numpy()
        enrolled = np.zeros(n, dtype=bool)
        enrolled[row] = True
        return Contributors(
            name=name,
            enrolled=enrolled,
            state=np.full(n, Enrollment.NEW_USER, dtype=np.int8),
            needed=np.full(n, 5, dtype=np.int64),
            changed_ms=np.full(n, NO_TIME),
            earned_out_ms=np.ones(n, dtype=np.int64),
            group=group,
            times_earned_out=np.zeros(n, dtype=np.int64),
        )

    def people(self, column: pa.ChunkedArray) -> np.ndarray:
        row = {name: i for i, name in enumerate(self.contributors.name)}
        return np.array([row[name] for name in column.to_pylist()], dtype=np.int32)

    @cached_property
    def note_id(self) -> np.ndarray:
        both = [self.files[f]["noteId"].to_numpy() for f in ("notes", "noteStatusHistory")]
        return np.unique(np.concatenate(both))

    @cached_property
    def notes(self) -> NoteTable:
        n = len(self.note_id)
        table = NoteTable(
            id=self.note_id,
            author=np.zeros(n, dtype=np.int32),
            created_ms=np.full(n, NO_TIME),
            post=np.full(n, NO_POST),
            classification=np.zeros(n, dtype=np.int8),
            summary=np.full(n, "", dtype=object),
        )
        for name in ("noteStatusHistory", "notes"):
            file = self.files[name]
            row = np.searchsorted(self.note_id, file["noteId"].to_numpy())
            table.author[row] = self.people(file["noteAuthorParticipantId"])
            table.created_ms[row] = times(file["createdAtMillis"])
        table.post[row] = times(file["tweetId"])
        code = {text: kind.value for kind, text in CLASSIFICATION_NAMES.items()}
        code[""] = Classification.DELETED.value
        table.classification[row] = [code[text] for text in file["classification"].to_pylist()]
        table.summary[row] = np.array(file["summary"].to_pylist(), dtype=object)
        return table

    @cached_property
    def history(self) -> StatusHistory:
        file = self.files["noteStatusHistory"]
        n = len(self.note_id)
        row = np.searchsorted(self.note_id, file["noteId"].to_numpy())

        def lay(values, empty, dtype):
            whole = np.full(n, empty, dtype=dtype)
            whole[row] = values
            return whole

        def time(name):
            return lay(times(file[name]), NO_TIME, np.int64)

        def status(name):
            return lay(statuses(file[name]), 0, np.int8)

        blank = np.zeros(n, dtype=np.int8)
        none = np.full(n, NO_TIME)
        decided = np.array(file["currentDecidedBy"].to_pylist(), dtype=object)
        return StatusHistory(
            known=lay(True, False, bool),
            first_status_ms=time("timestampMillisOfFirstNonNMRStatus"),
            first_status=status("firstNonNMRStatus"),
            current_ms=time("timestampMillisOfCurrentStatus"),
            current=status("currentStatus"),
            latest_status_ms=time("timestampMillisOfLatestNonNMRStatus"),
            latest_status=status("mostRecentNonNMRStatus"),
            locked_ms=time("timestampMillisOfStatusLock"),
            locked=status("lockedStatus"),
            retro_lock_ms=none,
            core=blank,
            expansion=blank,
            group_status=blank,
            decided_by=lay(decided, "", object),
            group=blank.astype(np.int16),
            changed_ms=none,
            window_ms=time("timestampMillisOfNmrDueToMinStableCrhTime"),
            multi_group_status=blank,
            multi_group=blank.astype(np.int16),
            final_output_minute=none,
            first_window_ms=time("timestampMillisOfFirstNmrDueToMinStableCrhTime"),
            above_pcrh_ms=time("abovePcrhThresholdTime"),
        )

    @cached_property
    def ratings(self) -> RatingTable:
        """Ratings that preprocessing keeps (spec 3), by (note, rater)."""
        file = self.files["ratings"]
        level = np.array(
            [
                {"NOT_HELPFUL": 0, "SOMEWHAT_HELPFUL": 1, "HELPFUL": 2}.get(text, -1)
                for text in file["helpfulnessLevel"].to_pylist()
            ]
        )
        helpful, bad = file["helpful"].to_numpy(), file["notHelpful"].to_numpy()
        level = np.where(level >= 0, level, np.where(bad == 1, 0, np.where(helpful == 1, 2, -1)))
        tags = np.zeros(len(file), dtype=np.uint32)
        for bit, tag in enumerate(TAGS):
            tags |= file[tag].to_numpy().astype(np.uint32) << np.uint32(bit)
        table = RatingTable(
            note=np.searchsorted(self.note_id, file["noteId"].to_numpy()).astype(np.int32),
            rater=self.people(file["raterParticipantId"]),
            at_ms=times(file["createdAtMillis"]),
            level=level.astype(np.int8),
            tags=tags,
            sampled=np.zeros(len(file), dtype=bool),
        )
        kind = self.notes.classification[table.note]
        late = self.notes.created_ms[table.note] > 1_664_755_200_000
        deleted = (kind == Classification.DELETED) & self.history.known[table.note]
        kept = (kind == Classification.MISLEADING) | deleted
        kept |= (kind == Classification.NOT_MISLEADING) & late
        table = table.take(kept & (table.level >= 0))
        pair = table.note.astype(np.int64) * len(self.contributors) + table.rater
        return table.take(np.unique(pair, return_index=True)[1])

    @cached_property
    def raters_out(self) -> pa.Table:
        return self.raw("prescoring/prescoring_rater_model_output")

    def factor(self, scorer: str, column: str = "internalRaterFactor1") -> np.ndarray:
        """One model's rater factors over `Contributors`, NaN where it has none."""
        table = self.raters_out
        rows = np.flatnonzero(np.array(table["scorerName"].to_pylist()) == scorer)
        whole = np.full(len(self.contributors), np.nan, dtype=np.float32)
        if len(rows):
            who = self.people(table["raterParticipantId"].take(pa.array(rows)))
            whole[who] = floats(table[column])[rows]
        return whole

    def unlinked(self, *, both: bool) -> RatingTable:
        """Ratings after post selection similarity (spec 4.3)."""
        value = floats(self.raters_out["postSelectionValue"])
        known = np.isfinite(value)
        if both:
            known &= np.isfinite(floats(self.raters_out["quasiCliqueValue"]))
        rows = np.flatnonzero(known)
        group = np.full(len(self.contributors), np.nan)
        group[self.people(self.raters_out["raterParticipantId"].take(pa.array(rows)))] = value[rows]
        table = self.ratings
        mine, authors = group[table.rater], group[self.notes.author[table.note]]
        order = np.lexsort((table.at_ms, table.note))
        seen: set[tuple[int, float]] = set()
        kept = np.isnan(mine)
        for row in order[np.isfinite(mine[order])]:
            pair = (int(table.note[row]), float(mine[row]))
            if mine[row] != authors[row] and pair not in seen:
                seen.add(pair)
                kept[row] = True
        return table.take(kept)

    def output(self, name: str, column: str) -> list:
        """A column of an output file, in the order of `notes`."""
        table = self.raw(f"output/{name}")
        order = np.argsort(table["noteId"].to_numpy())
        return table[column].take(pa.array(order)).to_pylist()


_READ: dict[Path, Oracle] = {}


def oracle(shared_data: Path) -> Oracle:
    """The oracle's run, read once for all tests; skips where it is absent."""
    folder = shared_data / "notes-oracle-1500-s1"
    if not folder.is_dir():
        pytest.skip(f"no scored notes at {folder}")
    return _READ.setdefault(folder, Oracle(folder))
