"""What is popular for its age: the impersonal ranking that others are compared with."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from stoa.records import SECOND_US


def popularity(
    likes: NDArray[np.integer],
    replies: NDArray[np.integer],
    at_us: NDArray[np.int64],
    now_us: int,
    *,
    gravity: float = 1.2,
) -> NDArray[np.float64]:
    """Engagements divided by a power of age in hours, as news sites rank; shape (n,).

    `(likes + replies) / (age_h + 2) ** gravity`. Gravity is gentler than the 1.8 that Hacker
    News is known for: a square's evening lasts longer than a front page.

    >>> popularity(np.array([8]), np.array([0]), np.array([0]), 0, gravity=1.0).tolist()
    [4.0]
    """
    age_h = np.maximum(now_us - at_us, 0) / (3600 * SECOND_US)
    total = likes.astype(np.float64) + replies.astype(np.float64)
    return total / (age_h + 2.0) ** gravity
