"""The published ranking formulas, given predictions: baselines to compare with.

Facts and weights from `xai-org/x-algorithm` (as synced in August 2026) and from
`twitter/the-algorithm-ml` (projects/home/recap, 2023); the code is ours.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.errors import BadInput
from stoa.ranking.predictions import PostFacts, Predictions

Scores = NDArray[np.float64]

X2026_WEIGHTS: dict[str, float] = {
    "share_by_link": 20.0,
    "reply": 5.0,
    "quote": 5.0,
    "share_by_message": 5.0,
    "follow_author": 4.0,
    "share": 2.0,
    "repost": 1.0,
    "favourite": 0.5,
    "post_click": 0.4,
    "open_link": 0.2,
    "dwell": 0.05,
    "video_open": 0.07,
    "photo_expand": 0.05,
    "quoted_click": 0.05,
    "unexplored": 0.02,
    "dwell_s": 0.004,
    "click_dwell_s": 0.0,
    "active_s": 0.0,
    "profile_click": 0.0,
    "video_view": 0.0,
    "quoted_video_view": 0.0,
    "not_dwelled": -0.02,
    "not_interested": -43.2,
    "block_author": -31.2,
    "mute_author": -58.8,
    "report": -234.0,
}

T2023_WEIGHTS: dict[str, float] = {
    "favourite": 0.5,
    "repost": 1.0,
    "reply": 27.0,
    "reply_engaged_by_author": 75.0,
    "profile_click_engaged": 12.0,
    "good_click": 11.0,
    "video_half": 0.005,
    "negative_feedback": -74.0,
    "report": -369.0,
}

_REGRET_GAINS = (
    "favourite",
    "reply",
    "repost",
    "quote",
    "share",
    "share_by_message",
    "share_by_link",
)
_REGRET_LOSSES: dict[str, float] = {
    "not_interested": -10_000.0,
    "block_author": -8_000.0,
    "mute_author": -15_000.0,
    "report": -60_000.0,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class X2026Config:
    """The constants around x-algorithm's weighted sum, at their published defaults."""

    offset: float = 0.001
    mutual_reply: float = 15.0  # more per reply to a mutual follow's original or quote
    diversity_decay: float = 0.5
    diversity_floor: float = 0.25
    elsewhere: float = 0.75  # author not followed, or a reply or repost; 0.5 on topic requests
    cold_start: bool = True
    cold_rank: int = 16  # the score at this rank (from 1) is what a small author is lifted to
    cold_share: float = 0.85  # only from within the top share of the list


def x2026_weighted(
    predictions: Predictions, facts: PostFacts, config: X2026Config = X2026Config()
) -> Scores:
    """Scores of x-algorithm's default ranking, shape (n,).

        S     = sum_k w_k p_k, replies to mutual follows' originals 15 more
        base  = S + 0.001 if S >= 0, else (S + sum |negative w|) / (sum all |w|) * 0.001
        final = lift(base) * ((1 - 0.25) 0.5^k + 0.25) * 0.75 where not in network

    with k the better-scored posts of the same author in this request.
    """
    original = ~facts.is_reply & ~facts.is_repost
    total = predictions.weighted_sum(X2026_WEIGHTS)
    total = total + config.mutual_reply * predictions.reply * (facts.mutual & original)
    # `unexplored` counts inside the viewer's network only.
    total = total - X2026_WEIGHTS["unexplored"] * predictions.unexplored * ~facts.followed
    return _discounted(_offset(total, config), facts, config)


def x2026_dwell_regret(
    predictions: Predictions, facts: PostFacts, config: X2026Config = X2026Config()
) -> Scores:
    """Scores of the dwell-and-regret rule that x-algorithm held in August 2026, shape (n,).

    S = max(dwell_s, 1) * 2 sigmoid(pos / 10) * exp(min(neg, 0) / 10), where pos sums how far
    each glad action's probability stands above its mean over this request, and neg weighs the
    four explicit regrets. Then the same lift and discounts as `x2026_weighted`.
    """
    total = dwell_regret(predictions)
    return _discounted(_offset(total, config), facts, config)


def dwell_regret(predictions: Predictions) -> Scores:
    """The rule itself, before any discount: seconds, discounted by regret; shape (n,)."""
    gain = np.zeros(len(predictions))
    for head in _REGRET_GAINS:
        prob: Scores = getattr(predictions, head)
        mean = prob.mean() if len(prob) else 0.0
        if mean > 0:
            gain = gain + (prob / mean - 1.0)
    loss = predictions.weighted_sum(_REGRET_LOSSES)
    seconds = np.maximum(predictions.dwell_s, 1.0)
    return seconds * 2.0 / (1.0 + np.exp(-gain / 10.0)) * np.exp(np.minimum(loss, 0.0) / 10.0)


def t2023_heavy(predictions: Predictions, facts: PostFacts) -> Scores:
    """Scores of the heavy ranker's published weights of 2023, shape (n,).

    Then author diversity (0.5, floor 0.25) and replies at 0.75; authors not followed count in
    full. Factors leave scores below zero as they are: a discount must never raise a score.
    """
    total = predictions.weighted_sum(T2023_WEIGHTS)
    factor = diversity(total, facts.author, decay=0.5, floor=0.25)
    factor = factor * np.where(facts.is_reply, 0.75, 1.0)
    return np.where(total > 0, total * factor, total)


def diversity(score: Scores, author: NDArray[np.int64], *, decay: float, floor: float) -> Scores:
    """`(1 - floor) decay^k + floor`, k the author's better-scored posts; shape (n,).

    >>> diversity(np.array([3.0, 1.0, 2.0]), np.array([7, 7, 7]), decay=0.5, floor=0.25).tolist()
    [1.0, 0.4375, 0.625]
    """
    times: dict[int, int] = {}
    factor = np.empty(len(score))
    for row in np.argsort(-score, kind="stable").tolist():
        k = times.get(int(author[row]), 0)
        times[int(author[row])] = k + 1
        factor[row] = (1.0 - floor) * decay**k + floor
    return factor


def _offset(total: Scores, config: X2026Config) -> Scores:
    """Moves sums above zero, and squeezes negative ones into the room just above it."""
    negative = sum(-w for w in X2026_WEIGHTS.values() if w < 0)
    every = sum(abs(w) for w in X2026_WEIGHTS.values())
    squeezed = (total + negative) / every * config.offset
    return np.where(total >= 0, total + config.offset, squeezed)


def _discounted(base: Scores, facts: PostFacts, config: X2026Config) -> Scores:
    lifted = _lifted(base, facts, config) if config.cold_start else base
    factor = diversity(
        lifted, facts.author, decay=config.diversity_decay, floor=config.diversity_floor
    )
    elsewhere = ~facts.followed | facts.is_reply | facts.is_repost
    return lifted * factor * np.where(elsewhere, config.elsewhere, 1.0)


def _lifted(base: Scores, facts: PostFacts, config: X2026Config) -> Scores:
    """Lifts one small author's original to the score at `cold_rank`, the best that qualifies."""
    order = np.argsort(-base, kind="stable")
    eligible = facts.small_author & ~facts.is_reply & ~facts.is_repost
    within = order[: int(len(order) * config.cold_share)]
    chosen = within[eligible[within]]
    if len(order) < config.cold_rank or len(chosen) == 0:
        return base
    lifted = base.copy()
    target = base[order[config.cold_rank - 1]]
    lifted[chosen[0]] = max(float(base[chosen[0]]), float(target))
    return lifted


PREDICTED_PRESETS: dict[str, Callable[[Predictions, PostFacts], Scores]] = {
    "x2026_weighted": x2026_weighted,
    "x2026_dwell_regret": x2026_dwell_regret,
    "t2023_heavy": t2023_heavy,
}


def preset_score(name: str, predictions: Predictions | None, facts: PostFacts) -> Scores:
    """Scores of a published formula by its name.

    Raises:
        BadInput: no such preset, or there are no predictions to blend.
    """
    formula = PREDICTED_PRESETS.get(name)
    if formula is None:
        raise BadInput("preset", name, f"use one of {', '.join(PREDICTED_PRESETS)}")
    if predictions is None:
        raise BadInput("preset", name, "needs a trained ranker, which this square has not yet")
    return formula(predictions, facts)
