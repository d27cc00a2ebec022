"""Why a note has its status, in two words of its raters (spec 16.4, 18.2)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from stoa.bridging.note_counts import NoteCounts
from stoa.note_records import (
    HELPFUL_TAG_RANK,
    HELPFUL_TAGS,
    NOT_HELPFUL_TAG_RANK,
    NOT_HELPFUL_TAGS,
    Status,
)

LEAST_COUNT = 2
NO_TAG = -1


def top_two(
    counts: NDArray[np.integer], rank: Sequence[int], least: int = LEAST_COUNT
) -> NDArray[np.int8]:
    """The two most frequent tags of each row; the higher rank wins a tie.

    Args:
        counts: (n, k) occurrences of k tags.
        rank: k distinct numbers.
        least: a tag counted less often does not count at all.

    Returns:
        (n, 2) tag numbers, NO_TAG in both where fewer than two tags count.

    >>> top_two(np.array([[2, 3, 2], [9, 1, 0]]), (0, 1, 2)).tolist()
    [[1, 2], [-1, -1]]
    """
    weight = counts.astype(np.int64) * len(rank) + np.asarray(rank, dtype=np.int64)
    weight[counts < least] = -1
    first = weight.argmax(axis=1)
    rows = np.arange(len(weight))
    weight[rows, first] = -1
    second = weight.argmax(axis=1)
    enough = weight[rows, second] >= 0
    pair = np.stack([first, second], axis=1).astype(np.int8)
    pair[~enough] = NO_TAG
    return pair


def explain(counts: NoteCounts, status: NDArray[np.int8]) -> NDArray[np.int8]:
    """The two tags that explain each status.

    Returns:
        (n_notes, 2) places in TAGS: helpful tags where the status is CRH, not-helpful tags where
        it is CRNH; NO_TAG elsewhere and where two tags are not to be had.
    """
    pair = np.full((len(status), 2), NO_TAG, dtype=np.int8)
    crh = status == Status.CURRENTLY_RATED_HELPFUL
    pair[crh] = top_two(counts.helpful_tags[crh], HELPFUL_TAG_RANK)
    crnh = status == Status.CURRENTLY_RATED_NOT_HELPFUL
    against = top_two(counts.not_helpful_tags[crnh], NOT_HELPFUL_TAG_RANK)
    pair[crnh] = np.where(against == NO_TAG, NO_TAG, against + len(HELPFUL_TAGS))
    return pair


def tags_of_authors(
    author: NDArray[np.int32], not_helpful: NDArray[np.integer], n_raters: int
) -> NDArray[np.int8]:
    """The two not-helpful tags that lead most often on an author's notes.

    Each note gives its top two; the author's two are counted over those.

    Args:
        author: (n_notes,) rows in Contributors.
        not_helpful: (n_notes, 13) counts of not-helpful tags.
        n_raters: length of Contributors.

    Returns:
        (n_raters, 2) tag numbers 0..12, NO_TAG where no note has two tags.
    """
    of_note = top_two(not_helpful, NOT_HELPFUL_TAG_RANK)
    has = of_note[:, 0] != NO_TAG
    n_tags = len(NOT_HELPFUL_TAGS)
    cell = author[has, None].astype(np.int64) * n_tags + of_note[has]
    counted = np.bincount(cell.ravel(), minlength=n_raters * n_tags).reshape(n_raters, n_tags)
    return top_two(counted, NOT_HELPFUL_TAG_RANK, least=1)
