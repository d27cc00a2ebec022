"""User enrolment: what is known of each participant."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.errors import BadTable
from stoa.note_records import ENROLLMENT_NAMES, NO_GROUP, NO_TIME, Contributors, Enrollment
from stoa.tables.cells import Cells
from stoa.tables.note_files import small_group
from stoa.tables.participants import Participants
from stoa.tables.rows import Column, GrowingColumns, objects

STATE_WORDS = tuple(ENROLLMENT_NAMES[state].encode() for state in Enrollment)
"""Index is `Enrollment`."""

NEVER = 1
"""timestampOfLastEarnOut of somebody who never earned out."""

DEFAULT_NEEDED = 5

_DEFAULTS: dict[str, tuple[type[np.generic], int]] = {
    "state": (np.int8, Enrollment.NEW_USER),
    "needed": (np.int64, DEFAULT_NEEDED),
    "changed_ms": (np.int64, NO_TIME),
    "earned_out_ms": (np.int64, NEVER),
    "group": (np.int16, NO_GROUP),
    "times_earned_out": (np.int64, 0),
}


@dataclass(frozen=True, slots=True)
class EnrollmentRows:
    """The rows of the enrolment files; people by provisional number."""

    who: NDArray[np.int32]
    columns: dict[str, Column]
    n_read: int


def read_enrollment(blocks: Iterable[Cells], people: Participants) -> EnrollmentRows:
    """The enrolment files.

    Raises:
        BadTable: a cell is malformed.
    """
    grown = GrowingColumns()
    for cells in blocks:
        grown.add(
            who=people.codes(cells, "participantId"),
            state=cells.codes("enrollmentState", STATE_WORDS),
            needed=cells.whole("successfulRatingNeededToEarnIn", DEFAULT_NEEDED),
            changed_ms=cells.whole("timestampOfLastStateChange", NO_TIME),
            earned_out_ms=cells.whole("timestampOfLastEarnOut", NEVER),
            group=small_group(cells, "modelingGroup"),
            times_earned_out=cells.whole("numberOfTimesEarnedOut", 0),
        )
    who = grown.joined("who", np.int32).astype(np.int32, copy=False)
    columns = {name: grown.joined(name, dtype) for name, (dtype, _) in _DEFAULTS.items()}
    return EnrollmentRows(who, columns, len(who))


def contributors(
    names: list[str], rank: NDArray[np.int32], rows: EnrollmentRows
) -> tuple[Contributors, int]:
    """Everybody by sorted id, and how many rows of the files were exact copies.

    Raises:
        BadTable: two rows of one participant differ.
    """
    who = rank[rows.who]
    order = np.argsort(who, kind="stable")
    twice = np.flatnonzero(who[order[1:]] == who[order[:-1]]) + 1
    whole: dict[str, Column] = {}
    for name, (dtype, default) in _DEFAULTS.items():
        column = rows.columns[name]
        differs = column[order[twice]] != column[order[twice - 1]]
        if differs.any():
            person = names[int(who[order[twice[int(differs.argmax())]]])]
            mend = f"{name} differs between two rows of this participant; keep one of them"
            raise BadTable("user enrollment", person, mend, column="participantId")
        whole[name] = np.full(len(names), default, dtype=dtype)
        whole[name][who] = column
    enrolled = np.zeros(len(names), dtype=np.bool_)
    enrolled[who] = True
    return Contributors(name=objects(names), enrolled=enrolled, **whole), len(twice)
