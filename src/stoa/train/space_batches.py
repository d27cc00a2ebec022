"""Batches for the space: rows of events, what was on offer beside them, and answers to posts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from stoa.errors import BadInput
from stoa.space.conversation_samples import ConversationSamples
from stoa.space.learning_log import NOBODY
from stoa.space.post_tower import PostFeatures
from stoa.space.viewer_history import ViewerEvents
from stoa.space.viewer_tower import History, row_history

_HOUR_US = 3_600_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchConfig:
    """How much a step sees."""

    rows: int = 16
    length: int = 64  # events a row; short histories share one
    uniform: int = 256  # posts drawn from what was on offer
    replies: int = 64  # answers whose post is sought; 0 where nobody answers
    offer_h: float = 48.0
    author_dropout: float = 0.3
    foreign: int = 64  # texts in words never seen, whose meaning is to be left alone


class SpaceBatch(NamedTuple):
    """One step's input; m = rows * length + uniform candidates."""

    history: History  # (rows, length), its vectors not yet computed
    posts: PostFeatures  # (m + 2 a + foreign,): as of each event, the uniform ones, answered
    # posts, answers, and posts in foreign words
    post: NDArray[np.int32]  # (m,) rows of posts; -1 for padding
    log_rate: NDArray[np.float32]  # (m,) log of how often a step holds this candidate
    target: NDArray[np.bool_]  # (rows, length): glad, with something before it
    glad: NDArray[np.bool_]  # (rows, length)
    regretted: NDArray[np.bool_]  # (rows, length)
    root: NDArray[np.int32]  # (a,) conversations of the answers


@dataclass(frozen=True, slots=True)
class SpaceBatches:
    """Draws batches from a log's events."""

    samples: ConversationSamples
    events: ViewerEvents
    config: BatchConfig
    frequency: NDArray[np.float64]  # share of events by post
    reply: NDArray[np.int64]  # posts that answer another

    def __iter__(self) -> Iterator[SpaceBatch]:
        raise TypeError("call draw(chance): an order needs a seed")

    def draw(self, chance: np.random.Generator) -> Iterator[SpaceBatch]:
        """Batches without end, every viewer's events once a pass, cut and packed anew each time.

        Raises:
            BadInput: nobody was ever glad of a second post.
        """
        while True:
            any_target = False
            for event, segment in self._rows(chance):
                batch = self._batch(event, segment, chance)
                if batch.target.any():
                    any_target = True
                    yield batch
            if not any_target:
                mend = "give a log in which some account liked, reposted or answered two posts"
                raise BadInput("log.acts", len(self.samples.log.acts), mend)

    def _rows(
        self, chance: np.random.Generator
    ) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int32]]]:
        """Event numbers (rows, length), -1 for padding, and segments; one pass over the log."""
        c = self.config
        pieces = self._pieces(chance)
        shape = (c.rows, c.length)
        event, segment = np.full(shape, -1, np.int64), np.full(shape, -1, np.int32)
        row = filled = 0
        for number in chance.permutation(len(pieces)):
            first, last = pieces[number]
            if filled + last - first > c.length:
                row, filled = row + 1, 0
                if row == c.rows:
                    yield event, segment
                    event, segment, row = np.full_like(event, -1), np.full_like(segment, -1), 0
            event[row, filled : filled + last - first] = np.arange(first, last)
            segment[row, filled : filled + last - first] = number
            filled += last - first
        if (event >= 0).any():
            yield event, segment

    def _pieces(self, chance: np.random.Generator) -> NDArray[np.int64]:
        """Stretches (first, last) of at most `length` events, cut at a random phase."""
        start, length = self.events.start, self.config.length
        pieces: list[tuple[int, int]] = []
        for first, last in zip(start[:-1].tolist(), start[1:].tolist(), strict=True):
            if last - first < 2:
                continue
            at = first - (int(chance.integers(length)) if last - first > length else 0)
            while at < last:
                low, high = max(at, first), min(at + length, last)
                if high - low >= 2:
                    pieces.append((low, high))
                at += length
        return np.array(pieces, dtype=np.int64).reshape(-1, 2)

    def _batch(
        self, event: NDArray[np.int64], segment: NDArray[np.int32], chance: np.random.Generator
    ) -> SpaceBatch:
        c, log, events = self.config, self.samples.log, self.events
        real = event >= 0
        flat = np.maximum(event, 0)
        at_us = events.at_us[flat]
        same = np.zeros_like(real)
        same[:, 1:] = (segment[:, 1:] == segment[:, :-1]) & real[:, 1:]
        offered, offered_at = self._offered(at_us[real], chance)
        post = np.concatenate([events.post[flat].ravel(), offered])
        when = np.concatenate([at_us.ravel(), offered_at])
        answers = self._answers(chance)
        answered_at = log.posts.at_us[answers]
        posts = self.samples.features(
            np.concatenate([post, log.posts.parent[answers], answers, post[: c.foreign]]),
            np.concatenate([when, answered_at, answered_at, when[: c.foreign]]),
            chance,
        )
        posts = posts._replace(text=_in_foreign_words(np.asarray(posts.text), c.foreign, chance))
        known = chance.random(len(posts.text)) >= c.author_dropout
        posts = posts._replace(author_known=known.astype(np.float32))
        glad = events.glad[flat] & real
        post = np.where(np.append(real.ravel(), np.ones(len(offered), bool)), post, -1)
        return SpaceBatch(
            history=row_history(events, flat, same, segment, int(log.until_us)),
            posts=posts,
            post=post.astype(np.int32),
            log_rate=self._log_rate(post, when, int(real.sum())),
            target=glad & same,
            glad=glad,
            regretted=events.regretted[flat] & real,
            root=log.posts.root[answers],
        )

    def _offered(
        self, at_us: NDArray[np.int64], chance: np.random.Generator
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Posts written in the `offer_h` before a random event, and that event's moment."""
        moment = chance.choice(at_us, self.config.uniform)
        low, high = self._offer(moment)
        return low + (chance.random(len(moment)) * (high - low)).astype(np.int64), moment

    def _offer(self, moment: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        posts_at = self.samples.log.posts.at_us
        high = np.maximum(np.searchsorted(posts_at, moment), 1)
        low = np.searchsorted(posts_at, moment - int(self.config.offer_h * _HOUR_US))
        return np.minimum(low, high - 1), high

    def _log_rate(
        self, post: NDArray[np.integer], when: NDArray[np.int64], n_events: int
    ) -> NDArray[np.float32]:
        """The logarithm of Q in sampled softmax (Bengio & Senecal 2008), both ways in."""
        low, high = self._offer(when)
        rate = n_events * self.frequency[np.maximum(post, 0)] + self.config.uniform / (high - low)
        return np.log(rate + 1e-12).astype(np.float32)

    def _answers(self, chance: np.random.Generator) -> NDArray[np.int64]:
        n = self.config.replies if len(self.reply) else 0
        return chance.choice(self.reply, n) if n else np.zeros(0, dtype=np.int64)


def _in_foreign_words(
    text: NDArray[np.float32], n: int, chance: np.random.Generator
) -> NDArray[np.float32]:
    """The texts, the last `n` of them as another vocabulary would have been hashed.

    Other words have other coordinates and signs; how sparse a text is, and the angles between
    texts, stay. So what a language that training never saw looks like can be had for nothing.
    """
    if n == 0:
        return text
    order = chance.permutation(text.shape[1])
    sign = chance.choice(np.array([-1, 1], dtype=np.float32), text.shape[1])
    return np.concatenate([text[:-n], text[-n:, order] * sign])


def prepare_batches(
    samples: ConversationSamples, events: ViewerEvents, config: BatchConfig
) -> SpaceBatches:
    """Counts what log-Q needs, and finds the posts that answer another."""
    posts = samples.log.posts
    count = np.bincount(events.post, minlength=len(posts)).astype(np.float64)
    return SpaceBatches(
        samples=samples,
        events=events,
        config=config,
        frequency=count / max(count.sum(), 1),
        reply=np.flatnonzero(posts.parent != NOBODY),
    )
