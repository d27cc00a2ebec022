"""What a pair encoder reaches on claims it was not taught on, with intervals over claims."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.evaluation.pair_study import Judged, Told
from stoa.measure import Interval
from stoa.measure.binary import auroc

F64 = NDArray[np.float64]
Bools = NDArray[np.bool_]
_DRAWS = 1_000
_POINTS = (0.02, 0.05, 0.1, 0.15, 0.2, 0.3)  # shares of refuted claims that pass, for the curve


@dataclass(frozen=True, slots=True)
class SetFigures:
    """One set: balanced accuracy of `support >= 1/2`, and the area under the curve."""

    n_pairs: int
    balanced_accuracy: Interval
    auroc: Interval
    idf_recall_auroc: float  # a trivial baseline: how much of the claim the evidence repeats
    always_no: float  # balanced accuracy of one who never says supported


@dataclass(frozen=True, slots=True)
class PassFigures:
    """Where few refuted claims pass: what share does, and of the supported; by one cut for both."""

    cut: float  # on the contradiction logit, beside support >= 1/2
    refuted_pass: Interval
    supported_kept: Interval
    n_refuted: int
    curve: tuple[tuple[float, float], ...]  # share of refuted that pass, of supported kept


def set_figures(judged: Judged, told: Told, name: str, recall: F64, seed: int) -> SetFigures:
    """Figures of one set, from judgements of pairs that were held out."""
    here = (judged.collection == name) & ~judged.is_made & np.isfinite(told.support)
    truth, logit = judged.is_supported[here], told.support[here]

    def balanced(part: NDArray[np.intp]) -> float:
        return _balanced_accuracy(logit[part] >= 0, truth[part])

    def area(part: NDArray[np.intp]) -> float:
        return auroc(logit[part], truth[part])

    group = judged.group[here]
    return SetFigures(
        int(here.sum()),
        by_group(balanced, group, seed),
        by_group(area, group, seed),
        auroc(recall[here], truth),
        50.0,
    )


def _balanced_accuracy(said: Bools, truth: Bools) -> float:
    if truth.all() or not truth.any():
        return float("nan")
    return 50.0 * float(said[truth].mean() + (~said[~truth]).mean())


def pass_figures(
    judged: Judged, told: Told, names: Sequence[str], most: float, seed: int
) -> PassFigures:
    """The cut at which at most `most` of the refuted claims of these sets pass.

    A claim passes when its support is at least 1/2 and its contradiction below the cut. The cut
    of each of two halves of the claims is chosen on the other half, so that no claim has a say in
    the cut that it is judged by; `cut` itself is chosen on all, for use.
    """
    here = np.isin(judged.collection, names) & ~judged.is_made & np.isfinite(told.support)
    refuted, supported = judged.is_refuted[here], judged.is_supported[here]
    holds, against = told.support[here] >= 0, told.contradiction[here]
    half = judged.fold(2)[here]
    passes = np.zeros(len(half), dtype=bool)
    for side in (0, 1):
        other = half != side
        cut = _cut(against[other & refuted & holds], int((other & refuted).sum()), most)
        passes |= (half == side) & holds & (against < cut)
    group = judged.group[here]

    def share(of: Bools) -> Interval:
        return by_group(lambda part: _share(passes[part], of[part]), group, seed)

    def kept(point: float) -> float:
        cut = _cut(against[refuted & holds], int(refuted.sum()), point)
        return _share(holds & (against < cut), supported)

    cut = _cut(against[refuted & holds], int(refuted.sum()), most)
    curve = tuple((point, kept(point)) for point in _POINTS)
    return PassFigures(cut, share(refuted), share(supported), int(refuted.sum()), curve)


def _cut(against: F64, n_refuted: int, most: float) -> float:
    """The greatest cut below which at most this share of the refuted claims lies."""
    allowed = int(most * n_refuted)
    ordered = np.sort(against)
    return float(ordered[allowed]) if allowed < len(ordered) else np.inf


def _share(said: Bools, of: Bools) -> float:
    return 100.0 * float(said[of].mean()) if of.any() else float("nan")


def by_group(
    figure: Callable[[NDArray[np.intp]], float], group: NDArray[np.str_], seed: int
) -> Interval:
    """A figure with its 95 % interval: groups drawn with replacement (Efron 1979)."""
    names, at = np.unique(group, return_inverse=True)
    members = [np.nonzero(at == each)[0] for each in range(len(names))]
    chance = np.random.default_rng(seed)
    drawn = [
        figure(
            np.concatenate([members[each] for each in chance.integers(0, len(names), len(names))])
        )
        for _ in range(_DRAWS)
    ]
    low, high = np.nanquantile(drawn, [0.025, 0.975])
    return Interval(figure(np.arange(len(group))), float(low), float(high))
