"""Whether a new ranker may serve: compared with the one that serves, on showings neither saw."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.measure import Interval, bootstrap_interval, ndcg_at_k
from stoa.ranking.heads import SKIP_S
from stoa.ranking.readout import Readout
from stoa.ranking.value import ValueConfig, unregretted
from stoa.records import NEGATIVE_EVENTS, EventKind
from stoa.space.learning_log import Answer, ImpressionColumns

Floats = NDArray[np.float64]

AT = 10
_LIKE = 1 << int(EventKind.LIKE)
_SORRY = sum(1 << int(kind) for kind in NEGATIVE_EVENTS)


@dataclass(frozen=True, slots=True, kw_only=True)
class GateConfig:
    """When a new version is refused."""

    least_viewers: int = 8  # fewer tell nothing: the newer version then serves
    worse_loss: float = 0.002  # of log loss a showing, that may be lost without harm
    worse_ndcg: float = 0.005


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A ranker on held-out showings, one number a viewer; NaN where a viewer tells nothing."""

    ndcg: Floats  # of good seconds, at 10, the viewer's mean over sittings
    loss: Floats  # of likes, skips and regret answers: mean log loss a showing


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the new one may serve, why, and the figures behind it."""

    passes: bool
    reason: str
    figures: dict[str, dict[str, float]]


def judge(readout: Readout, shown: ImpressionColumns, value: ValueConfig) -> Judged:
    """A ranker's figures by viewer; `readout` has one row for each impression of `shown`.

    Good seconds are seconds of looks that were not regretted as far as is known; ranking is by
    U within a sitting. Viewers are those of `shown`, in order of row.
    """
    score = unregretted(readout, value).value
    seconds = np.nan_to_num(shown.seconds.astype(np.float64))
    sorry = ((shown.acts & np.uint32(_SORRY)) != 0) | (shown.answer == Answer.REGRET)
    gain = np.where(sorry, 0.0, np.log1p(seconds))
    viewers, row = np.unique(shown.viewer, return_inverse=True)
    loss = _loss(readout, shown)
    n = np.bincount(row, minlength=len(viewers))
    mean_loss = np.bincount(row, weights=loss, minlength=len(viewers)) / np.maximum(n, 1)
    return Judged(ndcg=_ndcg(score, gain, shown, row, len(viewers)), loss=mean_loss)


def compare(new: Judged, serving: Judged | None, seed: int, config: GateConfig) -> Verdict:
    """New against serving on the same showings, paired by viewer (bootstrap over viewers).

    A version is refused only where the interval says that it is worse by more than what may be
    lost without harm; a tie goes to the version that has seen newer data.
    """
    figures = {
        "ndcg_at_10": asdict(_mean(new.ndcg, seed)),
        "log_loss": asdict(_mean(new.loss, seed)),
    }
    if serving is None:
        return Verdict(True, "the first version of this square", figures)
    gained = _mean(new.ndcg - serving.ndcg, seed)
    lost = _mean(new.loss - serving.loss, seed)
    figures["ndcg_at_10_minus_serving"] = asdict(gained)
    figures["log_loss_minus_serving"] = asdict(lost)
    n = int(np.isfinite(new.ndcg - serving.ndcg).sum())
    if n < config.least_viewers:
        return Verdict(True, f"newer data; {n} viewers are too few to tell versions apart", figures)
    if gained.high < -config.worse_ndcg:
        return Verdict(False, f"ranks worse: NDCG@10 {_told(gained)} against what serves", figures)
    if lost.low > config.worse_loss:
        return Verdict(
            False, f"predicts worse: log loss {_told(lost)} against what serves", figures
        )
    told = f"NDCG@10 {_told(gained)}, log loss {_told(lost)} against what served"
    return Verdict(True, f"not worse on {n} viewers it never saw: {told}", figures)


def _told(interval: Interval) -> str:
    return f"{interval.mean:+.4f} ({interval.low:+.4f} to {interval.high:+.4f})"


def _mean(values: Floats, seed: int) -> Interval:
    return bootstrap_interval(values[np.isfinite(values)], seed=seed)


def _loss(readout: Readout, shown: ImpressionColumns) -> Floats:
    liked = (shown.acts & np.uint32(_LIKE)) != 0
    total = _cross_entropy(readout.action(EventKind.LIKE), liked)
    looked = np.isfinite(shown.seconds)
    skipped = np.nan_to_num(shown.seconds) < SKIP_S
    total += np.where(looked, _cross_entropy(readout.skip, skipped), 0)
    answered = shown.answer != Answer.NONE
    regret = _cross_entropy(readout.regret, shown.answer == Answer.REGRET)
    return total + np.where(answered, regret, 0.0)


def _cross_entropy(prob: Floats, truth: NDArray[np.bool_]) -> Floats:
    safe = np.clip(prob, 1e-6, 1 - 1e-6)
    return -np.where(truth, np.log(safe), np.log1p(-safe))


def _ndcg(
    score: Floats, gain: Floats, shown: ImpressionColumns, row: NDArray[np.int64], n: int
) -> Floats:
    total, count = np.zeros(n), np.zeros(n)
    order = np.lexsort((shown.session, row))
    edges = np.flatnonzero(np.diff(shown.session[order]) | np.diff(row[order])) + 1
    for sitting in np.split(order, edges):
        if len(sitting) < 2 or not gain[sitting].any():
            continue
        best_first = sitting[np.argsort(-score[sitting], kind="stable")]
        total[row[sitting[0]]] += ndcg_at_k(gain[best_first], gain[sitting], AT)
        count[row[sitting[0]]] += 1
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)
