"""A log as it stood at a moment: what a model may learn from before it is tested on the rest."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

import numpy as np

from stoa.space.learning_log import ActColumns, ImpressionColumns, LearningLog, PostColumns

_Columns = TypeVar("_Columns", PostColumns, ActColumns, ImpressionColumns)


def until(log: LearningLog, moment_us: int) -> LearningLog:
    """The rows of everything that happened before a moment.

    What is learned of a showing afterwards (`delayed`) is not known yet for the last day's.
    """
    shown = _first(log.impressions, moment_us)
    waited = shown.at_us < moment_us - 86_400_000_000
    shown = replace(shown, delayed=np.where(waited, shown.delayed, -1).astype(np.int8))
    return replace(
        log,
        posts=_first(log.posts, moment_us),
        acts=_first(log.acts, moment_us),
        impressions=shown,
        until_us=moment_us,
    )


def _first(columns: _Columns, moment_us: int) -> _Columns:
    n = int(np.searchsorted(columns.at_us, moment_us))
    return replace(columns, **{name: getattr(columns, name)[:n] for name in columns.__slots__})
