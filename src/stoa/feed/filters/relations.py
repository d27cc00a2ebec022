"""Posts that involve somebody you and they keep apart from: blocks both ways, and mutes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.feed.query import FeedQuery
from stoa.pipeline import Candidates
from stoa.space.columns import among


def involves(candidates: Candidates, accounts: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether a post is by, quotes, answers or was reposted by one of these accounts."""
    hit = np.zeros(len(candidates), dtype=bool)
    if len(accounts) == 0:
        return hit
    for column in (
        candidates.author,
        candidates.quote_author,
        candidates.reposter,
        candidates.parent_author,
        candidates.root_author,
    ):
        hit |= among(column, accounts)
    return hit


@dataclass(frozen=True, slots=True)
class Blocked:
    """Leaves out posts that involve an account the viewer blocks or is blocked by.

    The reason does not say which of the two: who blocked whom is nobody's business.
    """

    name: str = "blocked"
    reason: str = "You and somebody in it have blocked contact."
    switchable: bool = False

    def keep(self, query: FeedQuery, candidates: Candidates) -> NDArray[np.bool_]:
        """Mask of the posts without a block either way."""
        return ~involves(candidates, query.blocked)


@dataclass(frozen=True, slots=True)
class MutedAccounts:
    """Leaves out posts that involve an account the viewer muted."""

    name: str = "muted_account"
    reason: str = "You muted somebody in it."
    switchable: bool = True

    def keep(self, query: FeedQuery, candidates: Candidates) -> NDArray[np.bool_]:
        """Mask of the posts without a muted account."""
        return ~involves(candidates, query.muted_accounts)


@dataclass(frozen=True, slots=True)
class MutedConversations:
    """Leaves out conversations the viewer muted, whichever post of them was named."""

    name: str = "muted_conversation"
    reason: str = "You muted this conversation."
    switchable: bool = True

    def keep(self, query: FeedQuery, candidates: Candidates) -> NDArray[np.bool_]:
        """Mask of the posts outside of muted conversations."""
        muted = query.muted_conversations
        hit = among(candidates.root, muted) | among(candidates.post, muted)
        return ~(hit | among(candidates.parent, muted))
