"""A small log whose truth is known: accounts like posts of their topics, some posts are bait."""

import numpy as np

from stoa.records import EventKind
from stoa.space.learning_log import ActColumns, LearningLog, PostColumns, empty_log

HOUR_US = 3_600_000_000
START_US = 1_750_000_000_000_000


def unit(x):
    return (x / np.linalg.norm(x, axis=-1, keepdims=True)).astype(np.float32)


def small_log(
    n_accounts=60, n_posts=400, n_topics=6, *, dim=32, acts_each=20, seed=0, noise=1.0, regret=0.1
):
    """Two topics an account; texts are their topic's direction and noise; a fifth are replies.

    Returns the log, and the topic of each post.
    """
    chance = np.random.default_rng(seed)
    topics = unit(chance.standard_normal((n_topics, dim)))
    topic = chance.integers(n_topics, size=n_posts)
    parent = np.full(n_posts, -1, np.int32)
    for reply in np.flatnonzero(chance.random(n_posts) < 0.2):
        near = np.flatnonzero(topic[:reply] == topic[reply])
        if len(near):
            parent[reply] = chance.choice(near)
    root = np.arange(n_posts, dtype=np.int32)
    for reply in np.flatnonzero(parent >= 0):
        root[reply] = root[parent[reply]]
    posts = PostColumns(
        at_us=START_US + np.sort(chance.integers(0, 72 * HOUR_US, n_posts)),
        author=chance.integers(n_accounts, size=n_posts).astype(np.int32),
        parent=parent,
        root=root,
        language=np.zeros(n_posts, np.int16),
        media=chance.integers(0, 4, n_posts).astype(np.int16),
        domain=np.zeros(n_posts, np.int32),
        length=chance.integers(20, 280, n_posts).astype(np.int32),
        text=unit(topics[topic] + noise * unit(chance.standard_normal((n_posts, dim)))),
    )
    return _with_acts(posts, topic, chance, (n_accounts, acts_each, regret, n_topics)), topic


def _with_acts(posts, topic, chance, shape):
    n_accounts, acts_each, regret, n_topics = shape
    rows = []
    for account in range(n_accounts):
        mine = chance.choice(n_topics, 2, replace=False)
        liked = np.flatnonzero(np.isin(topic, mine))
        for post in chance.choice(liked, min(acts_each, len(liked)), replace=False):
            at = posts.at_us[post] + int(chance.integers(1, 6 * HOUR_US))
            sorry = chance.random() < regret
            rows.append((at, account, post, EventKind.REGRET if sorry else EventKind.LIKE))
    rows.sort()
    at, account, post, kind = (np.array(column) for column in zip(*rows, strict=True))
    acts = ActColumns(
        at_us=at,
        account=account.astype(np.int32),
        post=post.astype(np.int32),
        kind=kind.astype(np.int8),
        seconds=np.full(len(at), np.nan, np.float32),
        surface=np.zeros(len(at), np.int8),
    )
    return LearningLog(
        posts=posts,
        acts=acts,
        impressions=empty_log(posts.text.shape[1]).impressions,
        n_accounts=n_accounts,
        until_us=int(max(at.max(), posts.at_us[-1])) + 1,
        source="test",
    ).checked()
