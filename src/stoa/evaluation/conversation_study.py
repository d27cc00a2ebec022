"""Does a vector that holds the conversation find what a message answers better than words alone?

Messages of a channel, each with its words, who wrote it and the answers it had by then; sought is
the message that the next one answers, among the 100 before it.
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from stoa.measure import Interval, bootstrap_interval
from stoa.ports import TextEncoder
from stoa.space.conversation_samples import ConversationSamples, sample_conversations
from stoa.space.learning_log import NOBODY, LearningLog, PostColumns, empty_log
from stoa.space.post_tower import PostTowerConfig, encode_posts
from stoa.space.transformer import Params
from stoa.tables.thread_files import ChannelThreads
from stoa.train.replies import Known, ReplyTraining, only, train_replies

REACH = 100
RAW, PREVIOUS = "untrained_text", "previous_message"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationFigures:
    """Means over answering messages, with 95 % intervals by bootstrap over them."""

    recall_at_1: Interval  # the message it answers comes first
    mrr: Interval  # one over the rank of the best message it answers
    thread_at_1: Interval  # a message of the same conversation comes first
    each: NDArray[np.float64]  # (n,) one over the rank


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationStudy:
    """By what a vector knows: `text` (without), `author`, `conversation` (with), and baselines."""

    figures: dict[str, ConversationFigures]
    gain: Interval  # of mrr, with less without, paired by message
    answers: int
    cpu_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationStudyConfig:
    """How long the towers learn."""

    tower: PostTowerConfig = field(default_factory=lambda: PostTowerConfig(engagers=1))
    training: ReplyTraining = field(default_factory=ReplyTraining)


def study_conversations(
    train: ChannelThreads,
    test: ChannelThreads,
    encoder: TextEncoder,
    config: ConversationStudyConfig,
    seed: int,
    say: Callable[[str], None] = lambda words: None,
) -> ConversationStudy:
    """Trains one tower for each thing a vector may know, and asks each the same questions."""
    began = time.process_time()
    say("encoding")
    learned = sample_conversations(_as_log(train, encoder), config.tower)
    asked = sample_conversations(_as_log(test, encoder), config.tower)
    questions = _Questions(test, asked, seed)
    figures = {
        PREVIOUS: questions.judged(questions.by_nearness()),
        RAW: questions.judged(questions.by_words()),
    }
    for known in Known:
        say(known.value)
        params, _ = train_replies(learned, train.start, known, config.training, seed)
        figures[known.value] = questions.judged(questions.by_vectors(params, known))
    gain = figures[Known.CONVERSATION].each - figures[Known.TEXT].each
    return ConversationStudy(
        figures=figures,
        gain=bootstrap_interval(gain, seed=seed),
        answers=len(gain),
        cpu_s=time.process_time() - began,
    )


def _as_log(threads: ChannelThreads, encoder: TextEncoder) -> LearningLog:
    """Messages as posts a minute apart; the links known are those to the first message answered."""
    n = len(threads.text)
    names = sorted(set(threads.nick))
    number = {name: row for row, name in enumerate(names)}
    parent = np.full(n, NOBODY, dtype=np.int32)
    parent[threads.answering[::-1]] = threads.answered[::-1]
    root = np.arange(n, dtype=np.int32)
    for row in np.flatnonzero(parent != NOBODY).tolist():
        root[row] = root[parent[row]]
    none = np.zeros(n, dtype=np.int16)
    posts = PostColumns(
        at_us=(1 + np.arange(n, dtype=np.int64)) * 60_000_000,
        author=np.array([number[name] for name in threads.nick], dtype=np.int32),
        parent=parent, root=root, language=none, media=none, domain=none.astype(np.int32),
        length=np.array([len(text) for text in threads.text], dtype=np.int32),
        text=encoder.encode(threads.text),
    )  # fmt: skip
    empty = empty_log(posts.text.shape[1])
    # A nickname has the same rows of the table in training and in the test.
    key = np.array([zlib.crc32(name.encode()) for name in names], dtype=np.int64)
    return LearningLog(
        posts=posts, acts=empty.acts, impressions=empty.impressions, n_accounts=len(names),
        until_us=(n + 1) * 60_000_000, source="channel", account_key=key,
    ).checked()  # fmt: skip


class _Questions:
    """Answering messages, what is offered to each, and which of it is right."""

    def __init__(self, threads: ChannelThreads, samples: ConversationSamples, seed: int) -> None:
        self._samples, self._seed = samples, seed
        earliest = np.maximum(threads.start[threads.answering], threads.answering - REACH)
        within = threads.answered >= earliest
        self.answer = np.unique(threads.answering[within])
        back = np.arange(1, REACH + 1)
        self.offered = self.answer[:, None] - back
        self.real = self.offered >= threads.start[self.answer][:, None]
        self.offered = np.where(self.real, self.offered, self.answer[:, None])
        row = np.searchsorted(self.answer, threads.answering[within])
        self.right = np.zeros(self.offered.shape, dtype=bool)
        distance = threads.answering[within] - threads.answered[within]
        self.right[row, distance - 1] = True
        root = samples.log.posts.root
        self.thread = self.real & (root[self.offered] == root[self.answer][:, None])

    def by_nearness(self) -> NDArray[np.float32]:
        return np.broadcast_to(-np.arange(REACH, dtype=np.float32), self.offered.shape)

    def by_words(self) -> NDArray[np.float32]:
        text = self._samples.log.posts.text
        return np.einsum("nmc,nc->nm", text[self.offered], text[self.answer])

    def by_vectors(self, params: Params, known: Known) -> NDArray[np.float32]:
        """Cosine of each message offered, with the answers it had by then, to the one that asks."""
        n_posts = len(self._samples.log.posts)
        at_us = self._samples.log.posts.at_us[self.answer]
        when = np.broadcast_to(at_us[:, None], self.offered.shape)
        # A message's vector changes only with its answers: encode it once for each number of them.
        state = self._samples.n_replies(self.offered.ravel(), when.ravel()) * n_posts
        _, first, which = np.unique(
            state + self.offered.ravel(), return_index=True, return_inverse=True
        )
        there = self._encoded(params, known, self.offered.ravel()[first], when.ravel()[first])
        own = self._encoded(params, known, self.answer, at_us)
        return np.einsum("nmc,nc->nm", there[which.reshape(self.offered.shape)], own)

    def _encoded(
        self, params: Params, known: Known, post: NDArray[np.int64], at_us: NDArray[np.int64]
    ) -> NDArray[np.float32]:
        random = np.random.default_rng([self._seed, 5])
        features = only(self._samples.features(post, at_us, random), known)
        return encode_posts(params, self._samples.config, features)

    def judged(self, score: NDArray[np.float32]) -> ConversationFigures:
        """Equal scores stand before a right one."""
        score = np.where(self.real, score, -np.inf)
        best = np.where(self.right, score, -np.inf).max(axis=1)
        rank = 1 + ((score >= best[:, None]) & ~self.right).sum(axis=1)
        first = score.argmax(axis=1)
        thread = self.thread[np.arange(len(first)), first]

        def mean(values: NDArray[np.floating]) -> Interval:
            return bootstrap_interval(values.astype(np.float64), seed=self._seed)

        return ConversationFigures(
            recall_at_1=mean((rank == 1).astype(float)),
            mrr=mean(1 / rank),
            thread_at_1=mean(thread.astype(float)),
            each=1 / rank,
        )
