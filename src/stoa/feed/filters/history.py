"""Posts you know already: your own, those you saw, those you were just handed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.feed.query import FeedQuery
from stoa.pipeline import Candidates
from stoa.space.columns import among


@dataclass(frozen=True, slots=True)
class OwnPosts:
    """Leaves out the viewer's own posts."""

    name: str = "own"
    reason: str = "You wrote it."
    switchable: bool = False

    def keep(self, query: FeedQuery, candidates: Candidates) -> NDArray[np.bool_]:
        """Mask of the posts written by others."""
        if not query.viewer:
            return np.ones(len(candidates), dtype=bool)
        return candidates.author != query.viewer


@dataclass(frozen=True, slots=True)
class Seen:
    """Leaves out what was on the viewer's screen, or what the viewer already acted on."""

    name: str = "seen"
    reason: str = "You have already seen it."
    switchable: bool = True

    def keep(self, query: FeedQuery, candidates: Candidates) -> NDArray[np.bool_]:
        """Mask of the posts not seen."""
        known = among(candidates.post, query.seen) | among(candidates.post, query.history)
        return ~known


@dataclass(frozen=True, slots=True)
class Served:
    """Leaves out what was handed to the viewer a short while ago."""

    name: str = "served"
    reason: str = "It was on a page you were given a short while ago."
    switchable: bool = True

    def keep(self, query: FeedQuery, candidates: Candidates) -> NDArray[np.bool_]:
        """Mask of the posts not served of late."""
        return ~among(candidates.post, query.served)


@dataclass(frozen=True, slots=True)
class Dismissed:
    """Leaves out what the viewer sent away: regretted, hidden, reported, not of interest."""

    name: str = "dismissed"
    reason: str = "You asked not to see it."
    switchable: bool = False

    def keep(self, query: FeedQuery, candidates: Candidates) -> NDArray[np.bool_]:
        """Mask of the posts the viewer did not send away."""
        return ~among(candidates.post, query.dismissed)
