"""All that one page request knows before any post is looked at."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from stoa.feed.met_posts import MetPosts, no_meetings
from stoa.feed.viewer_vectors import ViewerVectors
from stoa.ranking.dwell import DwellMeans
from stoa.records import AccountId, ViewerSettings
from stoa.space.generation import Generation


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedQuery:
    """A reader, as arrays; id columns ascend unless said otherwise."""

    now_us: int
    oldest_us: int  # posts from before are too old
    after: int  # greatest post id that is certainly too old
    viewer: AccountId  # NO_ID for somebody never heard of, or logged out
    logged_out: bool
    settings: ViewerSettings
    vectors: ViewerVectors
    space: Generation  # in which `vectors` lie: they are compared with its posts alone
    history: NDArray[np.int64]  # posts the viewer acted on
    dismissed: NDArray[np.int64]  # posts the viewer sent away
    glad: NDArray[np.int64]  # posts the viewer engaged with gladly, newest first
    seen: NDArray[np.int64]
    served: NDArray[np.int64]
    follows: NDArray[np.int64]
    blocked: NDArray[np.int64]  # either way
    muted_accounts: NDArray[np.int64]
    muted_conversations: NDArray[np.int64]
    languages: NDArray[np.bool_] | None  # by language code, whether it may be served; None is any
    seed: int
    met: MetPosts = field(default_factory=no_meetings)  # what a learned ranker reads of the viewer
    dwell: DwellMeans = field(default_factory=DwellMeans.nothing_observed)  # looks of everybody

    @property
    def excluded(self) -> NDArray[np.int64]:
        """Posts no source needs to bring: seen, served, or acted on."""
        return np.unique(np.concatenate([self.seen, self.served, self.history]))
