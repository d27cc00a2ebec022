"""The studies of conversations and of posts without a like ask fairly and see nothing later."""

import json
from dataclasses import replace

import numpy as np
import pytest
from tests.train.small_log import START_US, small_log

from stoa.cli.evaluate_vectors import figures
from stoa.encoders.hashed import HashedEncoder
from stoa.evaluation.conversation_study import (
    ConversationStudyConfig,
    _as_log,
    _Questions,
    study_conversations,
)
from stoa.evaluation.space_study import SpaceStudyConfig, study_space
from stoa.evaluation.zero_like_study import GATE, study_zero_likes
from stoa.records import DAY_US
from stoa.space.conversation_samples import sample_conversations
from stoa.space.log_window import until
from stoa.space.post_tower import PostTowerConfig
from stoa.space.space_model import SpaceConfig, init_space
from stoa.space.viewer_history import viewer_events
from stoa.space.viewer_state import viewer_at
from stoa.space.viewer_tower import ViewerTowerConfig
from stoa.tables.thread_files import ChannelThreads
from stoa.town.society import SocietyConfig
from stoa.train.replies import ReplyTraining
from stoa.train.space import SpaceTrainingConfig
from stoa.train.space_batches import BatchConfig

TOWER = PostTowerConfig(
    text=32, vector=32, hidden=16, account=8, account_rows=256, replies=2, engagers=2
)
CONFIG = ConversationStudyConfig(tower=TOWER, training=ReplyTraining(steps=30, answers=8, others=4))
SHAPE = SpaceConfig(
    post=replace(TOWER, text=8), viewer=ViewerTowerConfig(vector=32, width=32, depth=1, longest=8)
)


def channel(n=60, seed=0):
    """Two people on each of three subjects; a message answers the last one on its subject."""
    random = np.random.default_rng(seed)
    subject = random.integers(3, size=n)
    words = ["kernel module panic", "wireless card driver", "printer paper queue"]
    text = [f"<p{s}{i % 2}> {words[s]} {random.integers(50)}" for i, s in enumerate(subject)]
    answered = [-1] * n
    for i in range(n):
        before = np.flatnonzero(subject[:i] == subject[i])
        answered[i] = int(before[-1]) if len(before) else -1
    linked = np.array([i for i in range(n) if answered[i] >= 0])
    return ChannelThreads(
        text=text, nick=[t[1:4] for t in text], start=np.zeros(n, int),
        answering=linked, answered=np.array(answered)[linked],
    )  # fmt: skip


@pytest.fixture(scope="module")
def questions():
    threads = channel()
    samples = sample_conversations(_as_log(threads, HashedEncoder(32)), TOWER)
    return _Questions(threads, samples, 0)


def test_every_answer_is_offered_its_own_post_and_nothing_later(questions):
    assert questions.right.any(axis=1).all()
    assert (questions.offered[questions.real] < np.repeat(questions.answer, 100)[
        questions.real.ravel()]).all()  # fmt: skip
    assert not (questions.right & ~questions.real).any()


def test_an_oracle_is_first_and_equal_scores_are_last(questions):
    oracle = questions.judged(questions.right.astype(np.float32))
    assert oracle.recall_at_1.mean == oracle.mrr.mean == oracle.thread_at_1.mean == 1
    level = questions.judged(np.zeros(questions.right.shape, np.float32))
    n_offered = questions.real.sum(axis=1)
    np.testing.assert_allclose(level.each, 1 / n_offered)


@pytest.mark.slow
def test_the_study_tells_of_each_thing_a_vector_may_know():
    study = study_conversations(channel(), channel(seed=1), HashedEncoder(32), CONFIG, 0)
    assert {"text", "author", "conversation", "previous_message"} < set(study.figures)
    assert study.gain.low <= study.gain.mean <= study.gain.high
    # Words name the subject, so that words alone must find the conversation.
    assert study.figures["text"].thread_at_1.mean > 0.9


@pytest.fixture(scope="module")
def log():
    return small_log(n_accounts=20, n_posts=120, acts_each=12, dim=8)[0]


def test_a_log_until_a_moment_holds_nothing_later(log):
    moment = START_US + DAY_US
    known = until(log, moment).checked()
    assert len(known.posts) < len(log.posts)
    assert known.acts.at_us.max() < moment
    assert known.posts.at_us.max() < moment


@pytest.fixture(scope="module")
def model():
    return init_space(0, SHAPE)


def test_a_viewer_knows_nothing_later_and_keeps_older_interests_as_medoids(log, model):
    samples, events = sample_conversations(log, SHAPE.post), viewer_events(log)
    account = int(np.argmax(np.diff(events.start)))
    mine = np.arange(events.start[account], events.start[account + 1])
    at_us = int(events.at_us[mine[-1]])
    viewer = viewer_at(model, samples, events, account, at_us, np.random.default_rng(0))
    assert (events.at_us[viewer.events] < at_us).all()
    assert set(viewer.events.tolist()) <= set(mine.tolist())
    # Eleven events before: eight are read, three are older.
    older = viewer.events < mine[-1] - 8
    assert older.any()
    assert events.glad[viewer.events[older]].all()
    np.testing.assert_allclose(np.linalg.norm(viewer.vectors, axis=1), 1, atol=1e-4)
    assert len(viewer.weights) == len(viewer.vectors) == len(viewer.events)


def test_a_gate_of_one_like_finds_no_post_without_one(log, model):
    moments = tuple(START_US + h * DAY_US // 4 for h in range(7, 11))
    study = study_zero_likes({"space": model}, log, moments, 0)
    assert study.posts > 0
    assert study.recall[GATE].mean == 0
    # Fewer posts are on offer than are looked at, so all are found.
    assert study.recall["space"].mean == 1


@pytest.mark.long
@pytest.mark.slow
def test_without_data_the_town_alone_is_studied_and_told():
    config = SpaceStudyConfig(
        society=SocietyConfig(residents=30, background=60, posts_a_day=150, logged_days=4),
        tested_days=1,
        shape=SpaceConfig(post=replace(TOWER, text=128), viewer=SHAPE.viewer),
        training=SpaceTrainingConfig(
            steps=20, batch=BatchConfig(rows=2, length=16, uniform=16, replies=4)
        ),
    )
    study = study_space(None, HashedEncoder(), config, 1)
    assert study.left_out == ("amazon-seq", "ml-latest-small", "irc-threads")
    told = json.loads(json.dumps(figures(study)))
    assert told["conversation"] is None
    assert set(told["vectors"]) == {"mean", "last", "capsules", "all", "grouped"}
    town = told["vectors"]["all"]["data"]["town"]
    # Some 400 posts are too few to be looked at 200 deep.
    assert town["recall_at_200"] is None
    assert all(0 <= found["mean"] <= 1 for found in town["by_interests"].values())
    assert set(told["grouped_less"]["town"]) == {"mean", "last", "capsules", "all"}
    assert told["zero_like"]["recall_at_200"]["one_like_gate"]["mean"] == 0
