"""Scores Community Notes from the public files into the published outputs, in two kept phases."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from stoa.app.notes_kept import RunKeeper
from stoa.app.notes_previous import PreviousOutputs
from stoa.bridging.choice import EVERYTHING, Choice
from stoa.bridging.coverage import Coverage
from stoa.bridging.early_look import NoEarlyModel
from stoa.bridging.flip_model import FlipModel, NoFlipModel
from stoa.bridging.learned import Prescoring
from stoa.bridging.learners import Trees
from stoa.bridging.model_outputs import Prescored
from stoa.bridging.output_columns import (
    AUX_NOTE_INFO,
    HELPFULNESS_SCORES,
    NOTE_STATUS_HISTORY,
    SCORED_NOTES,
)
from stoa.bridging.outputs import outputs
from stoa.bridging.run import prescore_all, score_all
from stoa.bridging.run_result import RunResult
from stoa.bridging.topics import TopicModel
from stoa.errors import BadKept
from stoa.note_records import NotesData, RunTimes
from stoa.tables.kept import fingerprint, load, save
from stoa.tables.outputs import write_output
from stoa.tables.public import ReadReport, read_public

Tell = Callable[[str, float | None], None]
"""Hears the step that begins, and how far it is (0 to 1) where that is known."""


@dataclass(frozen=True, slots=True)
class PublicFiles:
    """Where a snapshot stands: files, or folders of files, of each of the four kinds."""

    notes: Sequence[Path]
    ratings: Sequence[Path]
    history: Sequence[Path]
    enrollment: Sequence[Path]

    def read(self, tell: Tell) -> tuple[NotesData, ReadReport]:
        """The snapshot, and what of it was left out.

        Raises:
            BadTable: a file is missing, damaged or of another form.
        """
        return read_public(
            self.notes,
            self.ratings,
            self.history,
            self.enrollment,
            progress=lambda kind, share: tell(f"reading {kind}", share),
        )


@dataclass(frozen=True, slots=True)
class KeptGroups:
    """Which raters act together; (n_raters,) each."""

    post_selection: NDArray[np.int32]
    clique: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Scored:
    """A finished run over files."""

    report: ReadReport
    result: RunResult
    resumed: bool  # the first phase was read back, not computed


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreOptions:
    """How a run over files is made."""

    seed: int = 0
    n_threads: int = 1
    choice: Choice = EVERYTHING  # which scorers take part
    flips_are_checked: bool = False
    previous: PreviousOutputs | None = None  # given: only the notes that must be are scored


def score_files(
    files: PublicFiles,
    out: Path,
    work: Path,
    times: RunTimes,
    options: ScoreOptions | None = None,
    tell: Tell | None = None,
) -> Scored:
    """Reads, scores and writes; what the first phase learned is kept in `work` and used again.

    A finished run of all notes is kept there too, for `recompute` and `explain`.

    Raises:
        BadTable: an input does not read.
        PoorFit: a model explains too little.
        TooManyFlips: with `flips_are_checked`; nothing is written then.
    """
    told, options = tell or _nothing, options or ScoreOptions()
    earlier = None if options.previous is None else options.previous.read(told)
    data, report = files.read(told)
    made_of = f"{fingerprint(data)} seed {options.seed} scorers {options.choice}"
    made, resumed = _first_phase(data, work, made_of, options, told)
    keeper = None if earlier is not None else RunKeeper(work, data, times, made_of, options.choice)
    try:
        result = score_all(
            data,
            made,
            times,
            choice=options.choice,
            flips_are_checked=options.flips_are_checked,
            n_threads=options.n_threads,
            tell=lambda s: told(f"scoring {s}", None),
            keeper=keeper,
            earlier=earlier,
        )
        told("writing", None)
        write_outputs(out, data, result)
        if keeper is not None:
            keeper.finish(made, result)
    finally:
        if keeper is not None:
            keeper.drop()
    return Scored(report, result, resumed)


def _first_phase(
    data: NotesData, work: Path, made_of: str, options: ScoreOptions, told: Tell
) -> tuple[Prescoring, bool]:
    """What raters are like, and whether it was read back."""
    made = kept_prescoring(work, made_of)
    if made is not None:
        return made, True
    made = prescore_all(
        data,
        seed=options.seed,
        choice=options.choice,
        n_threads=options.n_threads,
        tell=lambda s: told(f"prescoring {s}", None),
    )
    keep_prescoring(work, made, made_of)
    return made, False


def write_outputs(out: Path, data: NotesData, result: RunResult) -> None:
    """The four published files, directly in `out`."""
    out.mkdir(parents=True, exist_ok=True)
    tables = outputs(data, result)
    write_output(out / "scored_notes.tsv", tables.scored_notes, SCORED_NOTES)
    write_output(out / "note_status_history.tsv", tables.note_status_history, NOTE_STATUS_HISTORY)
    write_output(out / "aux_note_info.tsv", tables.aux_note_info, AUX_NOTE_INFO)
    write_output(out / "helpfulness_scores.tsv", tables.helpfulness_scores, HELPFULNESS_SCORES)


def keep_prescoring(work: Path, made: Prescoring, made_of: str) -> None:
    """Keeps the first phase; the list of models is written last, so half of it never counts."""
    (work / "models.json").unlink(missing_ok=True)
    save(work, "groups", KeptGroups(made.post_selection, made.clique), made_of)
    save(work, "topics", made.topics, made_of)
    for model in made.models:
        save(work, model.scorer, model, made_of)
    if made.coverage is not None:
        save(work, "coverage", made.coverage, made_of)
    flips = "flips" if isinstance(made.flips, FlipModel) else "no-flips"
    save(work, flips, made.flips, made_of)
    early = "early-look" if isinstance(made.early, Trees) else "no-early-look"
    save(work, early, made.early, made_of)
    listed = KeptModels(
        tuple(model.scorer for model in made.models), made.coverage is not None, flips, early
    )
    save(work, "models", listed, made_of)


@dataclass(frozen=True, slots=True)
class KeptModels:
    """What a work folder holds."""

    scorers: tuple[str, ...]
    has_coverage: bool
    flips: str  # names of two kept files
    early: str


def kept_prescoring(work: Path, made_of: str) -> Prescoring | None:
    """The first phase as it was kept; None where there is none of these data, whole."""
    try:
        listed = load(work, "models", KeptModels, made_of)
        groups = load(work, "groups", KeptGroups, made_of)
        return Prescoring(
            post_selection=groups.post_selection,
            clique=groups.clique,
            topics=load(work, "topics", TopicModel, made_of),
            models=tuple(load(work, name, Prescored, made_of) for name in listed.scorers),
            coverage=load(work, "coverage", Coverage, made_of) if listed.has_coverage else None,
            flips=load(
                work, listed.flips, FlipModel if listed.flips == "flips" else NoFlipModel, made_of
            ),
            early=load(
                work, listed.early, Trees if listed.early == "early-look" else NoEarlyModel, made_of
            ),
        )
    except BadKept:
        return None


def _nothing(step: str, share: float | None) -> None:
    del step, share
