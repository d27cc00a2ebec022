"""How fast a subject wears off within a sitting, learned from who stayed with what.

What a showing is believed to hold of attention supposes that it comes first. Where x posts of its
subject were read before it in the same sitting,

    log E[T] = a + c log T_believed - b x

A Poisson regression with no claim on the variance (Gourieroux, Monfort and Trognon,
"Pseudo maximum likelihood methods: applications to Poisson models", 1984). The free slope c takes
up beliefs that say too much: posts stand behind others of their subject because it was believed in,
and a belief that was too high would else be taken for wear.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from stoa.ranking.dwell import LONGEST_S
from stoa.ranking.heads import SKIP_S

Floats = NDArray[np.float64]

MOST_WEAR = 0.5
_LEAST_S = 0.05  # beliefs below this say nothing more
_ENOUGH = 200  # showings; with fewer, nothing is said to wear off


def read_before(
    session: NDArray[np.integer], vector: NDArray[np.float32], is_read: Floats
) -> Floats:
    """Posts read earlier in the same sitting, each by how alike it is, (n,).

    Args:
        session: of n showings, in the order of time.
        vector: (n, d) unit, of their subjects; none below 0.
        is_read: (n,) 1 where it was read.
    """
    made = np.zeros(len(session))
    order = np.argsort(session, kind="stable")
    begins = np.flatnonzero(np.diff(session[order]) != 0) + 1
    for rows in np.split(order, begins):
        alike = np.tril(vector[rows] @ vector[rows].T, -1)
        made[rows] = alike @ is_read[rows]
    return made


def fit_subject_wear(seconds: Floats, believed_s: Floats, before: Floats) -> float:
    """How fast: the b of the regression, from 0 to `MOST_WEAR`.

    Args:
        seconds: (n,) of attention; looks shorter than a skip count as none.
        believed_s: (n,) as if each came first.
        before: (n,) of `read_before`.
    """
    looked = np.minimum(np.nan_to_num(seconds.astype(np.float64)), LONGEST_S)
    looked = np.where(looked >= SKIP_S, looked, 0.0)
    if len(looked) < _ENOUGH or looked.sum() == 0 or before.std() < 1e-6:
        return 0.0
    believed = np.log(np.maximum(believed_s, _LEAST_S))
    design = np.column_stack([np.ones(len(looked)), believed, before])
    found = np.array([np.log(looked.mean()), 0.0, 0.0])
    for _ in range(30):
        expected = np.exp(np.clip(design @ found, -20.0, 8.0))
        curve = (design * expected[:, None]).T @ design + 1e-6 * np.eye(3)
        step = np.linalg.solve(curve, design.T @ (looked - expected))
        found = found + np.clip(step, -1.0, 1.0)
        if np.abs(step).max() < 1e-6:
            break
    return float(np.clip(-found[2], 0.0, MOST_WEAR))
