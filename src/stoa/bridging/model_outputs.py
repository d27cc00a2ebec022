"""What one model hands on: from prescoring to final scoring, and from there to the merge.

Rows are compact: `id` holds rows of `Contributors` (raters) or `NoteTable` (notes), ascending;
`spread` lays a column out over everybody. A missing number is NaN.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Column = NDArray[np.float32]


def spread(column: NDArray[np.generic], ids: NDArray[np.int32], n: int) -> NDArray[np.float32]:
    """A compact column over all n rows; NaN where the model has no row.

    >>> spread(np.array([2.0]), np.array([1], dtype=np.int32), 3).tolist()
    [nan, 2.0, nan]
    """
    whole = np.full(n, np.nan, dtype=np.float32)
    whole[ids] = column
    return whole


@dataclass(frozen=True, slots=True)
class RaterOutput:
    """Raters of one model after prescoring (spec 7, step 12). All arrays (n,), rows by `id`."""

    id: NDArray[np.int32]
    intercept: Column  # final round (rater1); NaN where the rater was filtered
    factor: Column
    first_intercept: Column  # first round (rater0)
    first_factor: Column
    crh_crnh_ratio_difference: NDArray[np.float64]
    mean_note_score: NDArray[np.float64]
    agree_ratio: NDArray[np.float64]
    penalised_ratio: NDArray[np.float64]
    harassment_penalty: NDArray[np.float64]
    above_threshold: NDArray[np.int8]  # 1, 0, or -1 where nothing is known
    incorrect_tag_ratings: NDArray[np.float64]
    tag_ratings: NDArray[np.float64]  # totalRatingsMadeByRater
    successful_helpful: NDArray[np.float64]
    successful_not_helpful: NDArray[np.float64]
    unsuccessful_helpful: NDArray[np.float64]
    unsuccessful_not_helpful: NDArray[np.float64]
    diligence_intercept: Column
    diligence_factor: Column
    diligence_reputation: Column
    diligence_intercept_round2: Column
    reputation: Column  # of the coverage model alone


@dataclass(frozen=True, slots=True)
class NoteOutput:
    """Notes of one model after prescoring. All arrays (n,), rows by `id`."""

    id: NDArray[np.int32]
    intercept: Column  # note1 (note0 for models without reputation)
    factor: Column
    diligence_intercept: Column
    diligence_factor: Column
    diligence_intercept_round2: Column
    harassment_intercept: Column
    harassment_factor: Column


@dataclass(frozen=True, slots=True)
class Prescored:
    """All that final scoring needs of one model's prescoring."""

    scorer: str
    mu: float
    n_ratings: int  # of the final round
    n_notes: int
    n_raters: int
    diligence_globals: tuple[float, float, float]  # after rounds 1, 2, 3
    tag_thresholds: NDArray[np.float64]  # (13,), in the order of NOT_HELPFUL_TAGS
    raters: RaterOutput
    notes: NoteOutput


@dataclass(frozen=True, slots=True)
class ModelNotes:
    """One model's word on every note after final scoring. Arrays (n_notes,), row by row."""

    scorer: str
    intercept: Column
    factor: Column
    intercept_min: Column
    intercept_max: Column
    no_high_volume: Column
    no_correlated: Column
    population_sampled: Column
    status: NDArray[np.int8]  # Status; NONE where the model does not speak
    active_rules: NDArray[np.uint32]  # bit r: rule r of `rules.RULES` acted
    filter_tags: NDArray[np.uint16]  # bit t: NOT_HELPFUL_TAGS[t] made the tag filter act
    n_final_round_ratings: Column
    extra: Mapping[str, NDArray[np.generic]]  # what the core model alone writes to aux_note_info
