"""The gate of spaces: it asks about gladness nobody learned from, and refuses what finds less."""

from dataclasses import replace

import numpy as np
import pytest
from tests.train.small_log import small_log

from stoa.errors import BadInput
from stoa.space.log_window import until
from stoa.space.post_tower import PostTowerConfig
from stoa.space.space_model import SpaceConfig, init_space
from stoa.space.viewer_history import viewer_events
from stoa.space.viewer_tower import ViewerTowerConfig
from stoa.train.space import SpaceTrainingConfig
from stoa.train.space_batches import BatchConfig
from stoa.train.space_gate import (
    Found,
    SpaceGateConfig,
    answer,
    ask,
    compare_spaces,
    held_out_from,
)
from stoa.train.space_round import SpaceRoundConfig, learn_space_round

HOUR_US = 3_600_000_000
SHAPE = SpaceConfig(
    post=PostTowerConfig(
        text=32, vector=32, hidden=32, account=8, account_rows=128, replies=2, engagers=4
    ),
    viewer=ViewerTowerConfig(vector=32, width=32, depth=1, longest=16),
)
GATE = SpaceGateConfig(depth=80, most_viewers=40, most_candidates=300, least_viewers=5)


@pytest.fixture(scope="module")
def log():
    return small_log(n_accounts=120, n_posts=400, acts_each=20, dim=32, noise=0.6)[0]


@pytest.fixture(scope="module")
def question(log):
    return ask(log, held_out_from(log), 0, GATE)


def test_between_a_twentieth_and_a_fifth_is_held_out(log):
    events = viewer_events(log)
    later = (events.at_us[events.glad] >= held_out_from(log)).mean()
    assert 0.04 < later <= 0.21
    quiet = replace(log, until_us=log.until_us + 100 * HOUR_US)
    assert 0.04 < (events.at_us[events.glad] >= held_out_from(quiet)).mean() < 0.06


def test_targets_are_glad_posts_of_later_and_viewers_are_known(log, question):
    events, moment = question.events, question.moment_us
    for account, rows in zip(question.viewer, question.target, strict=True):
        mine = slice(events.start[account], events.start[account + 1])
        later = events.glad[mine] & (events.at_us[mine] >= moment)
        assert set(question.candidate[rows]) <= set(events.post[mine][later])
        assert (events.at_us[mine] < moment).sum() >= 2


def test_nothing_of_after_the_moment_is_used(log, question):
    """The same answer from a log whose later acts are gone, but for the question itself."""
    first = answer(None, question, 0, GATE.depth)
    earlier = until(log, question.moment_us)
    blind = replace(question, log=replace(log, acts=earlier.acts))
    again = answer(None, blind, 0, GATE.depth)
    np.testing.assert_array_equal(first.recall, again.recall)
    np.testing.assert_array_equal(first.ndcg, again.ndcg)


def test_too_few_viewers_are_said(log):
    with pytest.raises(BadInput, match=r"viewers is .*wait until 500 accounts"):
        ask(log, held_out_from(log), 0, replace(GATE, least_viewers=500))


def test_words_that_mean_something_find_more_than_none(log, question):
    shuffled = np.random.default_rng(0).permutation(log.posts.text)
    deaf = replace(question, log=replace(log, posts=replace(log.posts, text=shuffled)))
    ours, theirs = (answer(None, q, 0, GATE.depth) for q in (question, deaf))
    assert ours.recall.mean() > theirs.recall.mean() + 0.1
    assert not compare_spaces(theirs, ours, 0, GATE).passes
    assert compare_spaces(ours, theirs, 0, GATE).passes


@pytest.mark.parametrize(("lost", "passes"), [(0.0, True), (0.02, True), (0.2, False)])
def test_a_tie_goes_to_the_newer_and_a_loss_is_refused_with_its_size(lost, passes):
    chance = np.random.default_rng(0)
    old = Found(recall=chance.random(200), ndcg=chance.random(200))
    new = Found(recall=old.recall - lost, ndcg=old.ndcg)
    verdict = compare_spaces(new, old, 0, GATE)
    assert verdict.passes is passes
    assert verdict.figures["recall_at_80_minus_serving"]["mean"] == pytest.approx(-lost)
    if not passes:
        assert "finds less: recall@80 -0.2000" in verdict.reason


def test_what_few_viewers_cannot_tell_speaks_for_what_serves():
    old = Found(recall=np.zeros(30), ndcg=np.zeros(30))
    mixed = np.where(np.arange(30) % 2, 0.4, -0.4)
    verdict = compare_spaces(Found(recall=mixed, ndcg=old.ndcg), old, 0, GATE)
    assert not verdict.passes
    assert verdict.reason.startswith("may find less: recall@80 +0.0000")


def test_a_space_of_chance_is_refused(log, question):
    """Vectors that say nothing find nothing; the first version serves on."""
    fresh = init_space(0, SHAPE)
    tower = {**fresh.params["post_tower"], "gate_bias": np.float32(9.0)}
    chance = np.random.default_rng(0).standard_normal(tower["out"].shape).astype(np.float32)
    noise = replace(fresh, params={**fresh.params, "post_tower": {**tower, "out": 50 * chance}})
    found = answer(noise, question, 0, GATE.depth)
    assert not compare_spaces(found, answer(None, question, 0, GATE.depth), 0, GATE).passes


@pytest.fixture(scope="module")
def config():
    batch = BatchConfig(rows=4, length=24, uniform=24, replies=8, foreign=16)
    return SpaceRoundConfig(
        shape=SHAPE, training=SpaceTrainingConfig(steps=40, batch=batch), again_steps=5,
        gate=GATE, least_glad=200,
    )  # fmt: skip


@pytest.mark.slow
def test_a_round_gives_a_space_its_figures_and_goes_on_from_what_serves(log, config):
    first = learn_space_round(log, None, config)
    assert first.counts["glad"] > 200
    assert first.losses["by_vector"] < first.losses["by_vector_at_first"]
    assert set(first.verdict.figures) >= {"recall_at_80", "ndcg_at_80_minus_serving"}
    again = learn_space_round(log, first.model, config)
    assert again.losses["steps"] == 5
    assert again.losses["by_vector_at_first"] < first.losses["by_vector_at_first"]


def test_too_little_to_learn_from_is_said(log, config):
    with pytest.raises(BadInput, match=r"glad is .*: wait until accounts were glad 9000 times"):
        learn_space_round(log, None, replace(config, least_glad=9_000))
