"""Are posts found that nobody has liked yet? What a gate of one like loses, the space must find.

At the moments when people sit down, each viewer's vectors search all posts on offer, as they were
then. Sought are the posts that the viewer was glad of later and that had no like at that moment.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.measure import Interval
from stoa.records import DAY_US
from stoa.space.conversation_samples import ConversationSamples, sample_conversations
from stoa.space.learning_log import LearningLog
from stoa.space.maxsim import max_over_queries
from stoa.space.post_tower import encode_posts
from stoa.space.space_model import SpaceModel
from stoa.space.viewer_history import ViewerEvents, viewer_events
from stoa.space.viewer_state import viewer_at

DEPTH = 200
OFFER_H = 48.0
GATE = "one_like_gate"


@dataclass(frozen=True, slots=True, kw_only=True)
class ZeroLikeStudy:
    """Recall at `DEPTH` of later-loved posts without a like, by way of finding; by viewer."""

    recall: dict[str, Interval]
    with_likes: dict[str, Interval]  # of later-loved posts that had likes, beside it
    chance: float  # recall of as many posts drawn at random
    viewers: int
    posts: int
    share: float  # of later-loved posts that had no like when retrieved
    offered: float  # posts on offer, on average


def study_zero_likes(
    models: dict[str, SpaceModel], log: LearningLog, moments_us: tuple[int, ...], seed: int
) -> ZeroLikeStudy:
    """Searches at each moment for what viewers were glad of before the next.

    Args:
        models: spaces by name, learned from nothing later than the first moment.
        log: with what came later.
        moments_us: of retrieval, rising; the last ends the study.
        seed: of samples and intervals.
    """
    events = viewer_events(log)
    rows: list[tuple[int, bool, dict[str, bool], int]] = []
    for moment_us, next_us in itertools.pairwise(moments_us):
        rows += _at(models, log, events, (moment_us, next_us), seed)
    viewer = np.array([row[0] for row in rows], dtype=np.int64)
    liked = np.array([row[1] for row in rows], dtype=bool)
    offered = np.array([row[3] for row in rows], dtype=np.float64)
    found = {name: np.array([row[2][name] for row in rows], dtype=bool) for name in models}
    found[GATE] = liked & False
    return ZeroLikeStudy(
        recall={n: _by_viewer(viewer[~liked], hit[~liked], seed) for n, hit in found.items()},
        with_likes={
            n: _by_viewer(viewer[liked], hit[liked], seed) for n, hit in found.items() if n != GATE
        },
        chance=float((DEPTH / offered[~liked]).mean()) if (~liked).any() else float("nan"),
        viewers=len(np.unique(viewer[~liked])),
        posts=int((~liked).sum()),
        share=float((~liked).mean()) if len(liked) else float("nan"),
        offered=float(offered.mean()) if len(offered) else 0.0,
    )


def _at(
    models: dict[str, SpaceModel],
    log: LearningLog,
    events: ViewerEvents,
    window: tuple[int, int],
    seed: int,
) -> list[tuple[int, bool, dict[str, bool], int]]:
    moment_us, next_us = window
    low = int(np.searchsorted(log.posts.at_us, moment_us - int(OFFER_H * DAY_US / 24)))
    high = int(np.searchsorted(log.posts.at_us, moment_us))
    later = events.glad & (events.at_us >= moment_us) & (events.at_us < next_us)
    later &= (events.post >= low) & (events.post < high)
    rows = np.flatnonzero(later)
    offered = np.arange(low, high)
    when = np.full(len(offered), moment_us)
    hits: dict[str, NDArray[np.bool_]] = {}
    n_likes = np.zeros(0, dtype=np.int64)
    for name, model in models.items():
        samples = sample_conversations(log, model.config.post)
        n_likes = samples.n_engagers(offered, when)
        features = samples.features(offered, when, np.random.default_rng([seed, 6]))
        vectors = encode_posts(model.params["post_tower"], model.config.post, features)
        hits[name] = _found(model, samples, events, rows, vectors, (low, moment_us, seed))
    return [
        (
            int(events.account[row]),
            bool(n_likes[events.post[row] - low] > 0),
            {name: bool(hits[name][i]) for name in models},
            len(offered),
        )
        for i, row in enumerate(rows)
    ]


def _found(
    model: SpaceModel,
    samples: ConversationSamples,
    events: ViewerEvents,
    rows: NDArray[np.int64],
    vectors: NDArray[np.float32],
    at: tuple[int, int, int],
) -> NDArray[np.bool_]:
    """Whether each of these events' posts is among the viewer's best `DEPTH` of the offer."""
    low, moment_us, seed = at
    hit = np.zeros(len(rows), dtype=bool)
    for account in np.unique(events.account[rows]).tolist():
        chance = np.random.default_rng([seed, 7, account])
        viewer = viewer_at(model, samples, events, account, moment_us, chance)
        if not len(viewer.vectors):
            continue
        mine = np.flatnonzero(events.account[rows] == account)
        # A weight beside the cosine is one more coordinate, against 1 in every post.
        score, _ = max_over_queries(
            np.c_[vectors, np.ones(len(vectors), np.float32)],
            np.c_[viewer.vectors, viewer.weights].astype(np.float32),
        )
        first, end = events.start[account], events.start[account + 1]
        known = events.post[first:end][events.at_us[first:end] < moment_us] - low
        score[known[(known >= 0) & (known < len(score))]] = -np.inf
        own = score[events.post[rows[mine]] - low]
        rank = (score[None, :] >= own[:, None]).sum(axis=1)
        hit[mine] = (rank <= DEPTH) & (own > -np.inf)
    return hit


def _by_viewer(viewer: NDArray[np.int64], hit: NDArray[np.bool_], seed: int) -> Interval:
    """Mean over posts; the interval resamples viewers, since one viewer's posts go together."""
    if not len(viewer):
        return Interval(float("nan"), -np.inf, np.inf)
    _, which = np.unique(viewer, return_inverse=True)
    n, found = np.bincount(which), np.bincount(which, hit)
    random = np.random.default_rng([seed, 8])
    drawn = random.integers(len(n), size=(1_000, len(n)))
    share = found[drawn].sum(axis=1) / n[drawn].sum(axis=1)
    low, high = np.quantile(share, [0.025, 0.975])
    return Interval(float(hit.mean()), float(low), float(high))
