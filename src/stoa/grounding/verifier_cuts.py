"""Calibrates the verifier's logits and sets its thresholds, on rows that the heads did not see."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from stoa.grounding.logistic import fit_logistic, sigmoid
from stoa.grounding.verifier import Cuts, claim_lengths
from stoa.grounding.verifier_rows import REFUTES, SUPPORTS, FittingConfig, Labelled


def fit_cuts(
    labelled: Labelled,
    support: NDArray[np.float64],
    against: NDArray[np.float64],
    config: FittingConfig,
) -> Cuts:
    """Calibration and thresholds from logits of rows that the heads did not see.

    Each set counts the same for the calibration, which reads the support logit and the claim's
    length: of equal logits, the longer claim's means support more often.
    """
    wanted = np.isin(labelled.collection, list(config.support_sets))
    truth = (labelled.stance == SUPPORTS).astype(np.float64)
    names = labelled.collection[wanted]
    sizes = {str(name): (names == name).sum() for name in np.unique(names)}
    weight = np.array([1.0 / sizes[str(name)] for name in names]) * len(names) / len(sizes)
    seen = np.column_stack([support, claim_lengths(labelled.rows)])[wanted]
    line = fit_logistic(seen, truth[wanted], weight, 1.0)
    slope, length = (float(x) for x in line.weights / line.scales)
    intercept = float(line.intercept - (line.weights / line.scales) @ line.means)
    likely, cut = _likely_cuts(labelled, support, against, config)
    return Cuts(slope, intercept, 0.0, likely, cut, length)


def _likely_cuts(
    labelled: Labelled,
    support: NDArray[np.float64],
    against: NDArray[np.float64],
    config: FittingConfig,
) -> tuple[float, float]:
    """The two thresholds that keep most of what is supported within both limits.

    Refuting rows are few, so shares that pass are counted as if each logit were spread a little
    around itself: thresholds chosen so hold better on other claims than those chosen on counts.
    """
    here = labelled.collection == config.cut_set
    if not (here & (labelled.stance == REFUTES)).any():
        named = np.unique(labelled.collection[labelled.stance == REFUTES])
        here = np.isin(labelled.collection, named)
    stance, support, against = labelled.stance[here], support[here], against[here]
    supported, refuted = stance == SUPPORTS, stance == REFUTES
    most = np.quantile(against[supported], np.linspace(0.02, 1.0, 50))
    calm = sigmoid((most - against[:, None]) / config.against_blur)
    best, found = -1.0, (0.0, 0.0)
    # Never below what `supported` asks for: `likely` is the stricter word.
    for least in np.maximum(np.quantile(support[supported], np.linspace(0.0, 0.8, 41)), 0.0):
        passed = sigmoid((support - least) / config.support_blur)[:, None] * calm
        allowed = (passed[refuted].mean(axis=0) <= config.refuted_pass) & (
            passed[~supported].mean(axis=0) <= config.unsupported_pass
        )
        kept = np.where(allowed, passed[supported].mean(axis=0), -1.0)
        at = int(kept.argmax())
        if kept[at] > best:
            best, found = float(kept[at]), (float(least), float(most[at]))
    return found
