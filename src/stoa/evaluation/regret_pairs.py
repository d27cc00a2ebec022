"""Which rows are tested, and which pairs of rows are learned from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.errors import BadInput
from stoa.evaluation.regret_features import Pairs, describe, viewer_rows
from stoa.tables.feedback_files import FeedbackRows

Floats = NDArray[np.float64]
BASELINES = ("play_ratio", "hate_rate")
"""What each column of `Examples.simple` is: of the row, log; of its viewer's history."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PairConfig:
    """How training pairs are drawn, and what they may know."""

    most_pairs: int = 40  # of one viewer: viewers weigh the same, so more only costs time
    thinned: float = 0.5  # of training pairs forget some hates, as most viewers have hated little
    past_only: bool = False  # only what came before a row is its history


@dataclass(frozen=True, slots=True)
class Examples:
    """Rows described, in pairs; n rows of which half are hates."""

    before: Floats  # (n, b)
    after: Floats  # (n, a)
    is_hate: NDArray[np.bool_]  # (n,)
    weight: Floats  # (n,), each viewer's hates sum to 1/2 and likes to 1/2
    viewer: NDArray[np.int32]  # (n,)
    history_hates: NDArray[np.int64]  # (n,) known of the viewer at all, past or not
    simple: Floats  # (n, 2) what a baseline goes by: BASELINES


@dataclass(frozen=True, slots=True)
class Split:
    """One like and one hate of each viewer, as rows; -1 where a viewer lacks either."""

    like: NDArray[np.int64]  # (n_viewers,)
    hate: NDArray[np.int64]  # (n_viewers,)


def split_rows(rows: FeedbackRows, seed: int) -> Split:
    """A random like and a random hate of each viewer.

    Raises:
        BadInput: no viewer has both.
    """
    rng = np.random.default_rng((seed, 0))
    like, hate = (np.full(len(rows.viewer_id), -1, np.int64) for _ in range(2))
    for viewer, of in enumerate(rows.of_viewer()):
        hated = np.flatnonzero(rows.is_hate[of]) + of.start
        liked = np.flatnonzero(~rows.is_hate[of]) + of.start
        if len(hated) and len(liked):
            like[viewer], hate[viewer] = rng.choice(liked), rng.choice(hated)
    if (like < 0).all():
        raise BadInput("rows", len(rows), "give viewers who have both a like and a hate")
    return Split(like, hate)


def held_back_examples(rows: FeedbackRows, split: Split, config: PairConfig) -> Examples:
    """Each viewer's test pair, beside all other rows of that viewer."""
    made: list[Examples] = []
    for viewer, of in enumerate(rows.of_viewer()):
        like, hate = split.like[viewer] - of.start, split.hate[viewer] - of.start
        if split.like[viewer] < 0:
            continue
        history = np.ones((1, of.stop - of.start), np.bool_)
        history[0, [like, hate]] = False
        pairs = Pairs(np.array([like]), np.array([hate]), history)
        made.append(_described(rows, of, viewer, pairs, config))
    return _joined(made)


def training_examples(rows: FeedbackRows, split: Split, config: PairConfig, seed: int) -> Examples:
    """Pairs of each viewer's other rows; viewers without a like or a hate left give none.

    Raises:
        BadInput: fewer than two viewers have both a like and a hate left.
    """
    rng = np.random.default_rng((seed, 1))
    left = np.array([int(rows.is_hate[of].sum()) - 1 for of in rows.of_viewer()])
    left = left[split.like >= 0]
    made: list[Examples] = []
    for viewer, of in enumerate(rows.of_viewer()):
        known = np.ones(of.stop - of.start, np.bool_)
        if split.like[viewer] >= 0:
            known[[split.like[viewer] - of.start, split.hate[viewer] - of.start]] = False
        is_hate = rows.is_hate[of]
        liked, hated = np.flatnonzero(known & ~is_hate), np.flatnonzero(known & is_hate)
        if len(liked) and len(hated):
            pairs = _drawn(rng, liked, hated, known, config)
            pairs = _thinned(rng, pairs, is_hate, left, config.thinned)
            made.append(_described(rows, of, viewer, pairs, config))
    if len(made) < 2:
        mend = "give two viewers or more with two likes and two hates each: one pair is the test"
        raise BadInput("rows", len(made), mend)
    return _joined(made)


def _drawn(
    rng: np.random.Generator,
    liked: NDArray[np.int64],
    hated: NDArray[np.int64],
    known: NDArray[np.bool_],
    config: PairConfig,
) -> Pairs:
    """Random pairs in which every like and hate comes up about as often as any other."""
    n = min(max(len(liked), len(hated)), config.most_pairs)

    def repeated(rows: NDArray[np.int64]) -> NDArray[np.int64]:
        rounds = -(-n // len(rows))
        return np.concatenate([rng.permutation(rows) for _ in range(rounds)])[:n]

    like, hate = repeated(liked), repeated(hated)
    history = np.repeat(known[None, :], n, axis=0)
    history[np.arange(n), like] = False
    history[np.arange(n), hate] = False
    return Pairs(like, hate, history)


def _thinned(
    rng: np.random.Generator,
    pairs: Pairs,
    is_hate: NDArray[np.bool_],
    left: NDArray[np.int64],
    share: float,
) -> Pairs:
    """Some pairs with only as many known hates as some viewer has left beside the test.

    A third of viewers have hated once, and give no pair to learn from: without this nearly all
    that is learned would be about viewers who hate a lot.
    """
    history = pairs.history.copy()
    for known in history:
        if rng.random() < share:
            hated = rng.permutation(np.flatnonzero(known & is_hate))
            known[hated[rng.choice(left) :]] = False
    return Pairs(pairs.like, pairs.hate, history)


def _described(
    rows: FeedbackRows, of: slice, viewer: int, pairs: Pairs, config: PairConfig
) -> Examples:
    made = viewer_rows(rows, of)
    told = describe(made, pairs, past_only=config.past_only)
    n, row = len(pairs.like), np.concatenate([pairs.like, pairs.hate])
    known_hates = (pairs.history & made.is_hate).sum(1)
    rate = (known_hates + 0.5) / (pairs.history.sum(1) + 1)
    return Examples(
        before=told.before,
        after=told.after,
        is_hate=np.repeat([False, True], n),
        weight=np.full(2 * n, 0.5 / n),
        viewer=np.full(2 * n, viewer, np.int32),
        history_hates=np.tile(known_hates, 2),
        simple=np.stack([made.signal["share"][row], np.tile(rate, 2)], axis=1),
    )


def _joined(parts: list[Examples]) -> Examples:
    return Examples(
        *(np.concatenate([getattr(part, name) for part in parts]) for name in Examples.__slots__)
    )
