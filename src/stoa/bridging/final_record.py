"""What final scoring knows of all notes together, so that any one of them can be scored again.

With raters fixed a note depends on the others through a few numbers only: how many ratings a note
has on average, the extremes of the raters, the scale of the factors, how long a descent went on.
Whoever keeps these needs to read nothing but the note's own ratings to score it to the last bit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from stoa.bridging.bounds import Extremes
from stoa.bridging.model_outputs import ModelNotes
from stoa.bridging.rules import NoteSignals
from stoa.bridging.scorers import ScorerConfig
from stoa.bridging.tag_ratios import TagScale

FINAL_RATER_COLUMNS = (
    "intercept",
    "factor",
    "above_threshold",
    "incorrect_tag_ratings",
    "tag_ratings",
    "diligence_intercept",
    "diligence_factor",
    "diligence_reputation",
    "diligence_intercept_round2",
)
"""The columns of `RaterOutput` that final scoring reads."""

FINAL_NOTE_COLUMNS = ("diligence_intercept", "diligence_factor", "diligence_intercept_round2")
"""The columns of `NoteOutput` that final scoring reads."""


@dataclass(frozen=True, slots=True)
class OwnRaters:
    """Raters as one pass fitted them anew: group 14 alone does (spec 6). Arrays (n,)."""

    rater: NDArray[np.int32]  # rows of Contributors, ascending
    intercept: NDArray[np.float32]
    factor: NDArray[np.float32]
    weight: NDArray[np.float64]  # of each of the rater's ratings
    mu: float


@dataclass(frozen=True, slots=True)
class Whole:
    """One model's final scoring as far as every note shares in it."""

    n_ratings: int  # that counted in the pass over all ratings
    extremes: Extremes | None  # of its raters; None where the model has no bounds
    tag_scale: TagScale
    diligence_steps: tuple[int, int] | None  # of the descents to factor and intercept, if known
    present: NDArray[np.bool_]  # (n_raters,) has a rating that counted
    own_raters: Mapping[str, OwnRaters]  # by pass; empty but for group 14


@dataclass(frozen=True, slots=True)
class FinalRecord:
    """What one model looked at and said, note by note, and what it shares between them."""

    config: ScorerConfig
    borrows: str  # whose rater parameters it used; its own name but for Gaussian models
    number: int | None  # see `Voice.number`
    whole: Whole
    signals: NoteSignals
    notes: ModelNotes


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What the models of a run share. Arrays (n_notes,) or (n_raters,)."""

    high_volume: NDArray[np.bool_]  # raters
    topic: NDArray[np.int8]  # notes
    merges_coordinated: bool  # there are notes enough for spec 4.3 to drop ratings


class Keeper(Protocol):
    """Keeps what a run found on the way; may be called from several threads at once."""

    def facts(self, facts: RunFacts) -> None:
        """Hears once what all models share, before any of them speaks."""
        ...

    def model(self, record: FinalRecord) -> None:
        """Hears each model as it finishes; the arrays are not kept alive for later."""
        ...
