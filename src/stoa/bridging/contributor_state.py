"""Who may write: earning in, being at risk, earning out (spec 18.2)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.note_records import NO_TIME, Contributors, Enrollment

AT_RISK_COUNT = 2
TARGET = 5
TOP_WRITER_IMPACT = 10
TOP_WRITER_HIT_RATE = 0.04
NO_STATE = -1

RATERS_ONLY = (Enrollment.REMOVED, Enrollment.NEW_USER, Enrollment.EARNED_OUT_ACKNOWLEDGED)
API = (Enrollment.API_TEST_USER, Enrollment.API_EARNED_IN, Enrollment.API_EARNED_OUT)


@dataclass(frozen=True, slots=True)
class TrackRecord:
    """What a state depends on. Arrays (n_raters,), row by row with `Contributors`."""

    is_active: NDArray[np.bool_]  # an early rating, or a note since the last earn-out
    rating_impact: NDArray[np.int64]
    recent_not_helpful: NDArray[np.int64]  # CRNH among the five latest decided notes
    helpful: NDArray[np.int64]  # CRH notes, all
    not_helpful: NDArray[np.int64]  # CRNH notes, all
    written: NDArray[np.int64]  # notes, all


@dataclass(frozen=True, slots=True)
class States:
    """Enrolment after a run. Arrays (n_raters,)."""

    state: NDArray[np.int8]  # Enrollment; NO_STATE for the inactive who are not enrolled
    needed: NDArray[np.int64]  # the target; NO_TIME for the inactive
    changed_ms: NDArray[np.int64]  # NO_TIME for the inactive and where it never changed
    earned_out_ms: NDArray[np.int64]
    times_earned_out: NDArray[np.int64]  # NO_TIME for the inactive and those not enrolled


def last_earn_out_ms(contributors: Contributors, now_ms: int) -> NDArray[np.int64]:
    """(n_raters,) since when notes count; whoever acknowledged earning out starts anew now."""
    out = contributors.state == Enrollment.EARNED_OUT_ACKNOWLEDGED
    return np.where(out & contributors.enrolled, now_ms, contributors.earned_out_ms)


def next_states(contributors: Contributors, record: TrackRecord, now_ms: int) -> States:
    """Runs the six steps of the published machine, each on the state left by the step before.

    A state that an earlier step changed is a number there, while later steps ask for names; so
    once changed, it passes all their tests and only the count of CRNH notes decides. `moved`
    stands for that.
    """
    before = np.where(contributors.enrolled, contributors.state, Enrollment.NEW_USER)
    state = before.astype(np.int8)
    moved = np.zeros(len(contributors), dtype=bool)
    recent = record.recent_not_helpful

    earns_in = _free(before, Enrollment.REMOVED, Enrollment.EARNED_IN, Enrollment.AT_RISK, *API)
    earns_in &= record.rating_impact >= contributors.needed
    state[earns_in] = Enrollment.EARNED_IN
    moved |= earns_in

    may_risk = _free(
        before, *RATERS_ONLY, Enrollment.EARNED_OUT_NO_ACKNOWLEDGE, Enrollment.AT_RISK, *API
    )
    at_risk = (moved | may_risk) & (recent == AT_RISK_COUNT)
    state[at_risk] = Enrollment.AT_RISK
    moved |= at_risk

    earns_out = (moved | _free(before, *RATERS_ONLY, *API)) & (recent > AT_RISK_COUNT)
    state[earns_out] = Enrollment.EARNED_OUT_NO_ACKNOWLEDGE
    moved |= earns_out

    may_return = _free(
        before, *RATERS_ONLY, Enrollment.EARNED_OUT_NO_ACKNOWLEDGE, Enrollment.EARNED_IN, *API
    )
    returns = (moved | may_return) & (recent < AT_RISK_COUNT)
    state[returns] = Enrollment.EARNED_IN
    moved |= returns

    triggered = _is_single_trigger(state, record) & record.is_active
    state[triggered] = Enrollment.EARNED_OUT_NO_ACKNOWLEDGE
    times = contributors.times_earned_out + earns_out + triggered
    out = state == Enrollment.EARNED_OUT_NO_ACKNOWLEDGE
    needed = np.where(out, _targets(record, np.where(contributors.enrolled, times, 0)), 0)
    state[out] = Enrollment.EARNED_OUT_ACKNOWLEDGED

    stays = np.where(contributors.enrolled, contributors.state, NO_STATE)
    return States(
        state=np.where(record.is_active, state, stays).astype(np.int8),
        needed=_where_active(record, np.where(out, needed, contributors.needed)),
        changed_ms=_where_active(
            record, np.where(moved | triggered, now_ms, contributors.changed_ms)
        ),
        earned_out_ms=last_earn_out_ms(contributors, now_ms),
        times_earned_out=np.where(record.is_active & contributors.enrolled, times, NO_TIME),
    )


def _free(before: NDArray[np.integer], *barred: Enrollment) -> NDArray[np.bool_]:
    """Contributors whose state in the input is none of the barred."""
    return ~np.isin(before, barred)


def _is_single_trigger(state: NDArray[np.int8], record: TrackRecord) -> NDArray[np.bool_]:
    """More CRNH than CRH notes in all, and a recent CRNH note; api contributors too."""
    barred = (Enrollment.EARNED_OUT_NO_ACKNOWLEDGE, Enrollment.NEW_USER)
    loses = (record.not_helpful > record.helpful) & (record.recent_not_helpful > 0)
    return loses & _free(state, *barred, Enrollment.EARNED_OUT_ACKNOWLEDGED, Enrollment.REMOVED)


def _targets(record: TrackRecord, times: NDArray[np.int64]) -> NDArray[np.int64]:
    """Rating impact to earn in again; it rises with each earning out, but not for top writers."""
    impact = record.helpful - record.not_helpful
    hit_rate = impact / np.maximum(record.written, 1)
    top = (impact >= TOP_WRITER_IMPACT) & (hit_rate >= TOP_WRITER_HIT_RATE)
    rise = np.where(top, 0, TARGET * np.maximum(times - 1, 0))
    return TARGET + np.maximum(record.rating_impact, 0) + rise


def _where_active(record: TrackRecord, column: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.where(record.is_active, column, NO_TIME)
