"""One int8 vector a post, found by post id: memory-mapped on disk, and a twin in memory."""

from __future__ import annotations

import errno
import os
import re
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from stoa.errors import StoreError, StoreFull
from stoa.index.blocks import BLOCK_BITS, BLOCK_ROWS, by_block, in_blocks
from stoa.index.shapes import as_posts, as_vectors
from stoa.space.quantise import dequantise, quantise

_Block = NDArray[np.void]


class MemoryRows:
    """A complete `VectorRows` in memory."""

    def __init__(self, dim: int = 128) -> None:
        self.dim = dim
        self._blocks: dict[int, _Block] = {}
        self._make: Callable[[int], _Block] = lambda _: np.zeros(BLOCK_ROWS, row_type(dim))
        self._lock = threading.Lock()

    def put(self, posts: NDArray[np.int64], vectors: NDArray[np.float32]) -> None:
        """Writes unit (or zero) rows; the last write of a post holds."""
        posts = as_posts(posts)
        codes, scale = quantise(as_vectors(vectors, self.dim))
        for number, at in by_block(posts):
            block = self._blocks.get(number)
            if block is None:
                with self._lock:
                    block = self._blocks.get(number)
                    if block is None:
                        block = self._blocks[number] = self._make(number)
            rows = posts[at] & (BLOCK_ROWS - 1)
            block["code"][rows] = codes[at]
            block["scale"][rows] = scale[at]

    def get(self, posts: NDArray[np.int64]) -> NDArray[np.float32]:
        """Rows of shape (n, dim), unit or zero; zero where nothing is kept."""
        posts = np.asarray(posts, dtype=np.int64)
        order, row, parts = in_blocks(posts)
        width = row_type(self.dim).itemsize
        read = np.zeros((len(posts), width), dtype=np.uint8)
        for number, first, last in parts:
            block = self._blocks.get(number)
            if block is not None:
                # As plain bytes: the indexing of records takes many times as long.
                plain = block.view(np.ndarray).view(np.uint8).reshape(-1, width)
                read[first:last] = plain[row[first:last]]
        found = np.empty_like(read)
        found[order] = read
        kept = found.view(row_type(self.dim))[:, 0]
        return dequantise(kept["code"], kept["scale"])

    def remove(self, posts: NDArray[np.int64]) -> None:
        """Erases rows: their bytes become zero."""
        posts = np.asarray(posts, dtype=np.int64)
        for number, at in by_block(posts):
            block = self._blocks.get(number)
            if block is not None:
                block[posts[at] & (BLOCK_ROWS - 1)] = np.zeros((), row_type(self.dim))

    def drop_older(self, than: int) -> None:
        """Forgets rows of posts with id < `than`; blocks of nothing else give their space back."""
        for number in sorted(self._blocks):
            first = number << BLOCK_BITS
            if first + BLOCK_ROWS <= than:
                self._drop(number)
            elif first < than:
                self._blocks[number][: than - first] = np.zeros((), row_type(self.dim))

    def flush(self) -> None:
        """Does nothing: there is no disk."""

    def _drop(self, number: int) -> None:
        del self._blocks[number]


class RowFile(MemoryRows):
    """A `VectorRows` in a folder of memory-mapped files, one for each 65,536 post ids.

    A write reaches the page cache at once, so that a killed process loses none; `flush` hands it
    to the disk. Space is reserved when a block is made: a full disk is an error then, and never
    a bus error in the middle of a write.
    """

    def __init__(self, path: Path, dim: int = 128) -> None:
        """Opens the folder, or makes it; a block of another size than `dim` asks is dropped.

        Raises:
            StoreError: the folder cannot be made or read.
        """
        super().__init__(dim)
        self._path = path
        self._make = self._make_file
        try:
            path.mkdir(parents=True, exist_ok=True)
            for name in sorted(path.iterdir()):
                self._reopen(name)
        except OSError as error:
            raise StoreError(f"vectors under {path} cannot be opened: {error}") from error

    def flush(self) -> None:
        """Writes to disk.

        Raises:
            StoreError: the disk refuses.
        """
        try:
            for block in list(self._blocks.values()):
                if isinstance(block, np.memmap):
                    block.flush()
        except OSError as error:
            raise StoreError(f"vectors under {self._path} cannot be written: {error}") from error

    def _reopen(self, name: Path) -> None:
        matched = re.fullmatch(r"(\d+)\.rows", name.name)
        if not matched:
            return
        if name.stat().st_size != BLOCK_ROWS * row_type(self.dim).itemsize:
            name.unlink()  # half made when the disk filled, or of another width
            return
        self._blocks[int(matched[1])] = self._map(name)

    def _make_file(self, number: int) -> _Block:
        name = self._path / f"{number}.rows"
        size = BLOCK_ROWS * row_type(self.dim).itemsize
        try:
            with name.open("wb") as file:
                _reserve(file.fileno(), size)
            return self._map(name)
        except OSError as error:
            name.unlink(missing_ok=True)
            full = error.errno in (errno.ENOSPC, errno.EDQUOT)
            kind = StoreFull if full else StoreError
            raise kind(f"no room for {size} bytes of vectors at {name}: {error}") from error

    def _map(self, name: Path) -> _Block:
        return np.memmap(name, dtype=row_type(self.dim), mode="r+", shape=(BLOCK_ROWS,))

    def _drop(self, number: int) -> None:
        super()._drop(number)
        (self._path / f"{number}.rows").unlink(missing_ok=True)


def row_type(dim: int) -> np.dtype[np.void]:
    """Layout of one row on disk: little-endian scale, then codes."""
    return np.dtype([("scale", "<f4"), ("code", "i1", (dim,))])


def _reserve(file: int, size: int) -> None:
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(file, 0, size)
    else:  # macOS: the space is only promised
        os.ftruncate(file, size)
