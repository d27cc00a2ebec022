"""All that is known of one note after a run: enough to score it again, alone.

Rows of `data.contributors` are the note's raters and its author, in the order of the whole table,
so everything sums in the order it did in the run.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.bridging.final_passes import FinalModel
from stoa.bridging.meta import MetaResult
from stoa.bridging.rules import NoteSignals
from stoa.bridging.scorers import ScorerConfig
from stoa.note_records import NotesData, RunTimes, Status, StatusHistory


@dataclass(frozen=True, slots=True)
class KeptWord:
    """What the run kept of one model's word on the note."""

    status: Status
    active_rules: int  # bit r: RULES[r] acted
    signals: NoteSignals  # one row

    @property
    def intercept(self) -> float:
        """As the run found it; NaN where the model has no fit of the note."""
        return float(self.signals.intercept[0])

    @property
    def factor(self) -> float:
        """As the run found it."""
        return float(self.signals.factor[0])


@dataclass(frozen=True, slots=True)
class ModelCase:
    """One model, and what it said of the note in the run; None where it does not speak of it."""

    config: ScorerConfig
    model: FinalModel | None  # with the raters of this note alone
    kept: KeptWord | None


@dataclass(frozen=True, slots=True)
class KeptDecision:
    """What the run decided of the note. Arrays of one row."""

    meta: MetaResult
    history: StatusHistory  # after the run
    stays_crh: NDArray[np.bool_]  # what the flip model foresees (spec 14)
    flip_probability: float  # NaN where not asked
    predicted_crh_ms: NDArray[np.int64]  # of the early look, before statuses (spec 15)


@dataclass(frozen=True, slots=True)
class NoteCase:
    """One note of a finished run."""

    note_id: int
    author: str  # the participant id
    data: NotesData  # one note; `ratings.note` is 0 throughout
    raters: NDArray[np.int32]  # rows of the whole table, of each row of `data.contributors`
    post_selection: NDArray[np.int32]  # these three over `data.contributors`
    clique: NDArray[np.int32]
    high_volume: NDArray[np.bool_]
    topic: NDArray[np.int8]  # (1,)
    merges_coordinated: bool
    models: tuple[ModelCase, ...]  # all of the run, in the order of final scoring
    scorers: frozenset[str] | None  # whose rules decided, see `Choice`; None: all
    times: RunTimes
    kept: KeptDecision
