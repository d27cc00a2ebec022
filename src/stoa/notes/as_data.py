"""A recomputed note as data: the same steps as in words, for programs."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import Any

import numpy as np

from stoa.bridging.rules import NoteSignals
from stoa.bridging.scorers import TOPIC_NAMES, Topic
from stoa.note_records import NO_TIME, NOT_HELPFUL_TAGS, TAGS, Classification, Status, StatusHistory
from stoa.notes.recompute import ModelStep, Recomputed, RuleStep


def plain(value: Any) -> Any:
    """A number, text or truth that JSON has; None for NaN, NO_TIME and no status.

    >>> plain(np.float32(0.5)), plain(float("nan")), plain(NO_TIME)
    (0.5, None, None)
    """
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, Status):
        return None if value == Status.NONE else value.name
    if isinstance(value, float) and not np.isfinite(value):
        return None
    if isinstance(value, int) and not isinstance(value, bool) and value == NO_TIME:
        return None
    return value


def recomputed_as_data(found: Recomputed) -> dict[str, Any]:
    """Every step of a recomputed note."""
    case, notes = found.case, found.case.data.notes
    return {
        "note_id": case.note_id,
        "author": case.author,
        "created_ms": int(notes.created_ms[0]),
        "as_of_ms": case.times.now_ms,
        "classification": Classification(int(notes.classification[0])).name,
        "topic": TOPIC_NAMES[Topic(int(case.topic[0]))],
        "ratings": len(case.data.ratings),
        "left_out_as_coordinated": len(case.data.ratings) - len(found.heard),
        "models": [_model(step) for step in found.models],
        "silent": {each.scorer: each.why for each in found.silent},
        "meta_rules": [_rule(step) for step in found.meta_rules],
        "status": plain(found.status),
        "decided_by": str(found.meta.decided_by_label()[0]),
        "tags": [TAGS[t] for t in found.meta.tags[0].tolist() if t >= 0],
        "history": history_as_data(found.history),
        "kept_status": plain(Status(int(case.kept.meta.status[0]))),
        "agrees": found.agrees,
    }


def history_as_data(history: StatusHistory) -> dict[str, Any]:
    """One row of a history; statuses by name."""
    found: dict[str, Any] = {}
    for f in fields(StatusHistory):
        column = getattr(history, f.name)
        is_status = column.dtype == np.int8
        found[f.name] = plain(Status(int(column[0])) if is_status else column[0])
    return found


def _model(step: ModelStep) -> dict[str, Any]:
    record, kept = step.record, step.kept
    return {
        "scorer": record.config.name,
        "prefix": record.config.prefix,
        "number": record.number,
        "ratings": asdict(step.hearing),
        "systems": {
            name: {k: plain(v) for k, v in asdict(system).items()}
            for name, system in step.systems.items()
        },
        "curves": step.curves,
        "signals": _signals(record.signals),
        "intercept_min": plain(record.notes.intercept_min[0]),
        "population_sampled": plain(record.notes.population_sampled[0]),
        "rules": [_rule(each) for each in step.rules],
        "status": plain(step.status),
        "kept": {
            "status": plain(kept.status),
            "intercept": plain(kept.intercept),
            "factor": plain(kept.factor),
        },
        "largest_difference": plain(step.worst),
        "agrees": step.agrees,
    }


def _signals(signals: NoteSignals) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for f in fields(NoteSignals):
        column = getattr(signals, f.name)
        if column is None or f.name == "tag_thresholds":
            continue
        row = column[0]
        if np.ndim(row):
            found[f.name] = {t: plain(v) for t, v in zip(NOT_HELPFUL_TAGS, row, strict=True)}
        else:
            found[f.name] = plain(row)
    return found


def _rule(step: RuleStep) -> dict[str, Any]:
    return {
        "rule": step.name,
        "acted": step.acted,
        "status": plain(step.status),
        "conditions": [{k: plain(v) for k, v in asdict(each).items()} for each in step.conditions],
    }
