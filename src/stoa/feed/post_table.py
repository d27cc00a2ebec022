"""The posts of the square as columns in memory, found by id without any look-up table."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from stoa.space.columns import grown


@dataclass(slots=True)
class PostTable:
    """Columns over post ids: row = id - base, row 0 stays empty and answers for the unknown.

    53 bytes a post. `base` moves when old posts are dropped; then, and when columns grow, the
    writer makes a new table, so that a reader's reference stays whole.
    """

    base: int
    n_rows: int  # rows in use
    author: NDArray[np.uint32]
    at_us: NDArray[np.int64]
    root: NDArray[np.int64]
    parent: NDArray[np.int64]
    quote: NDArray[np.int64]
    before: NDArray[np.int32]  # id - id of the author's post before; 0 where none
    likes: NDArray[np.uint32]  # likes and reposts, for popular-now only
    replies: NDArray[np.uint32]
    media: NDArray[np.uint8]
    language: NDArray[np.uint16]
    marks: NDArray[np.uint16]
    length: NDArray[np.uint16]

    @classmethod
    def empty(cls) -> PostTable:
        """A table without posts."""
        return cls(
            base=0,
            n_rows=1,
            author=np.zeros(1024, dtype=np.uint32),
            at_us=np.zeros(1024, dtype=np.int64),
            root=np.zeros(1024, dtype=np.int64),
            parent=np.zeros(1024, dtype=np.int64),
            quote=np.zeros(1024, dtype=np.int64),
            before=np.zeros(1024, dtype=np.int32),
            likes=np.zeros(1024, dtype=np.uint32),
            replies=np.zeros(1024, dtype=np.uint32),
            media=np.zeros(1024, dtype=np.uint8),
            language=np.zeros(1024, dtype=np.uint16),
            marks=np.zeros(1024, dtype=np.uint16),
            length=np.zeros(1024, dtype=np.uint16),
        )

    def rows(self, posts: NDArray[np.int64]) -> NDArray[np.int64]:
        """Rows of posts; 0 for posts outside of the table."""
        rows = posts - self.base
        return np.where((rows > 0) & (rows < self.n_rows), rows, 0)

    def reaching(self, post: int) -> PostTable:
        """This table, or a bigger copy of it that has a row for `post`."""
        row = post - self.base
        if row < len(self.marks):
            self.n_rows = max(self.n_rows, row + 1)
            return self
        changed = {
            column.name: grown(getattr(self, column.name), row + 1)
            for column in fields(self)
            if column.name not in ("base", "n_rows")
        }
        return PostTable(base=self.base, n_rows=row + 1, **changed)

    def without_older(self, than: int) -> PostTable:
        """A copy without the posts whose id is < `than`."""
        shift = than - 1 - self.base
        if shift <= 0:
            return self
        shift = min(shift, self.n_rows - 1)
        changed: dict[str, NDArray[np.generic]] = {}
        for column in fields(self):
            if column.name in ("base", "n_rows"):
                continue
            old = getattr(self, column.name)
            kept = np.zeros(max(1024, self.n_rows - shift), dtype=old.dtype)
            kept[1 : self.n_rows - shift] = old[shift + 1 : self.n_rows]
            changed[column.name] = kept
        return PostTable(base=self.base + shift, n_rows=self.n_rows - shift, **changed)  # pyright: ignore[reportArgumentType]  # columns keep their types

    def erase(self, row: int) -> None:
        """Empties a row but for what keeps its author's chain whole."""
        for column in fields(self):
            if column.name not in ("base", "n_rows", "before", "author", "marks"):
                getattr(self, column.name)[row] = 0

    @property
    def nbytes(self) -> int:
        """Bytes of the rows in use."""
        size = sum(
            getattr(self, column.name).itemsize
            for column in fields(self)
            if column.name not in ("base", "n_rows")
        )
        return size * self.n_rows
