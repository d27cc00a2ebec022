"""Scores of yes-or-no judgements, with intervals that resample whole groups."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Score = Callable[[NDArray[np.float64], NDArray[np.bool_], NDArray[np.float64]], float]
"""(score, truth, weight) -> figure; a row that was drawn twice has weight 2."""


def balanced_accuracy(cut: float) -> Score:
    """Mean of the two classes' recall, where a score above `cut` says yes."""

    def figure(
        score: NDArray[np.float64], truth: NDArray[np.bool_], weight: NDArray[np.float64]
    ) -> float:
        said = score > cut
        yes, no = weight * truth, weight * ~truth
        return float(((yes * said).sum() / yes.sum() + (no * ~said).sum() / no.sum()) / 2)

    return figure


def passed(cut: float, *, of: bool) -> Score:
    """Share of the rows whose truth is `of` with a score above `cut`."""

    def figure(
        score: NDArray[np.float64], truth: NDArray[np.bool_], weight: NDArray[np.float64]
    ) -> float:
        counted = weight * (truth == of)
        return float((counted * (score > cut)).sum() / counted.sum())

    return figure


def auroc(
    score: NDArray[np.float64], truth: NDArray[np.bool_], weight: NDArray[np.float64]
) -> float:
    """Chance that a row of truth scores above one that is not, ties counting half."""
    order = np.argsort(score, kind="stable")
    ranked, yes, no = score[order], (weight * truth)[order], (weight * ~truth)[order]
    _, first = np.unique(ranked, return_index=True)
    yes_at, no_at = np.add.reduceat(yes, first), np.add.reduceat(no, first)
    below = np.cumsum(no_at) - no_at
    return float((yes_at * (below + no_at / 2)).sum() / (yes.sum() * no.sum()))


def expected_calibration_error(
    score: NDArray[np.float64], truth: NDArray[np.bool_], weight: NDArray[np.float64]
) -> float:
    """Mean distance of told and observed chance over ten bins of equal width."""
    bins = np.minimum((score * 10).astype(np.int64), 9)
    total = np.bincount(bins, weight, minlength=10)
    told = np.bincount(bins, weight * score, minlength=10)
    seen = np.bincount(bins, weight * truth, minlength=10)
    return float(np.abs(told - seen).sum() / total.sum())


def precision_at(coverage: float) -> Score:
    """Share of truth among the best-scored `coverage` of the rows."""

    def figure(
        score: NDArray[np.float64], truth: NDArray[np.bool_], weight: NDArray[np.float64]
    ) -> float:
        order = np.argsort(-score, kind="stable")
        reached = np.cumsum(weight[order])
        taken = weight[order] * (reached <= max(coverage * weight.sum(), weight[order][0]))
        return float((taken * truth[order]).sum() / max(taken.sum(), 1e-12))

    return figure


def with_interval(
    figure: Score,
    score: NDArray[np.float64],
    truth: NDArray[np.bool_],
    group: NDArray[np.str_],
    draws: int,
) -> dict[str, float]:
    """The figure and its 95 % bootstrap interval over groups: mean, low, high.

    Draws in which a class is missing are left out. Seeded: equal input gives equal intervals.
    """
    names, member = np.unique(group, return_inverse=True)
    rng = np.random.default_rng(len(score))
    found: list[float] = []
    for _ in range(draws):
        counts = np.bincount(rng.integers(len(names), size=len(names)), minlength=len(names))
        weight = counts[member].astype(np.float64)
        if (weight * truth).any() and (weight * ~truth).any():
            found.append(figure(score, truth, weight))
    whole = figure(score, truth, np.ones(len(score)))
    low, high = np.quantile(found, (0.025, 0.975)) if found else (whole, whole)
    return {"mean": whole, "low": min(float(low), whole), "high": max(float(high), whole)}
