"""The whole study of the learned space: vectors, conversations, posts without a like."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from stoa.evaluation.conversation_study import (
    ConversationStudy,
    ConversationStudyConfig,
    study_conversations,
)
from stoa.evaluation.society_loop import logged_society
from stoa.evaluation.vector_study import CHOICES, ChoiceFigures, RetrievalTask, study_task
from stoa.evaluation.vector_tasks import amazon_task, log_task, movie_task
from stoa.evaluation.zero_like_study import ZeroLikeStudy, study_zero_likes
from stoa.measure import Interval, bootstrap_interval
from stoa.ports import TextEncoder
from stoa.records import DAY_US
from stoa.space.conversation_samples import sample_conversations
from stoa.space.learning_log import LearningLog
from stoa.space.log_window import until
from stoa.space.post_tower import encode_posts
from stoa.space.space_model import SpaceConfig, SpaceModel, init_space
from stoa.space.viewer_tower import ViewerTowerConfig
from stoa.tables.thread_files import read_threads
from stoa.town.society import SocietyConfig
from stoa.town.society.accounts import make_accounts
from stoa.train.space import SpaceTraining, SpaceTrainingConfig, train_space

Say = Callable[[str], None]
HOUR_US = DAY_US // 24


@dataclass(frozen=True, slots=True, kw_only=True)
class SpaceStudyConfig:
    """How much the study costs."""

    society: SocietyConfig = field(
        default_factory=lambda: SocietyConfig(residents=300, background=1_500, logged_days=8)
    )
    tested_days: int = 2  # of the logged days, the last
    shape: SpaceConfig = field(
        default_factory=lambda: SpaceConfig(viewer=ViewerTowerConfig(depth=1))
    )
    training: SpaceTrainingConfig = field(default_factory=lambda: SpaceTrainingConfig(steps=600))
    tested: int = 900  # accounts of each public data set
    documents: int = 60  # of conversations to learn from
    conversation: ConversationStudyConfig = field(default_factory=ConversationStudyConfig)


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskFigures:
    """What one data set says of each choice, and of grouped positions less one vector."""

    name: str
    viewers: int
    candidates: int
    choices: dict[str, ChoiceFigures]
    gain: dict[str, Interval]  # recall at the first depth: `grouped` less each other choice

    @property
    def one_wins(self) -> list[str]:
        """Single vectors that find more than grouped positions, the interval below 0."""
        return [name for name in ("mean", "last") if self.gain[name].high < 0]


@dataclass(frozen=True, slots=True, kw_only=True)
class SpaceStudy:
    """All that `stoa evaluate vectors` tells."""

    tasks: tuple[TaskFigures, ...]
    conversation: ConversationStudy | None
    zero_like: ZeroLikeStudy
    training: SpaceTraining
    training_cpu_s: float
    left_out: tuple[str, ...]  # studies whose data are not here
    cpu_s: float

    @property
    def shipped(self) -> str:
        """The choice with the best mean recall at equal cost over the data sets."""
        return max(CHOICES, key=self.mean_recall)

    def mean_recall(self, choice: str) -> float:
        """Mean over data sets of recall at the first depth, at equal cost."""
        return float(np.mean([task.choices[choice].each.mean() for task in self.tasks]))


def study_space(
    data: Path | None,
    encoder: TextEncoder,
    config: SpaceStudyConfig,
    seed: int,
    say: Say = lambda words: None,
) -> SpaceStudy:
    """Runs what can be run with the data that are there; the town needs none.

    Args:
        data: folder that holds `amazon-seq`, `ml-latest-small` and `irc-threads`, or some of them.
        encoder: of texts.
        config: how much.
        seed: of everything.
        say: hears what goes on.
    """
    began = time.process_time()
    left_out: list[str] = []
    folder = {
        name: _folder(data, name, left_out)
        for name in ("amazon-seq", "ml-latest-small", "irc-threads")
    }
    tasks: list[TaskFigures] = []
    if (path := folder["amazon-seq"]) is not None:
        tasks.append(_asked(amazon_task(path, seed, config.tested), seed, say))
    if (path := folder["ml-latest-small"]) is not None:
        tasks.append(_asked(movie_task(path, seed, config.tested), seed, say))
    town, zero_like, training, spent = _town(encoder, config, seed, say)
    tasks.append(town)
    conversation = None
    if (path := folder["irc-threads"]) is not None:
        say("conversations")
        conversation = study_conversations(
            read_threads(path, "train", config.documents), read_threads(path, "dev"),
            encoder, config.conversation, seed, say,
        )  # fmt: skip
    return SpaceStudy(
        tasks=tuple(tasks), conversation=conversation, zero_like=zero_like, training=training,
        training_cpu_s=spent, left_out=tuple(left_out), cpu_s=time.process_time() - began,
    )  # fmt: skip


def _folder(data: Path | None, name: str, left_out: list[str]) -> Path | None:
    path = None if data is None else data / name
    if path is None or not path.is_dir():
        left_out.append(name)
        return None
    return path


def _asked(task: RetrievalTask, seed: int, say: Say) -> TaskFigures:
    choices = study_task(task, seed, say)
    ours = choices["grouped"].each
    return TaskFigures(
        name=task.name,
        viewers=len(task.tested),
        candidates=len(task.candidates),
        choices=choices,
        gain={
            name: bootstrap_interval(ours - figures.each, seed=seed)
            for name, figures in choices.items()
            if name != "grouped"
        },
    )


def _town(
    encoder: TextEncoder, config: SpaceStudyConfig, seed: int, say: Say
) -> tuple[TaskFigures, ZeroLikeStudy, SpaceTraining, float]:
    """Learns the space on the first days, and asks it about the last ones."""
    say("the town")
    society = replace(config.society, seed=seed)
    log = logged_society(society, encoder).log()
    moment_us = society.start_us + (society.logged_days - config.tested_days) * DAY_US
    known = until(log, moment_us)
    began = time.process_time()
    made = train_space(
        known, seed, config.training, start=config.shape,
        watch=lambda step, loss: say(f"the space: step {step}, loss {loss:.2f}")
        if step % 50 == 0
        else None,
    )  # fmt: skip
    spent = time.process_time() - began
    interests = (make_accounts(society).interest > 0).sum(axis=1)
    vectors = _as_they_arrive(made.model, log, seed)
    task = log_task(log, vectors, interests // 2 * 2, moment_us)
    say("posts without a like")
    hours = [*society.rounds_h, 24]
    moments = [
        moment_us + day * DAY_US + hour * HOUR_US
        for day in range(config.tested_days)
        for hour in hours
    ]
    zero = study_zero_likes(
        {"space": made.model, "untrained_space": init_space(seed, config.shape)},
        log, (moment_us, *moments), seed,
    )  # fmt: skip
    return _asked(task, seed, say), zero, made, spent


def _as_they_arrive(model: SpaceModel, log: LearningLog, seed: int) -> NDArray[np.float32]:
    rows = np.arange(len(log.posts))
    features = sample_conversations(log, model.config.post).features(
        rows, log.posts.at_us, np.random.default_rng([seed, 10])
    )
    return encode_posts(model.params["post_tower"], model.config.post, features, alone=True)
