"""Fits the verifier's heads, and its cuts on logits of rows that the heads did not see."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from stoa.grounding.forest import fit_forest
from stoa.grounding.logistic import Linear, fit_logistic
from stoa.grounding.verifier import Cuts, Heads
from stoa.grounding.verifier_cuts import fit_cuts
from stoa.grounding.verifier_rows import (
    REFUTES,
    SUPPORTS,
    FittingConfig,
    Labelled,
    Made,
    Teaching,
)

_REPLIES = "replies"


def fold_of(group: str, n_folds: int, salt: str = "") -> int:
    """The fold of a group: the same on every machine, whatever other groups there are."""
    digest = hashlib.sha256(f"{salt}:{group}".encode()).digest()
    return int.from_bytes(digest[:4], "big") % n_folds


def folds(
    groups: Sequence[str] | NDArray[np.str_], n_folds: int, salt: str = "0"
) -> NDArray[np.int64]:
    """The fold of each row: shape (n,)."""
    return np.array([fold_of(str(group), n_folds, salt) for group in groups], dtype=np.int64)


def fit_heads(rows: Teaching, config: FittingConfig) -> Heads:
    """Support from the sets it is learnt from and replies; contradiction from refuting pairs."""
    seen = rows.judged.take(np.isin(rows.judged.collection, list(config.support_sets)))
    n_replies = len(rows.replies.stance)
    collection = np.concatenate([seen.collection, np.full(n_replies, _REPLIES)])
    features = np.vstack([seen.rows, rows.replies.rows])
    stance = np.concatenate([seen.stance, rows.replies.stance])
    truth = (stance == SUPPORTS).astype(np.float64)
    by_set = config.support_sets | {_REPLIES: config.replies_weight}
    # Replies add rows but no weight: the penalty means the same with them and without.
    weight = _balanced(collection, truth, by_set) * len(seen.stance) / len(truth)
    linear = fit_logistic(features, truth, weight, config.support_penalty)
    forest = fit_forest(features, truth, weight, config.forest)
    return Heads(linear, forest, fit_contradiction(rows.judged, rows.made, config))


def fit_contradiction(labelled: Labelled, made: Made, config: FittingConfig) -> Linear:
    """A head that tells refuting pairs, real and made, from supported ones and quotations."""
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


def unseen_logits(
    rows: Teaching, config: FittingConfig, salt: str = "inner"
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Support and contradiction logits of judged rows by heads that saw nothing of their group."""
    judged = rows.judged
    support, against = np.zeros(len(judged.stance)), np.zeros(len(judged.stance))
    fold, made_fold, reply_fold = (
        folds(groups, config.inner_folds, salt)
        for groups in (judged.group, rows.made.source, rows.replies.group)
    )
    for at in range(config.inner_folds):
        out = fold == at
        heads = fit_heads(rows.take(~out, made_fold != at, reply_fold != at), config)
        support[out] = heads.support(judged.rows[out])
        against[out] = heads.contradiction(judged.rows[out])
    return support, against


def fit_verifier(rows: Teaching, config: FittingConfig) -> tuple[Heads, Cuts]:
    """Heads fitted on all rows, with cuts from logits of rows they did not see."""
    cuts = fit_cuts(rows.judged, *unseen_logits(rows, config), config)
    return fit_heads(rows, config), cuts
