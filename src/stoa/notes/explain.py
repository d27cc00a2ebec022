"""Why a note has its status: who agreed across which divide, what decided, what happened so far."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stoa.bridging.meta import META_RULES
from stoa.bridging.meta_rules import CopyModel, Cover, LowerByTopic, RaiseByGroup, label
from stoa.note_records import Status
from stoa.notes.as_data import plain
from stoa.notes.meta_conditions import status_name
from stoa.notes.recompute import ModelStep, Recomputed, RuleStep
from stoa.notes.telling import moment

LEVELS = ("not helpful", "somewhat helpful", "helpful")
SIDES = ("left", "right")
_AXES = ("core", "coreWithTopics", "expansion", "expansionPlus", "multiGroup", "group", "topic")
_LIKED, _DISLIKED = 0.6, 0.4


@dataclass(frozen=True, slots=True)
class Picture:
    """The ratings of a note along a model's axis. Arrays (n_ratings,)."""

    note_id: int
    scorer: str
    factor: NDArray[np.float32]  # of each rating's rater
    level: NDArray[np.int8]  # 0 not helpful, 1 somewhat, 2 helpful
    note_factor: float  # NaN where the model has no fit
    n_unplaced: int  # ratings by raters without a place on the axis

    @property
    def table(self) -> NDArray[np.int64]:
        """(2 sides, 3 levels) counts; who stands at 0 counts to the right, as in the rules."""
        cell = (self.factor >= 0).astype(np.int64) * 3 + self.level
        return np.bincount(cell, minlength=6).reshape(2, 3)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to the note."""

    at_ms: int
    what: str


@dataclass(frozen=True, slots=True)
class Explained:
    """An answer to "why this status?"."""

    found: Recomputed
    picture: Picture | None  # None: no model has a rater of this note
    why: tuple[str, ...]
    events: tuple[Event, ...]


def explain_note(found: Recomputed) -> Explained:
    """The answer for one recomputed note."""
    picture = _picture(found)
    agreement = () if picture is None else (agreed(picture),)
    return Explained(found, picture, (*agreement, *_why(found)), tuple(_events(found)))


def _deciding_prefix(found: Recomputed) -> str:
    """The model that the deciding rule listens to; "" where it listens to none."""
    by = str(found.meta.decided_by_label()[0])
    rule = next((rule for rule in META_RULES if label(rule) == by), None)
    match rule:
        case CopyModel() | Cover():
            return rule.prefix
        case RaiseByGroup():
            return "group"
        case LowerByTopic():
            return "topic"
        case _:
            return ""


def _picture(found: Recomputed) -> Picture | None:
    by_prefix = {step.record.config.prefix: step for step in found.models}
    for prefix in (_deciding_prefix(found), *_AXES):
        step = by_prefix.get(prefix)
        if step is not None and step.hearing.n_counted > 0:
            return _along(found, step)
    return None


def _along(found: Recomputed, step: ModelStep) -> Picture:
    factor = step.model.rater("factor")[found.heard.rater]
    placed = ~np.isnan(factor)
    return Picture(
        note_id=found.case.note_id,
        scorer=step.record.config.name,
        factor=factor[placed],
        level=found.heard.level[placed],
        note_factor=float(step.record.signals.factor[0]),
        n_unplaced=int((~placed).sum()),
    )


def agreed(picture: Picture) -> str:
    """In one sentence, who agreed with whom."""
    table = picture.table
    means = [float((row * [0, 0.5, 1]).sum() / row.sum()) if row.sum() else np.nan for row in table]
    parts = [
        f"{row[2]} of {row.sum()} on the {side} found it helpful"
        for side, row in zip(SIDES, table.tolist(), strict=True)
        for row in [np.array(row)]
    ]
    if np.isnan(means).any():
        verdict = "only one side rated it"
    elif min(means) >= _LIKED:
        verdict = "both sides find it helpful"
    elif max(means) <= _DISLIKED:
        verdict = "both sides find it unhelpful"
    elif abs(means[0] - means[1]) > _LIKED - _DISLIKED:
        verdict = f"it divides: the {SIDES[int(np.argmax(means))]} likes it more"
    else:
        verdict = "neither side is of one mind"
    return f"{' and '.join(parts)}: {verdict}."


def _why(found: Recomputed) -> Iterator[str]:
    """What decided, in words."""
    by = str(found.meta.decided_by_label()[0])
    step = next(rule for rule in found.meta_rules if rule.name == by)
    because = "; ".join(map(str, step.conditions))
    yield f"{by} decided {found.status.name}{f': {because}' if because else ''}."
    prefix = _deciding_prefix(found)
    model = next((m for m in found.models if m.record.config.prefix == prefix), None)
    if model is not None:
        yield from _why_model(model)


def _why_model(model: ModelStep) -> Iterator[str]:
    name = model.record.config.name
    last = [rule for rule in model.rules if rule.acted][-1]
    if last.conditions:
        because = "; ".join(map(str, last.conditions))
        yield f"In {name} the rule {last.name} made it {last.status.name}: {because}."
    else:
        yield f"In {name} no rule found reason to show or to reject it."
    if model.status != Status.CURRENTLY_RATED_HELPFUL:
        rule = next(rule for rule in model.rules if rule.name == "GeneralCRH")
        missing = [str(c) for c in rule.conditions if not c.holds]
        if missing:
            yield f"To be helpful there it lacks: {'; '.join(missing)}."


def _events(found: Recomputed) -> list[Event]:
    """The history before and after the run, oldest first."""
    before, after = found.case.data.history, found.history
    written = int(found.case.data.notes.created_ms[0])
    events = [Event(written, "written")]

    def add(at_ms: NDArray[np.int64], what: str) -> None:
        if int(at_ms[0]) > 0:
            events.append(Event(int(at_ms[0]), what))

    add(after.first_status_ms, f"first status: {status_name(int(after.first_status[0]))}")
    add(after.first_window_ms, "entered the stabilisation window")
    if int(after.latest_status_ms[0]) != int(after.first_status_ms[0]):
        add(after.latest_status_ms, f"latest status: {status_name(int(after.latest_status[0]))}")
    add(after.changed_ms, "status changed")
    add(after.locked_ms, f"locked as {status_name(int(after.locked[0]))}")
    was, now = int(before.current[0]), int(after.current[0])
    told = f"{status_name(was)} before this run, {status_name(now)} after it"
    add(after.current_ms, told)
    return sorted(events, key=lambda event: event.at_ms)


def tell_explained(answer: Explained, drawing: list[str]) -> Iterator[str]:
    """The answer in words; `drawing` is the picture as text."""
    found = answer.found
    by = str(found.meta.decided_by_label()[0])
    yield f"note {found.case.note_id}: {found.status.name}, decided by {by}"
    yield ""
    yield from (f"  {line}" for line in answer.why)
    if answer.picture is not None:
        yield ""
        yield f"  ratings along the axis of {answer.picture.scorer}"
        yield from (f"  {line}" for line in drawing)
        yield ""
        yield from _tell_table(answer.picture)
    yield ""
    yield f"  {'model':32} {'intercept':>9} {'factor':>9}  status"
    for step in found.models:
        s = step.record.signals
        numbers = f"{float(s.intercept[0]):9.4f} {float(s.factor[0]):9.4f}".replace("nan", "  -")
        yield f"  {step.record.config.name:32} {numbers}  {status_name(step.status)}"
    yield ""
    yield from (f"  {moment(event.at_ms)}  {event.what}" for event in answer.events)


def _tell_table(picture: Picture) -> Iterator[str]:
    table = picture.table.tolist()
    yield f"  {'':18} {'left':>6} {'right':>6}"
    for level in (2, 1, 0):
        yield f"  {LEVELS[level]:18} {table[0][level]:6} {table[1][level]:6}"
    if picture.n_unplaced:
        yield f"  {picture.n_unplaced} more by raters without a place on this axis"


def explained_as_data(answer: Explained) -> dict[str, Any]:
    """The answer for programs."""
    found, picture = answer.found, answer.picture
    return {
        "note_id": found.case.note_id,
        "status": plain(found.status),
        "decided_by": str(found.meta.decided_by_label()[0]),
        "why": list(answer.why),
        "axis": None if picture is None else _picture_as_data(picture),
        "models": {
            step.record.config.name: {
                "intercept": plain(step.record.signals.intercept[0]),
                "factor": plain(step.record.signals.factor[0]),
                "status": plain(step.status),
                "rules": _acted(step.rules),
            }
            for step in found.models
        },
        "rules": _acted(found.meta_rules),
        "history": [{"at_ms": e.at_ms, "what": e.what} for e in answer.events],
    }


def _acted(rules: tuple[RuleStep, ...]) -> list[str]:
    return [rule.name for rule in rules if rule.acted]


def _picture_as_data(picture: Picture) -> dict[str, Any]:
    counts = {
        side: dict(zip(LEVELS, row, strict=True))
        for side, row in zip(SIDES, picture.table.tolist(), strict=True)
    }
    return {
        "scorer": picture.scorer,
        "counts": counts,
        "without_a_place": picture.n_unplaced,
        "note_factor": plain(picture.note_factor),
        "ratings": [
            [round(f, 6), LEVELS[level]]
            for f, level in zip(picture.factor.tolist(), picture.level.tolist(), strict=True)
        ],
    }
