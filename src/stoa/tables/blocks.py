"""Files as blocks of whole lines: plain, gzip, zstd and zip, one file or a folder of shards.

What a file is packed with is told by its first bytes, not by its name. Nothing is ever held but
one block, so a file may be as large as it likes.
"""

from __future__ import annotations

import gzip
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

import numpy as np
import pyarrow as pa

from stoa.errors import BadTable

BLOCK_BYTES = 2 << 20
"""What is parsed at once: small enough that a block and its cells stay in the cache."""

LONGEST_LINE = 16 << 20
"""No note is as long; a line beyond it is a file of another kind, or a quote never closed."""

QUOTED = re.compile(rb'(?:(?<=[\t\n])|\A)"([^"]*+(?:""[^"]*+)*+)("?)')
"""A quoted cell: what is quoted, and the closing quote. A cell is quoted if a quote is its first
byte, as the published scorer's reader has it."""

SUFFIXES = (".tsv", ".tsv.gz", ".tsv.zst", ".tsv.zip")


class _Reader(Protocol):
    def read(self, n: int, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Block:
    """Whole lines of one file, as bytes that end in a newline."""

    file: str  # its name, for errors; a zip's member stands behind its name
    first_line: int  # of the file, counted from 1
    text: bytes


def shards(paths: Sequence[Path], kind: str) -> list[Path]:
    """The files that paths stand for; a folder stands for every table in it, by name.

    Raises:
        BadTable: a path is not there, or a folder has no table in it.
    """
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = [p for p in sorted(path.iterdir()) if p.name.endswith(SUFFIXES)]
            if not inside:
                mend = f"no {', '.join(SUFFIXES)} file is in this folder; put the {kind} there"
                raise BadTable(path.name, str(path), mend)
            found += inside
        elif path.is_file():
            found.append(path)
        else:
            raise BadTable(path.name, str(path), f"no such file; give the path of the {kind}")
    return found


def line_blocks(
    path: Path, on_bytes: Callable[[int], None], size: int = BLOCK_BYTES
) -> Iterator[Block]:
    """A file's blocks of whole lines; `on_bytes` hears how far it was read.

    Raises:
        BadTable: the file is empty, cut off, damaged or not text in UTF-8.
    """
    n_blocks = 0
    with _translated(path), path.open("rb") as raw:
        for name, stream in _streams(path, raw):
            for block in _cut(name, stream, size):
                n_blocks += 1
                yield block
                on_bytes(raw.tell())
    if n_blocks == 0:
        raise BadTable(path.name, str(path), "the file is empty; download it again")


@contextmanager
def _translated(path: Path) -> Iterator[None]:
    """Turns what the unpackers raise into an error that names the file and the mend."""
    try:
        yield
    except (EOFError, zlib.error, zipfile.BadZipFile, gzip.BadGzipFile, OSError) as fault:
        mend = f"it does not unpack ({fault}); it is cut off or damaged, download it again"
        raise BadTable(path.name, str(path), mend) from fault


def _streams(path: Path, raw: BinaryIO) -> Iterator[tuple[str, _Reader]]:
    """The unpacked streams in a file, with the name to show; only a zip may hold several."""
    magic = raw.read(4)
    raw.seek(0)
    if magic[:2] == b"\x1f\x8b":
        yield path.name, gzip.GzipFile(fileobj=raw)
    elif magic == b"\x28\xb5\x2f\xfd":
        yield path.name, pa.CompressedInputStream(pa.PythonFile(raw, "r"), "zstd")
    elif magic[:2] == b"PK":
        with zipfile.ZipFile(raw) as archive:
            members = sorted(n for n in archive.namelist() if n.endswith(".tsv"))
            if not members:
                raise BadTable(path.name, archive.namelist(), "put one .tsv file into the zip")
            for member in members:
                with archive.open(member) as stream:
                    yield f"{path.name}/{member}", stream
    else:
        yield path.name, raw


def _cut(name: str, stream: _Reader, size: int) -> Iterator[Block]:
    """Cuts a stream at line ends; a newline inside a quoted cell is none."""
    rest, line = b"", 1
    while chunk := stream.read(size):
        text = rest + chunk if rest else chunk
        if b"\r" in text:
            text = text.replace(b"\r\n", b"\n")
        end = _last_line_end(text)
        if end:
            yield _checked(Block(name, line, text[:end]))
            line += int(np.count_nonzero(np.frombuffer(text, np.uint8, end) == ord("\n")))
        rest = text[end:]
        if len(rest) > LONGEST_LINE:
            mend = "one line has over 16 MiB; a quote is never closed, or this is no table"
            raise BadTable(name, rest[:60], mend, line=line)
    if rest:
        text = rest.rstrip(b"\r") + b"\n"
        if _last_line_end(text) == 0:
            mend = "a cell that starts with a quote never closes; close it or double the quote"
            raise BadTable(name, rest[:60], mend, line=line)
        yield _checked(Block(name, line, text))


def _last_line_end(text: bytes) -> int:
    """Behind the last newline that ends a line; 0 if there is none."""
    end = text.rfind(b"\n") + 1
    if b'"' not in text:
        return end
    for quoted in reversed(list(QUOTED.finditer(text))):
        if quoted.end() < end and quoted[2]:
            break
        if quoted.start() < end:
            end = text.rfind(b"\n", 0, quoted.start()) + 1
    return end


def _checked(block: Block) -> Block:
    """The block, if it is text."""
    if block.text.isascii():
        return block
    try:
        block.text.decode("utf-8")
    except UnicodeDecodeError as fault:
        line = block.first_line + block.text.count(b"\n", 0, fault.start)
        shown = block.text[max(0, fault.start - 20) : fault.start + 20]
        mend = "this is not UTF-8; save the file as UTF-8 or download it again"
        raise BadTable(block.file, shown, mend, line=line) from fault
    return block
