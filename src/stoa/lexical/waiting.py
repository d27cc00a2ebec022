"""What was given to a word index and is not committed yet; the same for both engines."""

from __future__ import annotations

from collections.abc import Sequence
from threading import RLock

import numpy as np
from numpy.typing import NDArray

from stoa.lexical.columns import check_columns


class Waiting:
    """Texts to add and keys to forget, the last word on each key; safe for many threads."""

    def __init__(self) -> None:
        self._lock = RLock()
        self._waiting: dict[int, tuple[str, int] | None] = {}

    def put(self, keys: NDArray[np.int64], texts: Sequence[str], at_us: NDArray[np.int64]) -> None:
        """Adds or replaces texts; see `LexicalIndex`.

        Raises:
            BadInput: the columns differ in length.
        """
        rows = check_columns(keys, texts, at_us)
        with self._lock:
            self._waiting |= rows

    def remove(self, keys: NDArray[np.int64]) -> None:
        """Forgets texts; see `LexicalIndex`."""
        with self._lock:
            self._waiting |= dict.fromkeys(keys.tolist())
