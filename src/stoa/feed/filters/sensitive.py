"""Posts for some readers only: adult, graphic, or meant for members."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.feed.labels import SENSITIVE, Mark
from stoa.feed.query import FeedQuery
from stoa.pipeline import Candidates


@dataclass(frozen=True, slots=True)
class Sensitive:
    """Leaves out adult and graphic posts where the viewer chose so, and for the logged-out."""

    name: str = "sensitive"
    reason: str = "It is labelled as adult or graphic, which you leave out."
    switchable: bool = False  # the reader's `sensitive` setting decides

    def keep(self, query: FeedQuery, candidates: Candidates) -> NDArray[np.bool_]:
        """Mask of the posts that may be shown, covered or not."""
        if not query.logged_out and query.settings.sensitive != "leave_out":
            return np.ones(len(candidates), dtype=bool)
        return (candidates.marks & SENSITIVE) == 0


@dataclass(frozen=True, slots=True)
class MembersOnly:
    """Leaves posts out of the logged-out page whose author asked for it."""

    name: str = "members_only"
    reason: str = "Its author asked to be shown to people who are logged in only."
    switchable: bool = False

    def keep(self, query: FeedQuery, candidates: Candidates) -> NDArray[np.bool_]:
        """Mask of the posts anyone may see, or all for somebody logged in."""
        if not query.logged_out:
            return np.ones(len(candidates), dtype=bool)
        return (candidates.marks & Mark.MEMBERS_ONLY) == 0
