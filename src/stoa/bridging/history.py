"""What a run leaves behind for the next one (spec 17)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from stoa.bridging.evidence import Evidence
from stoa.bridging.meta import MetaResult
from stoa.note_records import DAY_MS, NO_TIME, NoteTable, Status, StatusHistory

LOCK_AGE_MS = 14 * DAY_MS
TOMBSTONES_MS = 1_652_918_400_000
"""19 May 2022. Notes created earlier keep the first and latest status they had then."""

NEVER = -1


def updated_history(
    notes: NoteTable, evidence: Evidence, meta: MetaResult, above_pcrh_ms: NDArray[np.int64]
) -> StatusHistory:
    """The history after this run; every row was scored.

    Args:
        notes: all notes.
        evidence: what the rules saw; its history is that of the run before.
        meta: the final statuses.
        above_pcrh_ms: (n_notes,) see `pcrh_times.lasting_times`. The published step that writes -1
            at locked notes is overwritten by these before anything is exported.
    """
    history, verdicts, now_ms = evidence.history, evidence.verdicts, evidence.now_ms
    status = meta.status
    fell_to = np.where(history.changed_ms == NO_TIME, NEVER, history.changed_ms)
    moved = replace(
        history,
        known=np.ones_like(history.known),
        changed_ms=np.where(status != history.current, now_ms, fell_to),
        current=status,
        current_ms=np.full_like(history.current_ms, now_ms),
        core=verdicts.status("core"),
        expansion=verdicts.status("expansion"),
        group_status=verdicts.status("group"),
        multi_group_status=verdicts.status("multiGroup"),
        group=verdicts.group,
        multi_group=verdicts.multi_group,
        decided_by=meta.decided_by_label(),
        final_output_minute=np.full_like(history.final_output_minute, NO_TIME),
        above_pcrh_ms=above_pcrh_ms,
    )
    locked = _with_locks(notes, moved, meta, now_ms)
    return _with_statuses(notes, _with_window(locked, meta.window_ms), now_ms)


def _with_locks(
    notes: NoteTable, history: StatusHistory, meta: MetaResult, now_ms: int
) -> StatusHistory:
    """Freezes statuses two weeks after writing, where a rule decided that reaches everybody."""
    freezes = (
        (history.locked == Status.NONE)
        & (now_ms - notes.created_ms > LOCK_AGE_MS)
        & meta.may_lock()
    )
    return replace(
        history,
        locked=np.where(freezes, history.current, history.locked).astype(np.int8),
        locked_ms=np.where(freezes, now_ms, history.locked_ms),
    )


def _with_window(history: StatusHistory, window_ms: NDArray[np.int64]) -> StatusHistory:
    """Enters and leaves stabilisation; a locked note is out of it for good."""
    is_locked = history.locked != Status.NONE
    moves = ~is_locked & (window_ms != NO_TIME)
    window = np.where(moves, window_ms, history.window_ms)
    enters_first = moves & (history.first_window_ms == NO_TIME)
    return replace(
        history,
        window_ms=np.where(is_locked, NEVER, window),
        first_window_ms=np.where(enters_first, window_ms, history.first_window_ms),
    )


def _with_statuses(notes: NoteTable, history: StatusHistory, now_ms: int) -> StatusHistory:
    """First and latest status other than NMR; coming back from NMR to the same changes neither."""
    current = history.current
    shown = (notes.created_ms >= TOMBSTONES_MS) & (current != Status.NEEDS_MORE_RATINGS)
    first = shown & (history.first_status == Status.NONE)
    latest = first | (shown & (current != history.latest_status))
    return replace(
        history,
        first_status=np.where(first, current, history.first_status).astype(np.int8),
        first_status_ms=np.where(first, now_ms, history.first_status_ms),
        latest_status=np.where(latest, current, history.latest_status).astype(np.int8),
        latest_status_ms=np.where(latest, now_ms, history.latest_status_ms),
    )
