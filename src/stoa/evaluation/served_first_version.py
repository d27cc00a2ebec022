"""The first version's formula for a whole round at once: nothing is learned, only looked up."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from stoa.evaluation.composition import CompositionConfig, compose_shortlists
from stoa.evaluation.learned_policies import listed_posts
from stoa.evaluation.shortlists import Histories, ShortlistConfig, drawn_up, histories
from stoa.evaluation.slates import Slates
from stoa.evaluation.society_policies import age_h, chance_of, engagement
from stoa.evaluation.society_view import SocietyView
from stoa.ranking.dwell import DwellMeans, kind_of
from stoa.ranking.first_version import Features, FirstVersionConfig, score
from stoa.records import DAY_US, POSITIVE_EVENTS
from stoa.space.learning_log import NOBODY, LearningLog
from stoa.train.sittings import SittingConfig

Floats = NDArray[np.float64]

_GLAD_KINDS = [int(kind) for kind in POSITIVE_EVENTS]
_SAMPLE_DAYS = 4  # public acts that tell who likes alike
_LOOKED_DAYS = 10  # showings that tell how long kinds of posts are looked at
_ENOUGH_MET = 8  # with fewer, popularity speaks too


@dataclass(slots=True, kw_only=True)
class ServedFirstVersion:
    """Posts from its own sources, then `ranking.first_version`."""

    seed: int = 0
    config: FirstVersionConfig = field(default_factory=FirstVersionConfig)
    sittings: SittingConfig = field(default_factory=lambda: SittingConfig(history=48))
    shortlist: ShortlistConfig = field(default_factory=ShortlistConfig)
    composition: CompositionConfig = field(default_factory=CompositionConfig)
    hears_at_once: bool = False  # looks count from the next round on, as in a square; or next day
    name: str = "first_version"
    _dwell: DwellMeans = field(default_factory=DwellMeans.nothing_observed)

    def rank(self, view: SocietyView) -> Slates:
        """Slates of what matches what was liked, what alike accounts liked, ties and newness."""
        column, value = self.scored(view)
        listed = listed_posts(view, column, value)
        return compose_shortlists(listed, view.slots, self.composition, chance_of(self.seed, view))

    def scored(self, view: SocietyView) -> tuple[NDArray[np.int32], Floats]:
        """What it finds and its scores, (sittings, size) each; columns of the pool."""
        if self.hears_at_once:
            self.learn(view.log)
        met = histories(view, self.sittings, self.shortlist.remembered_days)
        shared = co_engagement(view)
        column = self.found(view, met, shared)
        features = self._features(view, met, column, shared)
        return column, score(features, self.config)[0].reshape(column.shape)

    @property
    def looks(self) -> float:
        """How many looks it has heard."""
        return self._dwell.looks

    def learn(self, log: LearningLog) -> None:
        """Mean seconds of each kind of post, over the last days."""
        shown = log.impressions
        rows = slice(int(np.searchsorted(shown.at_us, log.until_us - _LOOKED_DAYS * DAY_US)), None)
        post = shown.post[rows]
        kinds = kind_of(log.posts.length[post], log.posts.media[post])
        nothing = DwellMeans.nothing_observed()
        self._dwell = nothing.with_observed(kinds, shown.seconds[rows].astype(np.float64))

    def found(self, view: SocietyView, met: Histories, shared: Floats) -> NDArray[np.int32]:
        """Its own sources: like what was liked, what alike accounts liked, hot, followed, new."""
        posts, new = view.log.posts, -age_h(view)[None, :]
        liked = np.where((met.post != NOBODY)[:, :, None], posts.text[np.maximum(met.post, 0)], 0.0)
        taste = np.einsum("sh,shd->sd", met.weight.astype(np.float32), liked.astype(np.float32))
        followed = view.followed()
        return drawn_up(
            view.fresh,
            min(self.shortlist.size, len(view.pool)),
            (
                (0.1, engagement(view)[None, :] * 0.5 ** (-new / 12.0)),
                (0.1, np.where(followed, new, new - 1e3)),
                (0.1, new),
                (0.3, shared),
                (0.4, taste @ posts.text[view.pool].T),
            ),
        )

    def _features(
        self, view: SocietyView, met: Histories, column: NDArray[np.int32], shared: Floats
    ) -> Features:
        posts, safe = view.log.posts, np.maximum(column, 0)
        post = view.pool[safe]
        near = posts.text[post] @ np.swapaxes(posts.text[np.maximum(met.post, 0)], 1, 2)
        glad = np.sort(near * np.maximum(met.weight, 0)[:, None, :], axis=2)
        sorry = (near * np.maximum(-met.weight, 0)[:, None, :]).max(axis=2)
        hot = engagement(view) / (age_h(view) + 2.0) ** 1.2
        knows_little = (met.post != NOBODY).sum(axis=1, keepdims=True) < _ENOUGH_MET
        co = np.take_along_axis(shared, safe, axis=1)
        kinds = kind_of(posts.length[post].ravel(), posts.media[post].ravel())
        return Features(
            top=glad[:, :, -1].ravel(),
            second=glad[:, :, -2].ravel(),
            against=sorry.ravel().astype(np.float32),
            co_engagement=co.ravel().astype(np.float32),
            age_s=3600.0 * age_h(view)[safe].ravel(),
            followed=np.take_along_axis(view.followed(), safe, axis=1).ravel(),
            popularity=(hot[safe] * knows_little).ravel(),
            attention=self._dwell.relative(kinds),
        )


def co_engagement(view: SocietyView) -> Floats:
    """What accounts that are glad of the same posts are glad of, (sittings, pool).

    Two steps, as the feed's source takes them: an account shares one over the root of a post's
    acts with whoever acted on it too; a post of the pool sums what its accounts share with the
    viewer, over the root of its own acts.
    """
    acts, n_accounts = view.log.acts, view.log.n_accounts
    start = int(np.searchsorted(acts.at_us, view.at_us - _SAMPLE_DAYS * DAY_US))
    rows = start + np.flatnonzero(np.isin(acts.kind[start:], _GLAD_KINDS))
    pairs = np.unique(acts.post[rows].astype(np.int64) * n_accounts + acts.account[rows])
    post, account = pairs // n_accounts, pairs % n_accounts
    sharing = _sharing(post, account, view.viewer, n_accounts)
    column = post - int(view.pool[0])
    inside = (column >= 0) & (column < len(view.pool))
    column, account = column[inside], account[inside]
    total = np.zeros((len(view.viewer), len(view.pool)))
    begins = np.flatnonzero(np.diff(column, prepend=-1))
    if len(begins):
        size = np.diff(begins, append=len(column))
        summed = np.add.reduceat(sharing[:, account], begins, axis=1)
        total[:, column[begins]] = summed / np.sqrt(size + 2.0)
    return total


def _sharing(
    post: NDArray[np.int64],
    account: NDArray[np.int64],
    viewer: NDArray[np.int32],
    n_accounts: int,
) -> Floats:
    """What each account shares with each viewer, (viewers, accounts); pairs sorted by post."""
    sharing = np.zeros((len(viewer), n_accounts))
    row_of = np.full(n_accounts, -1)
    row_of[viewer] = np.arange(len(viewer))
    mine = np.flatnonzero(row_of[account] >= 0)
    low, high = np.searchsorted(post, post[mine]), np.searchsorted(post, post[mine], "right")
    size = high - low
    pair = np.repeat(low - np.cumsum(size) + size, size) + np.arange(int(size.sum()))
    row = np.repeat(row_of[account[mine]], size)
    np.add.at(sharing, (row, account[pair]), np.repeat(1.0 / np.sqrt(np.maximum(size, 1)), size))
    sharing[np.arange(len(viewer)), viewer] = 0.0
    return sharing
