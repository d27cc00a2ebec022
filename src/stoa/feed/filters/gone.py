"""Posts that may not be served to anybody: deleted, hidden, labelled away, opted out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.feed.labels import Mark
from stoa.feed.query import FeedQuery
from stoa.pipeline import Candidates


@dataclass(frozen=True, slots=True)
class Gone:
    """Leaves out deleted posts, posts never read, and posts of hidden accounts."""

    name: str = "gone"
    reason: str = "It was deleted, or its author's account is not active."
    switchable: bool = False

    def keep(self, query: FeedQuery, candidates: Candidates) -> NDArray[np.bool_]:
        """Mask of the posts that are here and whose author is."""
        return (candidates.marks & (Mark.ALIVE | Mark.ACCOUNT_HIDDEN)) == Mark.ALIVE


@dataclass(frozen=True, slots=True)
class HiddenByLabel:
    """Leaves out what a moderation service hid."""

    name: str = "hidden_by_label"
    reason: str = "A moderation service hid it."
    switchable: bool = False

    def keep(self, query: FeedQuery, candidates: Candidates) -> NDArray[np.bool_]:
        """Mask of the posts not hidden."""
        return (candidates.marks & Mark.HIDDEN) == 0


@dataclass(frozen=True, slots=True)
class OptedOut:
    """Leaves out authors who asked not to be recommended."""

    name: str = "opted_out"
    reason: str = "Its author asked to stay out of recommendations."
    switchable: bool = False

    def keep(self, query: FeedQuery, candidates: Candidates) -> NDArray[np.bool_]:
        """Mask of the posts whose author did not opt out."""
        return (candidates.marks & Mark.NO_PROMOTE) == 0
