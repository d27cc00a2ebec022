"""How well the verifier does on claims, and on whole sets, that it was not fitted on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stoa.evaluation.binary_scores import (
    auroc,
    balanced_accuracy,
    expected_calibration_error,
    passed,
    precision_at,
    with_interval,
)
from stoa.evaluation.verifier_baselines import baseline_rows, evidence_idf
from stoa.evaluation.verifier_sets import LabelledPair
from stoa.evaluation.verifier_training import teaching_rows
from stoa.grounding.logistic import fit_logistic
from stoa.grounding.units import Reader
from stoa.grounding.verifier_cuts import fit_cuts
from stoa.grounding.verifier_fitting import fit_heads, folds, unseen_logits
from stoa.grounding.verifier_rows import REFUTES, SUPPORTS, FittingConfig, Labelled, Teaching

VARIANTS_TRIED = 240
"""Settings whose figures were seen on the same folds before these were kept: read them as a little
rosy for it."""

N_FOLDS = 5
Show = Callable[[float | None], None]


@dataclass(slots=True)
class Unseen:
    """What was said of each row by a verifier that saw nothing of its group, or of its set."""

    support: NDArray[np.float64]
    against: NDArray[np.float64]
    probability: NDArray[np.float64]
    supported: NDArray[np.bool_]
    likely: NDArray[np.bool_]

    @classmethod
    def empty(cls, n_rows: int) -> Unseen:
        """Nothing said yet."""
        numbers = [np.full(n_rows, np.nan) for _ in range(3)]
        flags = [np.zeros(n_rows, dtype=bool) for _ in range(2)]
        return cls(*numbers, *flags)


def study_verifier(
    pairs: Sequence[LabelledPair], seed: int, draws: int, show: Show
) -> dict[str, Any]:
    """Every figure of the verifier and its baselines, held out by claim and by whole set."""
    config, rows = FittingConfig(), teaching_rows(Reader(), pairs, seed)
    labelled = rows.judged
    show(0.05)
    families = [
        np.array([str(name).split("-")[0] for name in names])
        for names in (labelled.collection, rows.made.collection, rows.replies.collection)
    ]
    fold = [
        folds(groups, N_FOLDS) for groups in (labelled.group, rows.made.source, rows.replies.group)
    ]
    plans = {
        "held_out": [[each == at for each in fold] for at in range(N_FOLDS)],
        "set_left_out": [[each == name for each in families] for name in np.unique(families[0])],
    }
    simple = baseline_rows(
        [p.claim for p in pairs],
        [p.evidence for p in pairs],
        evidence_idf([p.evidence for p in pairs]),
    )
    report: dict[str, Any] = {"variants_tried": VARIANTS_TRIED, "folds": N_FOLDS}
    n_steps = sum(map(len, plans.values()))
    step = 0
    for name, parts in plans.items():
        said = Unseen.empty(len(pairs))
        plain = {
            "idf_recall": np.full(len(pairs), np.nan),
            "features_17": np.full(len(pairs), np.nan),
        }
        for out in parts:
            _judge(rows, out, config, said)
            _judge_simply(labelled, simple, out[0], config, plain)
            step += 1
            show(0.05 + 0.85 * step / n_steps)
        report[name] = _figures(labelled, said, plain, draws)
    show(1.0)
    return report


def _judge(
    rows: Teaching, left_out: list[NDArray[np.bool_]], config: FittingConfig, said: Unseen
) -> None:
    """Fits everything, cuts included, on the other rows, and judges these."""
    judged_out, made_out, replies_out = left_out
    seen = rows.take(~judged_out, ~made_out, ~replies_out)
    cuts = fit_cuts(seen.judged, *unseen_logits(seen, config), config)
    heads = fit_heads(seen, config)
    judged = rows.judged.rows[judged_out]
    support, against = heads.support(judged), heads.contradiction(judged)
    said.support[judged_out], said.against[judged_out] = support, against
    said.probability[judged_out] = cuts.probability(support, judged)
    said.supported[judged_out] = support > cuts.supported
    said.likely[judged_out] = (support > cuts.likely) & (against < cuts.against)


def _judge_simply(
    labelled: Labelled,
    simple: NDArray[np.float64],
    out: NDArray[np.bool_],
    config: FittingConfig,
    plain: dict[str, NDArray[np.float64]],
) -> None:
    """The two fitted baselines on the same rows: logits above 0 say supported."""
    seen = ~out & np.isin(labelled.collection, list(config.support_sets))
    truth = (labelled.stance == SUPPORTS).astype(np.float64)
    weight = np.zeros(len(truth))
    for name in np.unique(labelled.collection[seen]):
        for value in (0.0, 1.0):
            rows = seen & (labelled.collection == name) & (truth == value)
            weight[rows] = 1.0 / max(rows.sum(), 1)
    weight *= seen.sum() / weight.sum()
    for name, columns in (("idf_recall", simple[:, :1]), ("features_17", simple)):
        line = fit_logistic(columns[seen], truth[seen], weight[seen], 3.0)
        plain[name][out] = line(columns[out])


def _figures(
    labelled: Labelled, said: Unseen, plain: dict[str, NDArray[np.float64]], draws: int
) -> dict[str, Any]:
    sets: dict[str, Any] = {}
    for name in dict.fromkeys(labelled.collection.tolist()):
        sets[name] = _one_set(labelled, said, plain, labelled.collection == name, draws)
    main = np.isin(labelled.collection, ("wice", "factcheck-gpt", "begin-wow"))
    truth = labelled.stance == SUPPORTS
    pooled = with_interval(
        expected_calibration_error, said.probability[main], truth[main], labelled.group[main], draws
    )
    return {
        "sets": sets,
        "ece_of_three": pooled,
        "refuted": _refuted(labelled, said, draws),
    }


def _one_set(
    labelled: Labelled,
    said: Unseen,
    plain: dict[str, NDArray[np.float64]],
    here: NDArray[np.bool_],
    draws: int,
) -> dict[str, Any]:
    truth, group = (labelled.stance == SUPPORTS)[here], labelled.group[here]
    supported = said.supported[here].astype(np.float64)
    likely = said.likely[here].astype(np.float64)
    support, probability = said.support[here], said.probability[here]

    def told(figure: Any, score: NDArray[np.float64], n_draws: int = draws) -> dict[str, float]:
        return with_interval(figure, score, truth, group, n_draws)

    few = max(draws // 5, 20)
    report: dict[str, Any] = {
        "pairs": int(here.sum()),
        "claims": len(np.unique(group)),
        "supported": int(truth.sum()),
        "balanced_accuracy": told(balanced_accuracy(0.5), supported),
        "auroc": told(auroc, support, few),
        "ece": told(expected_calibration_error, probability, few),
        "likely": {
            "of_supported": told(passed(0.5, of=True), likely),
            "of_unsupported": told(passed(0.5, of=False), likely),
        },
        "probability_80": {
            "of_supported": told(passed(0.8, of=True), probability),
            "of_unsupported": told(passed(0.8, of=False), probability),
        },
        "precision_at": {
            f"{100 * at:.0f}%": told(precision_at(at), support, few) for at in (0.05, 0.1, 0.2)
        },
        "baselines": {"always_unsupported": {"balanced_accuracy": {"mean": 0.5}}},
    }
    for name, score in plain.items():
        report["baselines"][name] = {
            "balanced_accuracy": told(balanced_accuracy(0.0), score[here]),
            "auroc": told(auroc, score[here], few),
        }
    refuted = labelled.stance[here] == REFUTES
    if refuted.any():
        both = refuted | truth
        report["contradiction_auroc"] = with_interval(
            auroc, said.against[here][both], refuted[both], group[both], few
        )
    return report


def _refuted(labelled: Labelled, said: Unseen, draws: int) -> dict[str, Any]:
    """Of refuted and of supported claims, how many are called likely; and the whole curve."""
    here = labelled.collection == "factcheck-gpt"
    refuted = here & (labelled.stance == REFUTES)
    supported = here & (labelled.stance == SUPPORTS)
    if not refuted.any():
        return {}
    both = refuted | supported
    truth, group = supported[both], labelled.group[both]
    likely = said.likely[both].astype(np.float64)
    rest = here & ~supported
    return {
        "pairs": int(refuted.sum()),
        "claims": len(np.unique(labelled.group[refuted])),
        "likely_of_refuted": with_interval(passed(0.5, of=False), likely, truth, group, draws),
        "likely_of_supported": with_interval(passed(0.5, of=True), likely, truth, group, draws),
        "likely_of_not_supported": float(said.likely[rest].mean()),
        "supported_of_refuted": float(said.supported[refuted].mean()),
        "curve": curve(said.support, said.against, supported, refuted, rest),
    }


def curve(
    support: NDArray[np.float64],
    against: NDArray[np.float64],
    supported: NDArray[np.bool_],
    refuted: NDArray[np.bool_],
    rest: NDArray[np.bool_],
) -> list[dict[str, float]]:
    """For each share of refuted that may pass, the most of the supported that any two cuts keep.

    `rest` is everything that is not supported; `not_supported` tells how much of it passes too,
    of which no more than 15 % may.
    """
    found: list[tuple[float, float, float]] = []
    for least in np.quantile(support[supported], np.linspace(0.0, 0.8, 33)):
        enough = support > least
        for most in np.quantile(against[supported | refuted], np.linspace(0.0, 1.0, 61)):
            kept = enough & (against < most)
            row = (kept[refuted].mean(), kept[supported].mean(), kept[rest].mean())
            found.append((float(row[0]), float(row[1]), float(row[2])))
    points: list[dict[str, float]] = []
    for limit in np.linspace(0.0, 0.5, 26):
        allowed = [one for one in found if one[0] <= limit + 1e-9 and one[2] <= 0.15]
        best = max(allowed, key=lambda one: (one[1], -one[0]), default=None)
        if best is not None:
            refuted_share, supported_share, rest_share = best
            points.append(
                {
                    "limit": round(float(limit), 3),
                    "refuted": refuted_share,
                    "supported": supported_share,
                    "not_supported": rest_share,
                }
            )
    return points
