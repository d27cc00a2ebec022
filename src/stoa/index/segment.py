"""The two kinds of segment: flat ones that take writes, sealed ones sorted by list and mapped."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from stoa.errors import IndexDamaged
from stoa.index.checksum import rows_checksum
from stoa.index.codes import CodeSpace
from stoa.index.files import whole_file
from stoa.index.quantiser import Quantiser

_BLOCK_ROWS = 1 << 16


@dataclass(frozen=True, slots=True)
class Sorting:
    """The list of each row in one quantiser: replaced whole, so that a reader sees one of them."""

    quantiser: int | None
    near: NDArray[np.int32]


class FlatSegment:
    """Rows in order of arrival. One thread writes at a time; readers see whole rows only."""

    def __init__(self, base: int, capacity: int, width: int) -> None:
        self.base = base
        self.capacity = capacity
        self.n = 0
        self.post = np.zeros(capacity, dtype=np.int64)
        self.code = np.zeros((capacity, width), dtype=np.int8)
        self.dead = np.zeros(capacity, dtype=np.bool_)
        self.n_dead = 0
        self.sorting = Sorting(None, np.zeros(capacity, dtype=np.int32))

    @property
    def room(self) -> int:
        """Slots the segment has, used or not."""
        return self.capacity

    @property
    def quantiser(self) -> int | None:
        """Number of the quantiser whose lists the rows know."""
        return self.sorting.quantiser

    def append(
        self, post: NDArray[np.int64], code: NDArray[np.int8], near: NDArray[np.int32] | None
    ) -> NDArray[np.int64]:
        """Adds rows; returns their slots. The caller has checked that they fit."""
        rows = slice(self.n, self.n + len(post))
        self.post[rows] = post
        self.code[rows] = code
        if near is not None:
            self.sorting.near[rows] = near
        self.n += len(post)  # last: a reader never sees a row before it is whole
        return np.arange(rows.start, rows.stop) + self.base

    def sort_into(self, quantiser: Quantiser, space: CodeSpace) -> None:
        """Gives the rows their lists in a quantiser that was trained after they came."""
        near = np.zeros(self.capacity, dtype=np.int32)
        near[: self.n] = quantiser.assign(space.decode(self.code[: self.n]))
        self.sorting = Sorting(quantiser.number, near)

    def bury(self, rows: NDArray[np.int64]) -> None:
        """Makes rows unfindable and their codes zero."""
        rows = rows[~self.dead[rows]]
        self.dead[rows] = True
        self.n_dead += len(rows)
        self.code[rows] = 0


@dataclass(frozen=True, slots=True)
class SealedMark:
    """What the manifest says of a sealed segment."""

    file: str
    base: int
    n: int
    width: int
    n_lists: int
    quantiser: int
    least: int  # post ids, least and greatest
    greatest: int
    codes_sum: int
    index_crc: int
    dead_file: str = ""
    dead_crc: int = 0


@dataclass(slots=True)
class SealedSegment:
    """Rows sorted by list, mapped from a file; only `dead` and erased codes ever change."""

    mark: SealedMark
    code: NDArray[np.int8]  # (n, width)
    post: NDArray[np.int64]  # (n,)
    start: NDArray[np.int64]  # (lists + 1,)
    dead: NDArray[np.bool_]
    n_dead: int
    buried: list[NDArray[np.int64]] = field(default_factory=list)
    """Rows that died since the last save, which turns their codes to zero."""

    @property
    def base(self) -> int:
        """Slot of the first row."""
        return self.mark.base

    @property
    def n(self) -> int:
        """Rows, dead ones included."""
        return self.mark.n

    @property
    def room(self) -> int:
        """Slots the segment has: all are used."""
        return self.mark.n

    @property
    def quantiser(self) -> int | None:
        """Number of the quantiser whose lists sort the rows."""
        return self.mark.quantiser

    def bury(self, rows: NDArray[np.int64]) -> None:
        """Marks rows dead: unfindable at once, zero on disk after the next save."""
        rows = rows[~self.dead[rows]]
        if rows.size:
            self.dead[rows] = True
            self.n_dead += len(rows)
            self.buried.append(rows)


Segment = FlatSegment | SealedSegment


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows on their way into a sealed segment, sorted by list; codes stay where they are."""

    post: NDArray[np.int64]
    near: NDArray[np.int32]
    slot: NDArray[np.int64]  # where each row was
    part: NDArray[np.int16]  # which of `codes` holds it
    row: NDArray[np.int32]  # and where in there
    codes: tuple[NDArray[np.int8], ...]

    def code_blocks(self) -> Iterator[NDArray[np.int8]]:
        """All codes in order, some at a time: a merge copies millions and holds thousands."""
        for first in range(0, len(self.post), _BLOCK_ROWS):
            part, row = (
                self.part[first : first + _BLOCK_ROWS],
                self.row[first : first + _BLOCK_ROWS],
            )
            block = np.empty((len(row), self.codes[0].shape[1]), dtype=np.int8)
            for number in np.unique(part).tolist():
                here = part == number
                block[here] = self.codes[number][row[here]]
            yield block


def live_rows(segments: Sequence[Segment], quantiser: Quantiser, space: CodeSpace) -> Rows:
    """The rows of segments that are not dead, sorted by their lists in `quantiser`."""
    kept = [np.flatnonzero(~segment.dead[: segment.n]) for segment in segments]
    pairs = list(zip(segments, kept, strict=True))
    near = np.concatenate([_lists_of(s, rows, quantiser, space) for s, rows in pairs])
    order = np.argsort(near, kind="stable")
    numbers = [np.full(len(rows), number, np.int16) for number, rows in enumerate(kept)]
    return Rows(
        post=np.concatenate([s.post[rows] for s, rows in pairs])[order],
        near=near[order],
        slot=np.concatenate([rows + s.base for s, rows in pairs])[order],
        part=np.concatenate(numbers)[order],
        row=np.concatenate(kept).astype(np.int32)[order],
        codes=tuple(segment.code for segment in segments),
    )


def _lists_of(
    segment: Segment, rows: NDArray[np.int64], quantiser: Quantiser, space: CodeSpace
) -> NDArray[np.int32]:
    if segment.quantiser != quantiser.number:
        near = np.empty(len(rows), dtype=np.int32)
        for first in range(0, len(rows), _BLOCK_ROWS):
            part = slice(first, first + _BLOCK_ROWS)
            near[part] = quantiser.assign(space.decode(segment.code[rows[part]]))
        return near
    if isinstance(segment, FlatSegment):
        return segment.sorting.near[rows]
    lists = np.arange(segment.mark.n_lists, dtype=np.int32)
    return np.repeat(lists, np.diff(segment.start))[rows]


def write_sealed(path: Path, rows: Rows, base: int, quantiser: Quantiser) -> SealedSegment:
    """Writes rows to a new file, durably, and maps it.

    Raises:
        OSError: the disk refuses; no file of that name is left.
    """
    count = np.bincount(rows.near, minlength=quantiser.n_lists)
    start = np.concatenate(([0], np.cumsum(count))).astype(np.int64)
    index = rows.post.tobytes() + start.tobytes()
    codes_sum = 0
    with whole_file(path) as file:
        first = 0
        for block in rows.code_blocks():
            file.write(block.tobytes())
            codes_sum += rows_checksum(block, first=first)
            first += len(block)
        file.write(index)
    mark = SealedMark(
        file=path.name,
        base=base,
        n=len(rows.post),
        width=rows.codes[0].shape[1],
        n_lists=quantiser.n_lists,
        quantiser=quantiser.number,
        least=int(rows.post.min(initial=1 << 62)),
        greatest=int(rows.post.max(initial=0)),
        codes_sum=codes_sum % (1 << 64),
        index_crc=zlib.crc32(index),
    )
    return _mapped(path, mark, np.zeros(len(rows.post), dtype=np.bool_))


def open_sealed(folder: Path, mark: SealedMark) -> SealedSegment:
    """Maps a sealed segment and checks every byte of it.

    Raises:
        IndexDamaged: it is missing, cut, or not what was written.
    """
    path = folder / mark.file
    try:
        expected = mark.n * mark.width + 8 * (mark.n + mark.n_lists + 1)
        if path.stat().st_size != expected:
            raise IndexDamaged(f"{path} has {path.stat().st_size} bytes, expected {expected}")
        segment = _mapped(path, mark, _read_dead(folder, mark))
    except (OSError, ValueError) as error:
        raise IndexDamaged(f"{path} cannot be read: {error}") from error
    if zlib.crc32(segment.post.tobytes() + segment.start.tobytes()) != mark.index_crc:
        raise IndexDamaged(f"{path}: the post ids are not what was written")
    if rows_checksum(segment.code) != mark.codes_sum:
        segment.code[segment.dead] = 0  # a crash came between the manifest and the zeroing
    if rows_checksum(segment.code) != mark.codes_sum:
        raise IndexDamaged(f"{path}: the vectors are not what was written")
    return segment


def posts_of_damaged(folder: Path, mark: SealedMark) -> NDArray[np.int64] | None:
    """Live posts of a segment whose vectors are lost, or None when the ids are lost too."""
    try:
        with (folder / mark.file).open("rb") as file:
            file.seek(mark.n * mark.width)
            index = file.read(8 * (mark.n + mark.n_lists + 1))
        dead = _read_dead(folder, mark)
    except (OSError, ValueError):
        return None
    if zlib.crc32(index) != mark.index_crc:
        return None
    return np.frombuffer(index, dtype=np.int64, count=mark.n)[~dead]


def _mapped(path: Path, mark: SealedMark, dead: NDArray[np.bool_]) -> SealedSegment:
    size = mark.n * mark.width
    if mark.n == 0:
        empty = np.zeros((0, mark.width), dtype=np.int8)
        start = np.zeros(mark.n_lists + 1, dtype=np.int64)
        return SealedSegment(mark, empty, np.zeros(0, dtype=np.int64), start, dead, 0)
    code = np.memmap(path, np.int8, "r+", 0, (mark.n, mark.width))
    post = np.memmap(path, np.int64, "r", size, (mark.n,))
    start = np.memmap(path, np.int64, "r", size + 8 * mark.n, (mark.n_lists + 1,))
    return SealedSegment(
        mark,
        np.asarray(code),
        np.asarray(post),
        np.array(start),
        dead,
        int(dead.sum()),
    )


def _read_dead(folder: Path, mark: SealedMark) -> NDArray[np.bool_]:
    if not mark.dead_file:
        return np.zeros(mark.n, dtype=np.bool_)
    raw = (folder / mark.dead_file).read_bytes()
    if zlib.crc32(raw) != mark.dead_crc:
        raise ValueError(f"{mark.dead_file} is not what was written")
    bits = np.unpackbits(np.frombuffer(raw, dtype=np.uint8), count=mark.n)
    return bits.astype(np.bool_)
