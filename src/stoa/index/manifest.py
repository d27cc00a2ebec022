"""The one file that says what an index folder holds; whatever it does not name is not there."""

from __future__ import annotations

import json
import zlib
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stoa.errors import IndexDamaged
from stoa.index.files import write_whole
from stoa.index.segment import SealedMark

_NAME = "manifest.json"
_VERSION = 1


@dataclass(frozen=True, slots=True)
class FileMark:
    """A small file and what it must hold."""

    file: str
    n: int
    crc: int
    least: int = 0  # post ids it holds, where it holds posts
    greatest: int = 0


@dataclass(frozen=True, slots=True)
class Lost:
    """Posts of a damaged segment whose ids are unknown: somewhere from `least` to `greatest`."""

    least: int
    greatest: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """What reopening needs."""

    dim: int
    generation: int = 0  # of this file; names new files apart from old ones
    newest: int = 0  # greatest post id ever held
    floor: int = 0  # posts below were dropped for their age
    next_slot: int = 0
    sealed: tuple[SealedMark, ...] = ()
    fresh: FileMark | None = None
    quantisers: dict[int, FileMark] = field(default_factory=dict[int, FileMark])
    missing: FileMark | None = None
    lost: tuple[Lost, ...] = ()
    journal: str = ""


def read_manifest(folder: Path, dim: int) -> Manifest:
    """The manifest, or an empty one when the folder is new.

    Raises:
        IndexDamaged: it does not read, or the folder holds vectors of another width.
    """
    try:
        wrapped = json.loads((folder / _NAME).read_bytes())
        body = wrapped["body"]
        if zlib.crc32(body.encode()) != wrapped["crc"]:
            raise IndexDamaged(f"{folder / _NAME} is not what was written")
        fields: dict[str, Any] = json.loads(body)
        if fields.pop("version") != _VERSION or fields["dim"] != dim:
            raise IndexDamaged(f"{folder} holds another kind of index than {dim}-d vectors")
        return _from_fields(fields)
    except FileNotFoundError:
        return Manifest(dim)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise IndexDamaged(f"{folder / _NAME} does not read: {error}") from error


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Replaces the manifest, durably.

    Raises:
        OSError: the disk refuses; the old one stands.
    """
    body = json.dumps({"version": _VERSION, **asdict(manifest)})
    wrapped = {"crc": zlib.crc32(body.encode()), "body": body}
    write_whole(folder / _NAME, json.dumps(wrapped).encode())


def named_files(manifest: Manifest) -> set[str]:
    """Every file that the manifest needs, itself included."""
    marks = [manifest.fresh, manifest.missing, *manifest.quantisers.values()]
    names = {mark.file for mark in marks if mark}
    for sealed in manifest.sealed:
        names |= {sealed.file, sealed.dead_file}
    return names | {_NAME, manifest.journal}


def write_marked(path: Path, n: int, raw: bytes) -> FileMark:
    """Writes a small file durably."""
    write_whole(path, raw)
    return FileMark(path.name, n, zlib.crc32(raw))


def read_marked(folder: Path, mark: FileMark) -> bytes:
    """The bytes of a small file.

    Raises:
        IndexDamaged: missing, or not what was written.
    """
    try:
        raw = (folder / mark.file).read_bytes()
    except OSError as error:
        raise IndexDamaged(f"{folder / mark.file} does not read: {error}") from error
    if zlib.crc32(raw) != mark.crc:
        raise IndexDamaged(f"{folder / mark.file} is not what was written")
    return raw


def as_column(raw: bytes) -> NDArray[np.int64]:
    """A column of whole numbers from a file that may end in the middle of one."""
    return np.frombuffer(raw[: len(raw) // 8 * 8], dtype="<i8").astype(np.int64)


def _from_fields(fields: dict[str, Any]) -> Manifest:
    return Manifest(
        **{
            **fields,
            "sealed": tuple(SealedMark(**raw) for raw in fields["sealed"]),
            "fresh": _mark(fields["fresh"]),
            "missing": _mark(fields["missing"]),
            "quantisers": {int(k): FileMark(**raw) for k, raw in fields["quantisers"].items()},
            "lost": tuple(Lost(**raw) for raw in fields["lost"]),
        }
    )


def _mark(raw: dict[str, Any] | None) -> FileMark | None:
    return FileMark(**raw) if raw else None
