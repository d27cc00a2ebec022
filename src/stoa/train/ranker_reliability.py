"""Predicted against observed for a ranker's heads, over all held-out showings and by group.

Gladness and regret cannot be seen, only answers to questions asked at random, and those are noisy:
a share of them is not what the reader would say on reflection. So answers are compared with the
chance to be *answered* so, slip + (hit - slip) R, by the noise that training learned. Comparing
them with R itself would call a right forecast wrong by the flips alone. The slope is that of
answers on predicted answers, which is the slope of the latent on R where the noise is right.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

import numpy as np
from numpy.typing import NDArray

from stoa.measure.calibration import (
    EVERYBODY,
    CalibrationConfig,
    CalibrationRow,
    calibration_table,
)
from stoa.measure.intervals import Interval
from stoa.ranking.dwell import LONGEST_S
from stoa.ranking.heads import GLAD, OUTPUTS, REGRET, Targets, known_labels
from stoa.ranking.readout import NEW_DAYS, Calibration, read_out
from stoa.records import DAY_US
from stoa.space.learning_log import NOBODY, LearningLog
from stoa.train.ranker_batches import replies_of
from stoa.train.ranker_quality import AnswerNoise

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

HEADS = ("like", "seconds", "regret", "glad")
"""What a square is told of; regret and glad as answered."""


def reliability(
    outputs: NDArray[np.float32],
    targets: Targets,
    calibration: Calibration,
    noise: AnswerNoise,
    groups: Mapping[str, Flags] | None = None,
    config: CalibrationConfig | None = None,
) -> list[CalibrationRow]:
    """Rows of `calibration_table` for `HEADS` on (n,) held-out showings.

    Args:
        outputs: of the ranker, (n, N_OUTPUTS).
        targets: what followed; viewers are drawn for the intervals.
        calibration: as served.
        noise: of the answers.
        groups: name -> (n,) which showings; see `groups_of`. "replies" and "new_authors" are read
            out as such.
        config: bins and draws.
    """
    which = (None, None) if groups is None else (groups.get("replies"), groups.get("new_authors"))
    predicted, observed = predicted_and_observed(outputs, targets, calibration, noise, *which)
    viewer = np.asarray(targets.viewer, dtype=np.int64)
    return calibration_table(predicted, observed, groups or {}, viewer, config)


def predicted_and_observed(
    outputs: NDArray[np.float32],
    targets: Targets,
    calibration: Calibration,
    noise: AnswerNoise,
    is_reply: Flags | None = None,
    is_new: Flags | None = None,
) -> tuple[dict[str, Floats], dict[str, Floats]]:
    """Two columns for each of `HEADS`, (n,) each; what is not known was not observed: NaN."""
    label, known = known_labels(targets)
    told = read_out(outputs, calibration, is_reply, is_new)
    like = OUTPUTS.index("like")
    predicted = {
        "like": told.actions[:, like],
        "seconds": told.seconds,
        "regret": _answered(told.regret, noise.at(REGRET)),
        "glad": _answered(told.glad, noise.at(GLAD)),
    }
    observed = {
        "like": _where(known[:, like], label[:, like]),
        "seconds": np.minimum(np.asarray(targets.seconds, dtype=np.float64), LONGEST_S),
        "regret": _where(known[:, REGRET], label[:, REGRET]),
        "glad": _where(known[:, GLAD], label[:, GLAD]),
    }
    return predicted, observed


def reliability_figures(rows: Sequence[CalibrationRow]) -> dict[str, dict[str, object]]:
    """Rows as a model card keeps them: head -> figures, deciles, and figures of each group.

    What is not known is None; heads of which nothing is known are left out.
    """
    made: dict[str, dict[str, object]] = {}
    for row in rows:
        if row.group == EVERYBODY and row.n:
            bins = [{"n": one.n, "predicted": one.predicted, **_told(one.observed)}
                    for one in row.bins]  # fmt: skip
            made[row.head] = {**_figures(row), "bins": bins, "groups": {}}
        elif row.n and row.head in made:
            groups = cast("dict[str, object]", made[row.head]["groups"])
            groups[row.group] = _figures(row)
    return made


def _figures(row: CalibrationRow) -> dict[str, object]:
    return {
        "n": row.n,
        "viewers": row.n_viewers,
        "predicted": _known(row.predicted),
        "observed": _known(row.observed),
        "ece": _told(row.ece_adaptive),
        "slope": _told(row.slope),
    }


def _told(interval: Interval) -> dict[str, float | None]:
    ends = {"mean": interval.mean, "low": interval.low, "high": interval.high}
    return {name: _known(end) for name, end in ends.items()}


def _known(number: float) -> float | None:
    return float(number) if np.isfinite(number) else None


def groups_of(log: LearningLog, rows: NDArray[np.int64]) -> dict[str, Flags]:
    """Which of the impressions `rows` are of replies, first posts, new authors, new viewers.

    All by what stood in the log when they were made: an author is new for `NEW_DAYS` after the
    first post, a viewer after the first showing. Whatever is as old as the log itself is not new:
    its beginnings are not known.
    """
    shown, posts = log.impressions, log.posts
    post, at_us = shown.post[rows], shown.at_us[rows]
    debut = _debuts(log)
    debut_us = posts.at_us[np.maximum(debut, 0)][posts.author[post]]
    met, first_met = np.unique(shown.viewer, return_index=True)
    met_us = np.zeros(log.n_accounts, dtype=np.int64)
    met_us[met] = shown.at_us[first_met]
    since_us = int(NEW_DAYS * DAY_US)
    began_us = int(shown.at_us[0]) + since_us // 2 if len(shown) else 0
    opened_us = int(posts.at_us[0]) + since_us if len(posts) else 0
    return {
        "replies": replies_of(log, rows),
        "first_posts": (debut[posts.author[post]] == post) & (debut_us > opened_us),
        "new_authors": new_of(log, rows),
        "new_viewers": (at_us - met_us[shown.viewer[rows]] < since_us)
        & (met_us[shown.viewer[rows]] > began_us),
    }


def new_of(log: LearningLog, rows: NDArray[np.int64]) -> Flags:
    """Which of the impressions `rows` are of authors who were new then, as `groups_of` says."""
    shown, posts = log.impressions, log.posts
    if not len(posts):
        return np.zeros(len(rows), dtype=np.bool_)
    since_us = int(NEW_DAYS * DAY_US)
    debut_us = posts.at_us[_debuts(log)[posts.author[shown.post[rows]]]]
    return (shown.at_us[rows] - debut_us < since_us) & (debut_us > posts.at_us[0] + since_us)


def _debuts(log: LearningLog) -> NDArray[np.int64]:
    """Row of each account's first post, NOBODY for those who wrote none, (n_accounts,)."""
    author, first = np.unique(log.posts.author, return_index=True)
    debut = np.full(log.n_accounts, NOBODY, dtype=np.int64)
    debut[author] = first
    return debut


def _answered(prob: Floats, told: tuple[float, float]) -> Floats:
    """Chance to be answered so, from the chance that it is so."""
    hit, slip = told
    return slip + (hit - slip) * prob


def _where(known: Flags, label: NDArray[np.floating]) -> Floats:
    return np.where(known, label, np.nan).astype(np.float64)
