"""Reads tantivy's own checksums, which the library writes but does not look at when it opens.

A segment file that was cut short or changed would otherwise be found by a query, as an abort.
"""

from __future__ import annotations

import json
import mmap
import zlib
from pathlib import Path

from stoa.errors import IndexDamaged

_MAGIC = 1337
"""The last four bytes of every segment file; before them the footer's length and its JSON."""

_SEGMENT_SUFFIXES = ("fast", "fieldnorm", "idx", "pos", "store", "term")


def check_files(folder: Path) -> None:
    """Checks every file that the newest commit in a folder names.

    Raises:
        IndexDamaged: a file is missing or is not what was written.
    """
    try:
        told = json.loads((folder / "meta.json").read_bytes())
        for segment in told["segments"]:
            name = segment["segment_id"].replace("-", "")
            for suffix in _SEGMENT_SUFFIXES:
                _check(folder / f"{name}.{suffix}")
            if segment.get("deletes"):
                _check(folder / f"{name}.{segment['deletes']['opstamp']}.del")
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as problem:
        raise IndexDamaged(f"the word index does not read ({problem!r})") from problem


def _check(path: Path) -> None:
    if path.stat().st_size < 8:
        raise ValueError(f"{path.name} was cut short")
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as whole:
        size = len(whole)
        magic = int.from_bytes(whole[size - 4 :], "little")
        length = int.from_bytes(whole[size - 8 : size - 4], "little")
        if magic != _MAGIC or length > size - 8:
            raise ValueError(f"{path.name} has no footer")
        footer = json.loads(whole[size - 8 - length : size - 8])
        with memoryview(whole) as view, view[: size - 8 - length] as body:
            if zlib.crc32(body) != footer["crc"]:
                raise ValueError(f"{path.name} was changed")
