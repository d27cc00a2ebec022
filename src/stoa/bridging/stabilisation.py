"""A note about to be shown waits a while, to see whether it stays helpful (spec 16.3)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.bridging.evidence import Evidence
from stoa.bridging.verdicts import NO_TOPIC
from stoa.note_records import MINUTE_MS, NO_TIME, Status

LEAST_MS = 30 * MINUTE_MS
MOST_CRH_MS = 60 * MINUTE_MS
MOST_NYH_MS = 360 * MINUTE_MS
LEFT_WINDOW = -1


@dataclass(frozen=True, slots=True)
class Stabilised:
    """What the window makes of statuses. Arrays (n_notes,)."""

    status: NDArray[np.int8]  # the new status; NONE where it stays
    window_ms: NDArray[np.int64]  # start of the window, LEFT_WINDOW, or NO_TIME for no change


def stabilise(evidence: Evidence, status: NDArray[np.int8]) -> Stabilised:
    """Holds back notes that are newly helpful; lets go those that stayed so.

    Notes that were helpful before this run are shown already: they are left alone, except that a
    NEEDS_YOUR_HELP among them keeps its CRH.
    """
    history, now_ms = evidence.history, evidence.now_ms
    since = history.window_ms
    was_crh = history.current == Status.CURRENTLY_RATED_HELPFUL
    crh = status == Status.CURRENTLY_RATED_HELPFUL
    nyh = status == Status.NEEDS_YOUR_HELP
    rising = (crh | nyh) & ~was_crh
    inside = since > 0
    age_ms = np.where(inside, now_ms - since, 0)

    late = inside & ((crh & (age_ms > MOST_CRH_MS)) | (nyh & (age_ms > MOST_NYH_MS)))
    settled = inside & crh & (age_ms >= LEAST_MS) & ~_is_doubtful(evidence)
    shown = rising & crh & (late | settled)

    new = np.zeros_like(status)
    new[rising] = Status.NEEDS_MORE_RATINGS
    new[shown | (was_crh & nyh)] = Status.CURRENTLY_RATED_HELPFUL
    new[new == status] = Status.NONE

    window = np.full_like(since, NO_TIME)
    held = rising | (inside & ~was_crh)
    window[held] = since[held]
    never = since == NO_TIME
    window[rising & (never | (crh & (since < 0)))] = now_ms
    window[shown | (rising & late) | (inside & ~was_crh & ~rising)] = LEFT_WINDOW
    return Stabilised(status=new, window_ms=window)


def _is_doubtful(evidence: Evidence) -> NDArray[np.bool_]:
    """Notes with a reason to wait on: an unsure topic model, an earlier or a foreseen flip."""
    verdicts = evidence.verdicts
    unsure = (verdicts.topic != NO_TOPIC) & (verdicts.topic_confident == 0)
    was_shown = evidence.history.first_status == Status.CURRENTLY_RATED_HELPFUL
    return unsure | was_shown | ~evidence.predicted_crh
