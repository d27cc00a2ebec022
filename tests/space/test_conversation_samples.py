"""Samples hold what had happened by then, each with the same chance, and nothing later."""

import numpy as np
import pytest
from tests.train.small_log import small_log

from stoa.records import EventKind
from stoa.space.conversation_samples import domain_rows, sample_conversations
from stoa.space.post_tower import PostTowerConfig

CONFIG = PostTowerConfig(text=8, account_rows=1 << 20, replies=3, engagers=4)


@pytest.fixture(scope="module")
def log():
    return small_log(n_accounts=40, n_posts=60, acts_each=14, dim=8)[0]


def test_nothing_later_than_the_moment_is_seen(log):
    samples = sample_conversations(log, CONFIG)
    chance = np.random.default_rng(0)
    post = chance.integers(len(log.posts), size=200)
    at = log.posts.at_us[post] + chance.integers(0, 10**10, 200)
    found = samples.features(post, at, chance)
    acts = log.acts
    for row in range(200):
        before = acts.at_us < at[row]
        likes = before & (acts.post == post[row]) & (acts.kind == EventKind.LIKE)
        allowed = samples._rows(acts.account[likes])
        seen = found.engager[row][found.engager_mask[row]]
        assert len(seen) == min(len(allowed), 4)
        assert {tuple(s) for s in seen} <= {tuple(a) for a in allowed}
        answers = (log.posts.parent == post[row]) & (log.posts.at_us < at[row])
        assert found.reply_mask[row].sum() == min(answers.sum(), 3)
        texts = log.posts.text[answers]
        for text in found.reply_text[row][found.reply_mask[row]]:
            assert (np.abs(texts - text).max(axis=1) < 1e-6).any()


def test_an_act_at_the_moment_itself_is_not_seen(log):
    act = int(np.flatnonzero(log.acts.kind == EventKind.LIKE)[30])
    post, at = log.acts.post[[act]], log.acts.at_us[[act]]
    samples = sample_conversations(log, CONFIG)
    assert samples.n_engagers(post, at + 1) == samples.n_engagers(post, at) + 1


def test_each_engager_has_the_same_chance(log):
    samples = sample_conversations(log, CONFIG)
    post = np.bincount(log.acts.post[log.acts.kind == EventKind.LIKE]).argmax()
    n = int(samples.n_engagers(np.array([post]), np.array([log.until_us]))[0])
    assert n > 8
    many = 4_000
    found = samples.features(
        np.full(many, post), np.full(many, log.until_us), np.random.default_rng(2)
    )
    _, count = np.unique(found.engager.reshape(-1, 2), axis=0, return_counts=True)
    assert len(count) == n
    # Binomial: 4,000 draws at 4/n; five standard deviations.
    share = 4 / n
    assert (np.abs(count - many * share) < 5 * (many * share * (1 - share)) ** 0.5).all()


def test_what_an_engager_liked_before_is_earlier(log):
    samples = sample_conversations(log, CONFIG)
    for act in np.flatnonzero(samples.before >= 0):
        earlier = (log.acts.account == log.acts.account[act]) & (
            log.acts.post == samples.before[act]
        )
        assert log.acts.at_us[earlier].min() <= log.acts.at_us[act]


def test_no_domain_is_row_zero_and_no_other_is():
    rows = domain_rows(np.array([0, 1, 511, 512, -5]), 512)
    assert rows[0] == 0
    assert ((rows[1:] > 0) & (rows[1:] < 512)).all()
