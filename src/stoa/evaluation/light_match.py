"""A cheap guess of seconds for every pair of a round: what shortlists are drawn up by.

    A(p) (b0 + b1 likeness + b2 ties)

A(p), the seconds of an average viewer, is a ridge regression on a post's text and form; the rest
a ridge regression on how like what the viewer met it is. Regret has no part in it: a
shortlist should not decide for the policies that share it. What signs of regret say of a post is
fitted beside it, for those values that ask for regret.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from stoa.ranking.heads import SKIP_S
from stoa.ranking.ranker_inputs import form_of
from stoa.records import NEGATIVE_EVENTS, EventKind
from stoa.space.learning_log import NOBODY, ImpressionColumns, PostColumns
from stoa.train.ranker_batches import RankerData
from stoa.train.sittings import Meetings, history_rows

Floats = NDArray[np.float64]
Reals = NDArray[np.float32]

Weigh = Callable[[Meetings, NDArray[np.int64]], Floats]

_SORRY = np.uint32(sum(1 << int(kind) for kind in NEGATIVE_EVENTS - {EventKind.REGRET}))

LONGEST_S = 60.0  # a longer look counts as this: a few videos must not decide
_FITTED_SITTINGS = 1_500


@dataclass(frozen=True, slots=True, kw_only=True)
class Tastes:
    """What viewers met, as it is matched: s viewers, h meetings each."""

    post: NDArray[np.int32]  # (s, h) rows of the log, NOBODY where padded
    weight: Floats  # (s, h) below 0 where it speaks against


@dataclass(frozen=True, slots=True, kw_only=True)
class LightMatch:
    """Coefficients of the formula above."""

    mean: Reals  # (d,) of the texts
    post: Floats  # (d + forms + 1,) ridge coefficients of A
    pair: Floats  # (3,) b
    sorry: Floats  # (d + forms + 2,) ridge coefficients of signs of regret, where it was read

    def appeal(self, posts: PostColumns, rows: NDArray[np.integer]) -> Floats:
        """Seconds of an average viewer, (n,); at least a little."""
        return np.maximum(_described(posts, rows, self.mean) @ self.post, 0.2)

    def signs(self, posts: PostColumns, rows: NDArray[np.integer]) -> Floats:
        """Chance of a sign of regret (marked, undone or left at once) if read, (n,)."""
        return np.clip(_described(posts, rows, self.mean) @ self.sorry, 0.0, 1.0)

    def score(self, posts: PostColumns, tastes: Tastes, rows: NDArray[np.integer]) -> Floats:
        """Seconds guessed for every viewer and post, (s, n)."""
        told = pair_features(posts, tastes, rows, self.mean)
        return self.appeal(posts, rows)[None, :] * (told @ self.pair)


def pair_features(
    posts: PostColumns, tastes: Tastes, rows: NDArray[np.integer], mean: Reals
) -> Floats:
    """One, likeness and ties of every viewer and post, (s, n, 3)."""
    met = np.where((tastes.post != NOBODY)[:, :, None], posts.text[tastes.post] - mean, 0)
    size = np.sqrt(1.0 + (tastes.post != NOBODY).sum(axis=1))
    weight = tastes.weight.astype(np.float32)
    taste = np.einsum("sh,shd->sd", weight, met) / size[:, None]
    vectors = posts.text[rows] - mean
    ties = np.zeros((len(met), int(posts.author.max(initial=0)) + 1))
    where = np.broadcast_to(np.arange(len(met))[:, None], tastes.post.shape)
    np.add.at(ties, (where, posts.author[np.maximum(tastes.post, 0)]), tastes.weight)
    told = np.ones((len(met), len(rows), 3))
    told[:, :, 1] = taste @ vectors.T
    told[:, :, 2] = np.clip(ties, -2.0, 3.0)[:, posts.author[rows]]
    return told


def fit_light_match(data: RankerData, weigh: Weigh) -> LightMatch:
    """Fits on the newest sittings of a log.

    Args:
        data: the log made ready.
        weigh: weights of meetings (as `Tastes.weight`) from meetings and their rows.
    """
    log, posts = data.log, data.log.posts
    mean = posts.text.mean(axis=0) if len(posts) else np.zeros(posts.text.shape[1], np.float32)
    shown = log.impressions
    seconds = np.minimum(np.nan_to_num(shown.seconds.astype(np.float64)), LONGEST_S)
    post = _ridge(_described(posts, shown.post, mean), seconds, 30.0)
    sign, known = signs_of_regret(shown)
    read = np.flatnonzero(known)
    sorry = _ridge(_described(posts, shown.post[read], mean), sign[read], 30.0)
    light = LightMatch(mean=mean, post=post, pair=np.array([1.0, 0.0, 0.0]), sorry=sorry)
    n = len(data.sittings)
    newest = np.arange(max(0, n - _FITTED_SITTINGS), n)
    rows, told = _pairs(light, data, newest, weigh)
    if not len(rows):
        return light
    told = told * light.appeal(posts, shown.post[rows])[:, None]
    return replace(light, pair=_ridge(told, seconds[rows], 30.0))


def signs_of_regret(shown: ImpressionColumns) -> tuple[Floats, NDArray[np.bool_]]:
    """Whether a showing was marked as regretted or soon undone, and where that is known; (n,).

    Known where a post was read and it has been waited for late signs.
    """
    sign = ((shown.acts & _SORRY) != 0) | (shown.delayed == 1)
    return sign.astype(np.float64), (shown.seconds >= SKIP_S) & (shown.delayed >= 0)


def guesses(
    light: LightMatch, data: RankerData, sittings: NDArray[np.int64], weigh: Weigh
) -> tuple[NDArray[np.int64], Floats]:
    """Impressions of some sittings of a log, and the seconds guessed for each; (n,) both."""
    rows, told = _pairs(light, data, sittings, weigh)
    appeal = light.appeal(data.log.posts, data.log.impressions.post[rows])
    return rows, appeal * (told @ light.pair)


def _pairs(
    light: LightMatch, data: RankerData, sittings: NDArray[np.int64], weigh: Weigh
) -> tuple[NDArray[np.int64], Floats]:
    """Impressions of some sittings and their pair features, as they were when these began."""
    posts, shown = data.log.posts, data.log.impressions
    chosen = data.sittings.only(sittings)
    met = history_rows(data.meetings, chosen, data.config.history)
    weight = weigh(data.meetings, met)
    found: list[NDArray[np.int64]] = [np.zeros(0, dtype=np.int64)]
    told: list[Floats] = [np.zeros((0, len(light.pair)))]
    for i in range(len(chosen)):
        rows = chosen.impression[i][chosen.impression[i] != NOBODY]
        mine = np.full((1, met.shape[1]), NOBODY, dtype=np.int32)
        if len(data.meetings.post):
            mine = np.where(met[i : i + 1] >= 0, data.meetings.post[met[i : i + 1]], NOBODY)
        tastes = Tastes(post=mine, weight=weight[i : i + 1])
        found.append(rows)
        told.append(pair_features(posts, tastes, shown.post[rows], light.mean)[0])
    return np.concatenate(found), np.concatenate(told)


def _described(posts: PostColumns, rows: NDArray[np.integer], mean: Reals) -> Floats:
    above = posts.parent[rows]
    length = np.where(above != NOBODY, posts.length[np.maximum(above, 0)], -1)
    form = form_of(posts.length[rows], posts.media[rows], length)
    long = posts.length[rows][:, None] / 100.0
    made = np.column_stack([posts.text[rows] - mean, form, long, np.ones(len(rows))])
    return made.astype(np.float64)


def _ridge(design: Floats, target: Floats, penalty: float) -> Floats:
    gram = design.T @ design + penalty * np.eye(design.shape[1])
    return np.linalg.solve(gram, design.T @ target).astype(np.float64)
