"""A post's replies and engagers as they stood at a moment, drawn uniformly, never later ones.

Training must see a post as it was when somebody met it: what happened afterwards is what it is
to foretell. A sample has a fixed size, so that it cannot tell how many there were.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.records import EventKind
from stoa.space.account_hash import account_rows
from stoa.space.learning_log import NOBODY, LearningLog
from stoa.space.post_tower import PostFeatures, PostTowerConfig

_ENGAGING = (EventKind.LIKE, EventKind.REPOST, EventKind.QUOTE)
"""Public acts on a post. A follow is not among them: it would bring followers in."""


@dataclass(frozen=True, slots=True)
class _ByPost:
    """Rows that hang on posts, grouped by post and in order of time within each."""

    key: NDArray[np.int64]  # post * stride + time order, sorted
    row: NDArray[np.int32]  # what hangs there
    stride: int

    def count(self, post: NDArray[np.integer], before: NDArray[np.int64]) -> NDArray[np.int64]:
        """How many hang on each post at an order < `before`."""
        start = post.astype(np.int64) * self.stride
        return np.searchsorted(self.key, start + before) - np.searchsorted(self.key, start)

    def sample(
        self, post: NDArray[np.integer], before: NDArray[np.int64], draw: NDArray[np.float64]
    ) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
        """Uniform sample (n, m) of what hangs on each post at an order < `before`, and its mask.

        `draw` (n, m) in [0, 1): one from each m-th of those there are, where there are more
        than m (every one has the same chance); all of them where there are not.
        """
        m = int(draw.shape[1])
        first = np.searchsorted(self.key, post.astype(np.int64) * self.stride)
        count = self.count(post, before)[:, None]
        place: NDArray[np.int64] = np.arange(m, dtype=np.int64)[None, :]
        chosen = np.where(count > m, ((place + draw) * count / m).astype(np.int64), place)
        mask = place < count
        at = np.where(mask, first[:, None] + np.minimum(chosen, np.maximum(count - 1, 0)), 0)
        if len(self.row) == 0:
            return np.zeros(mask.shape, dtype=np.int32), mask
        return np.where(mask, self.row[at], 0).astype(np.int32), mask


@dataclass(frozen=True, slots=True)
class ConversationSamples:
    """Features of a log's posts as of any moment."""

    log: LearningLog
    config: PostTowerConfig
    account_key: NDArray[np.int64]  # what names each account for good, (n_accounts,)
    replies: _ByPost
    engagers: _ByPost  # rows are acts
    before: NDArray[np.int32]  # by act: the post that account engaged with before, or NOBODY

    def features(
        self,
        post: NDArray[np.integer],
        at_us: NDArray[np.int64],
        chance: np.random.Generator,
        *,
        without: NDArray[np.integer] | None = None,
    ) -> PostFeatures:
        """What the tower reads of posts (n,) as they stood just before `at_us` (n,).

        Args:
            post: rows of the log's posts.
            at_us: the moment of each; what happened at it or later is not seen.
            chance: draws the samples.
            without: a reply (post row) to leave out of each sample, as if never written.
        """
        log, c, n = self.log, self.config, len(post)
        reply, reply_mask = self.replies.sample(
            post, np.searchsorted(log.posts.at_us, at_us), chance.random((n, c.replies))
        )
        if without is not None:
            reply_mask &= reply != without[:, None]
        act, engager_mask = self.engagers.sample(
            post, np.searchsorted(log.acts.at_us, at_us), chance.random((n, c.engagers))
        )
        earlier = self.before[act] if len(self.before) else np.full(act.shape, NOBODY)
        engager = log.acts.account[act] if len(log.acts) else np.zeros(act.shape, np.int32)
        return PostFeatures(
            text=log.posts.text[post],
            author=self._rows(log.posts.author[post]),
            author_known=np.ones(n, dtype=np.float32),
            language=(log.posts.language[post] % c.languages).astype(np.int32),
            media=log.posts.media[post].astype(np.int32),
            domain=domain_rows(log.posts.domain[post], c.domains),
            reply_text=log.posts.text[reply] * reply_mask[..., None],
            reply_author=self._rows(log.posts.author[reply]),
            reply_mask=reply_mask,
            engager_text=log.posts.text[np.maximum(earlier, 0)]
            * (engager_mask & (earlier >= 0))[..., None],
            engager=self._rows(engager),
            engager_mask=engager_mask,
        )

    def n_engagers(self, post: NDArray[np.integer], at_us: NDArray[np.int64]) -> NDArray[np.int64]:
        """How many accounts had engaged with each post before a moment: for studies only."""
        return self.engagers.count(post, np.searchsorted(self.log.acts.at_us, at_us))

    def n_replies(self, post: NDArray[np.integer], at_us: NDArray[np.int64]) -> NDArray[np.int64]:
        """How many answers each post had before a moment: for studies only."""
        return self.replies.count(post, np.searchsorted(self.log.posts.at_us, at_us))

    def _rows(self, account: NDArray[np.integer]) -> NDArray[np.int32]:
        return account_rows(self.account_key[account], self.config.account_rows)


def domain_rows(domain: NDArray[np.integer], n_rows: int) -> NDArray[np.int32]:
    """Rows 1..n_rows-1 for hashes of link domains, 0 for none."""
    known = 1 + domain.astype(np.int64) % (n_rows - 1)
    return np.where(domain == 0, 0, known).astype(np.int32)


def sample_conversations(log: LearningLog, config: PostTowerConfig) -> ConversationSamples:
    """Makes the tables that samples are drawn from.

    An account engages with a post once, the first time, however often it acts.
    """
    posts, acts = log.posts, log.acts
    child = np.flatnonzero(posts.parent != NOBODY)
    replies = _by_post(posts.parent[child], child, len(posts))
    act = np.flatnonzero(np.isin(acts.kind, [int(kind) for kind in _ENGAGING]))
    pair = acts.post[act].astype(np.int64) * max(log.n_accounts, 1) + acts.account[act]
    _, first = np.unique(pair, return_index=True)
    act = act[np.sort(first)]
    return ConversationSamples(
        log=log,
        config=config,
        account_key=log.account_keys,
        replies=replies,
        engagers=_by_post(acts.post[act], act, len(acts)),
        before=_engaged_before(log, act),
    )


def _by_post(post: NDArray[np.integer], row: NDArray[np.integer], n_orders: int) -> _ByPost:
    stride = n_orders + 1
    key = post.astype(np.int64) * stride + row
    order = np.argsort(key, kind="stable")
    return _ByPost(key[order], row[order].astype(np.int32), stride)


def _engaged_before(log: LearningLog, act: NDArray[np.integer]) -> NDArray[np.int32]:
    """By act: the post its account engaged with just before; NOBODY for its first."""
    before = np.full(len(log.acts), NOBODY, dtype=np.int32)
    order = act[np.argsort(log.acts.account[act], kind="stable")]
    same = log.acts.account[order[1:]] == log.acts.account[order[:-1]]
    before[order[1:][same]] = log.acts.post[order[:-1][same]]
    return before
