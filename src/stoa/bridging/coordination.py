"""Leaves out what coordinated raters say more than once (spec 4.3)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from stoa.bridging.preprocessing import FEWEST_NOTES, is_live
from stoa.note_records import NoteTable, RatingTable


class Phase(Enum):
    """Which raters count as coordinated: a quirk of the published scorer.

    Final scoring and flip prediction look only at raters that have both a post selection value
    and a clique; prescoring looks at all.
    """

    PRESCORING = "prescoring"
    FINAL = "final"


@dataclass(frozen=True, slots=True)
class Coordination:
    """Ratings that stay, and the raters who rate as one."""

    kept: NDArray[np.bool_]  # (n_ratings,)
    correlated: NDArray[np.bool_]  # (n_raters,): take [ratings.rater] for a flag by rating


def drop_coordinated(
    notes: NoteTable,
    ratings: RatingTable,
    post_selection: NDArray[np.int32],
    clique: NDArray[np.int32],
    phase: Phase,
    merges: bool | None = None,
) -> Coordination:
    """Ratings that stay when raters of one post selection value count as one.

    Of theirs only the first rating of a note stays, and none of a note that one of them wrote.
    Both values are (n_raters,), 0 for none. Of equally early ratings the smallest rater's stays.
    With fewer than 200 notes in the notes file everything stays; `merges` says whether there are
    as many where `notes` are not all of them.
    """
    if phase is Phase.FINAL:
        both = (post_selection > 0) & (clique > 0)
        post_selection, clique = post_selection * both, clique * both
    kept = np.ones(len(ratings), dtype=np.bool_)
    correlated = clique > 0
    live = is_live(notes)
    if not (has_enough_notes(notes) if merges is None else merges):
        return Coordination(kept, correlated)
    rows = np.flatnonzero(post_selection[ratings.rater] > 0)
    value = post_selection[ratings.rater[rows]]
    kept[rows] = False
    note = ratings.note[rows]
    own = live[note] & (post_selection[notes.author[note]] == value)
    rows, value, note = rows[~own], value[~own], note[~own]
    order = np.lexsort((ratings.rater[rows], ratings.at_ms[rows], value, note))
    new = np.diff(note[order], prepend=-1) != 0
    new |= np.diff(value[order], prepend=-1) != 0
    kept[rows[order[new]]] = True
    return Coordination(kept, correlated)


def has_enough_notes(notes: NoteTable) -> bool:
    """Whether ratings are dropped at all."""
    return int(np.count_nonzero(is_live(notes))) >= FEWEST_NOTES
