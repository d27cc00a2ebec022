"""Which scorer decides the square's notes, and its name in the log.

The scorer itself is imported when it first runs: SciPy would cost every square a second and
20 MiB at its start.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from stoa.note_records import NotesData, RunTimes

if TYPE_CHECKING:
    from stoa.bridging.run_result import RunResult

Scorer = Callable[[NotesData, RunTimes], "RunResult"]

SMALL_SQUARE = "stoa small square 2"
"""To be raised whenever the same input may give another status."""


def score_small_square(data: NotesData, times: RunTimes) -> RunResult:
    """One run for one community; see `small_square.score`."""
    from stoa.notes.small_square import score

    return score(data, times)
