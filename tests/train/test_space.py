"""Training finds what viewers are glad of next, by vectors of what was known at the time."""

from dataclasses import replace

import jax
import numpy as np
import pytest
from tests.train.small_log import small_log

from stoa.errors import BadInput, TrainingDiverged
from stoa.measure import auroc
from stoa.space.conversation_samples import sample_conversations
from stoa.space.post_tower import PostTowerConfig, encode_posts
from stoa.space.space_model import SpaceConfig, SpaceModel, init_space
from stoa.space.viewer_history import viewer_events
from stoa.space.viewer_tower import ViewerTowerConfig
from stoa.train.optimiser import OptimiserConfig
from stoa.train.space import SpaceTrainingConfig, train_space
from stoa.train.space_batches import BatchConfig, prepare_batches

SHAPE = SpaceConfig(
    post=PostTowerConfig(
        text=32, vector=32, hidden=32, account=8, account_rows=128, replies=2, engagers=4
    ),
    viewer=ViewerTowerConfig(vector=32, width=32, depth=1),
)
TRAINING = SpaceTrainingConfig(
    steps=120,
    batch=BatchConfig(rows=4, length=24, uniform=24, replies=8, foreign=16),
    optimiser=OptimiserConfig(peak=5e-3),
)


@pytest.fixture(scope="module")
def log():
    return small_log(n_accounts=60, n_posts=400, acts_each=20, dim=32, noise=1.5)[0]


@pytest.fixture(scope="module")
def trained(log):
    return train_space(log, 0, TRAINING, start=SHAPE)


@pytest.mark.slow
def test_all_losses_fall(trained):
    first, last = trained.losses[:8].mean(axis=0), trained.losses[-8:].mean(axis=0)
    assert (last[:3] < first[:3] - 0.2).all(), (first, last)
    assert last[3] < 0.1


@pytest.mark.slow
def test_training_brings_posts_of_one_topic_together(log, trained):
    topic = small_log(n_accounts=60, n_posts=400, acts_each=20, dim=32, noise=1.5)[1]
    posts = np.arange(len(log.posts))
    features = sample_conversations(log, SHAPE.post).features(
        posts, log.posts.at_us, np.random.default_rng(0)
    )
    pair = np.triu_indices(len(posts), 1)
    same = (topic[:, None] == topic[None, :])[pair]

    def told_apart(model):
        z = encode_posts(model.params["post_tower"], SHAPE.post, features, alone=True)
        return auroc((z @ z.T)[pair].astype(np.float64), same)

    assert told_apart(trained.model) > told_apart(init_space(0, SHAPE)) + 0.01


@pytest.mark.slow
def test_the_same_seed_gives_the_same_space(log, trained):
    again = train_space(log, 0, TRAINING, start=SHAPE)
    np.testing.assert_array_equal(again.losses, trained.losses)


@pytest.mark.slow
def test_a_loss_that_is_no_number_keeps_the_last_good_parameters(log, trained):
    text = log.posts.text.copy()
    text[200:] = np.nan
    broken = replace(log, posts=replace(log.posts, text=text))
    with pytest.raises(TrainingDiverged, match="is no number") as caught:
        train_space(broken, 0, TRAINING, start=trained.model)
    assert isinstance(caught.value.last_good, SpaceModel)
    leaves = jax.tree.leaves(caught.value.last_good.params)
    assert all(np.isfinite(np.asarray(leaf)).all() for leaf in leaves)


def test_nobody_glad_twice_is_refused(log):
    silent = replace(log, acts=type(log.acts)(**{n: getattr(log.acts, n)[:0] for n in
                     log.acts.__slots__}))  # fmt: skip
    with pytest.raises(BadInput, match=r"log\.acts"):
        train_space(silent, 0, TRAINING, start=SHAPE)


def test_a_card_tells_the_whole_shape():
    assert SpaceConfig.from_card(SHAPE.as_card()) == SHAPE
    with pytest.raises(BadInput, match="card"):
        SpaceConfig.from_card({"post": {}})


def test_both_towers_must_give_vectors_of_one_length():
    with pytest.raises(BadInput, match="vector"):
        SpaceConfig(viewer=ViewerTowerConfig(vector=64))


@pytest.fixture(scope="module")
def batches(log):
    samples = sample_conversations(log, SHAPE.post)
    return prepare_batches(samples, viewer_events(log), TRAINING.batch)


def test_a_pass_holds_every_event_once_and_no_row_mixes_up_time(log, batches):
    seen = []
    for event, segment in batches._rows(np.random.default_rng(0)):
        seen.append(event[event >= 0])
        assert ((event >= 0) == (segment >= 0)).all()
        same = (segment[:, 1:] == segment[:, :-1]) & (segment[:, 1:] >= 0)
        assert (np.diff(event, axis=1)[same] == 1).all()
    assert sorted(np.concatenate(seen).tolist()) == list(range(len(batches.events)))


def test_what_is_on_offer_was_written_in_the_hours_before(log, batches):
    moments = log.posts.at_us[50:300]
    offered, at = batches._offered(moments, np.random.default_rng(0))
    age_h = (at - log.posts.at_us[offered]) / 3.6e9
    assert ((age_h >= 0) & (age_h <= TRAINING.batch.offer_h)).all()


def test_answers_never_see_themselves_in_the_post_they_answer(log, batches):
    batch = next(batches.draw(np.random.default_rng(0)))
    n = len(batch.root)
    m = len(batch.post)
    answered, asked = slice(m, m + n), slice(m + n, m + 2 * n)
    reply, own = batch.posts.reply_text[answered], batch.posts.text[asked]
    same = (np.abs(reply - own[:, None, :]).max(axis=-1) < 1e-7) & batch.posts.reply_mask[answered]
    assert not same.any()


def test_only_a_glad_post_with_something_before_it_is_sought(batches):
    batch = next(batches.draw(np.random.default_rng(1)))
    segment = batch.history.segment
    first = np.ones_like(segment, bool)
    first[:, 1:] = segment[:, 1:] != segment[:, :-1]
    assert not batch.target[first].any()
    assert not (batch.target & ~batch.glad).any()
    assert not (batch.glad & batch.regretted).any()


def test_foreign_words_keep_the_angles_between_texts_and_lie_elsewhere(batches):
    batch = next(batches.draw(np.random.default_rng(2)))
    n = TRAINING.batch.foreign
    text, own = np.asarray(batch.posts.text)[-n:], np.asarray(batch.posts.text)[:n]
    np.testing.assert_allclose(text @ text.T, own @ own.T, atol=1e-5)
    assert np.abs((text * own).sum(axis=1).mean()) < 0.4
