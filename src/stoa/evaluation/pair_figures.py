"""What a pair encoder reaches on claims it was not taught on, with intervals over claims."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.evaluation.binary_scores import auroc, balanced_accuracy, passed, with_interval
from stoa.evaluation.pair_study import Judged, Told

F64 = NDArray[np.float64]
Figure = dict[str, float]
"""Mean, low and high of a 95 % interval: groups drawn with replacement (Efron 1979)."""

_DRAWS = 1_000
_POINTS = (0.02, 0.05, 0.1, 0.15, 0.2, 0.3)  # shares of refuted claims that pass, for the curve


@dataclass(frozen=True, slots=True)
class SetFigures:
    """One set: support of one half or more as the answer, beside trivial ones."""

    n_pairs: int
    balanced_accuracy: Figure
    auroc: Figure
    idf_recall_auroc: float  # of how much of the claim the evidence repeats
    always_no: float  # balanced accuracy of one who never says supported


@dataclass(frozen=True, slots=True)
class PassFigures:
    """How many refuted, and how many supported claims pass where refuted ones shall not."""

    aim: float  # share of the refuted that may pass where the cut is chosen
    cut: float  # on the contradiction logit, beside support of one half
    refuted_pass: Figure
    supported_kept: Figure
    n_refuted: int
    curve: tuple[tuple[float, float], ...]  # share of refuted that pass, of supported kept


def set_figures(judged: Judged, told: Told, name: str, recall: F64) -> SetFigures:
    """Figures of one set, from judgements of pairs that were held out."""
    here = (judged.collection == name) & ~judged.is_made & np.isfinite(told.support)
    truth, logit, group = judged.is_supported[here], told.support[here], judged.group[here]
    return SetFigures(
        int(here.sum()),
        with_interval(balanced_accuracy(0.0), logit, truth, group, _DRAWS),
        with_interval(auroc, logit, truth, group, _DRAWS),
        auroc(recall[here], truth, np.ones(len(truth))),
        0.5,
    )


def pass_figures(judged: Judged, told: Told, names: Sequence[str], most: float) -> PassFigures:
    """The cut at which at most `most` of the refuted claims of these sets pass.

    A claim passes when its support is at least one half and its contradiction below the cut. The
    cut of each of two halves of the claims is chosen on the other half, so that no claim has a
    say in the cut that it is judged by; `cut` itself is chosen on all, for use.
    """
    here = np.isin(judged.collection, names) & ~judged.is_made & np.isfinite(told.support)
    refuted, supported = judged.is_refuted[here], judged.is_supported[here]
    holds, against, group = told.support[here] > 0, told.contradiction[here], judged.group[here]
    half = judged.fold(2)[here]
    passes = np.zeros(len(half), dtype=bool)
    for side in (0, 1):
        other = half != side
        cut = _cut(against[other & refuted & holds], int((other & refuted).sum()), most)
        passes |= (half == side) & holds & (against < cut)

    def share(of: NDArray[np.bool_]) -> Figure:
        return with_interval(passed(0.5, of=True), passes.astype(float), of, group, _DRAWS)

    def kept(point: float) -> float:
        cut = _cut(against[refuted & holds], int(refuted.sum()), point)
        return float((holds & (against < cut))[supported].mean())

    cut = _cut(against[refuted & holds], int(refuted.sum()), most)
    curve = tuple((point, kept(point)) for point in _POINTS)
    return PassFigures(most, cut, share(refuted), share(supported), int(refuted.sum()), curve)


def _cut(against: F64, n_refuted: int, most: float) -> float:
    """The greatest cut below which at most this share of the refuted claims lies."""
    allowed = int(most * n_refuted)
    ordered = np.sort(against)
    return float(ordered[allowed]) if allowed < len(ordered) else np.inf
