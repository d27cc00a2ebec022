"""Stops a run in which too many notes gain or lose their status at once (spec 17.2)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from stoa.bridging.rescoring import NoteSubset
from stoa.errors import TooManyFlips
from stoa.note_records import NO_TIME, Status, StatusHistory

SMOOTHING = 100
FEWEST_NOTES = 200
"""Smaller data are somebody's experiment, and not checked."""


def check_flips(
    history: StatusHistory, status: NDArray[np.int8], subsets: Sequence[NoteSubset]
) -> None:
    """Compares unlocked notes before and after, subset by subset.

    Args:
        history: as the run before left it.
        status: (n_notes,) final statuses of this run.
        subsets: which notes, and the limits of each.

    Raises:
        TooManyFlips: some share is above its limit; all that are above are named.
    """
    if len(history) <= FEWEST_NOTES:
        return
    unlocked = history.locked_ms == NO_TIME
    was = (history.current == Status.CURRENTLY_RATED_HELPFUL) & unlocked
    now = (status == Status.CURRENTLY_RATED_HELPFUL) & unlocked
    found = [text for subset in subsets for text in _excess(subset, was, now)]
    if found:
        raise TooManyFlips(found)


def _excess(subset: NoteSubset, was: NDArray[np.bool_], now: NDArray[np.bool_]) -> list[str]:
    """What is above a limit among the notes of one subset, in words."""
    n_was, n_now = int((was & subset.notes).sum()), int((now & subset.notes).sum())
    if not n_was or not n_now:
        return []
    texts: list[str] = []
    for verb, flipped, most in (
        ("gained", now & ~was, subset.most_new),
        ("lost", was & ~now, subset.most_lost),
    ):
        n_flipped = int((flipped & subset.notes).sum())
        share = n_flipped / (n_was + SMOOTHING)
        if share > most:
            texts.append(
                f"{subset.name}: {n_flipped} notes {verb} CRH against {n_was} before, "
                f"a share of {share:.3f} where {most} is the limit"
            )
    return texts
