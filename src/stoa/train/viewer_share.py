"""How much one viewer may teach: nobody's likes are more than a small share of all likes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.records import EventKind
from stoa.space.learning_log import ImpressionColumns


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareConfig:
    """The largest share of all likes that may be one viewer's: the greater of two."""

    most: float = 0.02
    times_even: float = 4.0  # of an even share, where viewers are few
    few: int = 20  # likes of one viewer that always count in full
    least: float = 0.1  # weight of a showing: the only one who likes is heard too


def share_weights(
    shown: ImpressionColumns, config: ShareConfig = ShareConfig()
) -> NDArray[np.float32]:
    """Weights of showings, (n,), at most 1: lower for a viewer who likes more than the share.

    All showings of such a viewer count less, not the likes alone, so that what is learned of that
    viewer stays true. Many accounts that like a little each pass: nothing in a like tells them
    from people.

    >>> from stoa.space.learning_log import empty_log
    >>> share_weights(empty_log(2).impressions).shape
    (0,)
    """
    n = len(shown)
    if n == 0:
        return np.zeros(0, dtype=np.float32)
    viewers, row = np.unique(shown.viewer, return_inverse=True)
    likes = np.bincount(row, weights=shown.has(EventKind.LIKE).astype(np.float64))
    share = max(config.most, config.times_even / len(viewers))
    if share >= 1.0 or likes.sum() == 0:
        return np.ones(n, dtype=np.float32)
    # With the viewer counted less, all likes are fewer: w l <= share (rest + w l).
    allowed = np.maximum(share / (1.0 - share) * (likes.sum() - likes), config.few)
    weight = np.where(likes > allowed, allowed / np.maximum(likes, 1.0), 1.0)
    weight = np.maximum(weight, config.least)
    return weight[row].astype(np.float32)
