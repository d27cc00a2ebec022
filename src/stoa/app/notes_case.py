"""Reads one note of a kept run: its own ratings, its raters' parameters, and what was decided.

A few hundred pages of the store are read, however many ratings it holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stoa.app.notes_kept import META_COLUMNS, SIGNALS, STORE, constants
from stoa.bridging.bounds import Extremes
from stoa.bridging.final_models import Speaking, speaking_models
from stoa.bridging.final_passes import FinalModel
from stoa.bridging.final_record import (
    FINAL_NOTE_COLUMNS,
    FINAL_RATER_COLUMNS,
    OwnRaters,
    Whole,
)
from stoa.bridging.meta import MetaResult, rules_of
from stoa.bridging.meta_rules import label
from stoa.bridging.model_outputs import NoteOutput, Prescored, RaterOutput
from stoa.bridging.preprocessing import counted_ratings
from stoa.bridging.rules import NoteSignals
from stoa.bridging.tag_ratios import TagScale
from stoa.errors import BadKept
from stoa.note_records import NotesData, RunTimes, Status
from stoa.notes.case import KeptDecision, KeptWord, ModelCase, NoteCase
from stoa.tables.columns import Store, Table, open_store
from stoa.tables.mapped import MappedColumn
from stoa.tables.snapshot import Snapshot


def open_run(work: Path) -> Store:
    """The finished run kept in a work folder.

    Raises:
        BadKept: there is none, it is damaged, or other constants made it.
    """
    store = open_store(work, STORE)
    if store.facts["constants"] != constants():
        mend = "this version of Stoa has other rules; run `stoa notes score` again with this --work"
        raise BadKept("constants of run.json", store.facts["constants"], mend)
    return store


def read_case(store: Store, note_id: int) -> NoteCase:
    """One note of a kept run.

    Raises:
        BadInput: the run has no such note.
        BadKept: a column is damaged.
    """
    snapshot = Snapshot(store)
    row = snapshot.row_of(note_id)
    this = slice(row, row + 1)
    note, ratings = snapshot.notes(this), snapshot.ratings_of(row)
    author = int(note.author[0])
    raters = np.union1d(ratings.rater, [author]).astype(np.int32)
    near = replace(note, author=np.searchsorted(raters, note.author).astype(np.int32))
    ratings = replace(
        ratings,
        note=np.zeros_like(ratings.note),
        rater=np.searchsorted(raters, ratings.rater).astype(np.int32),
    )
    data = NotesData(
        contributors=snapshot.contributors(raters),
        notes=near,
        history=snapshot.history(this),
        ratings=counted_ratings(near, ratings),
    )
    groups, foresight = store["groups"], store["foresight"]
    scorers = store.facts["scorers"]
    return NoteCase(
        note_id=note_id,
        author=snapshot.name_of(author),
        data=data,
        raters=raters,
        post_selection=groups["post_selection"].take(raters),
        clique=groups["clique"].take(raters),
        high_volume=store["high_volume"]["high_volume"].take(raters),
        topic=store["topics"].column("topic", this),
        merges_coordinated=store.facts["merges_coordinated"],
        models=tuple(
            _model(store, speaking, row, raters)
            for speaking in speaking_models()
            if speaking[0].name in store.facts["models"]
        ),
        scorers=None if scorers is None else frozenset(scorers),
        times=RunTimes(**store.facts["times"]),
        kept=KeptDecision(
            meta=MetaResult(
                rules=tuple(label(rule) for rule in rules_of(scorers)),
                **{name: store["meta"].column(name, this) for name in META_COLUMNS},
            ),
            history=snapshot.history(this, "after"),
            stays_crh=foresight.column("stays_crh", this),
            flip_probability=float(foresight.column("flip_probability", this)[0]),
            predicted_crh_ms=foresight.column("above_pcrh_ms", this),
        ),
    )


def _model(store: Store, speaking: Speaking, row: int, raters: NDArray[np.int32]) -> ModelCase:
    config, borrows, gaussian = speaking
    told = store.facts["models"][config.name]
    said = store[f"said.{config.name}"]
    place = _places(said["row"], np.array([row], dtype=np.int32))[0]
    thresholds = np.array(store.facts["prescored"][borrows]["tag_thresholds"])
    if place < 0:
        return ModelCase(config, None, None)
    model = FinalModel(
        config=config,
        prescored=_prescored(store, borrows, row, raters),
        n_notes=1,
        n_raters=len(raters),
        gaussian=gaussian,
        whole=_whole(store, config.name, told, raters),
    )
    return ModelCase(config, model, _word(said, slice(place, place + 1), thresholds))


def _word(said: Table, this: slice, tag_thresholds: NDArray[np.float64]) -> KeptWord:
    columns = {name: said.column(name, this) for name in SIGNALS if name in said.listed}
    return KeptWord(
        status=Status(int(said.column("status", this)[0])),
        active_rules=int(said.column("active_rules", this)[0]),
        signals=NoteSignals(**columns, tag_thresholds=tag_thresholds),
    )


def _whole(store: Store, name: str, told: Mapping[str, Any], raters: NDArray[np.int32]) -> Whole:
    """What the notes of a model share; raters are those of the note."""
    present = store[f"present.{name}"]["present"]
    bits = (present.take(raters >> 3) >> (7 - (raters & 7)).astype(np.uint8)) & 1
    first, second = told["diligence_steps"]
    return Whole(
        n_ratings=told["n_ratings"],
        extremes=None if told["extremes"] is None else Extremes(**told["extremes"]),
        tag_scale=TagScale(**told["tag_scale"]),
        diligence_steps=(first, second),
        present=bits.astype(np.bool_),
        own_raters={
            each: _own(store[f"own.{name}.{each}"], mu, raters)
            for each, mu in told["own_mu"].items()
        },
    )


def _own(table: Table, mu: float, raters: NDArray[np.int32]) -> OwnRaters:
    place = _places(table["rater"], raters)
    known = place >= 0
    rows = place[known]
    return OwnRaters(
        rater=np.flatnonzero(known).astype(np.int32),
        intercept=table["intercept"].take(rows),
        factor=table["factor"].take(rows),
        weight=table["weight"].take(rows),
        mu=mu,
    )


def _prescored(store: Store, scorer: str, row: int, raters: NDArray[np.int32]) -> Prescored:
    """Prescoring of one model as far as one note and its raters go; other columns are NaN."""
    told = store.facts["prescored"][scorer]
    first, second, last = told["diligence_globals"]
    return Prescored(
        scorer=scorer,
        mu=told["mu"],
        n_ratings=told["n_ratings"],
        n_notes=told["n_notes"],
        n_raters=told["n_raters"],
        diligence_globals=(first, second, last),
        tag_thresholds=np.array(told["tag_thresholds"]),
        raters=_some(RaterOutput, store[f"raters.{scorer}"], raters, FINAL_RATER_COLUMNS),
        notes=_some(
            NoteOutput,
            store[f"start.{scorer}"],
            np.array([row], dtype=np.int32),
            FINAL_NOTE_COLUMNS,
        ),
    )


def _some(kind: type, table: Table, wanted: NDArray[np.int32], kept: tuple[str, ...]) -> Any:
    """The wanted rows that a compact table has; `id` becomes the place among the wanted."""
    place = _places(table["id"], wanted)
    known = place >= 0
    rows = place[known]
    nothing = np.full(len(rows), np.nan, dtype=np.float32)
    columns: dict[str, NDArray[Any]] = {
        f.name: table[f.name].take(rows) if f.name in kept else nothing for f in fields(kind)
    }
    columns["id"] = np.flatnonzero(known).astype(np.int32)
    return kind(**columns)


def _places(ids: MappedColumn, wanted: NDArray[np.int32]) -> NDArray[np.int64]:
    """Where each of the wanted stands among ascending ids; -1 where it does not."""
    place = ids.search(wanted)
    inside = np.flatnonzero(place < len(ids.array))
    there = inside[ids.take(place[inside]) == wanted[inside]]
    found = np.full(len(wanted), -1, dtype=np.int64)
    found[there] = place[there]
    return found
