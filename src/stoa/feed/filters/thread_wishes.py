"""What authors wish for their own threads: replies they hid, quotes they disowned."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.feed.labels import Mark
from stoa.feed.query import FeedQuery
from stoa.pipeline import Candidates


@dataclass(frozen=True, slots=True)
class HiddenReplies:
    """Leaves out replies hidden by whoever opened the thread."""

    name: str = "hidden_reply"
    reason: str = "Whoever opened the thread hid this reply."
    switchable: bool = True

    def keep(self, query: FeedQuery, candidates: Candidates) -> NDArray[np.bool_]:
        """Mask of the posts not hidden in their thread."""
        return (candidates.marks & Mark.HIDDEN_REPLY) == 0


@dataclass(frozen=True, slots=True)
class DisownedQuotes:
    """Leaves out quotes from which the quoted author withdrew."""

    name: str = "disowned_quote"
    reason: str = "The author it quotes withdrew the quote."
    switchable: bool = True

    def keep(self, query: FeedQuery, candidates: Candidates) -> NDArray[np.bool_]:
        """Mask of the posts whose quote stands."""
        return (candidates.marks & Mark.DETACHED_QUOTE) == 0
