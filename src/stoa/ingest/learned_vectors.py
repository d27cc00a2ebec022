"""Vectors by the learned post tower, from what the square holds of a post at this moment."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from stoa.ingest.answers import Answers
from stoa.ingest.post_facts import PostFacts
from stoa.ports import EngagementView, PostStore, VectorRows
from stoa.records import NO_ID
from stoa.space.account_hash import account_rows
from stoa.space.conversation_samples import domain_rows
from stoa.space.post_tower import PostFeatures, encode_posts
from stoa.space.space_model import SpaceModel

_REMEMBERED = 65_536
"""Vectors kept of posts that the index let go: some 35 MiB. Readers come back to the same ones."""


class LearnedVectors:
    """Makes vectors by one space. Any thread may call.

    Samples are those of the moment, where training drew them as of each event: a post that is
    read again in a history has moved on since, as it has in the index.
    """

    def __init__(
        self,
        model: SpaceModel,
        store: PostStore,
        rows: VectorRows,
        around: tuple[Answers, EngagementView, PostFacts],
    ) -> None:
        self._model, self._store, self._rows = model, store, rows
        self._answers, self._engagements, self._facts = around
        self._kept: dict[int, NDArray[np.float32]] = {}

    def made(self, posts: NDArray[np.int64], content: NDArray[np.float32]) -> NDArray[np.float32]:
        """Unit vectors (n, d) of posts from their content (n, text) and what is around them."""
        features = self.features(posts, content)
        return encode_posts(self._model.params["post_tower"], self._model.config.post, features)

    def outside(self, posts: NDArray[np.int64]) -> NDArray[np.float32]:
        """Vectors of posts that the index does not hold, (n, d); zero where nothing is known."""
        found = np.zeros((len(posts), self._model.config.post.vector), dtype=np.float32)
        kept = self._kept
        lacking: list[int] = []
        for at, post in enumerate(posts.tolist()):
            vector = kept.get(post)
            if vector is None:
                lacking.append(at)
            else:
                found[at] = vector
        content = self._rows.get(posts[lacking])
        real = content.any(axis=1)
        if real.any():
            at = np.array(lacking, dtype=np.int64)[real]
            found[at] = self.made(posts[at], content[real])
            if len(kept) > _REMEMBERED:
                kept = self._kept = {}
            for post, vector in zip(posts[at].tolist(), found[at], strict=True):
                kept[post] = vector.copy()
        return found

    def forget(self, posts: NDArray[np.int64]) -> None:
        """Lets the vectors of removed posts go."""
        for post in posts.tolist():
            self._kept.pop(post, None)

    def features(self, posts: NDArray[np.int64], content: NDArray[np.float32]) -> PostFeatures:
        """What the tower reads of posts (n,)."""
        c = self._model.config.post
        replies = self._answers.sampled(posts)[:, : c.replies]
        self._facts.learn(np.concatenate([posts, replies.ravel()]), self._store)
        told, answered = self._facts.of(posts), self._facts.of(replies)
        engager = self._engagements.engagers_of(posts)[:, : c.engagers]
        is_reply = answered.author != NO_ID  # one that was removed leaves no trace
        is_engager = engager != NO_ID
        return PostFeatures(
            text=content,
            author=account_rows(told.author, c.account_rows),
            author_known=(told.author != NO_ID).astype(np.float32),
            language=(told.language % c.languages).astype(np.int32),
            media=told.media.astype(np.int32),
            domain=domain_rows(told.domain, c.domains),
            reply_text=_filled(self._texts(replies), is_reply, c.replies),
            reply_author=_filled(
                account_rows(answered.author, c.account_rows), is_reply, c.replies
            ),
            reply_mask=_filled(is_reply, is_reply, c.replies),
            engager_text=_filled(self._tastes(posts, engager), is_engager, c.engagers),
            engager=_filled(account_rows(engager, c.account_rows), is_engager, c.engagers),
            engager_mask=_filled(is_engager, is_engager, c.engagers),
        )

    def _texts(self, posts: NDArray[np.int64]) -> NDArray[np.float32]:
        return self._rows.get(posts.ravel()).reshape(*posts.shape, -1)

    def _tastes(self, posts: NDArray[np.int64], engager: NDArray[np.int64]) -> NDArray[np.float32]:
        """Words of the post that each engager engaged with just before, (n, m, text).

        Zero where that is not known: the engager's first, or engaged with too long ago to tell.
        """
        n, m = engager.shape
        recent = self._engagements.recent_posts_of(engager.ravel()).reshape(n, m, -1)
        here = recent == posts[:, None, None]
        # An account's newest posts are kept in a ring: what came before stands one place earlier.
        before = np.where(here.any(axis=2), here.argmax(axis=2) - 1, 0) % recent.shape[2]
        earlier = np.take_along_axis(recent, before[:, :, None], axis=2)[:, :, 0]
        earlier = np.where(here.any(axis=2), earlier, NO_ID)
        return self._texts(earlier)


def _filled(
    column: NDArray[np.generic], real: NDArray[np.bool_], width: int
) -> NDArray[np.generic]:
    """A sample column widened to `width`, zero where it is not real."""
    mask = real.reshape(*real.shape, *([1] * (column.ndim - 2)))
    column = np.where(mask, column, np.zeros((), column.dtype))
    n, m = real.shape
    if m == width:
        return column
    wide = np.zeros((n, width, *column.shape[2:]), dtype=column.dtype)
    wide[:, :m] = column
    return wide
