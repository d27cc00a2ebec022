"""The models that speak in final scoring: those that were fitted, and those that borrow raters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from stoa.bridging.ensemble import ENSEMBLE
from stoa.bridging.final_passes import FinalModel
from stoa.bridging.gaussian_scorers import GAUSSIAN_SCORERS, GaussianConfig
from stoa.bridging.model_outputs import ModelNotes
from stoa.bridging.scorers import ScorerConfig, Topic
from stoa.bridging.side_counts import topic_confident
from stoa.bridging.verdicts import UNKNOWN
from stoa.note_records import RatingTable, Status

Speaking = tuple[ScorerConfig, str, GaussianConfig | None]
"""A model, whose prescoring it uses, and its curves if it is a Gaussian one."""


def speaking_models(scorers: Sequence[ScorerConfig] = ENSEMBLE) -> Iterator[Speaking]:
    """All models of final scoring, the Gaussian ones after those that they borrow from."""
    by_name = {config.name: config for config in scorers}
    for config in scorers:
        if config.final:
            yield config, config.name, None
    for gaussian in GAUSSIAN_SCORERS:
        if gaussian.borrows in by_name:
            yield borrowing(by_name[gaussian.borrows], gaussian), gaussian.borrows, gaussian


def borrowing(config: ScorerConfig, gaussian: GaussianConfig) -> ScorerConfig:
    """A Gaussian model as a model: its own scope and rules over borrowed raters."""
    return replace(
        config,
        name=gaussian.name,
        prefix=gaussian.prefix,
        scope=gaussian.scope,
        group=gaussian.group,
        thresholds=gaussian.thresholds,
        uses_reputation=gaussian.uses_reputation,
        pseudo_raters=False,
        normalised=None,
    )


def confidence(model: FinalModel, ratings: RatingTable, notes: ModelNotes) -> NDArray[np.int8]:
    """(n_notes,) whether enough raters of both sides rated a topic's note (spec 12.4).

    UNKNOWN for notes that the model, or any model but a topic's, does not speak of.
    """
    if model.config.prefix != "topic":
        return np.full(model.n_notes, UNKNOWN, dtype=np.int8)
    least = 0 if model.number == Topic.IN_DIMENSION_TWO else 4
    sure = topic_confident(ratings, model.rater("factor"), notes.intercept, least)
    return np.where(notes.status != Status.NONE, sure, UNKNOWN).astype(np.int8)
