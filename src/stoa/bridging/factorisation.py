"""Explains ratings by who rates and what is rated (spec 6), solved to the optimum.

    prediction(u, n) = mu + i_u + i_n + f_u * f_n

The published scorer descends the same loss with Adam and stops near the optimum; alternating
closed-form ridge solves reach it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Start:
    """Where a fit starts; None lets the fit choose. Arrays over the fit's own rows."""

    note_intercept: NDArray[np.float32] | None = None
    note_factor: NDArray[np.float32] | None = None
    rater_intercept: NDArray[np.float32] | None = None
    rater_factor: NDArray[np.float32] | None = None
    mu: float = 0.0


@dataclass(frozen=True, slots=True)
class Fit:
    """Parameters that explain a table of ratings; rows are those of the fit's `Layout`."""

    mu: float
    rater_intercept: NDArray[np.float32]  # (n_raters,)
    rater_factor: NDArray[np.float32]
    note_intercept: NDArray[np.float32]  # (n_notes,)
    note_factor: NDArray[np.float32]
    loss: float  # regularisation included
    squared_error: float  # mean over ratings, regularisation left out
    n_iterations: int
