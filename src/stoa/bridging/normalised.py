"""The second fit of group 14: both sides of the axis weigh the same (spec 6, 12.2).

A plain fit tells on which side each rater is. Ratings are then weighed so that the two sides
count alike and prolific raters count less, and a fresh model is fitted to the weighed ratings.
Every weight is one number a note times one number a rater.

The published scorer makes the second model anew, so nothing is frozen in it, not even in final
scoring: raters and mu are fitted again there, from the raters they were frozen at and from mu 0.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from stoa.bridging.descent import Effort
from stoa.bridging.factorisation import Fit, Start, fit
from stoa.bridging.layout import Layout
from stoa.bridging.scorers import NormalisedLoss, Penalties

Floats = NDArray[np.float64]


def side_weights(
    layout: Layout, rater_factor: NDArray[np.floating], config: NormalisedLoss
) -> tuple[Floats, Floats]:
    """What each note (n_notes,) and each rater (n_raters,) contributes to a rating's weight.

    A side without any rating leaves the balance as it is.
    """
    note, rater = np.ones(layout.n_notes), np.ones(layout.n_raters)
    per_rater = np.diff(layout.by_rater.start).astype(np.float64)
    if config.global_sign_balance:
        positive = rater_factor > 0
        n_positive = per_rater[positive].sum()
        n_rest = layout.n_ratings - n_positive
        if n_positive and n_rest:
            rater[positive] = n_rest / n_positive
            rater *= layout.n_ratings / (2.0 * n_rest)
    if config.note_exponent:
        (total,), _ = layout.by_note.sums([rater])
        note = total**config.note_exponent
    if config.rater_exponent:
        (total,), _ = layout.by_rater.sums([note])
        rater = rater * (rater * total) ** config.rater_exponent
    return note, rater


def fit_normalised(
    layout: Layout,
    penalties: Penalties,
    config: NormalisedLoss,
    start: Start | None = None,
    *,
    effort: Effort | None = None,
) -> Fit:
    """A plain fit from `start`, then a fresh one to ratings weighed by the sides it found.

    The second fit keeps the raters of `start`, not its notes, and begins at mu 0.
    """
    plain = fit(layout, penalties, start, effort=effort)
    return refit_normalised(
        layout, penalties, config, plain.rater_factor, start, settle_sign=True, effort=effort
    )


def refit_normalised(
    layout: Layout,
    penalties: Penalties,
    config: NormalisedLoss,
    side: NDArray[np.floating],
    start: Start | None = None,
    *,
    ratio: float | None = None,
    settle_sign: bool = False,
    effort: Effort | None = None,
) -> Fit:
    """The second fit alone; final scoring has its sides from prescoring.

    Args:
        layout: the ratings, all weighing one.
        penalties: regularisation.
        config: how ratings are weighed.
        side: (n_raters,) factors that tell each rater's side.
        start: of which the raters are kept.
        ratio: `ratingPerNoteLossRatio`, on in final scoring.
        settle_sign: off in final scoring.
        effort: when to stop.
    """
    weighed = layout.weighted(*side_weights(layout, side, config))
    fresh = replace(start or Start(), note_intercept=None, note_factor=None, mu=0.0)
    return fit(weighed, penalties, fresh, ratio=ratio, settle_sign=settle_sign, effort=effort)
