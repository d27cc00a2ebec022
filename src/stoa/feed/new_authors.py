"""Which posts are by authors who are new here: of them less can be foretold."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from stoa.feed.post_table import PostTable
from stoa.ranking.readout import NEW_DAYS
from stoa.records import DAY_US

_MOST_STEPS = 16
"""Posts of an author that are looked at: whoever wrote more in two days is not looked into."""
_FIRST_ROWS = 64
"""Among so many rows the table's first post is sought: a removed one leaves its row empty."""


def by_new_authors(table: PostTable, posts: NDArray[np.int64], now_us: int) -> NDArray[np.bool_]:
    """Which posts are by authors whose first post is younger than `NEW_DAYS`, (n,).

    Whoever wrote in the first days that the table knows is not new: what they wrote before is not
    known. The same rule as `train.ranker_reliability.new_of`, walked along each author's chain.
    """
    since_us = int(NEW_DAYS * DAY_US)
    new = np.zeros(len(posts), dtype=np.bool_)
    first_us = table.at_us[1 : min(table.n_rows, 1 + _FIRST_ROWS)]
    first_us = first_us[first_us > 0]
    if not len(first_us):
        return new
    after_us = max(now_us - since_us, int(first_us.min()) + since_us)
    open_, at = np.arange(len(posts)), posts
    for _ in range(_MOST_STEPS):
        rows = table.rows(at)
        young = (rows > 0) & (table.at_us[rows] > after_us)
        first = young & (table.before[rows] == 0)
        new[open_[first]] = True
        on = young & ~first
        open_, at = open_[on], at[on] - table.before[rows[on]]
        if not len(at):
            break
    return new
