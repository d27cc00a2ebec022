"""Which notes do helpful raters call harassment, whatever side they are on (spec 8.4).

A factorisation as in spec 6, of whether a rating carries the harassment tag, with a logistic loss
in which positives weigh (1 - p) / p. It has many optima, and which of them is reached decides
whose ratings are penalised: on the oracle, descents to the bottom from six starts end at losses
up to 8% apart, with different notes above the threshold. So, unlike all other fits here, this one
walks as the published scorer does (Adam, 100 to 150 long steps from the helpfulness model's
factors) and stops where that stops.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array  # pyright: ignore[reportMissingTypeStubs]  # SciPy ships none

from stoa.bridging.layout import Layout
from stoa.bridging.scorers import Penalties
from stoa.note_records import RatingTable, tag_bit

Floats = NDArray[np.float64]

TAGS_CHANGED_MS = 1_639_699_200_000
"""Ratings before this instant had other tags to choose from."""

OTHER = np.uint32(tag_bit("notHelpfulOther"))
HARASSMENT = np.uint32(tag_bit("notHelpfulSpamHarassmentOrAbuse"))

LEARNING_RATE = 2.0
STOP = 1e-7
MUST_FALL_AFTER = 100  # epochs; later a rise of the loss ends the walk too
LONGEST = 5_000  # epochs; the published scorer has no bound
BLOCK = 1 << 16


@dataclass(frozen=True, slots=True)
class Harassment:
    """Per note of the layout: how much it is called harassment by both sides, and by one."""

    note_intercept: NDArray[np.float32]  # (n_notes,) a logit; NaN where nothing could be fitted
    note_factor: NDArray[np.float32]
    loss: float
    n_epochs: int


def harassment_labels(ratings: RatingTable) -> NDArray[np.int8]:
    """1: tagged as harassment; 0: helpful, or "other" alone; -1: says nothing of it.

    Labels come before `filter_ratings(10, 5)`; ratings of -1 are dropped first.
    """
    label = np.full(len(ratings), -1, dtype=np.int8)
    label[(ratings.level == 2) | ((ratings.tags & OTHER) > 0)] = 0
    label[(ratings.tags & HARASSMENT) > 0] = 1
    label[ratings.at_ms < TAGS_CHANGED_MS] = -1
    return label


def harassment_model(
    layout: Layout,
    note_factor: NDArray[np.floating],
    rater_factor: NDArray[np.floating],
    penalties: Penalties | None = None,
) -> Harassment:
    """Fits the labels of a layout (its values, 0 or 1), started from the helpfulness model.

    Args:
        layout: labels of helpful raters, after `filter_ratings(10, 5)`.
        note_factor: (n_notes,) of the helpfulness model; NaN counts as 0.
        rater_factor: (n_raters,) likewise.
        penalties: the published defaults if None.
    """
    share = float(layout.by_note.value.mean()) if layout.n_ratings else 0.0
    if share in (0.0, 1.0):
        nothing = np.full(layout.n_notes, np.nan, dtype=np.float32)
        return Harassment(nothing, nothing, float("nan"), 0)
    n_u, n_n = layout.n_raters, layout.n_notes
    start = np.concatenate(
        [
            np.zeros(1 + n_u),
            2.0 * np.nan_to_num(rater_factor.astype(np.float64)),
            np.zeros(n_n),
            2.0 * np.nan_to_num(note_factor.astype(np.float64)),
        ]
    )
    at, loss, n_epochs = adam(logistic_loss(layout, share, penalties or Penalties()), start)
    intercept, factor = at[1 + 2 * n_u : 1 + 2 * n_u + n_n], at[1 + 2 * n_u + n_n :]
    return Harassment(intercept.astype(np.float32), factor.astype(np.float32), loss, n_epochs)


def logistic_loss(
    layout: Layout, share: float, penalties: Penalties
) -> Callable[[Floats], tuple[float, Floats]]:
    """The loss and its gradient as a function of (mu, i_u, f_u, i_n, f_n) in one vector."""
    rows, n_u, n_n = layout.by_note, layout.n_raters, layout.n_notes
    n = layout.n_ratings
    per_note = np.diff(rows.start)
    positive_weight = (1.0 - share) / share
    cuts = np.cumsum([1, n_u, n_u, n_n])
    ridges = np.repeat(
        [
            penalties.mu,
            penalties.rater_intercept / n_u,
            penalties.rater_factor / n_u,
            penalties.note_intercept / n_n,
            penalties.note_factor / n_n,
        ],
        [1, n_u, n_u, n_n, n_n],
    )
    slope = np.empty(n)  # of each rating's loss by its logit

    def at(parameters: Floats) -> tuple[float, Floats]:
        mu, i_u, f_u, i_n, f_n = np.split(parameters, cuts)
        note_logit, note_tilt = np.repeat(mu + i_n, per_note), np.repeat(f_n, per_note)
        loss = 0.0
        for a in range(0, n, BLOCK):
            part = slice(a, a + BLOCK)
            rater, tagged = rows.other[part], rows.value[part] > 0
            logit = note_logit[part] + i_u[rater] + note_tilt[part] * f_u[rater]
            away = np.where(tagged, -logit, logit)  # large where the label is missed
            small = np.exp(-np.abs(away))
            weight = np.where(tagged, positive_weight, 1.0) / n
            loss += float((weight * (np.log1p(small) + np.maximum(away, 0.0))).sum())
            miss = weight * np.where(away >= 0, 1.0, small) / (1.0 + small)
            slope[part] = np.where(tagged, -miss, miss)
        table: Any = csr_array((slope, rows.other, rows.start), shape=(n_n, n_u))
        by_note = np.add.reduceat(slope, rows.start[:-1])
        gradient = 2.0 * ridges * parameters
        gradient[0] += slope.sum()
        for k, sums in enumerate((table.T @ np.ones(n_n), table.T @ f_n, by_note, table @ f_u)):
            gradient[cuts[k] : cuts[k] + len(sums)] += sums
        return loss + float((ridges * parameters * parameters).sum()), gradient

    return at


def adam(
    function: Callable[[Floats], tuple[float, Floats]], start: Floats
) -> tuple[Floats, float, int]:
    """Walks down as the published scorer does (spec 6); gradients are cut to a norm of one.

    Returns:
        Where it stopped, the loss there, and the number of steps.
    """
    at = start.copy()
    loss, gradient = function(at)
    before, epoch = 1e10, 0
    mean, square = np.zeros_like(at), np.zeros_like(at)
    while abs(loss - before) > STOP and epoch < LONGEST:
        if epoch > MUST_FALL_AFTER and loss > before:
            break
        before, epoch = loss, epoch + 1
        norm = float(np.sqrt((gradient * gradient).sum()))
        gradient *= min(1.0, 1.0 / (norm + 1e-6))
        mean = 0.9 * mean + 0.1 * gradient
        square = 0.999 * square + 0.001 * gradient * gradient
        size = np.sqrt(square / (1.0 - 0.999**epoch)) + 1e-8
        at -= LEARNING_RATE / (1.0 - 0.9**epoch) * mean / size
        loss, gradient = function(at)
    return at, loss, epoch
