"""What each viewer was served on each day and who came back: what worths of actions hang on."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from stoa.ranking.readout import Readout
from stoa.ranking.return_model import ServedDays
from stoa.records import DAY_US
from stoa.space.learning_log import LearningLog

Floats = NDArray[np.float64]


def served_days(log: LearningLog, rows: NDArray[np.int64], read: Readout) -> ServedDays | None:
    """Days that viewers came, with sums of what was predicted of what they were shown.

    A day that is not over by the end of the log tells nothing of who came back on it: the day
    before it waits.

    Args:
        log: up to now.
        rows: impressions that were predicted.
        read: what is believed of them, one row each.

    Returns:
        One row a viewer and day; None where nothing was shown.
    """
    if len(rows) == 0:
        return None
    shown = log.impressions
    began_us = int(shown.at_us[0]) // DAY_US * DAY_US
    day = (shown.at_us[rows] - began_us) // DAY_US
    whole = max((log.until_us - began_us) // DAY_US, 0)
    keys, row = np.unique(day * log.n_accounts + shown.viewer[rows], return_inverse=True)
    came = np.zeros((int(shown.at_us[-1] - began_us) // DAY_US + 1, log.n_accounts), dtype=np.bool_)
    came[(shown.at_us - began_us) // DAY_US, shown.viewer] = True
    which, viewer = keys // log.n_accounts, keys % log.n_accounts
    chances = np.concatenate([read.actions, read.glad[:, None]], axis=1)
    return ServedDays(
        posts=np.bincount(row).astype(np.float64),
        actions=np.stack([_sums(row, column) for column in chances.T], axis=1),
        regret=_sums(row, read.regret),
        seconds=_sums(row, read.seconds),
        next_day=_back(came, (which, viewer), 1, whole),
        within_week=_back(came, (which, viewer), 7, whole),
    )


def _sums(row: NDArray[np.integer], values: Floats) -> Floats:
    return np.bincount(row, weights=values).astype(np.float64)


def _back(
    came: NDArray[np.bool_],
    of: tuple[NDArray[np.int64], NDArray[np.int64]],
    within: int,
    whole: int,
) -> Floats:
    """1 where a viewer came again within so many days, 0 where not, NaN where it is not known.

    Args:
        came: (days, accounts).
        of: day and viewer of each row.
        within: days ahead that count.
        whole: how many days of the log are over.
    """
    day, viewer = of
    back = np.zeros(len(day), dtype=np.bool_)
    for ahead in range(1, within + 1):
        later = np.minimum(day + ahead, len(came) - 1)
        back |= (day + ahead < len(came)) & came[later, viewer]
    return np.where(day + within < whole, back.astype(np.float64), np.nan)
