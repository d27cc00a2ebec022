"""All that the rules over models look at (spec 16)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.bridging.note_counts import NoteCounts
from stoa.bridging.verdicts import Verdicts
from stoa.note_records import Status, StatusHistory

REJECTED = (Status.FIRM_REJECT, Status.CURRENTLY_RATED_NOT_HELPFUL)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of each note when the models have spoken. Arrays (n_notes,)."""

    verdicts: Verdicts
    history: StatusHistory  # as the run before left it
    counts: NoteCounts
    sampled_negative: NDArray[np.int64]  # population-sampled ratings by core raters with f < 0
    sampled_positive: NDArray[np.int64]  # and with f >= 0
    predicted_crh: NDArray[np.bool_]  # pflip foresees that the note stays CRH (spec 14)
    now_ms: int

    def blocked(self) -> NDArray[np.bool_]:
        """Notes that no weaker model may raise: rejected by core, or by expansion without core."""
        core, expansion = self.verdicts.status("core"), self.verdicts.status("expansion")
        return np.isin(core, REJECTED) | ((core == Status.NONE) & np.isin(expansion, REJECTED))
