"""The four files of a run, column by column as they are published (spec 19)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.bridging import output_columns as cells
from stoa.bridging.earlier import Partial, passed_through
from stoa.bridging.model_outputs import ModelNotes
from stoa.bridging.rater_columns import helpfulness_scores
from stoa.bridging.run_result import EXTRA_COUNTS, EXTRA_NUMBERS, INCORRECT, RunResult, core_count
from stoa.bridging.scorers import TOPIC_NAMES
from stoa.bridging.verdicts import FAMILIES, NO_TOPIC
from stoa.note_records import (
    CLASSIFICATION_NAMES,
    NO_TIME,
    TAGS,
    Classification,
    NotesData,
    OutputTable,
    Status,
)

Columns = dict[str, NDArray[np.generic]]
PREFIXES = (
    "core",
    "coreWithTopics",
    "expansion",
    "expansionPlus",
    "coverage",
    "group",
    "multiGroup",
    "topic",
    "gaussian",
    "gaussianCoreWithTopics",
)
_CLASSIFICATIONS = np.array(
    [CLASSIFICATION_NAMES.get(each, "") for each in Classification], dtype=object
)
_TOPICS = np.array([*TOPIC_NAMES.values(), ""], dtype=object)  # the last also for NO_TOPIC


@dataclass(frozen=True, slots=True)
class Outputs:
    """What a run writes."""

    scored_notes: OutputTable
    note_status_history: OutputTable
    aux_note_info: OutputTable
    helpfulness_scores: OutputTable


def outputs(data: NotesData, result: RunResult) -> Outputs:
    """All four tables; rows of notes that were not scored come from the run before.

    Raises:
        BadTable: the outputs of the run before hold what they cannot hold.
    """
    scored, aux = scored_notes(data, result), aux_note_info(data, result)
    if result.partial is not None:
        earlier = result.partial.earlier
        scored = _completed(scored, earlier.scored_notes, data, result.partial, result.now_ms)
        aux = _completed(aux, earlier.aux_note_info, data, result.partial, result.now_ms)
    return Outputs(
        scored_notes=scored,
        note_status_history=note_status_history(data, result),
        aux_note_info=aux,
        helpfulness_scores=helpfulness_scores(data.contributors, result),
    )


def _completed(
    table: OutputTable, before: OutputTable, data: NotesData, partial: Partial, now_ms: int
) -> OutputTable:
    """The rows of scored notes, and of all other notes of these files those of the run before."""
    ids, rows = data.notes.id, np.flatnonzero(partial.scored)
    there = np.isin(before.columns["noteId"], ids)
    return passed_through(
        OutputTable({name: column[rows] for name, column in table.columns.items()}),
        OutputTable({name: before.columns[name][there] for name in table.columns}),
        ids[rows],
        now_ms,
    )


def scored_notes(data: NotesData, result: RunResult) -> OutputTable:
    """One row a note: what each model says and what came of it; 99 columns."""
    notes, meta, verdicts = data.notes, result.meta, result.spoken.verdicts
    columns: Columns = {}
    for prefix in PREFIXES:
        columns |= _model(prefix, verdicts.models.get(prefix), len(notes), result.spoken.rule_names)
    core = verdicts.models.get("core")
    no_bits = np.zeros(len(notes), dtype=np.uint16)
    columns |= {
        "noteId": notes.id,
        "finalRatingStatus": cells.statuses(meta.status),
        "firstTag": cells.tags(meta.tags[:, 0]),
        "secondTag": cells.tags(meta.tags[:, 1]),
        "activeFilterTags": cells.filter_tags(no_bits if core is None else core.filter_tags),
        "classification": _CLASSIFICATIONS[notes.classification],
        "createdAtMillis": cells.times(notes.created_ms),
        "metaScorerActiveRules": cells.names_of_bits(meta.active_rules, meta.rules),
        "decidedBy": meta.decided_by_label(),
        "modelingGroup": cells.groups(verdicts.group),
        "modelingMultiGroup": cells.groups(verdicts.multi_group),
        "numRatings": result.counts.ratings,
        "timestampMillisOfCurrentStatus": np.full(len(notes), float(result.now_ms)),
        "noteTopic": _TOPICS[np.where(verdicts.topic == NO_TOPIC, -1, verdicts.topic)],
        "topicNoteConfident": cells.flags(verdicts.topic_confident),
        "rescoringActiveRules": result.rescoring,
        "timestampMillisOfNmrDueToMinStableCrhTime": cells.times(result.history.window_ms),
        "abovePcrhThresholdTime": cells.times(result.above_pcrh_ms),
        "pflipProba": result.spoken.foresight.flip_probability,
    }
    columns |= {name: np.full(len(notes), np.nan) for name in cells.ALWAYS_EMPTY}
    return in_order(columns, cells.SCORED_NOTES)


def note_status_history(data: NotesData, result: RunResult) -> OutputTable:
    """One row a note: what the next run reads; 24 columns."""
    notes, history = data.notes, result.history
    columns: Columns = {
        "noteId": notes.id,
        "noteAuthorParticipantId": data.contributors.name[notes.author],
        "createdAtMillis": cells.times(notes.created_ms),
        "timestampMillisOfFirstNonNMRStatus": cells.times(history.first_status_ms),
        "firstNonNMRStatus": cells.statuses(history.first_status),
        "timestampMillisOfCurrentStatus": cells.times(history.current_ms),
        "currentStatus": cells.statuses(history.current),
        "timestampMillisOfLatestNonNMRStatus": cells.times(history.latest_status_ms),
        "mostRecentNonNMRStatus": cells.statuses(history.latest_status),
        "timestampMillisOfStatusLock": cells.times(history.locked_ms),
        "lockedStatus": cells.statuses(history.locked),
        "timestampMillisOfRetroLock": cells.times(history.retro_lock_ms),
        "currentCoreStatus": cells.statuses(history.core),
        "currentExpansionStatus": cells.statuses(history.expansion),
        "currentGroupStatus": cells.statuses(history.group_status),
        "currentDecidedBy": history.decided_by,
        "currentModelingGroup": cells.groups(history.group),
        "timestampMillisOfMostRecentStatusChange": cells.times(history.changed_ms),
        "timestampMillisOfNmrDueToMinStableCrhTime": cells.times(history.window_ms),
        "currentMultiGroupStatus": cells.statuses(history.multi_group_status),
        "currentModelingMultiGroup": cells.groups(history.multi_group),
        "timestampMinuteOfFinalScoringOutput": cells.times(history.final_output_minute),
        "timestampMillisOfFirstNmrDueToMinStableCrhTime": cells.times(history.first_window_ms),
        "abovePcrhThresholdTime": cells.times(history.above_pcrh_ms),
    }
    return in_order(columns, cells.NOTE_STATUS_HISTORY)


def aux_note_info(data: NotesData, result: RunResult) -> OutputTable:
    """One row a note: counts, and the numbers behind the filters of core; 72 columns."""
    notes, meta, counts = data.notes, result.meta, result.counts
    pcrh = result.spoken.foresight.pcrh
    columns: Columns = {
        "noteId": notes.id,
        "createdAtMillis": cells.times(notes.created_ms),
        "noteAuthorParticipantId": data.contributors.name[notes.author],
        "awaitingBool": meta.status == Status.NEEDS_MORE_RATINGS,
        "numRatingsLast28": counts.ratings_last_28_days,
        "numPopulationSampledRatings": counts.population_sampled,
        "currentStatus": cells.statuses(result.before.current),
        "crhBool": meta.status == Status.CURRENTLY_RATED_HELPFUL,
        "crnhBool": meta.status == Status.CURRENTLY_RATED_NOT_HELPFUL,
        "unlockedRatingStatus": cells.statuses(meta.unlocked),
        "preStabilizationRatingStatus": cells.statuses(meta.before_window),
        "pcrhExitN": pcrh.exit_n,
        "pcrhExitProba": pcrh.exit_probability,
        "pcrhRevoked": cells.flags(pcrh.revoked),
        "pcrhRevokeN": pcrh.revoke_n,
        "pcrhFinalPred": cells.flags(pcrh.final_prediction),
    }
    columns |= {tag: counts.tags[:, place].astype(np.int64) for place, tag in enumerate(TAGS)}
    for name in EXTRA_NUMBERS:
        column = result.spoken.verdicts.extra("core", name)
        columns[name] = np.full(len(notes), np.nan) if column is None else column
    columns[INCORRECT] = _whole_numbers(columns[INCORRECT])
    columns |= {name: core_count(result.spoken.verdicts, name) for name in EXTRA_COUNTS}
    return in_order(columns, cells.AUX_NOTE_INFO)


def in_order(columns: Mapping[str, NDArray[np.generic]], names: Sequence[str]) -> OutputTable:
    """The published columns in the published order; what no file has is left out."""
    return OutputTable({name: columns[name] for name in names})


def _model(
    prefix: str, model: ModelNotes | None, n_notes: int, rule_names: Sequence[str]
) -> Columns:
    """Every column a model may have; the families are doubles in the published files."""
    if model is None:
        return _silent(prefix, n_notes)
    kind = np.float64 if prefix in FAMILIES else np.float32
    return {
        f"{prefix}NoteIntercept": model.intercept.astype(kind),
        f"{prefix}NoteFactor1": model.factor.astype(kind),
        f"{prefix}NoteInterceptMin": model.intercept_min.astype(kind),
        f"{prefix}NoteInterceptMax": model.intercept_max.astype(kind),
        f"{prefix}NoteInterceptNoHighVol": model.no_high_volume.astype(kind),
        f"{prefix}NoteInterceptNoCorrelated": model.no_correlated.astype(kind),
        f"{prefix}NoteInterceptPopulationSampled": model.population_sampled.astype(kind),
        f"{prefix}RatingStatus": cells.statuses(model.status),
        f"{prefix}ActiveRules": cells.names_of_bits(model.active_rules, rule_names),
        f"{prefix}NumFinalRoundRatings": model.n_final_round_ratings.astype(np.float64),
    }


def _silent(prefix: str, n_notes: int) -> Columns:
    """The columns of a model that did not run."""
    numbers = (
        "NoteIntercept",
        "NoteFactor1",
        "NoteInterceptMin",
        "NoteInterceptMax",
        "NoteInterceptNoHighVol",
        "NoteInterceptNoCorrelated",
        "NoteInterceptPopulationSampled",
        "NumFinalRoundRatings",
    )
    columns: Columns = {f"{prefix}{name}": np.full(n_notes, np.nan) for name in numbers}
    for name in ("RatingStatus", "ActiveRules"):
        columns[f"{prefix}{name}"] = np.full(n_notes, "", dtype=object)
    return columns


def _whole_numbers(column: NDArray[np.generic]) -> NDArray[np.int64]:
    """A column of doubles as integers, NO_TIME (an empty cell) for NaN."""
    number = column.astype(np.float64)
    missing = np.isnan(number)
    return np.where(missing, NO_TIME, np.where(missing, 0, number).astype(np.int64))
