"""The published loss (spec 6) written down once more, rating by rating, to check solvers by."""

from __future__ import annotations

import numpy as np

from stoa.bridging.scorers import Penalties


def published_loss(table, penalties: Penalties, mu, i_u, f_u, i_n, f_n, *, weight=1.0, ratio=None):
    """Loss of parameters over all raters and notes of `table` (note, rater, value)."""
    note, rater, value = table
    error = value - (mu + i_u[rater] + i_n[note] + f_u[rater] * f_n[note])
    share = 1 / len(f_n) if ratio is None else ratio / len(value)
    p = penalties
    return (
        (weight * error**2).mean()
        + p.rater_factor * (f_u**2).mean()
        + p.rater_intercept * (i_u**2).mean()
        + share
        * (
            p.note_factor * (f_n**2).sum()
            + p.note_intercept * (i_n**2).sum()
            + p.diamond * np.abs(f_n * i_n).sum()
        )
        + p.mu * mu**2
    )
