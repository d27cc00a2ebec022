"""What both engines check and bring into order alike."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from stoa.errors import BadInput
from stoa.lexical.words import words

Found = tuple[NDArray[np.int64], NDArray[np.float32]]

MOST_QUERY_WORDS = 64
"""Different words read of a query; a whole article as a question costs no more than this."""


def check_columns(
    keys: NDArray[np.int64], texts: Sequence[str], at_us: NDArray[np.int64]
) -> dict[int, tuple[str, int]]:
    """The last text and time of each key.

    Raises:
        BadInput: the columns differ in length.
    """
    if not len(keys) == len(texts) == len(at_us):
        raise BadInput("texts", len(texts), f"give {len(keys)} texts and times, one for each key")
    rows = zip(keys.tolist(), texts, at_us.tolist(), strict=True)
    return {key: (text, at) for key, text, at in rows}


def query_words(query: str) -> list[str]:
    """The different words of a query in their order, cut to what is read."""
    return list(dict.fromkeys(words(query)))[:MOST_QUERY_WORDS]


def is_empty_window(since_us: int | None, until_us: int | None) -> bool:
    """Whether no time lies in a window."""
    return since_us is not None and until_us is not None and since_us > until_us


def best_first(rows: Iterable[tuple[int, float]], k: int) -> Found:
    """The k best of (key, score), best first, ties by key."""
    ordered = sorted(rows, key=lambda row: (-row[1], row[0]))[:k]
    keys = np.array([key for key, _ in ordered], dtype=np.int64)
    return keys, np.array([score for _, score in ordered], dtype=np.float32)


def nothing_found() -> Found:
    """No keys, no scores."""
    return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
