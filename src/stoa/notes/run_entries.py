"""What a run leaves behind: the entries that the log takes, and what it found out beside them.

The only place where a status becomes an entry. Both the service and `verify` call it, so that a
run that was made and a run that is made again are compared entry by entry.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from stoa.bridging.model_outputs import spread
from stoa.note_records import TAGS, Enrollment, NotesData, StatusHistory
from stoa.own_notes import (
    STATUS_FIELDS,
    ContributorState,
    Decision,
    Findings,
    NoteFinding,
    NoteId,
    Pseudonym,
    RaterFinding,
    StateDecided,
    StatusDecided,
    StatusRow,
)

if TYPE_CHECKING:
    from stoa.bridging.run_result import RunResult

_COMPARED = tuple(name for name in STATUS_FIELDS if name != "current_ms")
_STATE = ("state", "needed", "changed_ms", "times_earned_out")


def decisions(data: NotesData, result: RunResult) -> list[Decision]:
    """Statuses by note id, then contributor states by pseudonym, as far as anything changed.

    The time at which a note was last looked at is that of the run for all notes: a row that
    changed in nothing else is left out.
    """
    return [*_statuses(data, result), *_states(data, result)]


def _statuses(data: NotesData, result: RunResult) -> list[Decision]:
    before, after = data.history, result.history
    changed = ~before.known
    for name in _COMPARED:
        changed |= getattr(before, name) != getattr(after, name)
    return [
        StatusDecided(result.now_ms, NoteId(int(data.notes.id[row])), _row(after, row))
        for row in np.flatnonzero(changed).tolist()
    ]


def _row(history: StatusHistory, row: int) -> StatusRow:
    cells: dict[str, object] = {}
    for name in _COMPARED:
        value = getattr(history, name)[row]
        kind = type(getattr(StatusRow(), name))
        cells[name] = kind(value) if kind is not str else str(value)
    return StatusRow(**cells)  # pyright: ignore[reportArgumentType]


def _states(data: NotesData, result: RunResult) -> list[Decision]:
    states, everybody = result.contributors.states, data.contributors
    changed = np.zeros(len(everybody), dtype=np.bool_)
    for name in _STATE:
        changed |= getattr(states, name) != getattr(everybody, name)
    changed &= result.contributors.is_active
    return [
        StateDecided(
            result.now_ms,
            Pseudonym(str(everybody.name[row])),
            ContributorState(
                Enrollment(int(states.state[row])),
                int(states.needed[row]),
                int(states.changed_ms[row]),
                int(states.earned_out_ms[row]),
                int(states.times_earned_out[row]),
            ),
        )
        for row in np.flatnonzero(changed).tolist()
    ]


def findings(data: NotesData, result: RunResult, run: int) -> Findings:
    """What the run found out that pages tell: intercepts, rules, tags, sides, impacts."""
    core = result.spoken.verdicts.models.get("core")
    names = result.spoken.rule_names
    tags = result.meta.tags.tolist()
    notes: dict[NoteId, NoteFinding] = {}
    for row, note in enumerate(data.notes.id.tolist()):
        bits = 0 if core is None else int(core.active_rules[row])
        notes[NoteId(note)] = NoteFinding(
            None if core is None else _number(core.intercept[row]),
            None if core is None else _number(core.factor[row]),
            names[bits.bit_length() - 1] if bits else "",
            tuple(TAGS[tag] for tag in tags[row] if tag >= 0),
        )
    factor = _rater_factors(result, len(data.contributors))
    rating, writing = result.contributors.rating, result.contributors.writing
    raters = {
        Pseudonym(str(name)): RaterFinding(
            _number(factor[row]),
            int(rating.impact[row]),
            int(writing.helpful[row]),
            int(writing.not_helpful[row]),
        )
        for row, name in enumerate(data.contributors.name)
    }
    return Findings(run, notes, raters)


def _rater_factors(result: RunResult, n_raters: int) -> NDArray[np.float32]:
    """(n_raters,) of the last fit, of the first where the rater was filtered; NaN unknown."""
    for voice in result.spoken.raters:
        if voice.prefix == "core":
            last = spread(voice.raters.factor, voice.raters.id, n_raters)
            first = spread(voice.raters.first_factor, voice.raters.id, n_raters)
            return np.where(np.isnan(last), first, last)
    return np.full(n_raters, np.nan, dtype=np.float32)


def _number(value: np.floating) -> float | None:
    return None if np.isnan(value) else float(value)
