"""Checks arrays at the index's door, so that a wrong width is named and never stored."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stoa.errors import BadInput

MAX_POST_ID = 1 << 40
"""Ids are interned from 1 and address columns; a greater one is a mistake, not a post."""


def as_posts(posts: ArrayLike) -> NDArray[np.int64]:
    """A column of post ids.

    Raises:
        BadInput: an id is not from 1 to 2**40.
    """
    column = np.asarray(posts, dtype=np.int64).reshape(-1)
    if column.size and not (column.min() > 0 and column.max() <= MAX_POST_ID):
        wrong = column[(column <= 0) | (column > MAX_POST_ID)][0]
        raise BadInput("posts", int(wrong), "give ids that the store interned, from 1 on")
    return column


def as_vectors(vectors: ArrayLike, dim: int) -> NDArray[np.float32]:
    """Rows of shape (n, dim), finite: what is not a number would win or lose every comparison.

    Raises:
        BadInput: the width is not the index's.
    """
    rows = np.ascontiguousarray(vectors, dtype=np.float32)
    if rows.ndim != 2 or rows.shape[1] != dim:
        raise BadInput(
            "vectors",
            rows.shape,
            f"the index holds {dim}-d vectors; encode with the encoder it was made with",
        )
    return rows if np.isfinite(rows).all() else np.nan_to_num(rows, posinf=0.0, neginf=0.0)
