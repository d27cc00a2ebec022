"""Can hates be told from likes? A random like and a random hate of each viewer are the test.

The feedback is KuaiRand's (Gao et al. 2022), the protocol that of the published table of it.
Everything is learned from the other rows: networks, calibration and threshold. A row is judged
by its own signals and its viewer's other rows; `past_only` beside it keeps to what came before.
Every viewer is tested on one of each, so a hate rate alone tells nothing, and saying "hate" always
gives an F1 of .667: read F1 beside AUROC.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stoa.errors import BadInput
from stoa.evaluation.intervals import mean_interval
from stoa.evaluation.regret_model import Fitted, NetworkConfig, f1_threshold, fit, platt
from stoa.evaluation.regret_pairs import (
    BASELINES,
    Examples,
    PairConfig,
    held_back_examples,
    split_rows,
    training_examples,
)
from stoa.measure.binary import auroc
from stoa.tables.feedback_files import FeedbackRows

Floats = NDArray[np.float64]

FIGURES = ("f1", "precision", "recall", "auroc", "ece")
LEAK_F1 = 0.90
"""Nobody tells regret this well from such signals: above it, the label has leaked somewhere."""

N_BINS = 10
N_RESAMPLES = 200
GROUPS: dict[str, tuple[int, float]] = {
    "no_hate_yet": (0, 1), "1_to_9_hates": (1, 10), "10_hates_or_more": (10, np.inf)
}  # fmt: skip
"""Viewers by how many hates are known of them beside the test."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyConfig:
    """How the study is made."""

    splits: int = 5
    seed: int = 0
    most_pairs: int = 40
    network: NetworkConfig = field(default_factory=NetworkConfig)


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What one model said of one split's test rows, n rows."""

    probability: Floats  # of a hate
    said: NDArray[np.bool_]
    is_hate: NDArray[np.bool_]
    viewer: NDArray[np.int32]
    history_hates: NDArray[np.int64]

    def of(self, rows: NDArray[Any]) -> Verdicts:
        """Some rows, by mask or number."""
        return Verdicts(
            self.probability[rows], self.said[rows], self.is_hate[rows], self.viewer[rows],
            self.history_hates[rows],
        )  # fmt: skip


Told = dict[str, list[Verdicts]]
"""By name of what was judged, one for each split."""


def study_regret(
    rows: FeedbackRows,
    heldout: FeedbackRows | None = None,
    config: StudyConfig | None = None,
    show: Callable[[float], None] = lambda _: None,
) -> dict[str, Any]:
    """All figures of the study, ready for JSON.

    Args:
        rows: to learn from and, by the protocol, to test on.
        heldout: other viewers, judged by what was learned from `rows`, each beside their own rows.
        config: splits, seed and sizes.
        show: takes the share that is done.

    Raises:
        BadInput: fewer than two splits, or too few viewers with two likes and two hates.
    """
    config = config or StudyConfig()
    if config.splits < 2:
        raise BadInput("splits", config.splits, "give two or more, so that figures have intervals")
    told: Told = {}
    for number in range(config.splits):
        for name, verdicts in _one_split(rows, heldout, config, config.seed + number).items():
            told.setdefault(name, []).append(verdicts)
        show((number + 1) / config.splits)
    return _report(told, config)


def _one_split(
    rows: FeedbackRows, heldout: FeedbackRows | None, config: StudyConfig, seed: int
) -> dict[str, Verdicts]:
    split = split_rows(rows, seed)
    elsewhere = None if heldout is None else split_rows(heldout, seed)
    out: dict[str, Verdicts] = {}
    for suffix, past_only in (("", False), (" past_only", True)):
        pairs = PairConfig(most_pairs=config.most_pairs, past_only=past_only)
        learned = training_examples(rows, split, pairs, seed)
        test = {"": held_back_examples(rows, split, pairs)}
        if heldout is not None and elsewhere is not None:
            test["heldout "] = held_back_examples(heldout, elsewhere, pairs)
        for kind, choose in (("all", _all_signals), ("before", _known_before)):
            model = fit(
                choose(learned), learned.is_hate, learned.weight, learned.viewer,
                config.network, seed,
            )  # fmt: skip
            for where, examples in test.items():
                out[f"{where}{kind}{suffix}"] = _judged(model, choose(examples), examples)
        if not past_only:
            out |= _baselines(learned, test[""], seed)
    return out


def _all_signals(examples: Examples) -> Floats:
    return np.concatenate([examples.before, examples.after], axis=1)


def _known_before(examples: Examples) -> Floats:
    return examples.before


def _judged(model: Fitted, features: Floats, examples: Examples) -> Verdicts:
    return _verdicts(model.probability(features), model.threshold, examples)


def _verdicts(probability: Floats, threshold: float, examples: Examples) -> Verdicts:
    return Verdicts(
        probability, probability >= threshold, examples.is_hate, examples.viewer,
        examples.history_hates,
    )  # fmt: skip


def _baselines(learned: Examples, test: Examples, seed: int) -> dict[str, Verdicts]:
    """One number each, calibrated on training rows; a fair coin; and "hate" always."""
    out: dict[str, Verdicts] = {}
    for column, name in enumerate(BASELINES):
        middle = float(np.nanmean(learned.simple[:, column]))
        known, new = (np.nan_to_num(one.simple[:, column], nan=middle) for one in (learned, test))
        slope, level = platt(known, learned.is_hate, learned.weight)
        probability = 1 / (1 + np.exp(-(slope * known + level)))
        threshold = f1_threshold(probability, learned.is_hate, learned.weight)
        out[name] = _verdicts(1 / (1 + np.exp(-(slope * new + level))), threshold, test)
    coin = np.random.default_rng((seed, 3)).random(len(test.is_hate))
    out["random"] = _verdicts(coin, 0.5, test)
    out["always_hate"] = _verdicts(np.full(len(coin), 0.5), 0.0, test)
    return out


def figures_of(verdicts: Verdicts) -> dict[str, float]:
    """FIGURES of one split: of the class of hates, rows weighing the same.

    `ece` is the expected calibration error over ten bins of equal size.
    """
    return {
        **_hits(verdicts),
        "auroc": auroc(verdicts.probability, verdicts.is_hate),
        "ece": _calibration_error(verdicts.probability, verdicts.is_hate),
    }


def _hits(verdicts: Verdicts) -> dict[str, float]:
    hits = int((verdicts.said & verdicts.is_hate).sum())
    said, true = int(verdicts.said.sum()), int(verdicts.is_hate.sum())
    return {
        "f1": 2 * hits / max(said + true, 1),
        "precision": hits / max(said, 1),
        "recall": hits / max(true, 1),
    }


def _calibration_error(probability: Floats, truth: NDArray[np.bool_]) -> float:
    order = np.argsort(probability, kind="stable")
    bins = [rows for rows in np.array_split(order, N_BINS) if len(rows)]
    apart = [len(rows) * abs(probability[rows].mean() - truth[rows].mean()) for rows in bins]
    return float(sum(apart) / max(len(truth), 1))


def _report(told: Told, config: StudyConfig) -> dict[str, Any]:
    made = {name: _summary(verdicts, config.seed) for name, verdicts in told.items()}
    all_signals, before = made.pop("all"), made.pop("before")
    past = {
        "all_signals": made.pop("all past_only"),
        "before_exposure": made.pop("before past_only"),
    }
    report: dict[str, Any] = {**all_signals, "before_exposure": before, "past_only": past}
    if "heldout all" in made:
        report["heldout_auroc"] = made["heldout all"]["auroc"]
        report["heldout_f1"] = made["heldout all"]["f1"]
        report["heldout"] = {
            **made.pop("heldout all"),
            "before_exposure": made.pop("heldout before"),
            "past_only": {
                "all_signals": made.pop("heldout all past_only"),
                "before_exposure": made.pop("heldout before past_only"),
            },
        }
    report["baselines"] = {name: {f: one[f] for f in FIGURES} for name, one in made.items()}
    report["suspected_leak"] = max(all_signals["f1"], before["f1"]) > LEAK_F1
    return report


def _summary(splits: list[Verdicts], seed: int) -> dict[str, Any]:
    """Means over splits, their 95 % intervals over splits and over viewers, and by group."""
    each = [figures_of(one) for one in splits]
    over_splits = {name: mean_interval([one[name] for one in each]) for name in FIGURES}
    return {
        **{name: round(interval.mean, 4) for name, interval in over_splits.items()},
        "over_splits": {
            name: [round(one.low, 4), round(one.high, 4)] for name, one in over_splits.items()
        },
        "over_viewers": _over_viewers(splits, seed),
        "by_viewer": {
            name: _group(splits, least, below) for name, (least, below) in GROUPS.items()
        },
    }


def _group(splits: list[Verdicts], least: int, below: float) -> dict[str, float | None]:
    chosen = [one.of((one.history_hates >= least) & (one.history_hates < below)) for one in splits]
    each = [figures_of(one) for one in chosen if len(one.is_hate)]
    means = {
        name: round(float(np.mean([one[name] for one in each])), 4) if each else None
        for name in FIGURES
    }
    return {"viewers": len(np.unique(chosen[0].viewer)), **means}


def _over_viewers(splits: list[Verdicts], seed: int) -> dict[str, list[float]]:
    """Bootstrap of viewers, the same draw in every split: how much depends on who was there."""
    rng = np.random.default_rng((seed, 4))
    # Both rows of a viewer stand together, so that a viewer is drawn with them.
    paired = [one.of(np.argsort(one.viewer, kind="stable")) for one in splits]
    n = len(paired[0].viewer) // 2
    draws: list[list[float]] = []
    for _ in range(N_RESAMPLES):
        viewer = rng.integers(n, size=n)
        rows = np.concatenate([2 * viewer, 2 * viewer + 1])
        drawn = [one.of(rows) for one in paired]
        f1 = float(np.mean([_hits(one)["f1"] for one in drawn]))
        draws.append([f1, float(np.mean([auroc(one.probability, one.is_hate) for one in drawn]))])
    low, high = np.quantile(np.array(draws), [0.025, 0.975], axis=0)
    return {
        name: [round(float(low[at]), 4), round(float(high[at]), 4)]
        for at, name in enumerate(("f1", "auroc"))
    }
