"""Output files: written in the published form, and read back to compare two of them.

One header row, cells separated by tabs. A float is the shortest text that reads back equal in its
own width; NaN, NO_TIME, None and "" are empty cells; truth is True or False. Whether a whole
number has a ".0" is the array's dtype: the published scorer writes counts that may be missing as
floats.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
from numpy.typing import NDArray

from stoa.errors import BadTable
from stoa.note_records import NO_TIME, OutputTable
from stoa.tables.blocks import line_blocks
from stoa.tables.rows import objects

ROWS_AT_ONCE = 8192
MOST_BYTES = 2**31 - 1


def write_output(path: Path, table: OutputTable, published: Sequence[str] | None = None) -> None:
    """Writes a table whole or not at all; `published` are the columns it must have, in order.

    Raises:
        BadTable: a column is missing, too many or out of place.
    """
    names = list(table.columns)
    if published is not None and names != list(published):
        wrong = next(
            (a or b for a, b in zip([*names, ""], [*published, ""], strict=False) if a != b), ""
        )
        raise BadTable(path.name, wrong, "give the published columns in their order", column=wrong)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("w", encoding="utf-8", newline="\n") as out:
            out.write("\t".join(map(_quoted, names)) + "\n")
            for lines in _lines(list(table.columns.values())):
                out.write(lines)
            out.flush()
            os.fsync(out.fileno())
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def _lines(columns: list[NDArray[np.generic]]) -> Iterator[str]:
    """The rows as text, some thousand at a time."""
    n = len(columns[0]) if columns else 0
    for start in range(0, n, ROWS_AT_ONCE):
        cells = [_cells(column[start : start + ROWS_AT_ONCE]) for column in columns]
        yield "".join("\t".join(row) + "\n" for row in zip(*cells, strict=True))


def _cells(column: NDArray[np.generic]) -> list[str]:
    """A column as the texts of its cells."""
    kind = column.dtype.kind
    if kind == "f":
        texts = column.astype(np.str_)
        texts[np.isnan(column)] = ""
        return texts.tolist()
    if kind in "iu":
        return [str(v) if v != NO_TIME else "" for v in column.tolist()]
    if kind == "b":
        return ["True" if v else "False" for v in column.tolist()]
    return [_text(v) for v in column.tolist()]


def _text(value: object) -> str:
    """One cell of a column of objects."""
    if value is None or value == "" or value != value:
        return ""
    if isinstance(value, float | np.floating):
        return str(value)
    return _quoted(str(value))


def _quoted(text: str) -> str:
    """A cell that would be misread is quoted, and its quotes are doubled."""
    if any(mark in text for mark in '\t\n\r"'):
        return '"' + text.replace('"', '""') + '"'
    return text


def read_output(path: Path) -> OutputTable:
    """An output file, packed or not, with a type for each column by what stands in it.

    Whole numbers are int64 (empty: NO_TIME), other numbers float64 (empty: NaN), True and False
    bool where none is empty; everything else is text, "" where empty.

    Raises:
        BadTable: the file is missing, damaged or no table.
    """
    if not path.is_file():
        raise BadTable(path.name, str(path), "no such file; give an output of a run")
    text = b"".join(block.text for block in line_blocks(path, lambda _: None))
    if len(text) > MOST_BYTES:
        raise BadTable(path.name, f"{len(text)} bytes", "tables of over 2 GiB are not compared")
    try:
        # In threads, a process that ends right after now and then aborts (apache/arrow#34314).
        table = pa_csv.read_csv(
            pa.BufferReader(text),
            read_options=pa_csv.ReadOptions(block_size=len(text) + 1, use_threads=False),
            parse_options=pa_csv.ParseOptions(delimiter="\t", newlines_in_values=True),
            convert_options=pa_csv.ConvertOptions(
                null_values=[""],
                true_values=["True"],
                false_values=["False"],
                strings_can_be_null=True,
                timestamp_parsers=["no times"],
            ),
        )
    except pa.ArrowInvalid as fault:
        mend = f"this is no table with one header row ({fault}); write it again"
        raise BadTable(path.name, str(path), mend) from fault
    return OutputTable({name: _column(table[name]) for name in table.column_names})


def _column(column: pa.ChunkedArray) -> NDArray[np.generic]:
    """A column as an array whose missing values are those of `OutputTable`."""
    if pa.types.is_integer(column.type):
        return pc.fill_null(column, NO_TIME).to_numpy()
    if pa.types.is_floating(column.type):
        return pc.fill_null(column, float("nan")).to_numpy()
    if pa.types.is_boolean(column.type) and column.null_count == 0:
        return column.to_numpy()
    return objects(["" if v is None else str(v) for v in column.to_pylist()])
