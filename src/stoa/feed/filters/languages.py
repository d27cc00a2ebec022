"""Posts in languages you do not read."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.feed.query import FeedQuery
from stoa.pipeline import Candidates


@dataclass(frozen=True, slots=True)
class OtherLanguages:
    """Leaves out posts that declare languages, none of them the viewer's."""

    name: str = "other_language"
    reason: str = "It is in a language you did not choose."
    switchable: bool = True

    def keep(self, query: FeedQuery, candidates: Candidates) -> NDArray[np.bool_]:
        """Mask of the posts that name a chosen language, or none at all."""
        if query.languages is None:
            return np.ones(len(candidates), dtype=bool)
        # A combination first met after the query was made is not judged.
        known = candidates.language < len(query.languages)
        return ~known | query.languages[np.where(known, candidates.language, 0)]
