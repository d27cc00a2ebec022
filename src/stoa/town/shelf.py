"""Every post of the town as growing columns, with what only the town knows about it."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

NONE = -1  # "no row": no parent, no quote


@dataclass(frozen=True, slots=True)
class PostRows:
    """New posts as columns of equal length n."""

    author: NDArray[np.int64]
    topic: NDArray[np.int64]
    at_us: NDArray[np.int64]
    quality: NDArray[np.float64]  # 0..1, how good it is for who cares about the topic
    bait: NDArray[np.float64]  # 0..1, how hard its wording pulls
    parent: NDArray[np.int64]  # row, or NONE
    root: NDArray[np.int64]
    quote: NDArray[np.int64]
    full_s: NDArray[np.float64]  # seconds that reading all of it takes
    revision: NDArray[np.int64]


_NEVER = np.iinfo(np.int64).max


class Shelf:
    """Columns that grow; a post's row never changes. `gone_us` says when it was deleted."""

    def __init__(self) -> None:
        self.n = 0
        room = 1 << 12
        self.author = np.zeros(room, dtype=np.int64)
        self.topic = np.zeros(room, dtype=np.int64)
        self.at_us = np.zeros(room, dtype=np.int64)
        self.quality = np.zeros(room)
        self.bait = np.zeros(room)
        self.parent = np.zeros(room, dtype=np.int64)
        self.root = np.zeros(room, dtype=np.int64)
        self.quote = np.zeros(room, dtype=np.int64)
        self.full_s = np.zeros(room)
        self.revision = np.zeros(room, dtype=np.int64)
        self.likes = np.zeros(room, dtype=np.int64)
        self.gone_us = np.zeros(room, dtype=np.int64)
        self.uri: list[str] = []
        self.row_of: dict[str, int] = {}

    def add(self, rows: PostRows, uris: list[str]) -> NDArray[np.int64]:
        """Puts posts on the shelf; returns their rows."""
        first, after = self.n, self.n + len(uris)
        self._grow(after)
        for column in fields(rows):
            getattr(self, column.name)[first:after] = getattr(rows, column.name)
        self.gone_us[first:after] = _NEVER
        self.uri.extend(uris)
        self.row_of.update(zip(uris, range(first, after), strict=True))
        self.n = after
        return np.arange(first, after)

    def _grow(self, needed: int) -> None:
        if needed <= len(self.author):
            return
        room = max(needed, 2 * len(self.author))
        for name, column in list(vars(self).items()):
            if isinstance(column, np.ndarray):
                larger = np.zeros(room, dtype=column.dtype)
                larger[: len(column)] = column
                setattr(self, name, larger)
