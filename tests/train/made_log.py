"""A small made log whose truth is known: topics, authors, quality and bait decide what follows."""

from dataclasses import dataclass

import numpy as np

from stoa.records import EventKind
from stoa.space.learning_log import (
    NOBODY,
    ActColumns,
    Answer,
    ImpressionColumns,
    LearningLog,
    PostColumns,
)

START_US = 1_790_000_000_000_000
HOUR_US = 3_600_000_000


@dataclass(frozen=True)
class Truth:
    """What the made readers would do; one entry for each impression."""

    like: np.ndarray
    regret: np.ndarray
    seconds: np.ndarray  # E[T]


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def unit(x):
    return x / np.linalg.norm(x, axis=-1, keepdims=True)


def made_log(
    seed, *, n_viewers=120, n_posts=1_500, n_sittings=12, n_shown=12, dim=16, n_topics=8, ask=0.3
):
    """A log, vectors (n_posts, dim), and the truth of its impressions.

    A post is its topic, how good it is and how much it baits, all in its vector. A viewer likes
    what is of two topics and is good, and of three authors; bait holds them longer and is
    regretted.
    """
    chance = np.random.default_rng(seed)
    topics = unit(chance.standard_normal((n_topics, dim - 2)))
    topic = chance.integers(0, n_topics, n_posts)
    good, bait = chance.standard_normal(n_posts), chance.random(n_posts) < 0.3
    noise = 0.15 * chance.standard_normal((n_posts, dim - 2))
    vectors = unit(np.column_stack([topics[topic] + noise, 0.4 * good, 1.2 * bait]))
    vectors = vectors.astype(np.float32)
    author = chance.integers(0, 60, n_posts) + n_viewers
    length = chance.integers(20, 280, n_posts)
    hours = 24 * n_sittings
    posted = np.sort(chance.integers(0, hours * HOUR_US, n_posts))
    interest = np.array([chance.permutation(n_topics)[:2] for _ in range(n_viewers)])
    friend = chance.integers(0, 60, (n_viewers, 3)) + n_viewers

    rows = n_viewers * n_sittings * n_shown
    viewer = np.repeat(np.arange(n_viewers), n_sittings * n_shown)
    sitting = np.tile(np.repeat(np.arange(n_sittings), n_shown), n_viewers)
    began = (24 * sitting + 12) * HOUR_US + (viewer * 7_000_003) % HOUR_US
    place = np.tile(np.arange(n_shown), n_viewers * n_sittings)
    at = began + place * 20_000_000
    newest = np.searchsorted(posted, began)
    post = np.maximum(newest - 1 - chance.integers(0, 250, rows), 0)

    match = (interest[viewer] == topic[post][:, None]).any(axis=1)
    known = (friend[viewer] == author[post][:, None]).any(axis=1)
    seen = -0.08 * place
    like = sigmoid(-4.0 + 2.2 * match + 1.0 * good[post] + 2.0 * known + seen)
    skip = sigmoid(0.5 - 2.0 * match - 1.5 * bait[post] - 0.3 * good[post] - seen)
    log_mean = 1.2 + 0.006 * length[post] + 0.5 * match + 0.4 * bait[post]
    regret = sigmoid(-3.0 + 3.0 * bait[post] - 0.7 * good[post])
    read = np.exp(log_mean + 0.6 * chance.standard_normal(rows))
    skipped = chance.random(rows) < skip
    seconds = np.where(skipped, 0.4, np.maximum(read, 1.0)).clip(max=300)
    liked = (chance.random(rows) < like) & ~skipped
    hidden = (chance.random(rows) < 0.1 * regret) & ~skipped
    asked = chance.random(rows) < ask
    regretted = chance.random(rows) < regret
    answer = np.where(regretted, Answer.REGRET, np.where(liked, Answer.GLAD, Answer.NEITHER))
    answer = np.where(asked & (chance.random(rows) < 0.8), answer, Answer.NONE)
    acts = (1 << EventKind.DWELL) * np.ones(rows, dtype=np.uint32)
    acts = acts | (liked * np.uint32(1 << EventKind.LIKE))
    acts = acts | (hidden * np.uint32(1 << EventKind.SHOW_LESS))
    by_time = np.argsort(at, kind="stable")
    shown = ImpressionColumns(
        at_us=START_US + at,
        viewer=viewer.astype(np.int32),
        post=post.astype(np.int32),
        session=(viewer * n_sittings + sitting).astype(np.int32),
        position=place.astype(np.int16),
        surface=np.zeros(rows, np.int8),
        propensity=np.full(rows, 0.5, np.float32),
        explored=np.zeros(rows, np.bool_),
        policy=np.zeros(rows, np.int16),
        seconds=seconds.astype(np.float32),
        acts=acts.astype(np.uint32),
        asked=asked,
        ask_rate=np.full(rows, ask, np.float32),
        answer=answer.astype(np.int8),
        delayed=np.full(rows, -1, np.int8),
    )
    columns = {name: getattr(shown, name)[by_time] for name in shown.__slots__}
    log = LearningLog(
        posts=PostColumns(
            at_us=START_US + posted,
            author=author.astype(np.int32),
            parent=np.full(n_posts, NOBODY, np.int32),
            root=np.arange(n_posts, dtype=np.int32),
            language=np.zeros(n_posts, np.int16),
            media=np.zeros(n_posts, np.int16),
            domain=np.zeros(n_posts, np.int32),
            length=length.astype(np.int32),
            text=vectors,
        ),
        acts=_acts(START_US + at, viewer, post, seconds, liked, hidden),
        impressions=ImpressionColumns(**columns),
        n_accounts=n_viewers + 60,
        until_us=START_US + hours * HOUR_US,
        policies=("chance",),
        source="made",
    ).checked()
    expected = skip * 0.4 + (1 - skip) * np.exp(log_mean + 0.18)
    truth = Truth(
        like=(like * (1 - skip))[by_time], regret=regret[by_time], seconds=expected[by_time]
    )
    return log, vectors, truth


def _acts(at, viewer, post, seconds, liked, hidden):
    rows = np.arange(len(at))
    parts = [(rows, EventKind.DWELL), (rows[liked], EventKind.LIKE)]
    parts.append((rows[hidden], EventKind.SHOW_LESS))
    row = np.concatenate([one for one, _ in parts])
    kind = np.concatenate([np.full(len(one), int(what)) for one, what in parts])
    order = np.argsort(at[row], kind="stable")
    row, kind = row[order], kind[order]
    return ActColumns(
        at_us=at[row],
        account=viewer[row].astype(np.int32),
        post=post[row].astype(np.int32),
        kind=kind.astype(np.int8),
        seconds=np.where(kind == EventKind.DWELL, seconds[row], np.nan).astype(np.float32),
        surface=np.zeros(len(row), np.int8),
    )
