"""Since when a note has been foreseen as helpful, and when that ends (spec 15, 19)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from stoa.bridging.evidence import REJECTED, Evidence
from stoa.bridging.meta import CORE_MODEL, MetaResult
from stoa.note_records import HOUR_MS, NO_TIME, Classification, NoteTable

SHOW_MS = 12 * HOUR_MS
CLEARED = -1


def lasting_times(
    predicted_ms: NDArray[np.int64], notes: NoteTable, evidence: Evidence, meta: MetaResult
) -> NDArray[np.int64]:
    """`abovePcrhThresholdTime` after the statuses are known.

    A note keeps its time only while core decides it and does not reject it, while it is not a
    NOT_MISLEADING note, and for twelve hours. After that -T0 remembers that it had its turn.

    Args:
        predicted_ms: (n_notes,) T0, -T0, or NO_TIME, as the prediction gives them.
        notes: all notes.
        evidence: what the rules saw; its history holds the times of the run before.
        meta: the final statuses.
    """
    before_ms = evidence.history.above_pcrh_ms
    first = _first_time(predicted_ms)
    first = np.where(first == NO_TIME, _first_time(before_ms), first)
    ends = ~_is_eligible(notes, evidence, meta) & ((predicted_ms > 0) | (before_ms > 0))
    ends |= (predicted_ms > 0) & (evidence.now_ms - predicted_ms > SHOW_MS)
    known = first != NO_TIME
    return np.where(ends & known, -np.where(known, first, 0), predicted_ms)


def _is_eligible(notes: NoteTable, evidence: Evidence, meta: MetaResult) -> NDArray[np.bool_]:
    by_core = meta.decided_by_label() == CORE_MODEL
    rejected = np.isin(evidence.verdicts.status("core"), REJECTED)
    return by_core & ~rejected & (notes.classification != Classification.NOT_MISLEADING)


def _first_time(times_ms: NDArray[np.int64]) -> NDArray[np.int64]:
    """|t|, or NO_TIME where there is none or it was cleared."""
    none = (times_ms == NO_TIME) | (times_ms == CLEARED)
    return np.where(none, NO_TIME, np.abs(np.where(none, 0, times_ms)))
