"""Fits the verifier's heads, calibrates them on rows they did not see, and sets the thresholds."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from stoa.grounding.forest import ForestConfig, fit_forest
from stoa.grounding.logistic import Linear, fit_logistic
from stoa.grounding.verifier import Cuts, Heads

REFUTES, SILENT, PARTLY, SUPPORTS, UNSUPPORTED = -1, 0, 1, 2, 3


@dataclass(frozen=True, slots=True, kw_only=True)
class FittingConfig:
    """What was chosen by cross-validation over the public sets."""

    support_sets: dict[str, float] = field(  # set -> weight; each set's classes count the same
        default_factory=lambda: {
            "wice": 1.0, "factcheck-gpt": 1.0, "begin-wow": 1.0, "begin-cmu": 0.3, "begin-tc": 0.3,
        }
    )  # fmt: skip
    support_penalty: float = 150.0
    contradiction_penalty: float = 1000.0
    made_weight: float = 4.0  # of refuting pairs that were made, against the real ones
    quoted_weight: float = 0.5  # of quotations, which nothing in their source contradicts
    forest: ForestConfig = field(default_factory=ForestConfig)
    inner_folds: int = 5  # for rows that the heads did not see
    refuted_pass: float = 0.15  # of refuted claims, at most this share may be called likely
    unsupported_pass: float = 0.16  # of all that are not supported
    cut_set: str = "factcheck-gpt"  # where `likely` is chosen, if it is among the rows


@dataclass(frozen=True, slots=True)
class Labelled:
    """Feature rows with what people judged; `group` is held out whole. Arrays are aligned."""

    rows: NDArray[np.float64]
    stance: NDArray[np.int64]
    collection: NDArray[np.str_]
    group: NDArray[np.str_]

    def take(self, chosen: NDArray[np.bool_]) -> Labelled:
        """The rows of a mask."""
        return Labelled(
            self.rows[chosen], self.stance[chosen], self.collection[chosen], self.group[chosen]
        )


@dataclass(frozen=True, slots=True)
class Made:
    """Feature rows of pairs that were made; `source` is the group of what each was made from.

    `refutes` tells pairs made refuting from quotations of their own evidence.
    """

    rows: NDArray[np.float64]
    kind: NDArray[np.str_]
    source: NDArray[np.str_]
    collection: NDArray[np.str_]
    refutes: NDArray[np.bool_]

    def take(self, chosen: NDArray[np.bool_]) -> Made:
        """The rows of a mask."""
        return Made(
            self.rows[chosen],
            self.kind[chosen],
            self.source[chosen],
            self.collection[chosen],
            self.refutes[chosen],
        )


def fold_of(group: str, n_folds: int, salt: str = "") -> int:
    """The fold of a group: the same on every machine, whatever other groups there are."""
    digest = hashlib.sha256(f"{salt}:{group}".encode()).digest()
    return int.from_bytes(digest[:4], "big") % n_folds


def folds(
    groups: Sequence[str] | NDArray[np.str_], n_folds: int, salt: str = "0"
) -> NDArray[np.int64]:
    """The fold of each row: shape (n,)."""
    return np.array([fold_of(str(group), n_folds, salt) for group in groups], dtype=np.int64)


def fit_heads(labelled: Labelled, made: Made, config: FittingConfig) -> Heads:
    """Support from the sets it is learnt from; contradiction from refuting against supported."""
    wanted = np.isin(labelled.collection, list(config.support_sets))
    seen = labelled.take(wanted)
    truth = (seen.stance == SUPPORTS).astype(np.float64)
    weight = _balanced(seen.collection, truth, config.support_sets)
    linear = fit_logistic(seen.rows, truth, weight, config.support_penalty)
    forest = fit_forest(seen.rows, truth, weight, config.forest)
    return Heads(linear, forest, _fit_contradiction(labelled, made, config))


def _fit_contradiction(labelled: Labelled, made: Made, config: FittingConfig) -> Linear:
    told = labelled.take(np.isin(labelled.stance, (REFUTES, SUPPORTS)))
    refutes = told.stance == REFUTES
    real = _root_weights(told.collection, refutes)
    supported = _root_weights(told.collection, ~refutes)
    made_weight = config.made_weight * _root_weights(made.kind, made.refutes)
    made_weight += config.quoted_weight * _root_weights(made.kind, ~made.refutes)
    weight = np.concatenate([real + supported * (1 + config.made_weight), made_weight])
    truth = np.concatenate([refutes, made.refutes]).astype(np.float64)
    rows = np.vstack([told.rows, made.rows])
    return fit_logistic(
        rows, truth, weight * len(weight) / weight.sum(), config.contradiction_penalty
    )


def _root_weights(kind: NDArray[np.str_], chosen: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Weights that sum to one over the chosen rows; a kind counts by the root of its size."""
    weight = np.zeros(len(kind))
    for name in np.unique(kind[chosen]):
        rows = chosen & (kind == name)
        weight[rows] = 1.0 / np.sqrt(rows.sum())
    return weight / (weight.sum() or 1.0)


def _balanced(
    collection: NDArray[np.str_], truth: NDArray[np.float64], by_set: dict[str, float]
) -> NDArray[np.float64]:
    """Both classes of a set count the same, and sets as they are weighted; the mean is one."""
    weight = np.zeros(len(truth))
    for name in np.unique(collection):
        for value in (0.0, 1.0):
            rows = (collection == name) & (truth == value)
            if rows.any():
                weight[rows] = by_set[str(name)] / rows.sum()
    return weight / weight.mean()


def fit_cuts(
    labelled: Labelled,
    support: NDArray[np.float64],
    against: NDArray[np.float64],
    config: FittingConfig,
) -> Cuts:
    """Calibration and thresholds from logits of rows that the heads did not see."""
    wanted = np.isin(labelled.collection, list(config.support_sets))
    truth = (labelled.stance == SUPPORTS).astype(np.float64)
    names = labelled.collection[wanted]
    sizes = {str(name): (names == name).sum() for name in np.unique(names)}
    weight = np.array([1.0 / sizes[str(name)] for name in names]) * len(names) / len(sizes)
    line = fit_logistic(support[wanted][:, None], truth[wanted], weight, 1.0)
    slope = float(line.weights[0] / line.scales[0])
    intercept = float(line.intercept - slope * line.means[0])
    likely, cut = _likely_cuts(labelled, support, against, config)
    return Cuts(slope, intercept, 0.0, likely, cut)


def _likely_cuts(
    labelled: Labelled,
    support: NDArray[np.float64],
    against: NDArray[np.float64],
    config: FittingConfig,
) -> tuple[float, float]:
    """The two thresholds that keep most of what is supported within both limits."""
    here = labelled.collection == config.cut_set
    if not (here & (labelled.stance == REFUTES)).any():
        named = np.unique(labelled.collection[labelled.stance == REFUTES])
        here = np.isin(labelled.collection, named)
    supported = here & (labelled.stance == SUPPORTS)
    refuted, rest = here & (labelled.stance == REFUTES), here & (labelled.stance != SUPPORTS)
    best, found = -1.0, (0.0, 0.0)
    for least in np.quantile(support[supported], np.linspace(0.0, 0.8, 41)):
        enough = support > least
        for most in np.quantile(against[supported], np.linspace(0.02, 1.0, 50)):
            passed = enough & (against < most)
            if (
                passed[refuted].mean() <= config.refuted_pass
                and passed[rest].mean() <= config.unsupported_pass
                and passed[supported].mean() > best
            ):
                best, found = float(passed[supported].mean()), (float(least), float(most))
    return found


def unseen_logits(
    labelled: Labelled, made: Made, config: FittingConfig, salt: str = "inner"
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Support and contradiction logits of every row by heads that saw nothing of its group."""
    support, against = np.zeros(len(labelled.stance)), np.zeros(len(labelled.stance))
    fold, made_fold = (
        folds(groups, config.inner_folds, salt) for groups in (labelled.group, made.source)
    )
    for at in range(config.inner_folds):
        heads = fit_heads(labelled.take(fold != at), made.take(made_fold != at), config)
        out = fold == at
        support[out] = heads.support(labelled.rows[out])
        against[out] = heads.contradiction(labelled.rows[out])
    return support, against


def fit_verifier(labelled: Labelled, made: Made, config: FittingConfig) -> tuple[Heads, Cuts]:
    """Heads fitted on all rows, with cuts from logits of rows they did not see."""
    cuts = fit_cuts(labelled, *unseen_logits(labelled, made, config), config)
    return fit_heads(labelled, made, config), cuts
