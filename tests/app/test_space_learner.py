"""A square learns a space from its own store: public likes alone are enough."""

from dataclasses import replace

import numpy as np
import pytest

from stoa.app.generations import space_of
from stoa.app.learned import open_space_shelf
from stoa.app.space_learner import SpaceLearnerConfig, learn_space_once, without_glances
from stoa.encoders.hashed import HashedEncoder
from stoa.errors import BadInput
from stoa.model_records import Fate
from stoa.records import SECOND_US, Batch, EdgeKind, EventKind, PostContent, PutEdge, PutPost
from stoa.space.learning_log import empty_log
from stoa.space.post_tower import PostTowerConfig
from stoa.space.space_model import SpaceConfig
from stoa.space.viewer_tower import ViewerTowerConfig
from stoa.store import SqliteStore
from stoa.train.space import SpaceTrainingConfig
from stoa.train.space_batches import BatchConfig
from stoa.train.space_gate import SpaceGateConfig
from stoa.train.space_round import SpaceRoundConfig

START_US = 1_790_000_000 * SECOND_US
TOPICS = ("gardens and seeds", "bicycle repair", "chess openings")
SMALL = SpaceLearnerConfig(
    round=SpaceRoundConfig(
        shape=SpaceConfig(
            post=PostTowerConfig(hidden=16, account=8, account_rows=64, replies=2, engagers=2),
            viewer=ViewerTowerConfig(width=32, depth=1, longest=16),
        ),
        training=SpaceTrainingConfig(
            steps=10, batch=BatchConfig(rows=4, length=16, uniform=16, replies=0, foreign=8)
        ),
        gate=SpaceGateConfig(depth=40, least_viewers=10, worse=1.0),
        least_glad=200,
    )
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Forty accounts like ten posts of one topic each, in public; nobody ever read a page."""
    folder = tmp_path_factory.mktemp("square")
    store = SqliteStore(folder / "square.db")
    posts = [
        PutPost(f"at://did:plc:a{i % 9}/app.bsky.feed.post/{i}", f"did:plc:a{i % 9}",
                START_US + i, START_US + i * SECOND_US,
                PostContent(text=f"{TOPICS[i % 3]} number {i}"))
        for i in range(150)
    ]  # fmt: skip
    likes = []
    for v in range(40):
        for k in range(10):
            post, at_us = posts[(v % 3) + 3 * ((7 * v + 5 * k) % 50)], START_US + 10**9 + 40 * k + v
            name = f"at://did:plc:v{v}/app.bsky.feed.like/{k}"
            likes.append(PutEdge(EdgeKind.LIKE, name, f"did:plc:v{v}", post.uri, at_us, at_us))
    store.commit(Batch(changes=(*posts, *sorted(likes, key=lambda like: like.at_us))))
    store.close()
    return folder


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_space_is_learned_kept_and_decided_about(folder):
    decision = learn_space_once(folder, SMALL)
    assert decision is not None
    shelf = open_space_shelf(folder)
    assert decision.fate is Fate.PROMOTED
    assert shelf.serving() == decision.version
    model = shelf.load(decision.version)
    assert model.card.source == "network"
    assert model.card.counts["glad"] >= 200
    assert space_of(model, HashedEncoder()).version == decision.version
    assert learn_space_once(folder, SMALL, due=True) is None  # the square's time stood still
    refused = learn_space_once(folder, replace(SMALL, round=_never(SMALL.round)))
    assert refused is not None
    assert (refused.fate, shelf.serving()) == (Fate.REFUSED, decision.version)
    assert shelf.load(refused.version).card.parent == decision.version


def test_too_little_to_learn_from_is_said_and_leaves_nothing(folder):
    with pytest.raises(BadInput, match=r"glad is \d+: wait until accounts were glad 2000 times"):
        learn_space_once(folder, replace(SMALL, round=replace(SMALL.round, least_glad=2_000)))
    assert all(card.counts["glad"] < 2_000 for card in open_space_shelf(folder).cards())


def test_glances_that_serving_does_not_read_are_not_learned_from():
    log = empty_log(4)
    acts = replace(
        log.acts, at_us=[1, 2, 3], account=[0, 0, 0], post=[0, 1, 2],
        kind=[EventKind.DWELL, EventKind.DWELL, EventKind.LIKE],
        seconds=[0.5, 9.0, float("nan")], surface=[0, 0, 0],
    )  # fmt: skip
    columns = {name: np.array(getattr(acts, name)) for name in acts.__slots__}
    kept = without_glances(replace(log, acts=replace(acts, **columns))).acts
    assert kept.post.tolist() == [1, 2]


def _never(config: SpaceRoundConfig) -> SpaceRoundConfig:
    """A gate that nothing passes: a gain of everything would have to be certain."""
    return replace(config, gate=replace(config.gate, worse=-1.0))
