"""How far a ranker's heads can be believed, and what to do to them so that they can."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from stoa.measure.binary import auroc, log_loss
from stoa.measure.calibration import calibration_by_decile, expected_calibration_error
from stoa.ranking.dwell import LONGEST_S
from stoa.ranking.heads import (
    GLAD,
    N_LOGITS,
    OUTPUTS,
    REGRET,
    SKIP_S,
    Targets,
    known_labels,
    probabilities,
)
from stoa.ranking.readout import Calibration, read_out
from stoa.ranking.regret_windows import asked_glad_rates, asked_rates
from stoa.train.ranker import TrainedRanker

Floats = NDArray[np.float64]


_LEAST_VIEWERS = 5  # fewer say nothing of how viewers differ


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationPrior:
    """How strongly calibration is drawn to leaving things as they are."""

    scale_sd: float = 0.2
    slope_sd: float = 0.07  # of the seconds' slope, about 1
    reply_share: float = 0.75  # of that slope: of replies, which are fewer and so less surely told
    reply_sd: float = 0.2  # about it; these three were chosen in towns 100 and 101
    new_share: float = 0.65  # of the slope for authors who are new; chosen there too, as is
    new_sd: float = 0.1  # this: viewers as wholes call it surer than a few dozen authors make it
    offset_sd: float = 0.5
    showings: float = 200.0  # of seconds as predicted, added to those observed


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadQuality:
    """One head on held-out showings."""

    n: int  # showings whose label is known
    rate: float
    predicted: float  # mean
    log_loss: float
    base_log_loss: float  # of the constant rate
    auroc: float
    ece: float  # expected calibration error over deciles


@dataclass(frozen=True, slots=True, kw_only=True)
class RankerQuality:
    """All heads on held-out showings, as served: calibrated, without positions."""

    heads: dict[str, HeadQuality]
    seconds_slope: float  # of observed on predicted seconds, least squares; 1 is right
    seconds_observed: float  # mean
    seconds_predicted: float
    seconds_correlation: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerNoise:
    """How answers come about, per latent: (hit, slip), told where it is so and where it is not.

    Gladness and regret are what lies behind the answers; with the noise known, a calibrated
    regret of .08 may well be answered "wish I hadn't" .16 of the time.
    """

    glad: tuple[float, float] = (1.0, 0.0)
    regret: tuple[float, float] = (1.0, 0.0)

    @classmethod
    def of(cls, trained: TrainedRanker) -> AnswerNoise:
        """The noise that training learned; none where it took answers at their word."""
        if trained.window_config is None:
            return cls()
        regret = asked_rates(trained.windows, trained.window_config)
        glad = asked_glad_rates(trained.windows, trained.window_config)
        return cls(
            glad=(float(glad.hit), float(glad.slip)),
            regret=(float(regret.hit), float(regret.slip)),
        )

    def at(self, head: int) -> tuple[float, float]:
        """Of one head; actions and skips are seen as they are."""
        return {GLAD: self.glad, REGRET: self.regret}.get(head, (1.0, 0.0))


def fit_calibration(
    outputs: NDArray[np.float32],
    targets: Targets,
    noise: AnswerNoise = AnswerNoise(),
    prior: CalibrationPrior = CalibrationPrior(),
    is_reply: NDArray[np.bool_] | None = None,
    is_new: NDArray[np.bool_] | None = None,
) -> Calibration:
    """Scale and offset of each logit and a line for the seconds, from (n,) held-out showings.

    Platt's two parameters a logit, by Newton's method, under a normal prior around leaving it
    as it is: a head of which the hour shows nothing stays what it was. Replies, where told, have
    a slope of their own that is drawn to a share of the one of all; authors who are new, where
    told, a share of whichever slope is theirs.
    """
    label, known = known_labels(targets)
    used = known & (np.asarray(targets.weight) > 0)[:, None]
    scale, offset = np.ones(N_LOGITS), np.zeros(N_LOGITS)
    for head in range(N_LOGITS):
        rows = used[:, head]
        logit = outputs[rows, head].astype(np.float64)
        told = noise.at(head)
        scale[head], offset[head] = _platt(logit, label[rows, head], told, prior)
    seconds = np.asarray(targets.seconds, dtype=np.float64)
    plain = Calibration(scale=scale, offset=offset, seconds=1.0, skip_s=_skip_s(seconds))
    rows = np.isfinite(seconds)
    if not rows.any():
        return plain
    looks = _looks(plain, outputs[rows], seconds[rows], np.asarray(targets.viewer)[rows])
    made, looks = _with_seconds(plain, looks, prior)
    reply = None if is_reply is None else is_reply[rows]
    if reply is not None:
        made = _with_replies(made, looks, reply, prior)
    return made if is_new is None else _with_new(made, looks, (reply, is_new[rows]), prior)


@dataclass(frozen=True, slots=True)
class _Looks:
    """Seconds beyond skips, predicted and observed, (n,) each."""

    predicted: Floats
    observed: Floats
    viewer: NDArray[np.integer]

    def only(self, rows: NDArray[np.bool_]) -> _Looks:
        return _Looks(self.predicted[rows], self.observed[rows], self.viewer[rows])

    def slope(self, prior: float, prior_sd: float) -> float:
        """Least squares, drawn to a prior by how sure each is.

        The error is that of viewers as wholes (a sandwich: Liang and Zeger 1986): a viewer's looks
        resemble each other, and long ones vary more, so that rows taken singly would seem several
        times as sure as they are.
        """
        centred = self.predicted - self.predicted.mean()
        spread = float(centred @ centred)
        if not spread > 1e-9 * len(centred):
            return prior
        found = float(centred @ self.observed) / spread
        left = self.observed - self.observed.mean() - found * centred
        _, unit = np.unique(self.viewer, return_inverse=True)
        score = np.bincount(unit, weights=centred * left)
        n = len(score)
        if n < _LEAST_VIEWERS:
            return prior
        variance = n / (n - 1) * float(score @ score) / spread**2
        if not variance > 0:
            return found
        sure, believed = 1.0 / variance, prior_sd**-2
        return (sure * found + believed * prior) / (sure + believed)


def _looks(
    plain: Calibration,
    outputs: NDArray[np.float32],
    seconds: Floats,
    viewer: NDArray[np.integer],
) -> _Looks:
    readout = read_out(outputs, plain)
    observed = np.minimum(seconds, LONGEST_S)
    return _Looks(
        predicted=readout.seconds - readout.skip * plain.skip_s,
        observed=np.where(observed < SKIP_S, 0.0, observed),
        viewer=viewer,
    )


def _with_seconds(
    plain: Calibration, looks: _Looks, prior: CalibrationPrior
) -> tuple[Calibration, _Looks]:
    """The calibration with a factor that sets the mean of the seconds, then their slope.

    Also the looks with their predictions times that factor.
    """
    pseudo = prior.showings * looks.predicted.mean()
    factor = (looks.observed.sum() + pseudo) / (looks.predicted.sum() + pseudo)
    scaled = replace(looks, predicted=looks.predicted * factor)
    found = scaled.slope(1.0, prior.slope_sd)
    mean_s = float(scaled.predicted.mean())
    return replace(plain, seconds=float(factor), slope=found, mean_s=mean_s), scaled


def _with_replies(
    made: Calibration, looks: _Looks, is_reply: NDArray[np.bool_], prior: CalibrationPrior
) -> Calibration:
    """The calibration with a slope for replies, about their own mean."""
    if not is_reply.any():
        return made
    replies = looks.only(is_reply)
    found = replies.slope(prior.reply_share * made.slope, prior.reply_sd)
    return replace(made, reply_slope=found, reply_mean_s=float(replies.predicted.mean()))


def _with_new(
    made: Calibration,
    looks: _Looks,
    which: tuple[NDArray[np.bool_] | None, NDArray[np.bool_]],
    prior: CalibrationPrior,
) -> Calibration:
    """The calibration with the share of its spread that holds among authors who are new.

    A day has a few dozen of them: what is found is mostly the prior.
    """
    is_reply, is_new = which
    lined = replace(looks, predicted=made.lined(looks.predicted, is_reply)).only(is_new)
    if not len(lined.predicted):
        return replace(made, new_share=prior.new_share, new_mean_s=made.mean_s)
    share = lined.slope(prior.new_share, prior.new_sd)
    return replace(made, new_share=share, new_mean_s=float(lined.predicted.mean()))


def _skip_s(seconds: Floats) -> float:
    """Mean of the looks that were skips; NaN compares as no skip."""
    skips = seconds[seconds < SKIP_S]
    return float(skips.mean()) if len(skips) else SKIP_S / 2


def _platt(
    logit: Floats, label: NDArray[np.floating], told: tuple[float, float], prior: CalibrationPrior
) -> tuple[float, float]:
    """Fisher scoring of P(label) = slip + (hit - slip) sigmoid(scale logit + offset)."""
    # The logit is centred first, so that scale and offset hardly pull at each other.
    centre = float(logit.mean()) if len(logit) else 0.0
    design = np.column_stack([logit - centre, np.ones(len(logit))])
    theta, start = np.array([1.0, centre]), np.array([1.0, centre])
    precision = np.array([prior.scale_sd**-2, prior.offset_sd**-2])
    hit, slip = told
    span = hit - slip
    for _ in range(50):
        latent = probabilities(design @ theta)
        prob = np.clip(slip + span * latent, 1e-9, 1 - 1e-9)
        tilt = span * latent * (1.0 - latent)
        variance = prob * (1.0 - prob)
        gradient = design.T @ ((prob - label) * tilt / variance) + precision * (theta - start)
        curvature = (design * (tilt * tilt / variance)[:, None]).T @ design + np.diag(precision)
        step = np.linalg.solve(curvature, gradient)
        theta = theta - np.clip(step, -1.0, 1.0)
        if np.abs(step).max() < 1e-8:
            break
    return float(theta[0]), float(theta[1] - theta[0] * centre)


def measure_ranker(
    outputs: NDArray[np.float32],
    targets: Targets,
    calibration: Calibration,
    noise: AnswerNoise = AnswerNoise(),
    is_reply: NDArray[np.bool_] | None = None,
    is_new: NDArray[np.bool_] | None = None,
) -> RankerQuality:
    """Every head and the seconds on (n,) held-out showings.

    Gladness and regret are measured against answers, by the chance to be answered so.
    """
    label, known = known_labels(targets)
    logits = outputs[:, :N_LOGITS] * calibration.scale + calibration.offset
    prob = probabilities(logits)
    for head in (GLAD, REGRET):
        hit, slip = noise.at(head)
        prob[:, head] = slip + (hit - slip) * prob[:, head]
    heads = {
        name: _head_quality(prob[known[:, i], i], label[known[:, i], i])
        for i, name in enumerate(OUTPUTS[:N_LOGITS])
    }
    seconds = np.asarray(targets.seconds, dtype=np.float64)
    rows = np.isfinite(seconds)
    observed = np.minimum(seconds[rows], LONGEST_S)
    predicted = read_out(outputs, calibration, is_reply, is_new).seconds[rows]
    return RankerQuality(
        heads=heads,
        seconds_slope=slope(predicted, observed),
        seconds_observed=float(observed.mean()) if rows.any() else float("nan"),
        seconds_predicted=float(predicted.mean()) if rows.any() else float("nan"),
        seconds_correlation=_correlation(predicted, observed),
    )


def slope(predicted: Floats, observed: Floats) -> float:
    """Least-squares slope of observed on predicted; NaN where predictions do not differ.

    >>> slope(np.array([1.0, 2.0, 3.0]), np.array([2.0, 4.0, 6.0]))
    2.0
    """
    if len(predicted) < 2 or not predicted.std() > 1e-9:
        return float("nan")
    centred = predicted - predicted.mean()
    return float(centred @ observed / (centred @ centred))


def _correlation(a: Floats, b: Floats) -> float:
    if len(a) < 2 or not (a.std() > 1e-9 and b.std() > 1e-9):
        return float("nan")
    return float(np.corrcoef(a, b)[0, 1])


def _head_quality(prob: Floats, label: NDArray[np.float32]) -> HeadQuality:
    truth = label > 0.5
    rate = float(truth.mean()) if len(truth) else float("nan")
    return HeadQuality(
        n=len(truth),
        rate=rate,
        predicted=float(prob.mean()) if len(prob) else float("nan"),
        log_loss=log_loss(prob, truth),
        base_log_loss=log_loss(np.full(len(truth), rate), truth),
        auroc=auroc(prob, truth),
        ece=expected_calibration_error(calibration_by_decile(prob, label.astype(np.float64))),
    )
