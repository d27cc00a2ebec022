"""Where the one right item stands among all items; ties and doubt count against us."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def full_ranks(
    score: NDArray[np.floating],
    target: NDArray[np.integer],
    seen_user: NDArray[np.integer],
    seen_item: NDArray[np.integer],
) -> NDArray[np.int64]:
    """Rank of each user's target among all items that the user has not seen, from 1.

    A rank is the number of scores that are at least the target's, its own included: equal scores
    stand before it. A target that was seen already is removed with the rest, so its rank is the
    last one, and so it is where the target's score is no number.

    Args:
        score: (n_users, n_items), higher is better.
        target: (n_users,) item rows.
        seen_user: (n_seen,) user rows of what was seen; a pair may stand more than once.
        seen_item: (n_seen,) item rows of the same.

    >>> score = np.array([[3.0, 2.0, 2.0, 1.0]])
    >>> full_ranks(score, np.array([2]), np.array([0]), np.array([0])).tolist()
    [2]
    """
    n_users, n_items = score.shape
    own = score[np.arange(n_users), target]
    # Not `score >= own`: a score that is no number must not lift the target.
    rank = n_items - np.count_nonzero(score < own[:, None], axis=1).astype(np.int64)
    pair = np.unique(np.asarray(seen_user, np.int64) * n_items + seen_item)
    user, item = pair // n_items, pair % n_items
    ahead = ~(score[user, item] < own[user])
    rank -= np.bincount(user[ahead], minlength=n_users)
    lost = np.zeros(n_users, np.bool_)
    lost[user[item == target[user]]] = True
    rank[lost | np.isnan(own)] = n_items
    return rank


def hit_rate(rank: NDArray[np.int64], k: int) -> float:
    """Share of targets among the first k; recall at k, there being one target.

    >>> hit_rate(np.array([1, 10, 11]), 10)
    0.6666666666666666
    """
    return float(np.mean(rank <= k))


def mean_ndcg(rank: NDArray[np.int64], k: int) -> float:
    """Mean of 1 / log2(1 + rank), 0 beyond k: discounted gain with one target.

    >>> mean_ndcg(np.array([1, 3, 11]), 10)
    0.5
    """
    return float(np.mean(np.where(rank <= k, 1.0 / np.log2(1.0 + rank), 0.0)))
