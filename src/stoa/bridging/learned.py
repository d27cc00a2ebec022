"""What the first phase of a run hands to the second (spec 1)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.bridging.coverage import Coverage
from stoa.bridging.early_look import NoEarlyModel
from stoa.bridging.flip_model import FlipModel, NoFlipModel
from stoa.bridging.learners import Trees
from stoa.bridging.model_outputs import Prescored, spread
from stoa.bridging.topics import TopicModel


@dataclass(frozen=True, slots=True)
class Prescoring:
    """What the first phase hands to the second."""

    post_selection: NDArray[np.int32]  # (n_raters,), 0 for none (spec 4.1)
    clique: NDArray[np.int32]  # (n_raters,), 0 for none (spec 4.2)
    topics: TopicModel
    models: tuple[Prescored, ...]
    coverage: Coverage | None
    flips: FlipModel | NoFlipModel
    early: Trees | NoEarlyModel

    def of(self, scorer: str) -> Prescored | None:
        """One model's prescoring, or None where it had nothing to say."""
        return next((model for model in self.models if model.scorer == scorer), None)

    def factors(self, scorer: str, column: str = "factor") -> NDArray[np.float32]:
        """(n_raters,) a model's rater factors; NaN throughout for a model without prescoring."""
        n_raters = len(self.post_selection)
        model = self.of(scorer)
        if model is None:
            return np.full(n_raters, np.nan, dtype=np.float32)
        return spread(getattr(model.raters, column), model.raters.id, n_raters)
