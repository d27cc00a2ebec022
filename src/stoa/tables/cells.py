"""Cells of a block of lines, found by their delimiters and read column by column.

Every column is read at once with NumPy; a cell that is not what its column holds raises an error
that names file, line, column, value and mend.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import NoReturn

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from stoa.errors import BadTable
from stoa.tables.blocks import QUOTED, Block, line_blocks
from stoa.tables.layouts import Layout

PAD = 32
"""Bytes before the block, so that a window that ends in the first cell stays inside."""

MOST_DIGITS = 19
LONGEST_KEY = 256
TAB, NEWLINE, MINUS, ZERO = 9, 10, 45, 48


class Cells:
    """Rows of one block. `starts` and `ends` of a column are positions in `buffer`."""

    def __init__(self, block: Block, layout: Layout, n_columns: int) -> None:
        self.block = block
        self.layout = layout
        self.n_columns = n_columns
        self.buffer = np.empty(PAD + len(block.text), dtype=np.uint8)
        self.buffer[:PAD] = ZERO
        self.buffer[PAD:] = np.frombuffer(block.text, dtype=np.uint8)
        self._ends = self._delimiters()

    def __len__(self) -> int:
        return len(self._ends)

    def _delimiters(self) -> NDArray[np.int64]:
        """Where each cell ends, (n_rows, n_columns); checks the number of cells of every line."""
        if self.buffer.min() < TAB:
            self._refuse_control_byte()
        ends = np.flatnonzero(self.buffer <= NEWLINE)
        n_lines = int(np.count_nonzero(self.buffer == NEWLINE))
        if self._quoted:
            ends = ends[~self._inside_quotes(ends - PAD)]
            n_lines = int(np.count_nonzero(self.buffer[ends] == NEWLINE))
        if len(ends) != n_lines * self.n_columns:
            self._refuse_column_count(ends)
        table = ends.reshape(n_lines, self.n_columns)
        if (self.buffer[table[:, -1]] != NEWLINE).any():
            self._refuse_column_count(ends)
        return table

    @cached_property
    def _quoted(self) -> list[tuple[int, int]]:
        """Quoted cells, as spans of the block's text."""
        if b'"' not in self.block.text:
            return []
        return [m.span() for m in QUOTED.finditer(self.block.text)]

    def _inside_quotes(self, at: NDArray[np.int64]) -> NDArray[np.bool_]:
        spans = np.array(self._quoted)
        span = np.searchsorted(spans[:, 0], at, side="right") - 1
        return (span >= 0) & (at < spans[span, 1])

    # Positions.

    def ends(self, column: int) -> NDArray[np.int64]:
        """Behind the last byte of each cell of a column."""
        return self._ends[:, column]

    def starts(self, column: int) -> NDArray[np.int64]:
        """At the first byte of each cell of a column."""
        if column:
            return self._ends[:, column - 1] + 1
        starts = np.empty(len(self), dtype=np.int64)
        starts[0] = PAD
        starts[1:] = self._ends[:-1, -1] + 1
        return starts

    def window(self, at: NDArray[np.int64], width: int) -> NDArray[np.uint8]:
        """`width` bytes from each position, (n, width)."""
        n = len(self.buffer) - width + 1
        view = np.ndarray((n, width), np.uint8, self.buffer, strides=(1, 1))
        return view[at]

    # Columns.

    def integers(self, name: str) -> NDArray[np.int64]:
        """A column of whole numbers of 64 bits."""
        column = self.layout.index(name)
        values, bad = self._decimals(self.starts(column), self.ends(column))
        if bad.any():
            self.refuse(name, bad, "give a whole number of at most 64 bits")
        return values

    def whole(self, name: str, empty: int) -> NDArray[np.int64]:
        """As `integers`, but a number may be written as a float: "1784073600000.0"."""
        column = self.layout.index(name)
        start, end = self.starts(column), self.ends(column)
        void = start == end
        tail = self.window(end - 2, 2)
        pointed = (tail[:, 0] == ord(".")) & (tail[:, 1] == ZERO) & (end - start > 2)
        values, bad = self._decimals(start, end - 2 * pointed)
        values[void] = empty
        bad &= ~void
        for row in np.flatnonzero(bad).tolist():
            number = _whole_float(self.cell(row, column))
            if number is not None:
                values[row], bad[row] = number, False
        if bad.any():
            self.refuse(name, bad, "give a whole number, or nothing")
        return values

    def _decimals(
        self, start: NDArray[np.int64], end: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Decimal numbers between positions, and which of them are none."""
        width = end - start
        bad = (width < 1) | (width > MOST_DIGITS + 1)
        most = int(width[~bad].max(initial=1))
        digits = self.window(end - most, most).T - np.uint8(ZERO)
        negative = self.buffer[start] == MINUS
        even = not bad.any() and int(width.min()) == most and not negative.any()
        if not even:
            place = np.arange(most)[:, None]
            outside = place < most - width + negative
            bad |= negative & (width == 1)
            digits = np.where(outside, np.uint8(0), digits)
        bad |= (digits > 9).any(axis=0)
        values = np.zeros(len(start), dtype=np.uint64)
        for digit in digits:
            values *= 10
            values += digit
        if most >= MOST_DIGITS:
            bad |= (values > np.iinfo(np.int64).max) | (width - negative > MOST_DIGITS)
        signed = values.view(np.int64)
        return (signed if even else np.where(negative, -signed, signed)), bad

    def flags(self, first: str, last: str) -> NDArray[np.uint32]:
        """Neighbouring columns of 0, 1 or nothing, as bits: bit k is column k from `first`."""
        low, high = self.layout.index(first), self.layout.index(last)
        n = high - low + 1
        start = self.starts(low)
        if ((self.ends(high) - start) == 2 * n - 1).all():
            bits = self.window(start, 2 * n - 1)[:, ::2] ^ np.uint8(ZERO)
            if bits.max(initial=0) <= 1:
                packed = np.zeros((len(self), 4), dtype=np.uint8)
                eighths = np.packbits(bits, axis=1, bitorder="little")
                packed[:, : eighths.shape[1]] = eighths
                return packed.view("<u4")[:, 0]
        whole = np.zeros(len(self), dtype=np.uint32)
        for k in range(n):
            value = self.codes(self.layout.columns[low + k], (b"0", b"1", b""))
            whole |= (value == 1).astype(np.uint32) << np.uint32(k)
        return whole

    def codes(self, name: str, words: Sequence[bytes]) -> NDArray[np.int8]:
        """A column of known words, as their place in `words`; another word is an error."""
        column = self.layout.index(name)
        found = np.full(len(self), -1, dtype=np.int8)
        start = self.starts(column)
        width = self.ends(column) - start
        for code, word in enumerate(words):
            found[self._rows_of(word, start, width)] = code
        if (found < 0).any():
            known = ", ".join(w.decode() or "nothing" for w in words)
            self.refuse(name, found < 0, f"give one of: {known}")
        return found

    def equals(self, name: str, word: bytes) -> NDArray[np.int64]:
        """Rows whose cell in a column is a word."""
        column = self.layout.index(name)
        start = self.starts(column)
        return self._rows_of(word, start, self.ends(column) - start)

    def _rows_of(
        self, word: bytes, start: NDArray[np.int64], width: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        rows = np.flatnonzero(width == len(word))
        if not word or not len(rows):
            return rows
        return rows[self.window(start[rows], len(word)).view(f"S{len(word)}")[:, 0] == word]

    def keys(self, name: str) -> pa.StringArray:
        """A column of ids."""
        column = self.layout.index(name)
        start = self.starts(column)
        width = self.ends(column) - start
        bad = (width < 1) | (width > LONGEST_KEY)
        if bad.any():
            self.refuse(name, bad, f"give an id of 1 to {LONGEST_KEY} bytes")
        text = self._gathered(start, width, int(width.max()))
        offsets = np.zeros(len(self) + 1, dtype=np.int32)
        np.cumsum(width, out=offsets[1:])
        return pa.StringArray.from_buffers(len(self), pa.py_buffer(offsets), pa.py_buffer(text))

    def _gathered(
        self, start: NDArray[np.int64], width: NDArray[np.int64], most: int
    ) -> NDArray[np.uint8]:
        """The bytes of one column, cell after cell."""
        if int(width.min()) == most:
            return self.window(start, most)
        room = len(self.buffer) - most
        window = self.window(np.minimum(start, room), most)
        late = np.maximum(start - room, 0)[:, None]
        place = np.arange(most)[None, :]
        return window[(place >= late) & (place < width[:, None] + late)]

    def texts(self, name: str) -> list[str]:
        """A column of text, unquoted."""
        column = self.layout.index(name)
        spans = zip(
            (self.starts(column) - PAD).tolist(), (self.ends(column) - PAD).tolist(), strict=True
        )
        return [_unquoted(self.block.text[a:b]).decode() for a, b in spans]

    # What goes wrong.

    def cell(self, row: int, column: int) -> str:
        """One cell as it stands in the file."""
        return bytes(self.buffer[self.starts(column)[row] : self.ends(column)[row]]).decode()

    def line(self, row: int) -> int:
        """Where a row starts in its file, counted from 1."""
        at = int(self.starts(0)[row]) - PAD
        return self.block.first_line + self.block.text.count(b"\n", 0, at)

    def refuse(self, name: str, bad: NDArray[np.bool_], mend: str) -> NoReturn:
        """Raises what is wrong with the first bad row of a column."""
        row = int(bad.argmax())
        value = self.cell(row, self.layout.index(name))
        raise BadTable(self.block.file, value, mend, line=self.line(row), column=name)

    def _refuse_control_byte(self) -> NoReturn:
        at = int((self.buffer[PAD:] < TAB).argmax())
        line = self.block.first_line + self.block.text.count(b"\n", 0, at)
        shown = self.block.text[max(0, at - 20) : at + 20]
        mend = "a table has no control bytes; the file is damaged, download it again"
        raise BadTable(self.block.file, shown, mend, line=line)

    def _refuse_column_count(self, ends: NDArray[np.int64]) -> NoReturn:
        last = np.flatnonzero(self.buffer[ends] == NEWLINE)
        n_cells = np.diff(last, prepend=-1)
        row = int((n_cells != self.n_columns).argmax())
        at = int(ends[last[row - 1]]) + 1 - PAD if row else 0
        line = self.block.first_line + self.block.text.count(b"\n", 0, at)
        mend = f"a line of {self.layout.kind} has {self.n_columns} cells"
        raise BadTable(self.block.file, f"{n_cells[row]} cells", mend, line=line)


def _unquoted(cell: bytes) -> bytes:
    """A cell's text; a quote at its start and the next single quote are not part of it."""
    if not cell.startswith(b'"'):
        return cell
    quoted = QUOTED.match(cell)
    assert quoted is not None
    return quoted[1].replace(b'""', b'"') + cell[quoted.end() :]


def _whole_float(cell: str) -> int | None:
    """A whole number written as a float that holds it exactly; None if it is none."""
    try:
        number = float(cell)
    except ValueError:
        return None
    return int(number) if number.is_integer() and abs(number) < 2**53 else None


def table_cells(path: Path, layout: Layout, on_bytes: Callable[[int], None]) -> Iterator[Cells]:
    """A file's rows, block by block, without its header.

    Raises:
        BadTable: the file has no header or another number of columns, or is not a table.
    """
    n_columns = 0
    for block in line_blocks(path, on_bytes):
        if block.first_line == 1:
            header, _, text = block.text.partition(b"\n")
            n_columns = _checked_header(header, layout, block.file)
            block = Block(block.file, 2, text)
        if block.text:
            yield Cells(block, layout, n_columns)


def _checked_header(header: bytes, layout: Layout, file: str) -> int:
    """The number of columns of a file, from its first line."""
    names = [n.decode(errors="replace") for n in header.removeprefix(b"\xef\xbb\xbf").split(b"\t")]
    if not layout.fewest <= len(names) <= len(layout.columns):
        mend = f"{layout.kind} have {len(layout.columns)} columns, separated by tabs"
        raise BadTable(file, f"{len(names)} columns", mend, line=1)
    if names[0].lstrip("-").isdigit():
        mend = "the first line is skipped as the header; put the names of the columns there"
        raise BadTable(file, names[0], mend, line=1, column=layout.columns[0])
    for found, expected in zip(names, layout.columns, strict=False):
        if found != expected and found in layout.columns:
            mend = "the columns stand in another order; bring them into the published order"
            raise BadTable(file, found, mend, line=1, column=expected)
    return len(names)
