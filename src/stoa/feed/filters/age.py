"""Posts too old for a page about now."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.feed.query import FeedQuery
from stoa.pipeline import Candidates


@dataclass(frozen=True, slots=True)
class TooOld:
    """Leaves out posts from before the query's oldest moment."""

    name: str = "too_old"
    reason: str = "It is too old for a page about now."
    switchable: bool = False

    def keep(self, query: FeedQuery, candidates: Candidates) -> NDArray[np.bool_]:
        """Mask of the posts young enough."""
        return candidates.at_us >= query.oldest_us
