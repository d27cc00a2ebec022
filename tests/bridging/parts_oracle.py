"""The published scorer's inputs and outputs as tables, read with a few lines of pyarrow."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from stoa.bridging.reputation import Reputation
from stoa.bridging.scorers import CORE_GROUPS, COVERAGE_GROUPS, EXPANSION_GROUPS
from stoa.note_records import (
    NO_GROUP,
    NO_TIME,
    TAGS,
    Classification,
    Contributors,
    NoteTable,
    RatingTable,
    Status,
)

NAME = "notes-oracle-1500-s1"
TEXT = ("raterParticipantId", "noteAuthorParticipantId", "participantId", "summary", "scorerName")
STATUSES = {status.name: status for status in Status} | {"": Status.NONE}
HISTORY_START_MS = 1_652_918_400_000
NOT_MISLEADING_START_MS = 1_664_755_200_000


def read(path: Path) -> pa.Table:
    """A tab-separated file; noteId stays an integer and every id of a person a text."""
    types = dict.fromkeys(TEXT, pa.string()) | {"noteId": pa.int64()}
    return csv.read_csv(
        path,
        parse_options=csv.ParseOptions(delimiter="\t", quote_char=False),
        convert_options=csv.ConvertOptions(column_types=types, strings_can_be_null=False),
    )


def number(table: pa.Table, name: str) -> np.ndarray:
    """A column as float64, NaN where empty."""
    column = table[name]
    if pa.types.is_null(column.type):
        return np.full(len(table), np.nan)
    if pa.types.is_boolean(column.type):
        column = column.cast(pa.int8())
    if pa.types.is_string(column.type):
        codes = {"": None, "True": 1.0, "False": 0.0}
        column = pa.array([codes[x] if x in codes else float(x) for x in column.to_pylist()])
    return column.cast(pa.float64()).to_numpy(zero_copy_only=False)


def text(table: pa.Table, name: str) -> np.ndarray:
    if pa.types.is_null(table[name].type):
        return np.full(len(table), "", dtype=object)
    return np.array(["" if x is None else str(x) for x in table[name].to_pylist()], dtype=object)


def statuses(names: np.ndarray) -> np.ndarray:
    return np.array([STATUSES[name] for name in names], dtype=np.int8)


@dataclass(frozen=True)
class Scored:
    """One model's prescoring, laid out over all raters and all notes; NaN where it has no row."""

    raters: dict[str, np.ndarray]
    notes: dict[str, np.ndarray]
    meta: dict

    @property
    def loss_ratio(self) -> tuple[float, float]:
        n_ratings = self.meta["finalRoundNumRatings"]
        n_notes, n_raters = self.meta["finalRoundNumNotes"], self.meta["finalRoundNumUsers"]
        return n_ratings / n_notes, n_ratings / n_raters

    @property
    def diligence_globals(self) -> tuple[float, float, float]:
        values = self.meta["lowDiligenceGlobalIntercept"]
        return values["firstRound"], values["secondRound"], values["finalRound"]


class Oracle:
    """Inputs in canonical order and the published scorer's outputs row by row with them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        tables = {
            n: read(folder / "input" / f"{n}-00000.tsv.gz")
            for n in ("notes", "ratings", "noteStatusHistory", "userEnrollment")
        }
        self._read_people(tables)
        self._read_notes(tables["notes"], tables["noteStatusHistory"])
        self._read_ratings(tables["ratings"])

    def _read_people(self, tables: dict[str, pa.Table]) -> None:
        columns = (
            tables["notes"]["noteAuthorParticipantId"],
            tables["noteStatusHistory"]["noteAuthorParticipantId"],
            tables["ratings"]["raterParticipantId"],
            tables["userEnrollment"]["participantId"],
        )
        names = pc.unique(pa.chunked_array([c for column in columns for c in column.chunks]))
        self.names = names.take(pc.sort_indices(names))
        n = len(self.names)
        enrollment = tables["userEnrollment"]
        row = self.people(enrollment["participantId"])
        enrolled = np.zeros(n, dtype=bool)
        group = np.full(n, NO_GROUP, dtype=np.int16)
        enrolled[row] = True
        groups = number(enrollment, "modelingGroup")
        group[row] = np.where(np.isnan(groups), NO_GROUP, groups)
        zeros = np.zeros(n, dtype=np.int64)
        self.contributors = Contributors(
            name=np.array(self.names.to_pylist(), dtype=object),
            enrolled=enrolled,
            state=zeros.astype(np.int8),
            needed=zeros,
            changed_ms=zeros,
            earned_out_ms=zeros,
            group=group,
            times_earned_out=zeros,
        )

    def people(self, column: pa.ChunkedArray) -> np.ndarray:
        return pc.index_in(column, value_set=self.names).to_numpy().astype(np.int32)

    def _read_notes(self, notes: pa.Table, history: pa.Table) -> None:
        """Every note of either file: the history first, then what the notes file adds."""
        ids = np.union1d(history["noteId"].to_numpy(), notes["noteId"].to_numpy())
        created = np.zeros(len(ids), dtype=np.int64)
        author = np.zeros(len(ids), dtype=np.int32)
        for table in (history, notes):
            rows = np.searchsorted(ids, table["noteId"].to_numpy())
            created[rows] = table["createdAtMillis"].to_numpy()
            author[rows] = self.people(table["noteAuthorParticipantId"])
        kind = np.full(len(ids), Classification.DELETED, dtype=np.int8)
        kind[rows] = np.where(
            text(notes, "classification") == "NOT_MISLEADING",
            Classification.NOT_MISLEADING,
            Classification.MISLEADING,
        )
        self.notes = NoteTable(
            id=ids,
            author=author,
            created_ms=created,
            post=np.full(len(ids), -1, dtype=np.int64),
            classification=kind,
            summary=np.full(len(ids), "", dtype=object),
        )
        times = number(history, "timestampMillisOfLatestNonNMRStatus")
        self.latest_status_ms = np.full(len(ids), NO_TIME, dtype=np.int64)
        rows = self.note_rows(history["noteId"].to_numpy())
        self.latest_status_ms[rows] = np.where(np.isnan(times), NO_TIME, times)

    def note_rows(self, ids: np.ndarray) -> np.ndarray:
        return np.searchsorted(self.notes.id, ids)

    def _read_ratings(self, table: pa.Table) -> None:
        table = table.group_by(table.column_names).aggregate([])
        levels = {"NOT_HELPFUL": 0, "SOMEWHAT_HELPFUL": 1, "HELPFUL": 2, "": -1}
        level = np.array([levels[x] for x in text(table, "helpfulnessLevel")], dtype=np.int8)
        old = np.where(number(table, "helpful") == 1, 2, -1)
        old = np.where(number(table, "notHelpful") == 1, 0, old)
        level = np.where(level >= 0, level, old).astype(np.int8)
        tags = np.zeros(len(table), dtype=np.uint32)
        for bit, name in enumerate(TAGS):
            tags |= (number(table, name) == 1).astype(np.uint32) << np.uint32(bit)
        ratings = RatingTable(
            note=self.note_rows(table["noteId"].to_numpy()).astype(np.int32),
            rater=self.people(table["raterParticipantId"]),
            at_ms=table["createdAtMillis"].to_numpy(),
            level=level,
            tags=tags,
            sampled=text(table, "ratingSourceBucketed") == "POPULATION_SAMPLED",
        )
        kind, created = self.notes.classification, self.notes.created_ms
        usable = (kind != Classification.NOT_MISLEADING) | (created > NOT_MISLEADING_START_MS)
        ratings = ratings.take((level >= 0) & usable[ratings.note])
        self.ratings = ratings.take(np.lexsort((ratings.rater, ratings.note)))

    def output(self, name: str) -> pa.Table:
        return read(self.folder / "output" / f"{name}.tsv.gz")

    @cached_property
    def scored(self) -> pa.Table:
        """scored_notes, row by row with `notes`."""
        table = self.output("scored_notes")
        return table.take(np.argsort(table["noteId"].to_numpy()))

    @cached_property
    def aux(self) -> pa.Table:
        """aux_note_info, row by row with `notes`."""
        table = self.output("aux_note_info")
        return table.take(np.argsort(table["noteId"].to_numpy()))

    @cached_property
    def _prescored(self) -> tuple[pa.Table, pa.Table, dict]:
        where = self.folder / "prescoring"
        meta = json.loads((where / "meta.json").read_text())["metaScorerOutput"]
        return (
            read(where / "prescoring_rater_model_output.tsv.gz"),
            read(where / "prescoring_note_model_output.tsv.gz"),
            meta,
        )

    def prescored(self, scorer: str) -> Scored:
        raters, notes, meta = self._prescored
        raters = raters.filter(pc.equal(raters["scorerName"], scorer))
        notes = notes.filter(pc.equal(notes["scorerName"], scorer))
        rater_row = self.people(raters["raterParticipantId"])
        note_row = self.note_rows(notes["noteId"].to_numpy())

        def spread(table: pa.Table, rows: np.ndarray, n: int) -> dict[str, np.ndarray]:
            columns = {}
            for name in table.column_names:
                if name.endswith("Id") or name == "scorerName":
                    continue
                columns[name] = np.full(n, np.nan)
                columns[name][rows] = number(table, name)
            return columns

        return Scored(
            spread(raters, rater_row, len(self.contributors)),
            spread(notes, note_row, len(self.notes)),
            meta[scorer],
        )

    @cached_property
    def suspects(self) -> tuple[np.ndarray, np.ndarray]:
        """(postSelectionValue, quasiCliqueValue) of every rater, NaN outside."""
        raters = self._prescored[0]
        rows = self.people(raters["raterParticipantId"])
        found = []
        for name in ("postSelectionValue", "quasiCliqueValue"):
            whole, values = np.full(len(self.contributors), np.nan), number(raters, name)
            known = ~np.isnan(values)
            whole[rows[known]] = values[known]
            found.append(whole)
        return found[0], found[1]

    def _without_duplicates(self, value: np.ndarray) -> RatingTable:
        """Section 4.3: of raters who move as one, the earliest rating of a note stays."""
        table = self.ratings
        own = value[table.rater] == value[self.notes.author[table.note]]
        table = table.take(~own)
        grouped = np.flatnonzero(~np.isnan(value[table.rater]))
        keys = (table.at_ms[grouped], value[table.rater[grouped]], table.note[grouped])
        order = grouped[np.lexsort(keys)]
        pair = np.stack((table.note[order], value[table.rater[order]]))
        later = np.zeros(len(table), dtype=bool)
        later[order[1:]] = (pair[:, 1:] == pair[:, :-1]).all(axis=0)
        return table.take(~later)

    @cached_property
    def prescoring_ratings(self) -> RatingTable:
        return self._without_duplicates(self.suspects[0])

    @cached_property
    def final_ratings(self) -> RatingTable:
        both = np.where(np.isnan(self.suspects[1]), np.nan, self.suspects[0])
        return self._without_duplicates(both)

    def _groups(self, scorer: str) -> tuple[frozenset[int] | None, bool]:
        if scorer.startswith(("MFCore", "Reputation")):
            return CORE_GROUPS, True
        if scorer.startswith("Gaussian"):
            return COVERAGE_GROUPS, True
        if scorer == "MFExpansionScorer":
            return CORE_GROUPS | EXPANSION_GROUPS, True
        if scorer == "MFMultiGroupScorer_1":
            return frozenset({4, 5, 7, 12, 26}), False
        if scorer.startswith("MFGroupScorer"):
            return frozenset({int(scorer.split("_")[1])}), False
        return None, True

    def of_scorer(self, scorer: str, final: bool = False) -> RatingTable:
        """The ratings that reach one model (spec 12.1)."""
        table = self.final_ratings if final else self.prescoring_ratings
        groups, unassigned = self._groups(scorer)
        if groups is not None:
            inside = np.isin(self.contributors.group, sorted(groups))
            inside |= (~self.contributors.enrolled) & unassigned
            table = table.take(inside[table.rater])
        topic = text(self.scored, "noteTopic")
        if scorer in ("MFCoreScorer", "GaussianScorer"):
            table = table.take((topic == "")[table.note])
        if scorer.startswith("MFTopicScorer"):
            table = table.take((topic == scorer.split("_")[1])[table.note])
        return table

    def final_round(self, scorer: str, params: Scored, final: bool = False) -> RatingTable:
        """The ratings of the last fit of prescoring, or of final scoring."""
        table = self.of_scorer(scorer, final)
        if final:
            table = table.take(np.bincount(table.note, minlength=len(self.notes))[table.note] >= 5)
            known = ~np.isnan(params.raters["internalRaterIntercept"])
        else:
            table = filter_ratings(table, 10, 5)
            known = np.ones(len(self.contributors), dtype=bool)
        if not scorer.startswith("MFTopic"):
            known &= params.raters["aboveHelpfulnessThreshold"] == 1
        return table.take(known[table.rater])


def filter_ratings(table: RatingTable, per_rater: int, per_note: int) -> RatingTable:
    """Notes, then raters, then notes again (spec 3)."""
    for column, least in (("note", per_note), ("rater", per_rater), ("note", per_note)):
        rows = getattr(table, column)
        table = table.take((np.bincount(rows) >= least)[rows] if len(rows) else slice(0))
    return table


def learned_diligence(scored: Scored) -> Reputation:
    """The diligence parameters that the published prescoring handed on."""
    raters, notes = scored.raters, scored.notes
    prefix = "lowDiligence"

    def column(table: dict[str, np.ndarray], name: str) -> np.ndarray:
        return table[prefix + name].astype(np.float32)

    return Reputation(
        note_factor=column(notes, "NoteFactor1"),
        note_intercept=column(notes, "NoteIntercept"),
        note_intercept_round2=column(notes, "NoteInterceptRound2"),
        rater_factor=column(raters, "RaterFactor1"),
        rater_intercept=column(raters, "RaterIntercept"),
        rater_intercept_round2=column(raters, "RaterInterceptRound2"),
        reputation=column(raters, "RaterReputation"),
        globals=scored.diligence_globals,
    )


def learned_coverage(scored: Scored) -> Reputation:
    """The coverage parameters of the published prescoring, kept under the names of others."""
    raters, notes = scored.raters, scored.notes
    return Reputation(
        note_factor=notes["internalNoteFactor1"].astype(np.float32),
        note_intercept=notes["internalNoteIntercept"].astype(np.float32),
        note_intercept_round2=notes["lowDiligenceNoteInterceptRound2"].astype(np.float32),
        rater_factor=raters["internalRaterFactor1"].astype(np.float32),
        rater_intercept=raters["internalRaterIntercept"].astype(np.float32),
        rater_intercept_round2=raters["lowDiligenceRaterInterceptRound2"].astype(np.float32),
        reputation=raters["internalRaterReputation"].astype(np.float32),
        globals=scored.diligence_globals,
    )
