"""Reads what the published scorer was given and what it answered, for comparison with ours.

Only what fits need: ratings after preprocessing and after coordinated raters were merged (spec 3
and 4.3, with the published scorer's own table of coordinated raters), and its parameters.
"""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as csv

HARASSMENT = "notHelpfulSpamHarassmentOrAbuse"
TAGS_CHANGED_MS = 1_639_699_200_000
NOT_MISLEADING_FROM_MS = 1_664_755_200_000
TOPICS = ("Unassigned", "UkraineConflict", "GazaConflict", "MessiRonaldo", "Scams")


@dataclass(frozen=True)
class Ratings:
    """Columns of equal length; notes and raters are ranks of their ids."""

    note: np.ndarray
    rater: np.ndarray
    helpful: np.ndarray
    at_ms: np.ndarray
    harassed: np.ndarray  # carries the harassment tag
    other: np.ndarray  # carries notHelpfulOther
    new_form: np.ndarray  # has a helpfulnessLevel

    def take(self, keep) -> Ratings:
        return Ratings(*(getattr(self, name)[keep] for name in self.__dataclass_fields__))

    def filtered(self, per_rater: int = 10, per_note: int = 5) -> Ratings:
        """`filter_ratings` of spec 3."""
        kept = self
        for column, least in (("note", per_note), ("rater", per_rater), ("note", per_note)):
            ids = getattr(kept, column)
            kept = kept.take(np.bincount(ids)[ids] >= least)
        return kept

    @property
    def seeds(self) -> np.ndarray:
        """What stands for a rating whatever its ids are: when it was made, and what it says."""
        return self.at_ms.astype(np.uint64) * np.uint64(4) + (2 * self.helpful).astype(np.uint64)


@dataclass(frozen=True)
class ModelParameters:
    """One published model's parameters over all notes and raters; NaN where it has none."""

    mu: float
    note_intercept: np.ndarray
    note_factor: np.ndarray
    rater_intercept: np.ndarray
    rater_factor: np.ndarray
    first_rater_intercept: np.ndarray
    first_rater_factor: np.ndarray
    above_threshold: np.ndarray
    helpful_at_first: np.ndarray  # above the threshold before any harassment penalty
    harassment_intercept: np.ndarray
    penalty: np.ndarray
    n_ratings: int
    n_notes: int


def read(path: Path, **types: pa.DataType) -> pa.Table:
    with gzip.open(path) as file:
        return csv.read_csv(
            file,
            parse_options=csv.ParseOptions(delimiter="\t", quote_char=False),
            convert_options=csv.ConvertOptions(column_types=types, strings_can_be_null=True),
        )


def numbers(table: pa.Table, name: str) -> np.ndarray:
    return table[name].cast(pa.float64()).to_numpy()


@dataclass(frozen=True, eq=False)
class Oracle:
    """The folder, read once; ids are ranks of sorted note and participant ids."""

    folder: Path
    note_ids: np.ndarray
    rater_ids: np.ndarray
    group: np.ndarray  # by rater; -1 where not enrolled
    topic: np.ndarray  # by note: name or ""
    ratings: Ratings  # as prescoring sees them
    final: Ratings  # as final scoring sees them
    scored: pa.Table

    @cache  # noqa: B019 - one oracle a session
    def model(self, name: str) -> ModelParameters:
        folder = self.folder / "prescoring"
        notes = read(folder / "prescoring_note_model_output.tsv.gz", noteId=pa.int64())
        raters = read(folder / "prescoring_rater_model_output.tsv.gz")
        meta = json.loads((folder / "meta.json").read_text())["metaScorerOutput"][name]
        notes = notes.filter(pa.compute.equal(notes["scorerName"], name))
        raters = raters.filter(pa.compute.equal(raters["scorerName"], name))
        note = np.searchsorted(self.note_ids, notes["noteId"].to_numpy())
        rater = np.searchsorted(self.rater_ids, raters["raterParticipantId"].to_numpy())

        def over(rows, n, table, column):
            whole = np.full(n, np.nan)
            whole[rows] = numbers(table, column)
            return whole

        def of_notes(column):
            return over(note, len(self.note_ids), notes, column)

        def of_raters(column):
            return over(rater, len(self.rater_ids), raters, column)

        agree, ratio, score = (
            of_raters(column)
            for column in ("raterAgreeRatio", "crhCrnhRatioDifference", "meanNoteScore")
        )
        writes_well = ((ratio >= 0) & (score >= 0.05)) | np.isnan(ratio) | name.endswith("_14")
        above = np.zeros(len(self.rater_ids), dtype=bool)
        flags = raters["aboveHelpfulnessThreshold"].to_pylist()
        above[rater] = [str(flag) == "True" for flag in flags]
        return ModelParameters(
            mu=meta["globalIntercept"] or 0.0,
            note_intercept=of_notes("internalNoteIntercept"),
            note_factor=of_notes("internalNoteFactor1"),
            rater_intercept=of_raters("internalRaterIntercept"),
            rater_factor=of_raters("internalRaterFactor1"),
            first_rater_intercept=of_raters("internalFirstRoundRaterIntercept"),
            first_rater_factor=of_raters("internalFirstRoundRaterFactor1"),
            above_threshold=above,
            helpful_at_first=(agree >= 0.66) & writes_well,
            harassment_intercept=of_notes("harassmentNoteIntercept"),
            penalty=of_raters("totalHelpfulHarassmentPenalty"),
            n_ratings=meta["finalRoundNumRatings"],
            n_notes=meta["finalRoundNumNotes"],
        )

    def of_groups(
        self, groups: set[int], *, unassigned: bool = False, final: bool = False
    ) -> Ratings:
        ratings = self.final if final else self.ratings
        group = self.group[ratings.rater]
        return ratings.take(np.isin(group, list(groups)) | (unassigned & (group == -1)))

    def scores(self, column: str) -> np.ndarray:
        """A column of scored_notes by note."""
        whole = np.full(len(self.note_ids), np.nan)
        whole[np.searchsorted(self.note_ids, self.scored["noteId"].to_numpy())] = numbers(
            self.scored, column
        )
        return whole

    def of_topic(self, name: str) -> Ratings:
        return self.ratings.take(self.topic[self.ratings.note] == name)


def preprocessed(folder: Path, note_ids, rater_ids) -> tuple[Ratings, np.ndarray]:
    """Ratings after spec 3, and the author of each note."""
    history = read(folder / "noteStatusHistory-00000.tsv.gz", noteId=pa.int64())
    notes = read(folder / "notes-00000.tsv.gz", noteId=pa.int64())
    table = read(folder / "ratings-00000.tsv.gz", noteId=pa.int64())
    author = np.full(len(note_ids), -1)
    known = np.zeros(len(note_ids), dtype=bool)
    created = np.zeros(len(note_ids), dtype=np.int64)
    misleading = np.zeros(len(note_ids), dtype=np.int8)  # 0: deleted, 1: yes, 2: no
    for source in (notes, history):
        rows = np.searchsorted(note_ids, source["noteId"].to_numpy())
        known[rows] = source is history
        created[rows] = source["createdAtMillis"].to_numpy()
        column = source.column_names.index(
            "noteAuthorParticipantId"
            if "noteAuthorParticipantId" in source.column_names
            else "participantId"
        )
        author[rows] = np.searchsorted(rater_ids, source.column(column).to_numpy())
    rows = np.searchsorted(note_ids, notes["noteId"].to_numpy())
    misleading[rows] = np.where(notes["classification"].to_numpy() == "NOT_MISLEADING", 2, 1)
    note = np.searchsorted(note_ids, table["noteId"].to_numpy())
    rater = np.searchsorted(rater_ids, table.column(1).to_numpy())
    level = table["helpfulnessLevel"].to_numpy()
    helpful = np.full(len(note), np.nan)
    helpful[numbers(table, "helpful") == 1] = 1
    helpful[numbers(table, "notHelpful") == 1] = 0
    for text, value in (("NOT_HELPFUL", 0), ("SOMEWHAT_HELPFUL", 0.5), ("HELPFUL", 1)):
        helpful[level == text] = value
    new_form = np.isin(level.astype(str), ("NOT_HELPFUL", "SOMEWHAT_HELPFUL", "HELPFUL"))
    keep = ~np.isnan(helpful) & (
        (misleading[note] == 1)
        | ((misleading[note] == 0) & known[note])
        | ((misleading[note] == 2) & (created[note] > NOT_MISLEADING_FROM_MS))
    )
    first = np.zeros(len(note), dtype=bool)
    first[np.unique(note * len(rater_ids) + rater, return_index=True)[1]] = True
    ratings = Ratings(
        note=note,
        rater=rater,
        helpful=helpful,
        at_ms=table["createdAtMillis"].to_numpy(),
        harassed=numbers(table, HARASSMENT) == 1,
        other=numbers(table, "notHelpfulOther") == 1,
        new_form=new_form,
    )
    return ratings.take(keep & first), author


def merged(ratings: Ratings, author: np.ndarray, ring: np.ndarray) -> Ratings:
    """Spec 4.3: `ring` is postSelectionValue by rater, 0 where there is none."""
    of_rater = ring[ratings.rater]
    ratings = ratings.take((of_rater == 0) | (of_rater != ring[author[ratings.note]]))
    of_rater = ring[ratings.rater]
    order = np.lexsort((ratings.at_ms, of_rater, ratings.note))
    note, of_ring = ratings.note[order], of_rater[order]
    again = np.zeros(len(note), dtype=bool)
    again[1:] = (note[1:] == note[:-1]) & (of_ring[1:] == of_ring[:-1]) & (of_ring[1:] > 0)
    return ratings.take(np.sort(order[~again]))


def read_oracle(folder: Path) -> Oracle:
    inputs = folder / "input"
    history = read(inputs / "noteStatusHistory-00000.tsv.gz", noteId=pa.int64())
    notes = read(inputs / "notes-00000.tsv.gz", noteId=pa.int64())
    table = read(inputs / "ratings-00000.tsv.gz", noteId=pa.int64())
    enrolled = read(inputs / "userEnrollment-00000.tsv.gz")
    note_ids = np.unique(np.concatenate([history["noteId"].to_numpy(), notes["noteId"].to_numpy()]))
    rater_ids = np.unique(
        np.concatenate(
            [table.column(1).to_numpy(), enrolled.column(0).to_numpy()]
            + [source.column(1).to_numpy() for source in (history, notes)]
        ).astype(str)
    ).astype(object)
    group = np.full(len(rater_ids), -1)
    group[np.searchsorted(rater_ids, enrolled.column(0).to_numpy())] = np.nan_to_num(
        numbers(enrolled, "modelingGroup"), nan=-1
    )
    ratings, author = preprocessed(inputs, note_ids, rater_ids)
    raters = read(folder / "prescoring" / "prescoring_rater_model_output.tsv.gz")
    row = np.searchsorted(rater_ids, raters["raterParticipantId"].to_numpy())
    ring, clique = np.zeros(len(rater_ids)), np.zeros(len(rater_ids))
    np.maximum.at(ring, row, np.nan_to_num(numbers(raters, "postSelectionValue")))
    np.maximum.at(clique, row, np.nan_to_num(numbers(raters, "quasiCliqueValue")))
    scored = read(folder / "output" / "scored_notes.tsv.gz", noteId=pa.int64())
    topic = np.full(len(note_ids), "", dtype=object)
    topic[np.searchsorted(note_ids, scored["noteId"].to_numpy())] = [
        name or "" for name in scored["noteTopic"].to_pylist()
    ]
    return Oracle(
        folder,
        note_ids,
        rater_ids,
        group,
        topic,
        ratings=merged(ratings, author, ring),
        final=merged(ratings, author, np.where(clique > 0, ring, 0)),
        scored=scored,
    )
