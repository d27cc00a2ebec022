"""How many cells of two outputs differ, group of columns by group of columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.notes.differences import Aligned

PREFIXES = (
    "gaussianCoreWithTopics",
    "coreWithTopics",
    "expansionPlus",
    "multiGroup",
    "gaussian",
    "expansion",
    "coverage",
    "group",
    "topic",
    "core",
)
"""Longer ones first: the first that a column starts with is its group."""

OTHER_GROUPS: Mapping[str, str] = {
    "helpful": "tag counts",
    "notHelpful": "tag counts",
    "timestamp": "times",
    "pcrh": "early look",
    "abovePcrh": "early look",
    "pflip": "flips",
    "successfulRating": "rating outcomes",
    "unsuccessfulRating": "rating outcomes",
    "locked": "lock",
}


@dataclass(frozen=True, slots=True)
class GroupDifference:
    """One group of columns of one file."""

    file: str
    group: str
    n_columns: int
    n_rows: int  # with any cell that differs
    n_far_rows: int  # with a text, or a number further apart than the tolerance
    largest: float  # difference of two numbers; 0 where none differs
    worst_column: str  # with most rows that differ; "" where none does


def group_of(column: str) -> str:
    """The group a column is counted in.

    >>> [group_of(c) for c in ("coreNoteIntercept", "notHelpfulOtherAdjusted", "firstTag")]
    ['core', 'tag weights', 'other']
    """
    if column.endswith(("Adjusted", "AdjustedRatio", "_interval")) or column == "ratingWeight":
        return "tag weights"
    found = next((p for p in PREFIXES if column.startswith(p)), "")
    return found or next((g for p, g in OTHER_GROUPS.items() if column.startswith(p)), "other")


def column_differences(
    file: str, pair: Aligned, columns: Sequence[str], tolerance: float
) -> list[GroupDifference]:
    """Counts over the rows that both tables have, in the order groups first appear."""
    groups: dict[str, list[str]] = {}
    for column in columns:
        groups.setdefault(group_of(column), []).append(column)
    return [_group(file, name, pair, inside, tolerance) for name, inside in groups.items()]


def _group(
    file: str, group: str, pair: Aligned, columns: Sequence[str], tolerance: float
) -> GroupDifference:
    n = len(pair.rows)
    any_row, far_row = np.zeros(n, dtype=np.bool_), np.zeros(n, dtype=np.bool_)
    largest, worst, most = 0.0, "", 0
    for column in columns:
        differs, far, distance = _column(pair, column, tolerance)
        any_row |= differs
        far_row |= far
        largest = max(largest, distance)
        if int(differs.sum()) > most:
            worst, most = column, int(differs.sum())
    return GroupDifference(
        file, group, len(columns), int(any_row.sum()), int(far_row.sum()), largest, worst
    )


def _column(
    pair: Aligned, column: str, tolerance: float
) -> tuple[NDArray[np.bool_], NDArray[np.bool_], float]:
    """Which cells differ, which of them by more than the tolerance, and the largest distance."""
    numbers = pair.numbers(column)
    if numbers is None:
        first, second = pair.texts(column)
        differs = first != second
        return differs, differs, 0.0
    a, b = numbers
    missing = np.isnan(a) != np.isnan(b)
    distance = np.nan_to_num(np.abs(a - b))
    differs = missing | (distance > 0)
    return differs, missing | (distance > tolerance), float(distance.max(initial=0.0))
