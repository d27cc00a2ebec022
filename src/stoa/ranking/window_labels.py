"""What was seen of gladness and regret: labels by impression, as the windows' loss reads them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from stoa.errors import BadInput
from stoa.records import NEGATIVE_EVENTS, EventKind
from stoa.space.learning_log import Answer, ImpressionColumns

Column = Any
"""A NumPy or JAX array of length n."""

_EXPLICIT = tuple(NEGATIVE_EVENTS - {EventKind.REGRET})
_LIKED = (EventKind.LIKE, EventKind.SHOW_MORE)


class WindowLabels(NamedTuple):
    """What followed n impressions; whatever is None was never looked at.

    A row that only pads a batch has weight 0. Regret that was said without being asked counts
    as an explicit negative, regret that was said when asked as an answer: never as both.
    """

    asked: Column  # bool
    ask_rate: Column  # float, the chance with which it was asked; NaN where unknown
    answer: Column  # int, `Answer`; NONE where not answered
    explicit: Column  # bool: hidden, muted, "less of this", ...
    delayed: Column  # int: 1 undone, unfollowed or left at once; 0 not; -1 not known yet
    viewer: Column | None = None  # int, row of the viewers' sensitivities
    liked: Column | None = None  # bool: liked, "more of this"; a window on gladness
    delayed_share: Column | None = None  # float: the chance to have seen a delayed act by now
    weight: Column | None = None  # float; NaN counts as 0


def labels_of(impressions: ImpressionColumns, *, with_likes: bool = False) -> WindowLabels:
    """Labels of a log's impressions, viewers by account row.

    Likes are left out unless asked for: bait is liked too, and a label on every row would drown
    the few answers. They are all there is of gladness where nobody answers.

    >>> from stoa.space.learning_log import empty_log
    >>> labels_of(empty_log(4).impressions).asked.shape
    (0,)
    """
    unasked_regret = impressions.has(EventKind.REGRET) & ~impressions.asked
    return WindowLabels(
        asked=impressions.asked,
        ask_rate=impressions.ask_rate,
        answer=impressions.answer,
        explicit=impressions.has(*_EXPLICIT) | unasked_regret,
        delayed=impressions.delayed,
        viewer=impressions.viewer,
        liked=impressions.has(*_LIKED) if with_likes else None,
    )


def n_answers(labels: WindowLabels) -> int:
    """How many asked impressions were answered."""
    return int((np.asarray(labels.asked) & (np.asarray(labels.answer) != Answer.NONE)).sum())


@dataclass(frozen=True, slots=True)
class FlipRate:
    """How often an answer is not what the reader would say on reflection, and how sure that is."""

    rate: float
    logit_error: float  # standard error of its logit: the scale of the loss's prior


def flip_rate_from_double_asks(
    first: NDArray[np.integer], second: NDArray[np.integer], *, spread: float = 0.5
) -> FlipRate:
    """The flip rate from pairs of answers about the same thing, shape (n,) each.

    A flip goes to another answer by chance; two answers then agree with probability
    (1 - e)^2 + spread e^2, whatever the truth, where `spread` is the chance that two flips meet:
    1/2 with three answers, 1 with two. Solved for e; the error by the delta method, with one
    disagreement more so that full agreement does not pass for certainty.

    Raises:
        BadInput: no pair was answered twice.

    >>> said = np.array([0, 1, 2, 2, 0, 0, 0, 1, 1, 2] * 20)
    >>> again = said.copy()
    >>> again[:36] = (again[:36] + 1) % 3
    >>> round(flip_rate_from_double_asks(said, again).rate, 3)
    0.097
    """
    both = (first != Answer.NONE) & (second != Answer.NONE)
    n = int(both.sum())
    if n == 0:
        raise BadInput("first", 0, "ask at least one thing twice, and get both answers")
    disagree = (float((first[both] != second[both]).sum()) + 0.5) / (n + 1)
    # (1 + spread) e^2 - 2 e + disagree = 0, the root below the vertex.
    inside = max(1.0 - (1.0 + spread) * disagree, 1e-3)
    rate = (1.0 - inside**0.5) / (1.0 + spread)
    slope = 0.5 / inside**0.5
    error = slope * ((disagree * (1.0 - disagree)) / n) ** 0.5
    return FlipRate(rate, error / (rate * (1.0 - rate)))
