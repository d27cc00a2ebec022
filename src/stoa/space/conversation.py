"""What a post is about, told by its words and by the conversation around it, and never by fame."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stoa.space.quantise import unit_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationWeights:
    """How far the conversation may move a post whose own words weigh 1."""

    replies: float = 0.35
    engagers: float = 0.25


def post_vector(
    content: NDArray[np.float32],
    replies: NDArray[np.float32],
    engagers: NDArray[np.float32],
    weights: ConversationWeights | None = None,
) -> NDArray[np.float32]:
    """Unit rows (n, d): content, bent towards the replies' and the engagers' directions.

    `content` is (n, d); `replies` (n, r, d) and `engagers` (n, e, d) are samples of fixed size
    whose zero rows stand for nobody. Each sample adds its weight times the unit vector of its
    mean direction, so that one reply moves a post exactly as far as a thousand of the same kind:
    how many there are, and their order, cannot be read from the result. A post without words
    takes the conversation's direction; with neither it stays zero.

    >>> here, there = np.eye(2, dtype=np.float32)
    >>> one = post_vector(here[None], there[None, None], np.zeros((1, 1, 2), np.float32))
    >>> many = post_vector(here[None], np.tile(there, (1, 9, 1)), np.zeros((1, 1, 2), np.float32))
    >>> bool(np.allclose(one, many))
    True
    """
    weights = weights or ConversationWeights()
    moved = unit_rows(content)
    for sample, weight in ((replies, weights.replies), (engagers, weights.engagers)):
        if sample.shape[1]:
            mean = unit_rows(unit_rows(sample).sum(axis=1, dtype=np.float32))
            moved = (moved + weight * mean).astype(np.float32)
    return unit_rows(moved)
