"""Rows of a comma-separated file, plain or gzip, by the names in its first row.

A cell is asked for by the name of its column and what it should hold; one that holds something
else raises an error that names file, line, column, value and mend.
"""

from __future__ import annotations

import csv
import gzip
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from stoa.errors import BadTable

_GZIP = b"\x1f\x8b"
_LONGEST_CELL = 1 << 20


@dataclass(frozen=True, slots=True)
class CsvRow:
    """One row: its cells by column, and the line of the file on which it begins."""

    file: str
    line: int
    column: dict[str, int]  # where each column stands
    cells: Sequence[str]

    def text(self, name: str) -> str:
        """A cell as it stands."""
        return self.cells[self.column[name]]

    def whole(self, name: str, least: int | None = None, empty: int | None = None) -> int:
        """A whole number of at most 64 bits; an empty cell is `empty`, or an error."""
        text = self.text(name)
        if text == "" and empty is not None:
            return empty
        mend = "give a whole number" + ("" if least is None else f" from {least}")
        try:
            value = int(text) if text.isascii() else None
        except ValueError:
            value = None
        if value is None or abs(value) >= 1 << 63 or (least is not None and value < least):
            self.refuse(name, mend)
        return value

    def one_of(self, name: str, known: Collection[str]) -> str:
        """A cell that holds one of a few words."""
        text = self.text(name)
        if text not in known:
            self.refuse(name, f"give one of {', '.join(repr(word) for word in known)}")
        return text

    def number(self, name: str) -> float:
        """A finite number, or NaN for an empty cell."""
        text = self.text(name)
        if text == "":
            return float("nan")
        try:
            value = float(text)
        except ValueError:
            value = float("inf")
        if not abs(value) < float("inf"):
            self.refuse(name, "give a finite number")
        return value

    def refuse(self, name: str, mend: str) -> NoReturn:
        """Raises the error for one cell."""
        raise BadTable(self.file, self.text(name), mend, line=self.line, column=name)


def find_csv(folder: Path, name: str) -> Path | None:
    """`name` in a folder, as it is or packed with gzip."""
    for path in (folder / name, folder / f"{name}.gz"):
        if path.is_file():
            return path
    return None


def csv_lines(path: Path) -> Iterator[tuple[int, list[str]]]:
    """The cells of each row, and the line on which it begins, counted from 1.

    Raises:
        BadTable: the file cannot be opened, is damaged or is no text in UTF-8.
    """
    try:
        with path.open("rb") as raw:
            packed = raw.read(2) == _GZIP
        opened = gzip.open if packed else open
        with opened(path, "rt", encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            before = csv.field_size_limit(_LONGEST_CELL)
            try:
                begins = 1
                for cells in reader:
                    yield begins, cells
                    begins = reader.line_num + 1
            except csv.Error as error:
                mend = f"the line is no CSV ({error}); quote cells with commas or quotes"
                raise BadTable(path.name, "", mend, line=reader.line_num) from error
            finally:
                csv.field_size_limit(before)
    except (OSError, EOFError, UnicodeDecodeError) as error:
        mend = "give a whole CSV file in UTF-8, plain or gzip"
        raise BadTable(path.name, str(error), mend) from error


def csv_rows(
    path: Path, required: Sequence[str], optional: Sequence[str] = (), *, others: bool = False
) -> Iterator[CsvRow]:
    """Rows of a file whose columns are named in its first row.

    Args:
        path: the file.
        required: columns that must be there.
        optional: columns that may be there.
        others: whether columns of any other name may follow.

    Raises:
        BadTable: a column is missing, unknown or named twice, or a row has too few or many cells.
    """
    lines = csv_lines(path)
    _, names = next(lines, (1, []))
    column = {name: at for at, name in enumerate(names)}
    for name in required:
        if name not in column:
            mend = f"the first line must name {', '.join(required)}"
            raise BadTable(path.name, "missing", mend, line=1, column=name)
    for at, name in enumerate(names):
        if column[name] != at:
            raise BadTable(path.name, name, "name each column once", line=1, column=name)
        if not others and name not in required and name not in optional:
            mend = f"this reader knows {', '.join((*required, *optional))}; leave others out"
            raise BadTable(path.name, name, mend, line=1, column=name)
    for line, cells in lines:
        if len(cells) != len(names):
            mend = f"give {len(names)} cells, one for each column of the first line"
            raise BadTable(path.name, f"{len(cells)} cells", mend, line=line)
        yield CsvRow(path.name, line, column, cells)
