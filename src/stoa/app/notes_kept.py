"""What a finished run keeps in its work folder, so that any note can be asked about later.

One store, `run`: the snapshot as columns, who is coordinated or of high volume, each model's rater
parameters and what it looked at in every note, and the outcome. Keeping costs about 22 bytes a
rating, 60 a rater and model, 0.3 kB a note and model; a later run takes the place of this one.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from stoa.bridging.choice import Choice
from stoa.bridging.ensemble import ENSEMBLE
from stoa.bridging.final_record import (
    FINAL_NOTE_COLUMNS,
    FINAL_RATER_COLUMNS,
    FinalRecord,
    RunFacts,
)
from stoa.bridging.gaussian_scorers import GAUSSIAN_SCORERS
from stoa.bridging.meta import META_RULES, MetaResult
from stoa.bridging.rules import RULE_NAMES, NoteSignals
from stoa.note_records import NotesData, RunTimes, Status, StatusHistory
from stoa.tables.columns import StoreWriter
from stoa.tables.snapshot import keep_snapshot, keep_table

if TYPE_CHECKING:
    from stoa.bridging.learned import Prescoring
    from stoa.bridging.model_outputs import Prescored
    from stoa.bridging.run_result import RunResult

STORE = "run"
META_COLUMNS = [f.name for f in fields(MetaResult) if f.name != "rules"]
SIGNALS = [f.name for f in fields(NoteSignals) if f.name != "tag_thresholds"]


def constants() -> str:
    """A checksum of every constant and rule that a status depends on, in this version."""
    said = repr((ENSEMBLE, GAUSSIAN_SCORERS, RULE_NAMES, META_RULES))
    return hashlib.sha256(said.encode()).hexdigest()


class RunKeeper:
    """Writes a run's store while the run goes on; a `Keeper`."""

    def __init__(
        self, work: Path, data: NotesData, times: RunTimes, made_of: str, choice: Choice
    ) -> None:
        work.mkdir(parents=True, exist_ok=True)
        self.writer = StoreWriter(work, STORE)
        self.told: dict[str, Any] = {
            "constants": constants(),
            "made_of": made_of,
            "times": asdict(times),
            "scorers": None if choice.scorers is None else sorted(choice.scorers),
            "prescored": {},
            "models": {},
        }
        self.data = data

    def facts(self, facts: RunFacts) -> None:
        """Keeps the snapshot, and what all models share."""
        keep_snapshot(self.writer, self.data)
        self.writer.table("high_volume", {"high_volume": facts.high_volume})
        self.writer.table("topics", {"topic": facts.topic})
        self.told["merges_coordinated"] = facts.merges_coordinated

    def model(self, record: FinalRecord) -> None:
        """Keeps one model's word, on the notes it speaks of."""
        name, whole = record.config.name, record.whole
        row = np.flatnonzero(record.notes.status != Status.NONE).astype(np.int32)
        columns: dict[str, NDArray[Any]] = {"row": row}
        for each in SIGNALS:
            column = getattr(record.signals, each)
            if column is not None:
                columns[each] = column[row]
        for each in ("status", "active_rules", "filter_tags", "population_sampled"):
            columns[each] = getattr(record.notes, each)[row]
        self.writer.table(f"said.{name}", columns)
        self.writer.table(f"present.{name}", {"present": np.packbits(whole.present)})
        for each, own in whole.own_raters.items():
            columns = {f: getattr(own, f) for f in ("rater", "intercept", "factor", "weight")}
            self.writer.table(f"own.{name}.{each}", columns)
        self.told["models"][name] = {
            "borrows": record.borrows,
            "n_ratings": whole.n_ratings,
            "extremes": None if whole.extremes is None else asdict(whole.extremes),
            "tag_scale": asdict(whole.tag_scale),
            "diligence_steps": list(whole.diligence_steps or ()),
            "own_mu": {each: own.mu for each, own in whole.own_raters.items()},
        }

    def drop(self) -> None:
        """Forgets this run, unless it is finished; the one before stays."""
        self.writer.drop()

    def finish(self, made: Prescoring, result: RunResult) -> None:
        """Keeps raters and outcome, and takes the place of the run before."""
        for model in made.models:
            self._prescored(model)
        write, foresight = self.writer.table, result.spoken.foresight
        write("groups", {"post_selection": made.post_selection, "clique": made.clique})
        write("meta", {name: getattr(result.meta, name) for name in META_COLUMNS})
        keep_table(self.writer, "after", result.history, StatusHistory)
        write(
            "foresight",
            {
                "stays_crh": foresight.stays_crh,
                "flip_probability": foresight.flip_probability,
                "above_pcrh_ms": foresight.above_pcrh_ms,
            },
        )
        self.writer.finish(self.told)

    def _prescored(self, model: Prescored) -> None:
        for name, table, columns in (
            (f"raters.{model.scorer}", model.raters, FINAL_RATER_COLUMNS),
            (f"start.{model.scorer}", model.notes, FINAL_NOTE_COLUMNS),
        ):
            self.writer.table(name, {each: getattr(table, each) for each in ("id", *columns)})
        self.told["prescored"][model.scorer] = {
            "mu": model.mu,
            "n_ratings": model.n_ratings,
            "n_notes": model.n_notes,
            "n_raters": model.n_raters,
            "diligence_globals": list(model.diligence_globals),
            "tag_thresholds": model.tag_thresholds.tolist(),
        }
